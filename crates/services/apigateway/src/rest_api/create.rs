//! CreateRestApi: makes an API with its root resource, or a copy of another API.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html>

use std::collections::BTreeMap;

use base::Scope;
use base::id::{AuthorizerId, ResourceId, RestApiId};
use base::limits::APIS_PER_ACCOUNT;
use http::Method as Verb;
use model::apigateway::{ApiKeySource, Authorizer, EndpointType, Resource, RestApi};
use operation::{Call, Failure, Operation, Spec};
use wire::Value;

use super::{EndpointConfiguration, RestApiView, Tags};
use crate::choices::{ApiKeySourceType, EndpointAccessMode, SecurityPolicy};
use crate::error::{Error, declared};
use crate::rules::api::{self, Later};
use crate::rules::{resource_policy, tags};
use crate::time::whole_second;
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateRestApiRequest")]
pub(crate) struct Input {
    name: String,
    description: Option<String>,
    version: Option<String>,
    clone_from: Option<String>,
    #[shape(default)]
    binary_media_types: Vec<String>,
    minimum_compression_size: Option<i32>,
    api_key_source: Option<ApiKeySourceType>,
    endpoint_configuration: Option<EndpointConfiguration>,
    policy: Option<String>,
    #[shape(default)]
    tags: BTreeMap<String, String>,
    disable_execute_api_endpoint: Option<bool>,
    security_policy: Option<SecurityPolicy>,
    endpoint_access_mode: Option<EndpointAccessMode>,
}

impl Operation for CreateRestApi {
    const SPEC: Spec =
        Spec::write("CreateRestApi", "apigateway:POST").http(Verb::POST, "/restapis", 201).errors(declared::CREATE_API);
    type Input = Input;
    type Output = RestApiView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/restapis")
    }

    fn further(input: &Input, scope: &Scope) -> Vec<(&'static str, String)> {
        let sets = input.policy.as_deref().is_some_and(|policy| !policy.is_empty());
        if sets { vec![resource_policy::permission(arn::of(scope, "/restapis"))] } else { Vec::new() }
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        output.get("id").and_then(Value::as_text).map(arn::audited_api).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let (api, mut resources) = new_api(input, call).await?;
        if let Some(source) = input.clone_from.as_deref().filter(|id| !id.is_empty()) {
            copy_authorizers(source, &api.id, &mut resources, call).await?;
        }
        call.tx.put(&call.scope, &api)?;
        for resource in &resources {
            call.tx.put(&call.scope, resource)?;
        }
        Ok(RestApiView::of(&api, Tags::WhenPresent))
    }
}

/// A copy's methods are judged by copies of the authorizers, under new ids.
async fn copy_authorizers(
    source: &str,
    api: &RestApiId,
    resources: &mut [Resource],
    call: &mut Call<'_>,
) -> Result<(), Failure> {
    let source = find::api(call, source).await?;
    for original in call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(&source.id)).await? {
        let copy = Authorizer { rest_api_id: api.clone(), id: AuthorizerId::random(), ..original.clone() };
        let methods = resources.iter_mut().flat_map(|resource| resource.methods.values_mut());
        for method in methods.filter(|method| method.authorizer_id.as_ref() == Some(&original.id)) {
            method.authorizer_id = Some(copy.id.clone());
        }
        call.tx.put(&call.scope, &copy)?;
    }
    Ok(())
}

async fn new_api(input: &Input, call: &mut Call<'_>) -> Result<(RestApi, Vec<Resource>), Failure> {
    api::name(&input.name)?;
    api::description(input.description.as_deref())?;
    api::later(&Later {
        endpoint_access_mode: input.endpoint_access_mode,
        minimum_compression_size: input.minimum_compression_size,
    })?;
    let endpoint_type = api::endpoint(&input.endpoint_configuration.clone().unwrap_or_default().asked())?;
    let security_policy = input.security_policy.map(api::security_policy).transpose()?;
    tags::check(&input.tags)?;
    let id = room_for_one(call).await?;
    let clone_from = input.clone_from.as_deref().filter(|id| !id.is_empty());
    let (root_resource_id, resources, source) = if let Some(source) = clone_from {
        let source = find::api(call, source).await?;
        let originals = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&source.id)).await?;
        let (root, resources) = copies(&id, &source, &originals);
        (root, resources, Some(source))
    } else {
        let root = root_of(&id);
        (root.id.clone(), vec![root], None)
    };
    let policy = match &input.policy {
        Some(text) => resource_policy::read(text, &id, &call.scope)?,
        // SECURITY: a copy must not be more open than what it was copied from, in its policy and its default endpoint.
        None => source.as_ref().and_then(|source| copied_policy(source, &id)),
    };
    let key_source = source.as_ref().map(|source| source.api_key_source);
    let closed = source.as_ref().is_some_and(|source| source.disable_execute_api_endpoint);
    let (copied, schemas) = source.map(|source| (source.binary_media_types, source.schemas)).unwrap_or_default();
    let policy_ids = resource_policy::ids(call, policy.as_deref()).await?;
    let binary_media_types =
        if input.binary_media_types.is_empty() { copied } else { input.binary_media_types.clone() };
    let api = RestApi {
        id,
        name: input.name.clone(),
        description: input.description.clone(),
        created: whole_second(call.now),
        version: input.version.clone().filter(|version| !version.is_empty()),
        warnings: Vec::new(),
        binary_media_types,
        endpoint_type,
        security_policy,
        policy,
        api_key_source: input.api_key_source.map(api::key_source).or(key_source).unwrap_or_default(),
        policy_ids,
        disable_execute_api_endpoint: input.disable_execute_api_endpoint.unwrap_or(closed),
        schemas,
        root_resource_id,
        tags: input.tags.clone(),
    };
    Ok((api, resources))
}

/// A policy names its own API in whole ARNs; the copy's names the copy.
fn copied_policy(source: &RestApi, id: &RestApiId) -> Option<String> {
    let names = |id: &RestApiId| format!(":{id}/");
    source.policy.as_ref().map(|policy| policy.replace(&names(&source.id), &names(id)))
}

/// An id that no account of this installation has, because host names hold nothing else.
async fn room_for_one(call: &mut Call<'_>) -> Result<RestApiId, Failure> {
    if !call.tx.has_room::<RestApi>(&call.scope, "", 1, APIS_PER_ACCOUNT as u64).await? {
        let limit = format!("Maximum number of REST APIs for this account has been reached: {APIS_PER_ACCOUNT}");
        return Err(Error::LimitExceeded(limit).into());
    }
    loop {
        let id = RestApiId::random();
        if call.tx.find::<RestApi>(RestApi::BY_ID, id.as_str()).await?.is_none() {
            return Ok(id);
        }
    }
}

/// An API without a root resource, for a definition to fill.
pub(super) async fn blank(call: &mut Call<'_>, name: String, endpoint_type: EndpointType) -> Result<RestApi, Failure> {
    Ok(RestApi {
        id: room_for_one(call).await?,
        name,
        description: None,
        created: whole_second(call.now),
        version: None,
        warnings: Vec::new(),
        binary_media_types: Vec::new(),
        endpoint_type,
        security_policy: None,
        policy: None,
        api_key_source: ApiKeySource::default(),
        policy_ids: BTreeMap::new(),
        disable_execute_api_endpoint: false,
        schemas: BTreeMap::new(),
        root_resource_id: ResourceId::random(),
        tags: BTreeMap::new(),
    })
}

fn root_of(api: &RestApiId) -> Resource {
    Resource {
        rest_api_id: api.clone(),
        id: ResourceId::random(),
        parent_id: None,
        path_part: String::new(),
        path: "/".to_owned(),
        methods: BTreeMap::new(),
    }
}

/// An API's resources under new ids, and the new root's.
fn copies(api: &RestApiId, source: &RestApi, originals: &[Resource]) -> (ResourceId, Vec<Resource>) {
    let ids: BTreeMap<&ResourceId, ResourceId> =
        originals.iter().map(|resource| (&resource.id, ResourceId::random())).collect();
    let copy = |original: &Resource| {
        let mut resource = original.clone();
        resource.rest_api_id = api.clone();
        resource.id = ids[&original.id].clone();
        resource.parent_id = original.parent_id.as_ref().and_then(|parent| ids.get(parent).cloned());
        for integration in resource.methods.values_mut().filter_map(|method| method.integration.as_mut()) {
            // Left to its default, the namespace follows the resource's new id.
            if integration.cache_namespace == original.id.as_str() {
                integration.cache_namespace = resource.id.to_string();
            }
        }
        resource
    };
    let root = ids.get(&source.root_resource_id).cloned().unwrap_or_else(ResourceId::random);
    (root, originals.iter().map(copy).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{FOREIGN, World, text, with};

    #[tokio::test]
    async fn a_new_api_has_the_defaults_of_aws_and_a_root() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets", "version": "v1"})).await;
        let (id, root) = (text(&api, "id"), text(&api, "rootResourceId"));
        assert_eq!(
            api,
            json!({
                "id": id, "name": "pets", "version": "v1", "createdDate": "2026-01-02T03:04:05Z",
                "apiKeySource": "HEADER", "disableExecuteApiEndpoint": false, "rootResourceId": root,
                "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"}, "apiStatus": "AVAILABLE",
            })
        );
        assert_eq!(world.ok("GetRestApi", json!({"restApiId": id})).await, api);
        let resources = world.ok("GetResources", json!({"restApiId": id})).await;
        assert_eq!(resources, json!({"items": [{"id": root, "path": "/"}]}));
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_refused_before_anything_is_written() {
        let world = World::new().await;
        for (more, message) in [
            (json!({"name": ""}), "Name cannot be empty"),
            (json!({"description": ""}), "Description cannot be an empty string"),
            (
                json!({"endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}}),
                "Cannot create an api with multiple Endpoint Types.",
            ),
            (json!({"minimumCompressionSize": -1}), "Invalid minimum compression size, must be between 0 and 10485760"),
            (json!({"tags": {"aws:x": "y"}}), "Invalid tag key specified: aws:x. The prefix aws: is reserved for AWS"),
        ] {
            let refusal = world.refused("CreateRestApi", with(&json!({"name": "pets"}), more)).await;
            assert_eq!(refusal, ("BadRequestException".to_owned(), message.to_owned()));
        }
        assert_eq!(world.ok("GetRestApis", json!({})).await, json!({"items": []}));
    }

    #[tokio::test]
    async fn a_clone_has_the_same_tree_under_new_ids() {
        let world = World::new().await;
        let (source, root) = world.api().await;
        world.ok("CreateResource", json!({"restApiId": source, "parentId": root, "pathPart": "{id}"})).await;
        let clone = world.ok("CreateRestApi", json!({"name": "copy", "cloneFrom": source})).await;
        let resources = world.ok("GetResources", json!({"restApiId": clone["id"], "embed": ["methods"]})).await;
        let items = resources["items"].as_array().expect("a list");
        assert_eq!(items.iter().map(|item| text(item, "path")).collect::<Vec<_>>(), ["/", "/{id}"]);
        assert_eq!(items[0]["id"], clone["rootResourceId"]);
        assert_ne!(items[0]["id"], json!(root));
        assert_eq!(items[1]["parentId"], items[0]["id"]);
        let integration = &items[0]["resourceMethods"]["GET"]["methodIntegration"];
        assert_eq!(integration["cacheNamespace"], items[0]["id"]);
    }

    #[tokio::test]
    async fn another_account_neither_sees_nor_clones_an_api() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        let missing = ("NotFoundException".to_owned(), format!("Invalid API identifier specified {FOREIGN}:{api}"));
        for (name, input) in [
            ("GetRestApi", json!({"restApiId": api})),
            ("DeleteRestApi", json!({"restApiId": api})),
            ("CreateRestApi", json!({"name": "copy", "cloneFrom": api})),
            ("CreateDeployment", json!({"restApiId": api})),
        ] {
            assert_eq!(world.call_as(FOREIGN, name, input).await, Err(missing.clone()), "{name}");
        }
        assert_eq!(world.call_as(FOREIGN, "GetRestApis", json!({})).await, Ok(json!({"items": []})));
    }
}
