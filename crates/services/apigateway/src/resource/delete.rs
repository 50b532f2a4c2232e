//! DeleteResource: with everything below it. <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteResource.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::Resource;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::rules::tree;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
}

impl Operation for DeleteResource {
    const SPEC: Spec = Spec::write("DeleteResource", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/resources/{resource_id}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/resources/{}", input.rest_api_id, input.resource_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let top = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        if top.parent_id.is_none() {
            return Err(Error::bad_request("Root resource cannot be deleted.").into());
        }
        let all = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&top.rest_api_id)).await?;
        for resource in tree::branch(&all, &top) {
            call.tx.delete::<Resource>(&call.scope, &resource.id());
        }
        Ok(Nothing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text};

    #[tokio::test]
    async fn a_branch_goes_whole_and_the_root_stays() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let pets = world.ok("CreateResource", json!({"restApiId": api, "parentId": root, "pathPart": "pets"})).await;
        let below = json!({"restApiId": api, "parentId": pets["id"], "pathPart": "{id}"});
        let below = text(&world.ok("CreateResource", below).await, "id");
        world.ok("DeleteResource", json!({"restApiId": api, "resourceId": pets["id"]})).await;
        let gone = world.refused("GetResource", json!({"restApiId": api, "resourceId": below})).await;
        assert_eq!(gone, ("NotFoundException".to_owned(), "Invalid Resource identifier specified".to_owned()));
        let kept = world.refused("DeleteResource", json!({"restApiId": api, "resourceId": root})).await;
        assert_eq!(kept.0, "BadRequestException");
        let left = world.ok("GetResources", json!({"restApiId": api})).await;
        assert_eq!(left, json!({"items": [{"id": root, "path": "/", "resourceMethods": {"GET": {}}}]}));
    }
}
