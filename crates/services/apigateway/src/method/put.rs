//! PutMethod: makes a method.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::MethodView;
use crate::error::{Error, declared};
use crate::rules::method::{self, Fields};
use crate::{arn, find};

/// The operation.
pub(crate) struct PutMethod;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutMethodRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    authorization_type: String,
    authorizer_id: Option<String>,
    api_key_required: Option<bool>,
    operation_name: Option<String>,
    #[shape(default)]
    request_parameters: BTreeMap<String, bool>,
    #[shape(default)]
    request_models: BTreeMap<String, String>,
    request_validator_id: Option<String>,
    #[shape(default)]
    authorization_scopes: Vec<String>,
}

impl Operation for PutMethod {
    const SPEC: Spec = Spec::write("PutMethod", "apigateway:PUT")
        .http(Verb::PUT, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = MethodView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}",
                input.rest_api_id, input.resource_id, input.http_method
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<MethodView, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let verb = method::verb(&input.http_method)?;
        if resource.methods.contains_key(&verb) {
            return Err(Error::conflict("Method already exists for this resource").into());
        }
        let method = method::build(Fields {
            authorization_type: input.authorization_type.clone(),
            authorizer_id: input.authorizer_id.clone(),
            authorization_scopes: input.authorization_scopes.clone(),
            api_key_required: input.api_key_required.unwrap_or_default(),
            operation_name: input.operation_name.clone(),
            request_parameters: input.request_parameters.clone(),
            request_models: input.request_models.clone(),
            request_validator_id: input.request_validator_id.clone(),
        })?;
        find::authorizer_of(call, &resource.rest_api_id, &method).await?;
        let view = MethodView::of(verb, &method);
        resource.methods.insert(verb, method);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text, with};

    #[tokio::test]
    async fn a_method_lives_and_dies() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets"})).await;
        let place = json!({"restApiId": api["id"], "resourceId": text(&api, "rootResourceId"), "httpMethod": "ANY"});
        let put = with(&place, json!({"authorizationType": "NONE"}));
        let method = json!({"apiKeyRequired": false, "authorizationType": "NONE", "httpMethod": "ANY"});
        assert_eq!(world.ok("PutMethod", put.clone()).await, method);
        assert_eq!(world.ok("GetMethod", place.clone()).await, method);
        let again = world.refused("PutMethod", put).await;
        assert_eq!(again, ("ConflictException".to_owned(), "Method already exists for this resource".to_owned()));
        world.ok("DeleteMethod", place.clone()).await;
        let missing = ("NotFoundException".to_owned(), "Invalid Method identifier specified".to_owned());
        assert_eq!(world.refused("GetMethod", place.clone()).await, missing);
        assert_eq!(world.refused("DeleteMethod", place).await, missing);
    }

    #[tokio::test]
    async fn a_method_needs_a_resource_and_a_verb() {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets"})).await;
        let good = json!({"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET", "authorizationType": "NONE"});
        for (more, message) in [
            (json!({"restApiId": "fake"}), "Invalid Resource identifier specified"),
            (json!({"resourceId": "fake"}), "Invalid Resource identifier specified"),
            (
                json!({"httpMethod": "WRONG"}),
                "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
            ),
        ] {
            assert_eq!(world.refused("PutMethod", with(&good, more)).await.1, message);
        }
    }
}
