//! Users: their operations.

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    Vec::new()
}
