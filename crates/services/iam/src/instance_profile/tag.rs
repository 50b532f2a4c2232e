//! TagInstanceProfile: adds and replaces tags; their keys have case.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited, existing};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct TagInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "TagInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagInstanceProfile {
    const SPEC: Spec = Spec::write("TagInstanceProfile", "iam:TagInstanceProfile").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::LIMIT,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(&input.tags, keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut profile = existing(call, &input.instance_profile_name).await?;
        tags::add_cased(&mut profile.tags, &input.tags)?;
        call.tx.put(&call.scope, &profile)?;
        Ok(Nothing)
    }
}
