//! GetUsagePlan. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlan.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{UsagePlanView, audited};
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetUsagePlan;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetUsagePlanRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
}

impl Operation for GetUsagePlan {
    const SPEC: Spec = Spec::read("GetUsagePlan", "apigateway:GET")
        .http(Verb::GET, "/usageplans/{usageplanId}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = UsagePlanView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsagePlanView, Failure> {
        Ok(UsagePlanView::of(&find::usage_plan(call, &input.usage_plan_id).await?))
    }
}
