//! GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy: the condition keys that policies look at.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::gather::{self, Given, all_given};
use super::names;
use crate::error::declared;

/// The operation for documents.
pub(crate) struct GetContextKeysForCustomPolicy;

/// What [`GetContextKeysForCustomPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetContextKeysForCustomPolicyRequest", upper)]
pub(crate) struct CustomInput {
    policy_input_list: Vec<String>,
}

/// The keys.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetContextKeysForPolicyResponse", upper)]
pub(crate) struct Output {
    context_key_names: Vec<String>,
}

impl Operation for GetContextKeysForCustomPolicy {
    const SPEC: Spec =
        Spec::read("GetContextKeysForCustomPolicy", "iam:GetContextKeysForCustomPolicy").errors(&[declared::INVALID]);
    type Input = CustomInput;
    type Output = Output;

    fn resource(_: &CustomInput, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &CustomInput, _: &mut Call<'_>) -> Result<Output, Failure> {
        Ok(keys(&all_given("PolicyInputList", &input.policy_input_list)?))
    }
}

/// The operation for somebody's policies.
pub(crate) struct GetContextKeysForPrincipalPolicy;

/// What [`GetContextKeysForPrincipalPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetContextKeysForPrincipalPolicyRequest", upper)]
pub(crate) struct PrincipalInput {
    policy_source_arn: String,
    #[shape(default)]
    policy_input_list: Vec<String>,
}

impl Operation for GetContextKeysForPrincipalPolicy {
    const SPEC: Spec = Spec::read("GetContextKeysForPrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy")
        .errors(&[declared::NO_ENTITY, declared::INVALID]);
    type Input = PrincipalInput;
    type Output = Output;

    fn resource(input: &PrincipalInput, _: &Scope) -> String {
        input.policy_source_arn.clone()
    }

    async fn run(input: &PrincipalInput, call: &mut Call<'_>) -> Result<Output, Failure> {
        let mut policies = gather::of(call, &input.policy_source_arn).await?.identity;
        policies.extend(all_given("PolicyInputList", &input.policy_input_list)?);
        Ok(keys(&policies))
    }
}

fn keys(policies: &[Given]) -> Output {
    let names = names::of(policies.iter().map(|given| &given.policy));
    Output { context_key_names: names.map(str::to_owned).collect() }
}
