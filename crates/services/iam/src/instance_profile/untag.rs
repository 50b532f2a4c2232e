//! UntagInstanceProfile: takes tags away.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{arn, audited, existing};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct UntagInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UntagInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagInstanceProfile {
    const SPEC: Spec = Spec::write("UntagInstanceProfile", "iam:UntagInstanceProfile").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut profile = existing(call, &input.instance_profile_name).await?;
        tags::remove_cased(&mut profile.tags, &input.tag_keys)?;
        call.tx.put(&call.scope, &profile)?;
        Ok(Nothing)
    }
}
