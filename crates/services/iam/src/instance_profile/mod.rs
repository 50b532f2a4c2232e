//! Instance profiles, which Terraform and others make beside roles.

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    Vec::new()
}
