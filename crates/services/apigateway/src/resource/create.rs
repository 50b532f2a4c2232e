//! CreateResource. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html>

use std::collections::BTreeMap;

use base::Scope;
use base::id::ResourceId;
use base::limits::RESOURCES_PER_API;
use http::Method as Verb;
use model::apigateway::Resource;
use operation::{Call, Failure, Operation, Spec};

use super::{Methods, ResourceView};
use crate::error::{Error, declared};
use crate::rules::tree;
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "parent_id")]
    parent_id: String,
    path_part: String,
}

impl Operation for CreateResource {
    const SPEC: Spec = Spec::write("CreateResource", "apigateway:POST")
        .http(Verb::POST, "/restapis/{restapi_id}/resources/{parent_id}", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = ResourceView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/resources/{}", input.rest_api_id, input.parent_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ResourceView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let parent = find::resource(call, &input.rest_api_id, &input.parent_id).await?;
        let all = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
        if all.len() >= RESOURCES_PER_API {
            let limit = format!("Maximum number of resources for this API has been reached: {RESOURCES_PER_API}");
            return Err(Error::LimitExceeded(limit).into());
        }
        let path = tree::place(&all, &parent, &input.path_part, None)?;
        let resource = Resource {
            rest_api_id: api.id,
            id: unused_id(&all),
            parent_id: Some(parent.id),
            path_part: input.path_part.clone(),
            path,
            methods: BTreeMap::new(),
        };
        call.tx.put(&call.scope, &resource)?;
        Ok(ResourceView::of(&resource, Methods::Named))
    }
}

fn unused_id(all: &[Resource]) -> ResourceId {
    loop {
        let id = ResourceId::random();
        if all.iter().all(|resource| resource.id != id) {
            return id;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text};

    #[tokio::test]
    async fn resources_grow_under_their_parents() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets"})).await;
        let (id, root) = (text(&api, "id"), text(&api, "rootResourceId"));
        let create = |parent: String, part: &str| json!({"restApiId": id, "parentId": parent, "pathPart": part});
        let pets = world.ok("CreateResource", create(root.clone(), "pets")).await;
        assert_eq!(pets, json!({"id": pets["id"], "parentId": root, "path": "/pets", "pathPart": "pets"}));
        let proxy = world.ok("CreateResource", create(text(&pets, "id"), "{proxy+}")).await;
        assert_eq!(proxy["path"], "/pets/{proxy+}");
        for (parent, part, code, message) in [
            (
                root.clone(),
                "pets",
                "ConflictException",
                "Another resource with the same parent already has this name: pets",
            ),
            (
                text(&pets, "id"),
                "{id}",
                "BadRequestException",
                "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed",
            ),
            (
                text(&proxy, "id"),
                "x",
                "BadRequestException",
                "Cannot create a child of a resource with a greedy path variable: {proxy+}",
            ),
            ("fake-resource-id".to_owned(), "x", "NotFoundException", "Invalid Resource identifier specified"),
        ] {
            let refusal = world.refused("CreateResource", create(parent, part)).await;
            assert_eq!(refusal, (code.to_owned(), message.to_owned()));
        }
    }

    #[tokio::test]
    async fn an_api_has_three_hundred_resources_at_most() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets"})).await;
        for number in 1..300 {
            let input =
                json!({"restApiId": api["id"], "parentId": api["rootResourceId"], "pathPart": format!("r{number}")});
            world.ok("CreateResource", input).await;
        }
        let one_more = json!({"restApiId": api["id"], "parentId": api["rootResourceId"], "pathPart": "more"});
        assert_eq!(world.refused("CreateResource", one_more).await.0, "LimitExceededException");
    }
}
