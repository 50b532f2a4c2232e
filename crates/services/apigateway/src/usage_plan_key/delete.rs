//! DeleteUsagePlanKey: takes a key out of a plan.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteUsagePlanKey.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::UsagePlanKey;
use operation::{Call, Failure, Operation, Spec};

use super::get::not_in;
use crate::error::declared;
use crate::nothing::Nothing;
use crate::usage_plan::audited;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteUsagePlanKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteUsagePlanKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(uri = "keyId")]
    key_id: String,
}

impl Operation for DeleteUsagePlanKey {
    const SPEC: Spec = Spec::write("DeleteUsagePlanKey", "apigateway:DELETE")
        .http(Verb::DELETE, "/usageplans/{usageplanId}/keys/{keyId}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/keys/{}", input.usage_plan_id, input.key_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        let mut key = find::api_key(call, &input.key_id).await?;
        if !key.usage_plans.contains(&plan.id) {
            return Err(not_in(&plan.id, &input.key_id).into());
        }
        key.usage_plans.retain(|of| *of != plan.id);
        call.tx.delete::<UsagePlanKey>(&call.scope, &UsagePlanKey::id_of(&plan.id, &key.id));
        call.tx.put(&call.scope, &key)?;
        Ok(Nothing)
    }
}
