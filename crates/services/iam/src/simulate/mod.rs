//! Policy simulation and the condition keys that policies ask for.

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    Vec::new()
}
