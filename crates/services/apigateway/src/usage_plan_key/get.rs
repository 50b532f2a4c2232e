//! GetUsagePlanKey. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKey.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::view::UsagePlanKeyView;
use crate::error::{Error, declared};
use crate::usage_plan::audited;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetUsagePlanKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetUsagePlanKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(uri = "keyId")]
    key_id: String,
}

impl Operation for GetUsagePlanKey {
    const SPEC: Spec = Spec::read("GetUsagePlanKey", "apigateway:GET")
        .http(Verb::GET, "/usageplans/{usageplanId}/keys/{keyId}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = UsagePlanKeyView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/keys/{}", input.usage_plan_id, input.key_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsagePlanKeyView, Failure> {
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        let key = find::api_key(call, &input.key_id).await?;
        if !key.usage_plans.contains(&plan.id) {
            return Err(not_in(&plan.id, &input.key_id).into());
        }
        UsagePlanKeyView::of(&key, call)
    }
}

/// The key is none of the plan's.
pub(super) fn not_in(plan: &base::id::UsagePlanId, key: &str) -> Error {
    Error::not_found(format!("Usage Plan Key {key} not found in Usage Plan {plan}"))
}
