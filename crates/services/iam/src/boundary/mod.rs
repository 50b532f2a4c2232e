//! Permissions boundaries of users and roles.

mod put;
mod delete;
#[cfg(test)]
mod tests;

use model::Record;
use model::iam::{Attachment, Purpose};
use operation::{Call, Registered};

use crate::attachment;
use crate::holder::Bounded;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<put::PutUserPermissionsBoundary>(),
        Registered::of::<delete::DeleteUserPermissionsBoundary>(),
        Registered::of::<put::PutRolePermissionsBoundary>(),
        Registered::of::<delete::DeleteRolePermissionsBoundary>(),
    ]
}

/// Takes the boundary away, on both sides; the holder is still to be stored.
fn unbind<H: Bounded>(call: &mut Call<'_>, holder: &mut H, name: &str) {
    if let Some(policy) = holder.boundary().take() {
        call.tx.delete::<Attachment>(&call.scope, &attachment::record::<H>(&policy, name, Purpose::Boundary).id());
    }
}
