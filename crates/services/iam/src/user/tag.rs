//! TagUser: adds tags, or changes them. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct TagUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "TagUserRequest", upper)]
pub(crate) struct Input {
    user_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagUser {
    const SPEC: Spec = Spec::write("TagUser", "iam:TagUser").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.user_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(&input.tags, keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut user = find::user(call, &input.user_name).await?;
        tags::add(&mut user.tags, &input.tags)?;
        call.tx.put(&call.scope, &user)?;
        Ok(Nothing)
    }
}
