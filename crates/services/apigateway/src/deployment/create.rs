//! CreateDeployment: takes a copy of the API as it is, and gives it to a stage if one is named.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html>

use std::collections::BTreeMap;

use base::Scope;
use base::id::DeploymentId;
use http::Method as Verb;
use model::apigateway::{Authorizer, Deployment, Resource, RestApi, Stage};
use operation::{Call, Failure, Operation, Spec};

use super::{DeploymentView, Summary};
use crate::choices::CacheClusterSize;
use crate::error::declared;
use crate::rules::stage::{self, Later};
use crate::rules::{deployment, stage_variables};
use crate::stage::{NewStage, room_for_one_more};
use crate::time::whole_second;
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateDeployment;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateDeploymentRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    stage_name: Option<String>,
    stage_description: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<CacheClusterSize>,
    variables: Option<BTreeMap<String, String>>,
    canary_settings: Option<DeploymentCanarySettings>,
    tracing_enabled: Option<bool>,
}

/// A canary; refused until it exists.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct DeploymentCanarySettings {
    percent_traffic: Option<f64>,
    stage_variable_overrides: Option<BTreeMap<String, String>>,
    use_stage_cache: Option<bool>,
}

impl Operation for CreateDeployment {
    const SPEC: Spec = Spec::write("CreateDeployment", "apigateway:POST")
        .http(Verb::POST, "/restapis/{restapi_id}/deployments", 201)
        .errors(declared::WRITE_DEPLOYMENT);
    type Input = Input;
    type Output = DeploymentView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/deployments", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<DeploymentView, Failure> {
        stage::later(&Later {
            cache_cluster_enabled: input.cache_cluster_enabled.unwrap_or_default(),
            cache_cluster_size: input.cache_cluster_size,
            canary: input.canary_settings.is_some(),
            tracing_enabled: input.tracing_enabled.unwrap_or_default(),
            ..Later::default()
        })?;
        let api = find::api(call, &input.rest_api_id).await?;
        let deployment = copy(input, &api, call).await?;
        call.tx.put(&call.scope, &deployment)?;
        if let Some(name) = input.stage_name.as_deref().filter(|name| !name.is_empty()) {
            give_to_stage(input, name, &deployment, call).await?;
        }
        Ok(DeploymentView::of(&deployment, Summary::Embedded))
    }
}

async fn copy(input: &Input, api: &RestApi, call: &mut Call<'_>) -> Result<Deployment, Failure> {
    let resources = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
    deployment::check(&resources)?;
    let authorizers = call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(&api.id)).await?;
    let mut id = DeploymentId::random();
    while call.tx.get::<Deployment>(&call.scope, &Deployment::id_of(&api.id, &id)).await?.is_some() {
        id = DeploymentId::random();
    }
    Ok(Deployment {
        rest_api_id: api.id.clone(),
        id,
        description: input.description.clone().filter(|text| !text.is_empty()),
        created: whole_second(call.now),
        api: api.clone(),
        authorizers: authorizers.into_iter().map(|authorizer| (authorizer.id.clone(), authorizer)).collect(),
        resources: resources.into_iter().map(|resource| (resource.id.clone(), resource)).collect(),
    })
}

/// Makes the stage, or moves it to the new deployment; what is not said of an existing stage stays.
async fn give_to_stage(input: &Input, name: &str, deployment: &Deployment, call: &mut Call<'_>) -> Result<(), Failure> {
    let name = stage::name(name)?;
    if let Some(variables) = &input.variables {
        stage_variables::check(variables)?;
    }
    let api = &deployment.rest_api_id;
    let description = input.stage_description.clone().filter(|text| !text.is_empty());
    let old = call.tx.get::<Stage>(&call.scope, &Stage::id_of(api, &name)).await?;
    let stage = if let Some(stage) = old {
        Stage {
            deployment_id: deployment.id.clone(),
            description: description.or(stage.description),
            variables: input.variables.clone().unwrap_or(stage.variables),
            updated: whole_second(call.now),
            ..stage
        }
    } else {
        room_for_one_more(api, call).await?;
        let variables = input.variables.clone().unwrap_or_default();
        NewStage { deployment, name, description, variables, tags: BTreeMap::new() }.made(call.now)
    };
    call.tx.put(&call.scope, &stage)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text, with};

    #[tokio::test]
    async fn a_deployment_with_a_stage_name_makes_the_stage_and_then_moves_it() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let input = json!({"restApiId": api, "stageName": "dev", "stageDescription": "mine", "variables": {"a": "1"}});
        let first = world.ok("CreateDeployment", input).await;
        assert_eq!(first["apiSummary"], json!({"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": false}}}));
        let stage = world.ok("GetStage", json!({"restApiId": api, "stageName": "dev"})).await;
        assert_eq!((&stage["deploymentId"], &stage["description"]), (&first["id"], &json!("mine")));
        let second = world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let stage = world.ok("GetStage", json!({"restApiId": api, "stageName": "dev"})).await;
        assert_eq!((&stage["deploymentId"], &stage["variables"]), (&second["id"], &json!({"a": "1"})));
    }

    #[tokio::test]
    async fn an_api_that_would_serve_nothing_is_not_deployed() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "empty"})).await;
        let (id, root) = (text(&api, "id"), text(&api, "rootResourceId"));
        let refusal = world.refused("CreateDeployment", json!({"restApiId": id})).await;
        assert_eq!(refusal.1, "The REST API doesn't contain any methods");
        let method = json!({"restApiId": id, "resourceId": root, "httpMethod": "GET", "authorizationType": "NONE"});
        world.ok("PutMethod", method).await;
        let refusal = world.refused("CreateDeployment", json!({"restApiId": id})).await;
        assert_eq!(refusal, ("BadRequestException".to_owned(), "No integration defined for method".to_owned()));
    }

    #[tokio::test]
    async fn what_is_not_enforced_is_refused() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        for more in [
            json!({"cacheClusterEnabled": true}),
            json!({"cacheClusterSize": "0.5"}),
            json!({"tracingEnabled": true}),
            json!({"canarySettings": {"percentTraffic": 10.0}}),
        ] {
            let (_, message) = world.refused("CreateDeployment", with(&json!({"restApiId": api}), more)).await;
            assert!(message.contains("is not enforced by this version of Portcullis yet"), "{message}");
        }
        let defaults = json!({"restApiId": api, "cacheClusterEnabled": false, "tracingEnabled": false});
        world.ok("CreateDeployment", defaults).await;
    }
}
