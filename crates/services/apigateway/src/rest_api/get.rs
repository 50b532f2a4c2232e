//! GetRestApi. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::{Deployment, RestApi, Stage};
use operation::{Call, Failure, Operation, Spec, named_principals};

use super::{RestApiView, Tags};
use crate::error::declared;
use crate::rules::resource_policy;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRestApiRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
}

impl Operation for GetRestApi {
    const SPEC: Spec = Spec::read("GetRestApi", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = RestApiView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let mut view = RestApiView::of(&api, Tags::WhenPresent);
        if let Some(policy) = &api.policy {
            let shown = named_principals::shown(&mut call.tx, call.scope.account, policy, &api.policy_ids).await?;
            view.policy = Some(resource_policy::escaped(&shown));
        }
        view.warnings.extend(outdated(&api, call).await?);
        Ok(view)
    }
}

/// A changed policy is in force from the next deployment on, as in AWS; until then its owner is warned.
async fn outdated(api: &RestApi, call: &mut Call<'_>) -> Result<Vec<String>, Failure> {
    let stages = call.tx.all::<Stage>(&call.scope, &Stage::prefix(&api.id)).await?;
    let mut warnings = Vec::new();
    for stage in stages {
        let id = Deployment::id_of(&api.id, &stage.deployment_id);
        let deployed = call.tx.get::<Deployment>(&call.scope, &id).await?;
        if deployed.is_some_and(|deployment| deployment.api.policy != api.policy) {
            warnings.push(format!(
                "Stage '{}' serves deployment '{}', whose resource policy is older than the API's; deploy the API to put the policy in force",
                stage.name, stage.deployment_id
            ));
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, patch, with};

    #[tokio::test]
    async fn a_policy_names_only_who_exists() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        for nobody in ["arn:aws:iam::123456789012:user/nobody", "arn:aws:iam::999999999999:root", "999999999999"] {
            let policy = json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": nobody}, "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
            }]});
            let input = with(&json!({"restApiId": api}), patch("replace", "/policy", &policy.to_string()));
            let (code, message) = world.refused("UpdateRestApi", input).await;
            assert_eq!(code, "BadRequestException");
            assert!(message.contains("ensure that Principals are valid") && message.contains(nobody), "{message}");
        }
    }

    #[tokio::test]
    async fn a_policy_that_is_not_deployed_is_told() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let place = json!({"restApiId": api});
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "prod"})).await;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
        }]});
        world.ok("UpdateRestApi", with(&place, patch("replace", "/policy", &policy.to_string()))).await;
        let told = world.ok("GetRestApi", place.clone()).await;
        assert_eq!(told["warnings"].as_array().map(Vec::len), Some(1), "{told}");
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "prod"})).await;
        let told = world.ok("GetRestApi", place).await;
        assert!(told.get("warnings").is_none() && told["policy"].as_str().is_some(), "{told}");
    }
}
