//! SimulateCustomPolicy: what documents that are stored nowhere would decide.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::caller::Caller;
use super::context::ContextEntry;
use super::gather::{Policies, all_given, boundary_given};
use super::judge::{Part, Question};
use super::scenario;
use super::view::Output;
use crate::error::{Error, declared};

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
/// The organization's root, five levels of units, and the account.
const LEVELS_MAX: usize = 7;

impl Operation for SimulateCustomPolicy {
    const SPEC: Spec = Spec::read("SimulateCustomPolicy", NAME).errors(&[declared::INVALID, declared::EVALUATION]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        scenario::check(input.resource_handling_option.as_deref(), &input.resource_arns)?;
        let caller = match (&input.caller_arn, &input.resource_policy) {
            (Some(arn), _) => Caller::of(arn)?,
            // Its `Principal` elements need somebody to be compared with.
            (None, Some(_)) => {
                return Err(Error::InvalidInput("CallerArn is required with a ResourcePolicy".to_owned()).into());
            }
            (None, None) => Caller::nobody(call.scope.account),
        };
        let levels = &input.ordered_organization_policy_input_list;
        if levels.len() > LEVELS_MAX {
            return Err(Error::ValidationError(format!(
                "1 validation error detected: Value at 'orderedOrganizationPolicyInputList' failed to satisfy constraint: Member must have length less than or equal to {LEVELS_MAX}"
            ))
            .into());
        }
        let levels = levels
            .iter()
            .map(|level| all_given("ServiceControlPolicyInputList", &level.service_control_policy_input_list));
        let question = Question {
            policies: Policies {
                identity: all_given("PolicyInputList", &input.policy_input_list)?,
                boundary: boundary_given(&input.permissions_boundary_policy_input_list)?,
            },
            organization: levels.collect::<Result<_, _>>()?,
            actions: &input.action_names,
            resources: &input.resource_arns,
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            caller,
            context: &input.context_entries,
        };
        let part = Part { operation: NAME, marker: input.marker.as_deref(), max_items: input.max_items };
        question.answer(call, &part)
    }
}
