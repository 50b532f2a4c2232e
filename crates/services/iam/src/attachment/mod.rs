//! Which managed policies users, groups and roles have.

mod attach;
mod detach;
pub(crate) mod list;
#[cfg(test)]
mod tests;

use model::iam::{Attachment, Purpose};
use operation::Registered;

use crate::error::Error;
use crate::holder::Holder;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<attach::AttachUserPolicy>(),
        Registered::of::<detach::DetachUserPolicy>(),
        Registered::of::<list::ListAttachedUserPolicies>(),
        Registered::of::<attach::AttachGroupPolicy>(),
        Registered::of::<detach::DetachGroupPolicy>(),
        Registered::of::<list::ListAttachedGroupPolicies>(),
        Registered::of::<attach::AttachRolePolicy>(),
        Registered::of::<detach::DetachRolePolicy>(),
        Registered::of::<list::ListAttachedRolePolicies>(),
    ]
}

/// Managed policies of one user, group or role.
const ATTACHED_MAX: usize = 10;

/// The other side of an entry in a holder's attached policies, or of its boundary.
pub(crate) fn record<H: Holder>(policy: &str, name: &str, purpose: Purpose) -> Attachment {
    Attachment { policy: policy.to_owned(), kind: H::KIND.to_owned(), name: name.to_owned(), purpose }
}

fn missing(policy: &str) -> Error {
    Error::NoSuchEntity(format!("Policy {policy} does not exist or is not attachable."))
}
