//! Groups: policies that several users share, and who is in them.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod add_user;
mod remove_user;
mod list_for_user;
pub(crate) mod view;
#[cfg(test)]
mod tests;

use base::Scope;
use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateGroup>(),
        Registered::of::<get::GetGroup>(),
        Registered::of::<list::ListGroups>(),
        Registered::of::<update::UpdateGroup>(),
        Registered::of::<delete::DeleteGroup>(),
        Registered::of::<add_user::AddUserToGroup>(),
        Registered::of::<remove_user::RemoveUserFromGroup>(),
        Registered::of::<list_for_user::ListGroupsForUser>(),
    ]
}

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 128;
/// AWS's quota after its highest raise. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) const GROUPS_MAX: u32 = 500;
/// AWS's quota of groups that a user is in.
pub(crate) const GROUPS_PER_USER_MAX: u32 = 10;

/// The ARN of a group whose path the call does not tell; `control` finds the true one.
fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:iam::{}:group/{name}", scope.account)
}

/// CloudTrail's name of a group.
fn audited(name: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::Group".to_owned(), name.to_owned())]
}
