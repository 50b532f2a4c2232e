//! RemoveUserFromGroup: a user loses what a group may do.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html>

use base::Scope;
use model::iam::Membership;
use operation::{Call, Failure, Operation, Spec};

use super::add_user::audited;
use super::arn;
use crate::error::{Error, declared};
use crate::find;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct RemoveUserFromGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "RemoveUserFromGroupRequest", upper)]
pub(crate) struct Input {
    group_name: String,
    user_name: String,
}

impl Operation for RemoveUserFromGroup {
    const SPEC: Spec = Spec::write("RemoveUserFromGroup", "iam:RemoveUserFromGroup").errors(&[
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
        if !user.groups.remove(&group.name) {
            return Err(Error::NoSuchEntity(format!("User {} not in group {}", user.name, group.name)).into());
        }
        call.tx.delete::<Membership>(&call.scope, &Membership::id_of(&group.name, &user.name));
        call.tx.put(&call.scope, &user)?;
        Ok(Nothing)
    }
}
