//! PutIntegrationResponse: makes or replaces what becomes of a backend's answer.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::IntegrationResponseView;
use crate::choices::ContentHandlingStrategy;
use crate::error::declared;
use crate::rules::integration_response::{self, Fields};
use crate::rules::status_code;
use crate::{arn, find, templates};

/// The operation.
pub(crate) struct PutIntegrationResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutIntegrationResponseRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    #[shape(uri = "status_code")]
    status_code: String,
    selection_pattern: Option<String>,
    #[shape(default)]
    response_parameters: BTreeMap<String, String>,
    #[shape(default)]
    response_templates: BTreeMap<String, Option<String>>,
    content_handling: Option<ContentHandlingStrategy>,
}

impl Operation for PutIntegrationResponse {
    const SPEC: Spec = Spec::write("PutIntegrationResponse", "apigateway:PUT")
        .http(
            Verb::PUT,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}",
            201,
        )
        .errors(declared::WRITE);
    type Input = Input;
    type Output = IntegrationResponseView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}/integration/responses/{}",
                input.rest_api_id, input.resource_id, input.http_method, input.status_code
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<IntegrationResponseView, Failure> {
        status_code::check(&input.status_code)?;
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method_mut(&mut resource, &input.http_method)?;
        find::integration(method)?;
        let fields = Fields {
            selection_pattern: input.selection_pattern.clone(),
            parameters: input.response_parameters.clone(),
            templates: templates::read(&input.response_templates),
            content_handling: input.content_handling,
        };
        let response = integration_response::build(fields, method.responses.get(&input.status_code))?;
        let view = IntegrationResponseView::of(&input.status_code, &response);
        let responses = &mut find::integration_mut(method)?.responses;
        let pattern = response.selection_pattern.as_deref();
        integration_response::check_unique(responses, &input.status_code, pattern)?;
        responses.insert(input.status_code.clone(), response);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, patch, with};

    #[tokio::test]
    async fn an_integration_response_lives_and_dies() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"});
        let more = json!({"responseTemplates": {"application/json": "\"created\""}, "selectionPattern": ""});
        let put = world.ok("PutIntegrationResponse", with(&place, more.clone())).await;
        assert_eq!(put, with(&json!({"statusCode": "200"}), more));
        assert_eq!(world.ok("GetIntegrationResponse", place.clone()).await, put);
        let update = with(&place, patch("replace", "/selectionPattern", "2\\d\\d"));
        assert_eq!(world.ok("UpdateIntegrationResponse", update).await["selectionPattern"], "2\\d\\d");
        let again = json!({"responseTemplates": {"application/json": null}});
        assert_eq!(
            world.ok("PutIntegrationResponse", with(&place, again)).await,
            json!({"statusCode": "200", "responseTemplates": {"application/json": null}})
        );
        world.ok("DeleteIntegrationResponse", place.clone()).await;
        for name in ["GetIntegrationResponse", "DeleteIntegrationResponse", "UpdateIntegrationResponse"] {
            let missing = ("NotFoundException".to_owned(), "Invalid Response status code specified".to_owned());
            assert_eq!(world.refused(name, place.clone()).await, missing, "{name}");
        }
    }

    #[tokio::test]
    async fn a_pattern_selects_one_response() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
        let put =
            |status: &str, pattern: &str| with(&place, json!({"statusCode": status, "selectionPattern": pattern}));
        world.ok("PutIntegrationResponse", put("200", "")).await;
        world.ok("PutIntegrationResponse", put("404", "404")).await;
        for (pattern, name) in [("", "default"), ("404", "404")] {
            let refusal = world.refused("PutIntegrationResponse", put("500", pattern)).await;
            let message = format!("Integration response with selection pattern {name} already exists");
            assert_eq!(refusal, ("ConflictException".to_owned(), message));
        }
        world.ok("PutIntegrationResponse", put("404", "404")).await;
    }

    #[tokio::test]
    async fn what_is_missing_is_named_as_aws_names_it() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"});
        for (name, more, message) in [
            ("PutIntegrationResponse", json!({"restApiId": "wrong"}), "Invalid Resource identifier specified"),
            ("PutIntegrationResponse", json!({"httpMethod": "wrong"}), "Invalid Method identifier specified"),
            ("DeleteIntegrationResponse", json!({"httpMethod": "POST"}), "Invalid Integration identifier specified"),
            ("GetIntegrationResponse", json!({"httpMethod": "POST"}), "Invalid Method identifier specified"),
        ] {
            let refusal = world.refused(name, with(&place, more)).await;
            assert_eq!(refusal, ("NotFoundException".to_owned(), message.to_owned()), "{name}");
        }
    }
}
