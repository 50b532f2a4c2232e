//! TagPolicy: adds and replaces tags; their keys have case.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{audited, find, missing, own};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct TagPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "TagPolicyRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagPolicy {
    const SPEC: Spec = Spec::write("TagPolicy", "iam:TagPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
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
        tags::keys(&input.tags, keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let found = find(call, &input.policy_arn).await?;
        let mut policy = own(found, call, "iam:TagPolicy", missing(&input.policy_arn))?;
        tags::add_cased(&mut policy.tags, &input.tags)?;
        call.tx.put(&call.scope, &policy)?;
        Ok(Nothing)
    }
}
