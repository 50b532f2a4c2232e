//! UntagRole: takes tags away. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct UntagRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UntagRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagRole {
    const SPEC: Spec = Spec::write("UntagRole", "iam:UntagRole").errors(&[
        declared::NO_ENTITY,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut role = find::role(call, &input.role_name).await?;
        tags::remove(&mut role.tags, &input.tag_keys);
        call.tx.put(&call.scope, &role)?;
        Ok(Nothing)
    }
}
