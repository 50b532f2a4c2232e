//! UntagUser: takes tags away. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct UntagUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UntagUserRequest", upper)]
pub(crate) struct Input {
    user_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagUser {
    const SPEC: Spec = Spec::write("UntagUser", "iam:UntagUser").errors(&[
        declared::NO_ENTITY,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.user_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().cloned())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut user = find::user(call, &input.user_name).await?;
        tags::remove(&mut user.tags, &input.tag_keys);
        call.tx.put(&call.scope, &user)?;
        Ok(Nothing)
    }
}
