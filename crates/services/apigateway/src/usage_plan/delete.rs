//! DeleteUsagePlan: a plan without stages; its keys leave it.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteUsagePlan.html>

use base::Scope;
use base::limits::KEYS_PER_CALL;
use http::Method as Verb;
use model::Record;
use model::apigateway::{ApiKey, UsagePlan, UsagePlanKey};
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteUsagePlan;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteUsagePlanRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
}

impl Operation for DeleteUsagePlan {
    const SPEC: Spec = Spec::write("DeleteUsagePlan", "apigateway:DELETE")
        .http(Verb::DELETE, "/usageplans/{usageplanId}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        if let Some(stage) = plan.api_stages.first() {
            return Err(Error::bad_request(format!(
                "Cannot delete Usage Plan {} because there are API Stages associated with it, including {}:{}",
                plan.id, stage.api, stage.stage
            ))
            .into());
        }
        let prefix = UsagePlanKey::prefix(&plan.id);
        if call.tx.count::<UsagePlanKey>(&call.scope, &prefix).await? > KEYS_PER_CALL {
            return Err(Error::bad_request(format!(
                "Cannot delete Usage Plan {} while it has more than {KEYS_PER_CALL} API Keys",
                plan.id
            ))
            .into());
        }
        for one in call.tx.all::<UsagePlanKey>(&call.scope, &prefix).await? {
            // SECURITY: a key that still named the plan would belong to whatever gets its id next.
            if let Some(mut key) = call.tx.get::<ApiKey>(&call.scope, one.key.as_str()).await? {
                key.usage_plans.retain(|of| *of != plan.id);
                call.tx.put(&call.scope, &key)?;
            }
            call.tx.delete::<UsagePlanKey>(&call.scope, &one.id());
        }
        call.tx.delete::<UsagePlan>(&call.scope, &plan.id());
        Ok(Nothing)
    }
}
