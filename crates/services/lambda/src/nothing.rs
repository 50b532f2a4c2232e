//! The answer of operations that answer nothing.

/// No members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) struct Nothing;
