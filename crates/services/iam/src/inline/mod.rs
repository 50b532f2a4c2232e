//! Inline policies of users, groups and roles.

mod put;
mod get;
mod list;
mod delete;
#[cfg(test)]
mod tests;

use operation::Registered;

use crate::error::Error;
use crate::holder::Holder;
use crate::rules::name;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<put::PutUserPolicy>(),
        Registered::of::<get::GetUserPolicy>(),
        Registered::of::<list::ListUserPolicies>(),
        Registered::of::<delete::DeleteUserPolicy>(),
        Registered::of::<put::PutGroupPolicy>(),
        Registered::of::<get::GetGroupPolicy>(),
        Registered::of::<list::ListGroupPolicies>(),
        Registered::of::<delete::DeleteGroupPolicy>(),
        Registered::of::<put::PutRolePolicy>(),
        Registered::of::<get::GetRolePolicy>(),
        Registered::of::<list::ListRolePolicies>(),
        Registered::of::<delete::DeleteRolePolicy>(),
    ]
}

const NAME_CHARS_MAX: usize = 128;

fn check_name(policy: &str) -> Result<(), Error> {
    name::check("policyName", policy, NAME_CHARS_MAX)
}

fn missing<H: Holder>(policy: &str) -> Error {
    Error::no_such(&format!("{} policy", H::KIND), policy)
}
