//! PutMethodResponse: makes a method response.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethodResponse.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::MethodResponseView;
use crate::error::{Error, declared};
use crate::rules::{method_response, status_code};
use crate::{arn, find};

/// The operation.
pub(crate) struct PutMethodResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutMethodResponseRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    #[shape(uri = "status_code")]
    status_code: String,
    #[shape(default)]
    response_parameters: BTreeMap<String, bool>,
    #[shape(default)]
    response_models: BTreeMap<String, String>,
}

impl Operation for PutMethodResponse {
    const SPEC: Spec = Spec::write("PutMethodResponse", "apigateway:PUT")
        .http(
            Verb::PUT,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}",
            201,
        )
        .errors(declared::WRITE);
    type Input = Input;
    type Output = MethodResponseView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}/responses/{}",
                input.rest_api_id, input.resource_id, input.http_method, input.status_code
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<MethodResponseView, Failure> {
        status_code::check(&input.status_code)?;
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method_mut(&mut resource, &input.http_method)?;
        if method.responses.contains_key(&input.status_code) {
            return Err(Error::conflict("Response already exists for this resource").into());
        }
        let response = method_response::build(input.response_parameters.clone(), input.response_models.clone())?;
        let view = MethodResponseView::of(&input.status_code, &response);
        method.responses.insert(input.status_code.clone(), response);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, patch, with};

    #[tokio::test]
    async fn a_method_response_lives_and_dies() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"});
        let models = json!({"responseModels": {"application/json": "Empty"}});
        let put = world.ok("PutMethodResponse", with(&place, models.clone())).await;
        assert_eq!(put, with(&json!({"statusCode": "200"}), models));
        let again = world.refused("PutMethodResponse", place.clone()).await;
        assert_eq!(again, ("ConflictException".to_owned(), "Response already exists for this resource".to_owned()));
        let add = patch("add", "/responseParameters/method.response.header.X", "true");
        let updated = world.ok("UpdateMethodResponse", with(&place, add)).await;
        assert_eq!(updated["responseParameters"], json!({"method.response.header.X": true}));
        assert_eq!(world.ok("GetMethodResponse", place.clone()).await, updated);
        world.ok("DeleteMethodResponse", place.clone()).await;
        for name in ["GetMethodResponse", "DeleteMethodResponse", "UpdateMethodResponse"] {
            let missing = ("NotFoundException".to_owned(), "Invalid Response status code specified".to_owned());
            assert_eq!(world.refused(name, place.clone()).await, missing, "{name}");
        }
        let wrong = with(&place, json!({"statusCode": "wrong"}));
        assert_eq!(world.refused("UpdateMethodResponse", wrong).await.0, "ValidationException");
    }
}
