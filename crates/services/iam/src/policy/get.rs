//! GetPolicy: a managed policy without its documents.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::PolicyView;
use super::{audited, existing, usage};
use crate::error::declared;

/// The operation.
pub(crate) struct GetPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetPolicyRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
}

/// The policy.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetPolicyResponse", upper)]
pub(crate) struct Output {
    policy: Option<PolicyView>,
}

impl Operation for GetPolicy {
    const SPEC: Spec =
        Spec::read("GetPolicy", "iam:GetPolicy").errors(&[declared::NO_ENTITY, declared::INVALID, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let policy = existing(call, &input.policy_arn).await?;
        let usage = usage::of(call, &input.policy_arn).await?;
        Ok(Output { policy: Some(PolicyView::whole(&policy, usage)) })
    }
}
