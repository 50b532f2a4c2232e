//! DeleteRestApi: with all its resources, stages and deployments.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteRestApi.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{Authorizer, Deployment, Resource, RestApi, Stage};
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::nothing::Nothing;
use crate::{arn, find, stage};

/// The operation.
pub(crate) struct DeleteRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteRestApiRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
}

impl Operation for DeleteRestApi {
    const SPEC: Spec = Spec::write("DeleteRestApi", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        for stage in call.tx.all::<Stage>(&call.scope, &Stage::prefix(&api.id)).await? {
            stage::remove(call, &stage);
        }
        delete_all::<Deployment>(call, &Deployment::prefix(&api.id)).await?;
        delete_all::<Authorizer>(call, &Authorizer::prefix(&api.id)).await?;
        delete_all::<Resource>(call, &Resource::prefix(&api.id)).await?;
        call.tx.delete::<RestApi>(&call.scope, api.id.as_str());
        Ok(Nothing)
    }
}

async fn delete_all<R: Record>(call: &mut Call<'_>, prefix: &str) -> Result<(), Failure> {
    for record in call.tx.all::<R>(&call.scope, prefix).await? {
        call.tx.delete::<R>(&call.scope, &record.id());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::World;

    #[tokio::test]
    async fn nothing_of_a_deleted_api_is_left() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        assert_eq!(world.ok("DeleteRestApi", json!({"restApiId": api})).await, json!({}));
        for (name, input) in [
            ("GetRestApi", json!({"restApiId": api})),
            ("GetResource", json!({"restApiId": api, "resourceId": root})),
            ("GetStage", json!({"restApiId": api, "stageName": "dev"})),
            ("GetDeployments", json!({"restApiId": api})),
            ("DeleteRestApi", json!({"restApiId": api})),
        ] {
            assert_eq!(world.refused(name, input).await.0, "NotFoundException", "{name}");
        }
    }
}
