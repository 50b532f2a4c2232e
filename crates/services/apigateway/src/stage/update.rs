//! UpdateStage: moves a stage to another deployment, and changes its live settings.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::{Account, LoggingLevel, Stage};
use operation::{Call, Failure, Operation, Spec};

use super::StageView;
use super::create::deployment;
use super::settings;
use crate::error::declared;
use crate::patch::PatchOperation;
use crate::rules::{access_log, stage_variables};
use crate::time::whole_second;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateStage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateStageRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "stage_name")]
    stage_name: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

impl Operation for UpdateStage {
    const SPEC: Spec = Spec::write("UpdateStage", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/stages/{stage_name}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = StageView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/stages/{}", input.rest_api_id, input.stage_name))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<StageView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let old = find::stage(call, &api.id, &input.stage_name).await?;
        let patched = settings::patch(old.clone(), &input.patch_operations)?;
        let mut stage = patched.stage;
        if let Some(id) = patched.deployment {
            stage.deployment_id = deployment(&api.id, &id, call).await?.id;
        }
        stage_variables::check(&stage.variables)?;
        if let Some(settings) = &stage.access_log {
            access_log::check(settings)?;
        }
        if asks_for_logs(&old, &stage) && !may_log(call).await? {
            return Err(access_log::role_missing().into());
        }
        stage.updated = whole_second(call.now);
        call.tx.put(&call.scope, &stage)?;
        Ok(StageView::of(&stage))
    }
}

/// Whether the stage would log more than it did.
fn asks_for_logs(old: &Stage, new: &Stage) -> bool {
    let execution = |stage: &Stage| {
        let levels = stage.method_settings.iter().filter(|(_, setting)| setting.logging_level > LoggingLevel::Off);
        levels.map(|(key, setting)| (key.clone(), setting.logging_level)).collect::<Vec<_>>()
    };
    (new.access_log.is_some() && new.access_log != old.access_log)
        || (!execution(new).is_empty() && execution(new) != execution(old))
}

/// AWS logs only once the account names the role to write with.
async fn may_log(call: &mut Call<'_>) -> Result<bool, Failure> {
    let account = call.tx.get::<Account>(&call.scope, Account::ID).await?;
    Ok(account.is_some_and(|account| account.cloudwatch_role_arn.is_some()))
}

#[cfg(test)]
impl crate::patch::Patches for UpdateStage {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        settings::rows()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, patch, with};

    #[tokio::test]
    async fn a_stage_logs_once_the_account_names_its_role() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let place = json!({"restApiId": api, "stageName": "dev"});
        let log_group = "arn:aws:logs:eu-west-1:123456789012:log-group:pets";
        let level = with(&place, patch("replace", "/*/*/logging/loglevel", "INFO"));
        let destination = with(&place, patch("add", "/accessLogSettings/destinationArn", log_group));
        for input in [&level, &destination] {
            let refusal = world.refused("UpdateStage", input.clone()).await;
            assert_eq!(refusal.1, "CloudWatch Logs role ARN must be set in account settings to enable logging");
        }
        let role = patch("replace", "/cloudwatchRoleArn", "arn:aws:iam::123456789012:role/logs");
        let account = world.ok("UpdateAccount", role).await;
        assert_eq!(world.ok("GetAccount", json!({})).await, account);
        let stage = world.ok("UpdateStage", level).await;
        assert_eq!(
            stage["methodSettings"]["*/*"],
            json!({
                "loggingLevel": "INFO", "dataTraceEnabled": false, "metricsEnabled": false, "cachingEnabled": false,
                "cacheDataEncrypted": false, "cacheTtlInSeconds": 300, "requireAuthorizationForCacheControl": true,
                "throttlingBurstLimit": 5000, "throttlingRateLimit": 10000.0,
                "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
            })
        );
        let stage = world.ok("UpdateStage", destination).await;
        assert_eq!(stage["accessLogSettings"], json!({"destinationArn": log_group}));
        let stage = world.ok("UpdateStage", with(&place, patch("remove", "/accessLogSettings", ""))).await;
        assert_eq!(stage["accessLogSettings"], json!(null));
        assert_eq!(world.ok("GetStage", place).await, stage);
    }

    #[tokio::test]
    async fn a_stage_moves_only_to_a_deployment_of_its_api() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let (other, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let foreign = world.ok("CreateDeployment", json!({"restApiId": other})).await;
        let new = world.ok("CreateDeployment", json!({"restApiId": api})).await;
        let place = json!({"restApiId": api, "stageName": "dev"});
        let to = |id: &serde_json::Value| with(&place, patch("replace", "/deploymentId", id.as_str().expect("an id")));
        assert_eq!(world.refused("UpdateStage", to(&foreign["id"])).await.1, "Deployment id does not exist");
        assert_eq!(world.ok("UpdateStage", to(&new["id"])).await["deploymentId"], new["id"]);
    }

    #[tokio::test]
    async fn a_bad_variable_refuses_the_whole_list() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let list = json!({"restApiId": api, "stageName": "dev", "patchOperations": [
            {"op": "replace", "path": "/variables/good", "value": "x"},
            {"op": "replace", "path": "/variables/bad", "value": "a b"},
        ]});
        assert_eq!(world.refused("UpdateStage", list).await.0, "BadRequestException");
        let stage = world.ok("GetStage", json!({"restApiId": api, "stageName": "dev"})).await;
        assert_eq!(stage["variables"], json!(null));
    }
}
