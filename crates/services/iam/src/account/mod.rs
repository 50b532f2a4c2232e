//! The account's alias, summary and details.

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    Vec::new()
}
