//! SimulatePrincipalPolicy: what the policies of a user, group or role decide, with documents added if one likes.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::caller::Caller;
use super::context::ContextEntry;
use super::exclude::{self, Excluded};
use super::gather::{self, all_given, boundary_given};
use super::judge::{Part, Question};
use super::scenario;
use super::view::Output;
use crate::error::declared;

/// The operation.
pub(crate) struct SimulatePrincipalPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "SimulatePrincipalPolicyRequest", upper)]
pub(crate) struct Input {
    policy_source_arn: String,
    #[shape(default)]
    policy_input_list: Vec<String>,
    #[shape(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    #[shape(default)]
    policy_exclusion_list: Vec<Excluded>,
    action_names: Vec<String>,
    #[shape(default)]
    resource_arns: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller_arn: Option<String>,
    #[shape(default)]
    context_entries: Vec<ContextEntry>,
    resource_handling_option: Option<String>,
    max_items: Option<i32>,
    marker: Option<String>,
}

const NAME: &str = "iam:SimulatePrincipalPolicy";

impl Operation for SimulatePrincipalPolicy {
    const SPEC: Spec = Spec::read("SimulatePrincipalPolicy", NAME).errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::EVALUATION,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_source_arn.clone()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        scenario::check(input.resource_handling_option.as_deref(), &input.resource_arns)?;
        let mut policies = gather::of(call, &input.policy_source_arn).await?;
        exclude::apply(&input.policy_exclusion_list, &mut policies)?;
        policies.identity.extend(all_given("PolicyInputList", &input.policy_input_list)?);
        let boundary = boundary_given(&input.permissions_boundary_policy_input_list)?;
        policies.boundary = boundary.or(policies.boundary);
        let question = Question {
            policies,
            organization: Vec::new(),
            actions: &input.action_names,
            resources: &input.resource_arns,
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            caller: Caller::of(input.caller_arn.as_ref().unwrap_or(&input.policy_source_arn))?,
            context: &input.context_entries,
        };
        let part = Part { operation: NAME, marker: input.marker.as_deref(), max_items: input.max_items };
        question.answer(call, &part)
    }
}
