//! Roles: permissions that others take on, and who may.

mod create;
mod get;
mod list;
mod update;
mod update_description;
mod update_trust;
mod delete;
mod tag;
mod untag;
mod list_tags;
mod settings;
pub(crate) mod trusted;
pub(crate) mod view;

use base::Scope;
use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateRole>(),
        Registered::of::<get::GetRole>(),
        Registered::of::<list::ListRoles>(),
        Registered::of::<update::UpdateRole>(),
        Registered::of::<update_description::UpdateRoleDescription>(),
        Registered::of::<update_trust::UpdateAssumeRolePolicy>(),
        Registered::of::<delete::DeleteRole>(),
        Registered::of::<tag::TagRole>(),
        Registered::of::<untag::UntagRole>(),
        Registered::of::<list_tags::ListRoleTags>(),
    ]
}

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// The ARN of a role whose path the call does not tell; `control` finds the true one.
fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:iam::{}:role/{name}", scope.account)
}

/// CloudTrail's name of a role.
fn audited(name: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::Role".to_owned(), name.to_owned())]
}

#[cfg(test)]
mod tests;
