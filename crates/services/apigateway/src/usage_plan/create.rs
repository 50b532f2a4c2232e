//! CreateUsagePlan. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html>

use std::collections::BTreeMap;

use base::Scope;
use base::id::UsagePlanId;
use base::limits::USAGE_PLANS_PER_ACCOUNT;
use http::Method as Verb;
use model::apigateway::{ApiStage as StoredStage, UsagePlan};
use operation::{Call, Failure, Operation, Spec};
use wire::Value;

use super::view::{ApiStage, QuotaSettings, ThrottleSettings};
use super::{UsagePlanView, audited, stages};
use crate::arn;
use crate::error::{Error, declared};
use crate::rules::{tags, usage_plan};

/// The operation.
pub(crate) struct CreateUsagePlan;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateUsagePlanRequest")]
pub(crate) struct Input {
    name: String,
    description: Option<String>,
    #[shape(default)]
    api_stages: Vec<ApiStage>,
    throttle: Option<ThrottleSettings>,
    quota: Option<QuotaSettings>,
    #[shape(default)]
    tags: BTreeMap<String, String>,
}

impl Operation for CreateUsagePlan {
    const SPEC: Spec =
        Spec::write("CreateUsagePlan", "apigateway:POST").http(Verb::POST, "/usageplans", 201).errors(declared::WRITE);
    type Input = Input;
    type Output = UsagePlanView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/usageplans")
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        output.get("id").and_then(Value::as_text).map(audited).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsagePlanView, Failure> {
        usage_plan::name(&input.name)?;
        tags::check(&input.tags)?;
        let throttle = input.throttle.as_ref().map(ThrottleSettings::asked);
        throttle.as_ref().map(usage_plan::throttle).transpose()?;
        let quota = input.quota.as_ref().map(|quota| usage_plan::quota(quota.asked(), call.now)).transpose()?;
        let mut api_stages: Vec<StoredStage> = Vec::new();
        for asked in &input.api_stages {
            let stage = stage(asked, call).await?;
            if api_stages.iter().any(|known| known.api == stage.api && known.stage == stage.stage) {
                return Err(Error::conflict(format!("API Stage {}:{} is named twice", stage.api, stage.stage)).into());
            }
            api_stages.push(stage);
        }
        let plan = UsagePlan {
            id: room_for_one(call).await?,
            name: input.name.clone(),
            description: usage_plan::text("description", input.description.clone())?,
            product_code: None,
            api_stages,
            throttle,
            quota,
            tags: input.tags.clone(),
        };
        call.tx.put(&call.scope, &plan)?;
        Ok(UsagePlanView::of(&plan))
    }
}

async fn stage(asked: &ApiStage, call: &mut Call<'_>) -> Result<StoredStage, Failure> {
    let (Some(api), Some(stage)) = (&asked.api_id, &asked.stage) else {
        return Err(Error::bad_request("Invalid API Stage specified").into());
    };
    let mut throttle = BTreeMap::new();
    for (name, settings) in &asked.throttle {
        throttle.insert(usage_plan::method(name)?, settings.asked());
    }
    stages::stage(call, (api, stage), throttle).await
}

async fn room_for_one(call: &mut Call<'_>) -> Result<UsagePlanId, Failure> {
    if !call.tx.has_room::<UsagePlan>(&call.scope, "", 1, USAGE_PLANS_PER_ACCOUNT).await? {
        let limit =
            format!("Maximum number of Usage Plans for this account has been reached: {USAGE_PLANS_PER_ACCOUNT}");
        return Err(Error::LimitExceeded(limit).into());
    }
    loop {
        let id = UsagePlanId::random();
        if call.tx.find::<UsagePlan>(UsagePlan::BY_ID, id.as_str()).await?.is_none() {
            return Ok(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{FOREIGN, World, text, with};

    #[tokio::test]
    async fn a_plan_is_answered_as_it_was_made() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let throttle = json!({"burstLimit": 5, "rateLimit": 2.5});
        let asked = json!({
            "name": "gold", "description": "for friends", "throttle": throttle,
            "quota": {"limit": 100, "offset": 0, "period": "WEEK"}, "tags": {"team": "pets"},
            "apiStages": [{"apiId": api, "stage": "dev", "throttle": {"/GET": throttle}}],
        });
        let plan = world.ok("CreateUsagePlan", asked.clone()).await;
        assert_eq!(plan, with(&asked, json!({"id": plan["id"]})));
        assert_eq!(world.ok("GetUsagePlan", json!({"usagePlanId": plan["id"]})).await, plan);
        assert_eq!(world.ok("GetUsagePlans", json!({})).await, json!({"items": [plan]}));
        let bare = world.ok("CreateUsagePlan", json!({"name": "bare"})).await;
        assert_eq!(bare, json!({"id": bare["id"], "name": "bare", "apiStages": []}));
        let missing = Err(("NotFoundException".to_owned(), "Invalid Usage Plan ID specified".to_owned()));
        let foreign = world.call_as(FOREIGN, "GetUsagePlan", json!({"usagePlanId": plan["id"]})).await;
        assert_eq!(foreign, missing);
    }

    #[tokio::test]
    async fn what_is_made_relies_on_its_quota_until_it_is_stored() {
        let world = World::new().await;
        for (name, max) in [("CreateUsagePlan", 300), ("CreateRestApi", 20_000)] {
            assert_eq!(world.quotas(name, json!({"name": "one"})).await, [(1, max)], "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_no_plan_is_refused() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let (good, limit) = (json!({"name": "gold"}), json!({"burstLimit": 1, "rateLimit": 1.0}));
        let stage = |more| json!({"apiStages": [with(&json!({"apiId": api, "stage": "dev"}), more)]});
        for (more, code, message) in [
            (json!({"name": " "}), "BadRequestException", "Usage Plan name cannot be empty".to_owned()),
            (stage(json!({"stage": "nope"})), "NotFoundException", format!("API Stage not found: {api}:nope")),
            (stage(json!({"stage": null})), "BadRequestException", "Invalid API Stage specified".to_owned()),
            (
                stage(json!({"throttle": {"/nope/GET": limit}})),
                "NotFoundException",
                format!("Invalid method throttle specified: API Stage {api}:dev has no method /nope/GET"),
            ),
            (
                stage(json!({"throttle": {"*/*": limit}})),
                "BadRequestException",
                "Invalid method throttle specified: */*. It must be a resource's path and a verb, such as /pets/GET"
                    .to_owned(),
            ),
            (
                json!({"throttle": {"rateLimit": -1.0}}),
                "BadRequestException",
                "Usage Plan throttle rate limit must be a number that is not negative".to_owned(),
            ),
            (json!({"quota": {"limit": 5}}), "BadRequestException", "Usage Plan quota must have a period".to_owned()),
            (
                json!({"quota": {"period": "DAY"}}),
                "BadRequestException",
                "Usage Plan quota must have a limit".to_owned(),
            ),
        ] {
            assert_eq!(world.refused("CreateUsagePlan", with(&good, more)).await, (code.to_owned(), message));
        }
        assert_eq!(world.ok("GetUsagePlans", json!({})).await, json!({"items": []}));
    }

    #[tokio::test]
    async fn a_plan_with_stages_is_not_deleted_and_its_keys_outlive_it() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let stages = json!([{"apiId": api, "stage": "dev"}]);
        let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold", "apiStages": stages})).await, "id");
        let key = text(&world.ok("CreateApiKey", json!({})).await, "id");
        world.ok("CreateUsagePlanKey", json!({"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"})).await;
        let refusal = world.refused("DeleteUsagePlan", json!({"usagePlanId": plan})).await;
        let message = format!(
            "Cannot delete Usage Plan {plan} because there are API Stages associated with it, including {api}:dev"
        );
        assert_eq!(refusal, ("BadRequestException".to_owned(), message));
        let remove = json!([{"op": "remove", "path": "/apiStages", "value": format!("{api}:dev")}]);
        world.ok("UpdateUsagePlan", json!({"usagePlanId": plan, "patchOperations": remove})).await;
        world.ok("DeleteUsagePlan", json!({"usagePlanId": plan})).await;
        assert_eq!(world.ok("GetUsagePlans", json!({"keyId": key})).await, json!({"items": []}));
        world.ok("GetApiKey", json!({"apiKey": key})).await;
        assert_eq!(world.refused("GetUsagePlan", json!({"usagePlanId": plan})).await.0, "NotFoundException");
    }
}
