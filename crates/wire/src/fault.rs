//! Why bytes from a stranger do not become a value, before a protocol gives that AWS's code.

use crate::Invalid;

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The bytes do not follow the format, or go beyond a limit.
    #[error("{0}")]
    Syntax(String),
    /// They do, but a member has another type or form.
    #[error(transparent)]
    Misfit(#[from] Invalid),
}

impl Unreadable {
    pub(crate) fn syntax(what: impl Into<String>) -> Self {
        Unreadable::Syntax(what.into())
    }
}
