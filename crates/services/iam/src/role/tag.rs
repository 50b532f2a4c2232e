//! TagRole: adds and replaces tags. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct TagRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "TagRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagRole {
    const SPEC: Spec = Spec::write("TagRole", "iam:TagRole").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(&input.tags, keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut role = find::role(call, &input.role_name).await?;
        tags::add(&mut role.tags, &input.tags)?;
        call.tx.put(&call.scope, &role)?;
        Ok(Nothing)
    }
}
