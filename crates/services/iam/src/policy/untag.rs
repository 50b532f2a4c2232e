//! UntagPolicy: takes tags away.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{audited, find, missing, own};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct UntagPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UntagPolicyRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagPolicy {
    const SPEC: Spec = Spec::write("UntagPolicy", "iam:UntagPolicy").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let found = find(call, &input.policy_arn).await?;
        let mut policy = own(found, call, "iam:UntagPolicy", missing(&input.policy_arn))?;
        tags::remove_cased(&mut policy.tags, &input.tag_keys)?;
        call.tx.put(&call.scope, &policy)?;
        Ok(Nothing)
    }
}
