//! `x-amazon-apigateway-integration`, written.

use model::apigateway::{Integration, IntegrationResponse, IntegrationType, Resource};
use serde_json::{Map, Value, json};

/// Writes an integration as the import reads it.
pub(super) fn write(resource: &Resource, integration: &Integration) -> Value {
    let mut found = Map::new();
    let mut put = |name: &str, value: Value| found.insert(name.to_owned(), value);
    put("type", json!(integration.kind.as_str().to_ascii_lowercase()));
    put("passthroughBehavior", json!(integration.passthrough_behavior.as_str().to_ascii_lowercase()));
    put("timeoutInMillis", json!(integration.timeout_ms));
    if integration.kind != IntegrationType::Mock {
        put("httpMethod", json!(integration.http_method));
        put("uri", json!(integration.uri));
    }
    if let Some(credentials) = &integration.credentials {
        put("credentials", json!(credentials));
    }
    if !integration.request_parameters.is_empty() {
        put("requestParameters", json!(integration.request_parameters));
    }
    if !integration.request_templates.is_empty() {
        put("requestTemplates", json!(integration.request_templates));
    }
    if integration.cache_namespace != resource.id.as_str() {
        put("cacheNamespace", json!(integration.cache_namespace));
    }
    if let Some(skip) = integration.tls_insecure_skip_verification {
        put("tlsConfig", json!({ "insecureSkipVerification": skip }));
    }
    if !integration.responses.is_empty() {
        let responses = integration.responses.iter().map(|(status, found)| response(status, found));
        put("responses", Value::Object(responses.collect()));
    }
    Value::Object(found)
}

fn response(status: &str, response: &IntegrationResponse) -> (String, Value) {
    let mut found = json!({ "statusCode": status });
    if !response.parameters.is_empty() {
        found["responseParameters"] = json!(response.parameters);
    }
    if !response.templates.is_empty() {
        found["responseTemplates"] = json!(response.templates);
    }
    let pattern = response.selection_pattern.as_deref().filter(|pattern| !pattern.is_empty());
    (pattern.unwrap_or("default").to_owned(), found)
}
