//! CreateStage. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html>

use std::collections::BTreeMap;

use base::id::{DeploymentId, RestApiId, StageName};
use base::limits::STAGES_PER_API;
use base::{Scope, Timestamp};
use http::Method as Verb;
use model::apigateway::{Deployment, Stage};
use operation::{Call, Failure, Operation, Spec};

use super::StageView;
use super::view::CanarySettings;
use crate::choices::CacheClusterSize;
use crate::error::{Error, declared};
use crate::rules::stage::{self, Later};
use crate::rules::{stage_variables, tags};
use crate::time::whole_second;
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateStage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateStageRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    stage_name: String,
    deployment_id: String,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<CacheClusterSize>,
    #[shape(default)]
    variables: BTreeMap<String, String>,
    documentation_version: Option<String>,
    canary_settings: Option<CanarySettings>,
    tracing_enabled: Option<bool>,
    #[shape(default)]
    tags: BTreeMap<String, String>,
}

impl Operation for CreateStage {
    const SPEC: Spec = Spec::write("CreateStage", "apigateway:POST")
        .http(Verb::POST, "/restapis/{restapi_id}/stages", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = StageView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/stages", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<StageView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let name = stage::name(&input.stage_name)?;
        stage::later(&Later {
            cache_cluster_enabled: input.cache_cluster_enabled.unwrap_or_default(),
            cache_cluster_size: input.cache_cluster_size,
            documentation_version: input.documentation_version.clone(),
            canary: input.canary_settings.is_some(),
            tracing_enabled: input.tracing_enabled.unwrap_or_default(),
            client_certificate_id: None,
        })?;
        stage_variables::check(&input.variables)?;
        tags::check(&input.tags)?;
        let deployment = deployment(&api.id, &input.deployment_id, call).await?;
        if call.tx.get::<Stage>(&call.scope, &Stage::id_of(&api.id, &name)).await?.is_some() {
            return Err(Error::conflict("Stage already exists").into());
        }
        room_for_one_more(&api.id, call).await?;
        let stage = NewStage {
            deployment: &deployment,
            name,
            description: input.description.clone().filter(|text| !text.is_empty()),
            variables: input.variables.clone(),
            tags: input.tags.clone(),
        };
        let stage = stage.made(call.now);
        call.tx.put(&call.scope, &stage)?;
        Ok(StageView::of(&stage))
    }
}

/// A stage that does not exist yet.
pub(crate) struct NewStage<'a> {
    /// What it serves.
    pub(crate) deployment: &'a Deployment,
    /// Its name.
    pub(crate) name: StageName,
    /// What it is for.
    pub(crate) description: Option<String>,
    /// Its variables.
    pub(crate) variables: BTreeMap<String, String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

impl NewStage<'_> {
    /// The record, with AWS's defaults.
    pub(crate) fn made(self, now: Timestamp) -> Stage {
        Stage {
            rest_api_id: self.deployment.rest_api_id.clone(),
            name: self.name,
            deployment_id: self.deployment.id.clone(),
            description: self.description,
            created: whole_second(now),
            updated: whole_second(now),
            variables: self.variables,
            access_log: None,
            method_settings: BTreeMap::new(),
            authorizers_flushed: 0,
            web_acl_arn: None,
            tags: self.tags,
        }
    }
}

/// A deployment that a stage is to serve.
pub(super) async fn deployment(api: &RestApiId, id: &str, call: &mut Call<'_>) -> Result<Deployment, Failure> {
    let missing = || Error::bad_request("Deployment id does not exist");
    let Ok(id) = DeploymentId::parse(id) else { return Err(missing().into()) };
    let found = call.tx.get::<Deployment>(&call.scope, &Deployment::id_of(api, &id)).await?;
    found.ok_or_else(|| missing().into())
}

/// Refuses one stage more than an API may have.
pub(crate) async fn room_for_one_more(api: &RestApiId, call: &mut Call<'_>) -> Result<(), Failure> {
    let stages = call.tx.all::<Stage>(&call.scope, &Stage::prefix(api)).await?;
    if stages.len() < STAGES_PER_API {
        return Ok(());
    }
    let limit = format!("Maximum number of stages for this API has been reached: {STAGES_PER_API}");
    Err(Error::LimitExceeded(limit).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, with};

    #[tokio::test]
    async fn a_stage_is_answered_with_the_defaults_of_aws() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let deployment = world.ok("CreateDeployment", json!({"restApiId": api})).await;
        let input =
            json!({"restApiId": api, "stageName": "dev", "deploymentId": deployment["id"], "description": "mine"});
        let stage = world.ok("CreateStage", input.clone()).await;
        assert_eq!(
            stage,
            json!({
                "stageName": "dev", "deploymentId": deployment["id"], "description": "mine",
                "cacheClusterEnabled": false, "cacheClusterStatus": "NOT_AVAILABLE", "methodSettings": {},
                "tracingEnabled": false, "createdDate": "2026-01-02T03:04:05Z", "lastUpdatedDate": "2026-01-02T03:04:05Z",
            })
        );
        assert_eq!(world.ok("GetStages", json!({"restApiId": api})).await, json!({"item": [stage]}));
        let other = json!({"restApiId": api, "deploymentId": "other1"});
        assert_eq!(world.ok("GetStages", other).await, json!({"item": []}));
        let again = ("ConflictException".to_owned(), "Stage already exists".to_owned());
        assert_eq!(world.refused("CreateStage", input.clone()).await, again);
        let missing = with(&input, json!({"stageName": "new", "deploymentId": "fake"}));
        assert_eq!(world.refused("CreateStage", missing).await.1, "Deployment id does not exist");
        world.ok("DeleteStage", json!({"restApiId": api, "stageName": "dev"})).await;
        let gone = world.refused("GetStage", json!({"restApiId": api, "stageName": "dev"})).await;
        assert_eq!(gone, ("NotFoundException".to_owned(), "Invalid stage identifier specified".to_owned()));
    }

    #[tokio::test]
    async fn an_api_has_ten_stages_at_most() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let deployment = world.ok("CreateDeployment", json!({"restApiId": api})).await;
        let input =
            |number: u8| json!({"restApiId": api, "stageName": format!("s{number}"), "deploymentId": deployment["id"]});
        for number in 0..10 {
            world.ok("CreateStage", input(number)).await;
        }
        assert_eq!(world.refused("CreateStage", input(10)).await.0, "LimitExceededException");
    }
}
