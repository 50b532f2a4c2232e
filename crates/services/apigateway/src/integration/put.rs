//! PutIntegration: makes or replaces what answers a method.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::{IntegrationView, TlsConfig};
use crate::choices::{ConnectionType, ContentHandlingStrategy, IntegrationType, ResponseTransferMode};
use crate::error::declared;
use crate::rules::credentials;
use crate::rules::integration::{self, Fields};
use crate::{arn, find, templates};

/// The operation.
pub(crate) struct PutIntegration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutIntegrationRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    r#type: IntegrationType,
    #[shape(wire = "httpMethod")]
    integration_http_method: Option<String>,
    uri: Option<String>,
    connection_type: Option<ConnectionType>,
    connection_id: Option<String>,
    credentials: Option<String>,
    #[shape(default)]
    request_parameters: BTreeMap<String, String>,
    #[shape(default)]
    request_templates: BTreeMap<String, Option<String>>,
    passthrough_behavior: Option<String>,
    cache_namespace: Option<String>,
    #[shape(default)]
    cache_key_parameters: Vec<String>,
    content_handling: Option<ContentHandlingStrategy>,
    timeout_in_millis: Option<i32>,
    tls_config: Option<TlsConfig>,
    response_transfer_mode: Option<ResponseTransferMode>,
    integration_target: Option<String>,
}

impl Input {
    fn fields(&self) -> Fields {
        Fields {
            kind: self.r#type,
            http_method: self.integration_http_method.clone(),
            uri: self.uri.clone(),
            connection_type: self.connection_type,
            connection_id: self.connection_id.clone(),
            credentials: self.credentials.clone(),
            request_parameters: self.request_parameters.clone(),
            request_templates: templates::read(&self.request_templates),
            passthrough_behavior: self.passthrough_behavior.clone(),
            cache_namespace: self.cache_namespace.clone(),
            cache_key_parameters: self.cache_key_parameters.clone(),
            content_handling: self.content_handling,
            timeout_ms: self.timeout_in_millis,
            tls_insecure_skip_verification: self.tls_config.as_ref().and_then(|tls| tls.insecure_skip_verification),
            response_transfer_mode: self.response_transfer_mode,
            integration_target: self.integration_target.clone(),
        }
    }
}

impl Operation for PutIntegration {
    const SPEC: Spec = Spec::write("PutIntegration", "apigateway:PUT")
        .http(Verb::PUT, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = IntegrationView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}/integration",
                input.rest_api_id, input.resource_id, input.http_method
            ),
        )
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        credentials::passed(input.credentials.as_deref())
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", credentials::SERVICE)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<IntegrationView, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let resource_id = resource.id.clone();
        let method = find::method_mut(&mut resource, &input.http_method)?;
        let made = integration::build(input.fields(), &method.request_parameters, resource_id.as_str(), &call.scope)?;
        let view = IntegrationView::of(&made);
        method.integration = Some(made);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, with};

    #[tokio::test]
    async fn an_integration_is_answered_with_the_defaults_of_aws() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
        let put = json!({"type": "HTTP_PROXY", "integrationHttpMethod": "POST", "uri": "http://upstream.example/pets"});
        let integration = world.ok("PutIntegration", with(&place, put)).await;
        assert_eq!(
            integration,
            json!({
                "type": "HTTP_PROXY", "httpMethod": "POST", "uri": "http://upstream.example/pets",
                "passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 29000,
                "cacheNamespace": root, "cacheKeyParameters": [],
            })
        );
        assert_eq!(world.ok("GetIntegration", place.clone()).await, integration);
        assert_eq!(world.ok("GetMethod", place.clone()).await["methodIntegration"], integration);
        world.ok("DeleteIntegration", place.clone()).await;
        let missing = ("NotFoundException".to_owned(), "Invalid Integration identifier specified".to_owned());
        assert_eq!(world.refused("GetIntegration", place).await, missing);
    }

    #[tokio::test]
    async fn a_mapped_parameter_must_be_declared() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
        let put = json!({
            "type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "http://upstream.example",
            "requestParameters": {"integration.request.header.X": "method.request.querystring.x"},
        });
        let message = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping \
             expression parameter specified: method.request.querystring.x]";
        let refusal = world.refused("PutIntegration", with(&place, put)).await;
        assert_eq!(refusal, ("BadRequestException".to_owned(), message.to_owned()));
    }

    #[tokio::test]
    async fn an_empty_template_is_answered_as_null() {
        let world = World::new().await;
        let (api, root) = world.api().await;
        let put = json!({
            "restApiId": api, "resourceId": root, "httpMethod": "GET",
            "type": "MOCK", "requestTemplates": {"application/json": null, "text/plain": ""},
        });
        let made = world.ok("PutIntegration", put).await;
        assert_eq!(made["requestTemplates"], json!({"application/json": null, "text/plain": null}));
    }
}
