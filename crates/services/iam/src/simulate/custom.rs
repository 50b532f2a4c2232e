//! SimulateCustomPolicy: what documents that are stored nowhere would decide.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::context::ContextEntry;
use super::gather::{Policies, all_given};
use super::judge::Question;
use super::view::Output;
use crate::error::declared;
use crate::page::Page;

/// The operation.
pub(crate) struct SimulateCustomPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "SimulateCustomPolicyRequest", upper)]
pub(crate) struct Input {
    policy_input_list: Vec<String>,
    #[shape(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    #[shape(default)]
    ordered_organization_policy_input_list: Vec<Level>,
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

/// One level of the organization.
#[derive(Debug, wire::Shape)]
#[shape(name = "OrderedOrganizationPolicyType", upper)]
pub(crate) struct Level {
    #[shape(default)]
    service_control_policy_input_list: Vec<String>,
}

const NAME: &str = "iam:SimulateCustomPolicy";

impl Operation for SimulateCustomPolicy {
    const SPEC: Spec = Spec::read("SimulateCustomPolicy", NAME).errors(&[declared::INVALID, declared::EVALUATION]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = format!("{input:?}").replace(&format!("marker: {:?}", input.marker), "");
        let page = Page::read(call, NAME, &query, input.marker.as_deref(), input.max_items)?;
        let boundary = all_given("PermissionsBoundaryPolicyInputList", &input.permissions_boundary_policy_input_list)?;
        let levels = input.ordered_organization_policy_input_list.iter();
        let levels =
            levels.map(|level| all_given("ServiceControlPolicyInputList", &level.service_control_policy_input_list));
        let question = Question {
            policies: Policies {
                identity: all_given("PolicyInputList", &input.policy_input_list)?,
                boundary: boundary.into_iter().next(),
            },
            organization: levels.collect::<Result<_, _>>()?,
            actions: &input.action_names,
            resources: &input.resource_arns,
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            caller: input.caller_arn.as_deref(),
            context: &input.context_entries,
        };
        Ok(paged(call, NAME, &query, &page, question.judge(call)?))
    }
}

/// A page of results, which keep their order.
pub(super) fn paged(
    call: &Call<'_>,
    name: &'static str,
    query: &str,
    page: &Page,
    results: Vec<super::view::EvaluationResult>,
) -> Output {
    let numbered = results.into_iter().enumerate().collect();
    let paged = page.of(call, name, query, numbered, |(at, _)| format!("{at:08}"));
    Output {
        is_truncated: paged.marker.is_some(),
        evaluation_results: paged.items.into_iter().map(|(_, result)| result).collect(),
        marker: paged.marker,
    }
}
