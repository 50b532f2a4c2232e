//! DeleteDeployment: unless a stage serves it.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteDeployment.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{Deployment, Stage};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteDeployment;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteDeploymentRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "deployment_id")]
    deployment_id: String,
}

impl Operation for DeleteDeployment {
    const SPEC: Spec = Spec::write("DeleteDeployment", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/deployments/{deployment_id}", 202)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/deployments/{}", input.rest_api_id, input.deployment_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let deployment = find::deployment(call, &api.id, &input.deployment_id).await?;
        let stages = call.tx.all::<Stage>(&call.scope, &Stage::prefix(&api.id)).await?;
        if stages.iter().any(|stage| stage.deployment_id == deployment.id) {
            let active = "Active stages pointing to this deployment must be moved or deleted";
            return Err(Error::bad_request(active).into());
        }
        call.tx.delete::<Deployment>(&call.scope, &Record::id(&deployment));
        Ok(Nothing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, patch, with};

    #[tokio::test]
    async fn a_deployment_goes_when_no_stage_serves_it() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let old = world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let delete = json!({"restApiId": api, "deploymentId": old["id"]});
        let active = "Active stages pointing to this deployment must be moved or deleted";
        assert_eq!(world.refused("DeleteDeployment", delete.clone()).await.1, active);
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        world.ok("DeleteDeployment", delete.clone()).await;
        let missing = ("NotFoundException".to_owned(), "Invalid Deployment identifier specified".to_owned());
        assert_eq!(world.refused("GetDeployment", delete).await, missing);
    }

    #[tokio::test]
    async fn only_the_description_of_a_deployment_changes() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let made = world.ok("CreateDeployment", json!({"restApiId": api, "description": "old"})).await;
        let place = json!({"restApiId": api, "deploymentId": made["id"]});
        let new = world.ok("UpdateDeployment", with(&place, patch("replace", "/description", "new"))).await;
        assert_eq!(new, json!({"id": made["id"], "createdDate": made["createdDate"], "description": "new"}));
        assert_eq!(world.ok("GetDeployment", place.clone()).await, new);
        assert_eq!(world.ok("GetDeployments", json!({"restApiId": api})).await, json!({"items": [new]}));
        let embedded = world.ok("GetDeployment", with(&place, json!({"embed": ["apisummary"]}))).await;
        assert!(embedded["apiSummary"]["/"]["GET"].is_object());
        let refusal = world.refused("UpdateDeployment", with(&place, patch("replace", "/id", "x"))).await;
        assert_eq!(refusal.1, "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description]");
    }
}
