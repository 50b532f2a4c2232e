//! DeleteUser: a user that has nothing any more. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>

use base::Scope;
use model::Record as _;
use model::iam::{Attachment, Owner, Purpose, User};
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited};
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{access_key, attachment, find};

/// The operation.
pub(crate) struct DeleteUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteUserRequest", upper)]
pub(crate) struct Input {
    user_name: String,
}

impl Operation for DeleteUser {
    const SPEC: Spec = Spec::write("DeleteUser", "iam:DeleteUser").errors(&[
        declared::LIMIT,
        declared::NO_ENTITY,
        declared::DELETE_CONFLICT,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.user_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let user = find::user(call, &input.user_name).await?;
        if !user.attached.is_empty() {
            return Err(Error::delete_first("detach all policies").into());
        }
        if !user.inline.is_empty() {
            return Err(Error::delete_first("delete policies").into());
        }
        if !user.groups.is_empty() {
            return Err(Error::delete_first("remove users from group").into());
        }
        if !access_key::all_of(call, &Owner::User(user.name.clone())).await?.is_empty() {
            return Err(Error::delete_first("delete access keys").into());
        }
        if let Some(policy) = &user.boundary {
            let bound = attachment::record::<User>(policy, &user.name, Purpose::Boundary);
            call.tx.delete::<Attachment>(&call.scope, &bound.id());
        }
        call.tx.delete::<User>(&call.scope, &user.name);
        Ok(Nothing)
    }
}
