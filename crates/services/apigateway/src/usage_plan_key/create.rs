//! CreateUsagePlanKey: puts a key into a plan.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html>

use base::Scope;
use base::limits::USAGE_PLANS_PER_KEY;
use http::Method as Verb;
use model::apigateway::{ApiKey, UsagePlanKey};
use operation::{Call, Failure, Operation, Spec};

use super::view::{API_KEY, UsagePlanKeyView};
use crate::error::{Error, declared};
use crate::usage_plan::{audited, keep_apart};
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateUsagePlanKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateUsagePlanKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    key_id: String,
    key_type: String,
}

impl Operation for CreateUsagePlanKey {
    const SPEC: Spec = Spec::write("CreateUsagePlanKey", "apigateway:POST")
        .http(Verb::POST, "/usageplans/{usageplanId}/keys", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = UsagePlanKeyView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/keys", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsagePlanKeyView, Failure> {
        if input.key_type != API_KEY {
            return Err(Error::bad_request("Usage Plan Key Type must be API_KEY").into());
        }
        find::usage_plan(call, &input.usage_plan_id).await?;
        let mut key = find::api_key(call, &input.key_id).await?;
        join(&mut key, &input.usage_plan_id, call).await?;
        call.tx.put(&call.scope, &key)?;
        UsagePlanKeyView::of(&key, call)
    }
}

/// Puts a key into a plan; whoever calls stores the key.
pub(crate) async fn join(key: &mut ApiKey, plan: &str, call: &mut Call<'_>) -> Result<(), Failure> {
    let plan = find::usage_plan(call, plan).await?;
    if key.usage_plans.contains(&plan.id) {
        let twice = format!("API Key {} already exists in Usage Plan {}", key.id, plan.id);
        return Err(Error::conflict(twice).into());
    }
    if key.usage_plans.len() >= USAGE_PLANS_PER_KEY {
        let most = format!("API Key {} is already in {USAGE_PLANS_PER_KEY} Usage Plans", key.id);
        return Err(Error::LimitExceeded(most).into());
    }
    keep_apart(key, &plan, call).await?;
    key.usage_plans.push(plan.id.clone());
    call.tx.put(&call.scope, &UsagePlanKey { plan: plan.id, key: key.id.clone() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::testing::{FOREIGN, World, text, with};

    fn joined(plan: &str, key: &str) -> Json {
        json!({"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"})
    }

    async fn plan(world: &World, stages: Json) -> String {
        text(&world.ok("CreateUsagePlan", json!({"name": "gold", "apiStages": stages})).await, "id")
    }

    #[tokio::test]
    async fn a_key_joins_a_plan_and_leaves_it() {
        let world = World::new().await;
        let plan = plan(&world, json!([])).await;
        let key = world.ok("CreateApiKey", json!({"name": "pets"})).await;
        let id = text(&key, "id");
        let place = json!({"usagePlanId": plan, "keyId": id});
        let shown = json!({"id": id, "type": "API_KEY", "name": "pets", "value": key["value"]});
        assert_eq!(world.ok("CreateUsagePlanKey", joined(&plan, &id)).await, shown);
        assert_eq!(world.ok("GetUsagePlanKey", place.clone()).await, shown);
        assert_eq!(world.ok("GetUsagePlanKeys", json!({"usagePlanId": plan})).await, json!({"items": [shown]}));
        let plans = world.ok("GetUsagePlans", json!({"keyId": id})).await;
        assert_eq!(text(&plans["items"][0], "id"), plan);
        let twice = world.refused("CreateUsagePlanKey", joined(&plan, &id)).await;
        assert_eq!(
            twice,
            ("ConflictException".to_owned(), format!("API Key {id} already exists in Usage Plan {plan}"))
        );
        world.ok("DeleteUsagePlanKey", place.clone()).await;
        for name in ["GetUsagePlanKey", "DeleteUsagePlanKey"] {
            assert_eq!(world.refused(name, place.clone()).await.0, "NotFoundException", "{name}");
        }
        assert_eq!(world.ok("GetUsagePlans", json!({"keyId": id})).await, json!({"items": []}));
    }

    #[tokio::test]
    async fn what_cannot_join_is_refused() {
        let world = World::new().await;
        let plan = plan(&world, json!([])).await;
        let id = text(&world.ok("CreateApiKey", json!({})).await, "id");
        for (more, code, message) in [
            (json!({"keyType": "OTHER"}), "BadRequestException", "Usage Plan Key Type must be API_KEY"),
            (json!({"keyId": "nope"}), "NotFoundException", "Invalid API Key identifier specified"),
            (json!({"usagePlanId": "nope"}), "NotFoundException", "Invalid Usage Plan ID specified"),
        ] {
            let refusal = world.refused("CreateUsagePlanKey", with(&joined(&plan, &id), more)).await;
            assert_eq!(refusal, (code.to_owned(), message.to_owned()));
        }
        let foreign = world.call_as(FOREIGN, "CreateUsagePlanKey", joined(&plan, &id)).await.expect_err("not theirs");
        assert_eq!(foreign.0, "NotFoundException");
    }

    #[tokio::test]
    async fn a_key_has_at_most_one_plan_for_each_stage_and_ten_in_all() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let deployment = world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let stage = json!({"restApiId": api, "stageName": "prod", "deploymentId": deployment["id"]});
        world.ok("CreateStage", stage).await;
        let stages = |names: &[&str]| {
            Json::from(names.iter().map(|name| json!({"apiId": api, "stage": name})).collect::<Vec<_>>())
        };
        let dev = plan(&world, stages(&["dev"])).await;
        let both = plan(&world, stages(&["prod", "dev"])).await;
        let empty = plan(&world, stages(&[])).await;
        let id = text(&world.ok("CreateApiKey", json!({})).await, "id");
        world.ok("CreateUsagePlanKey", joined(&dev, &id)).await;
        assert_eq!(world.refused("CreateUsagePlanKey", joined(&both, &id)).await.0, "ConflictException");
        world.ok("CreateUsagePlanKey", joined(&empty, &id)).await;
        let add = |plan: &str, stage: &str| json!({"usagePlanId": plan, "patchOperations": [{"op": "add", "path": "/apiStages", "value": format!("{api}:{stage}")}]});
        assert_eq!(world.refused("UpdateUsagePlan", add(&empty, "dev")).await.0, "ConflictException");
        world.ok("UpdateUsagePlan", add(&empty, "prod")).await;
        for _ in 2..10 {
            let more = plan(&world, stages(&[])).await;
            world.ok("CreateUsagePlanKey", joined(&more, &id)).await;
        }
        let one_more = plan(&world, stages(&[])).await;
        assert_eq!(world.refused("CreateUsagePlanKey", joined(&one_more, &id)).await.0, "LimitExceededException");
    }
}
