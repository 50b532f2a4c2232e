//! AddUserToGroup: a user gets what a group may do.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html>

use base::Scope;
use model::iam::Membership;
use operation::{Call, Failure, Operation, Spec};

use super::{GROUPS_PER_USER_MAX, arn};
use crate::error::{Error, declared};
use crate::find;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct AddUserToGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AddUserToGroupRequest", upper)]
pub(crate) struct Input {
    group_name: String,
    user_name: String,
}

impl Operation for AddUserToGroup {
    const SPEC: Spec = Spec::write("AddUserToGroup", "iam:AddUserToGroup").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.group_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.group_name, &input.user_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let group = find::group(call, &input.group_name).await?;
        let mut user = find::user(call, &input.user_name).await?;
        if !user.groups.insert(group.name.clone()) {
            return Ok(Nothing);
        }
        let max = GROUPS_PER_USER_MAX as usize;
        if user.groups.len() > max {
            return Err(Error::LimitExceeded { quota: "GroupsPerUser", max }.into());
        }
        call.tx.put(&call.scope, &Membership { group: group.name, user: user.name.clone() })?;
        call.tx.put(&call.scope, &user)?;
        Ok(Nothing)
    }
}

/// CloudTrail's names of both.
pub(super) fn audited(group: &str, user: &str) -> Vec<(String, String)> {
    super::audited(group).into_iter().chain(crate::user::audited(Some(user))).collect()
}
