//! DeleteGroup: a group that has no users and policies any more.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html>

use base::Scope;
use model::iam::{Group, Membership};
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited};
use crate::error::{Error, declared};
use crate::find;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteGroupRequest", upper)]
pub(crate) struct Input {
    group_name: String,
}

impl Operation for DeleteGroup {
    const SPEC: Spec = Spec::write("DeleteGroup", "iam:DeleteGroup").errors(&[
        declared::NO_ENTITY,
        declared::DELETE_CONFLICT,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.group_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.group_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let group = find::group(call, &input.group_name).await?;
        // SECURITY: the whole range is relied on, so that nobody joins a group that is just going.
        if !call.tx.all::<Membership>(&call.scope, &Membership::prefix(&group.name)).await?.is_empty() {
            return Err(Error::delete_first("remove users from group").into());
        }
        if !group.attached.is_empty() {
            return Err(Error::delete_first("detach all policies").into());
        }
        if !group.inline.is_empty() {
            return Err(Error::delete_first("delete policies").into());
        }
        call.tx.delete::<Group>(&call.scope, &group.name);
        Ok(Nothing)
    }
}
