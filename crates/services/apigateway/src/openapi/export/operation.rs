//! One operation of a document: parameters, bodies, responses.

use model::apigateway::{Method, MethodResponse, Resource};
use serde_json::{Map, Value, json};

use super::document::{API_KEY, Extensions};
use super::integration;
use crate::openapi::document::Dialect;

/// Writes a method that the security scheme protects.
pub(super) fn write(
    (dialect, extensions): (Dialect, Extensions),
    resource: &Resource,
    method: &Method,
    scheme: Option<&str>,
) -> Value {
    let mut operation = Map::new();
    if let Some(name) = &method.operation_name {
        operation.insert("operationId".to_owned(), json!(name));
    }
    let mut parameters: Vec<Value> =
        method.request_parameters.iter().filter_map(|(name, required)| parameter(dialect, name, *required)).collect();
    match dialect {
        Dialect::OpenApi3 if !method.request_models.is_empty() => {
            let body = json!({ "content": content(&method.request_models), "required": true });
            operation.insert("requestBody".to_owned(), body);
        }
        Dialect::OpenApi3 => {}
        Dialect::Swagger2 => {
            let body = method.request_models.values().next();
            parameters.extend(body.map(
                |name| json!({ "in": "body", "name": name, "required": true, "schema": reference(dialect, name) }),
            ));
            let produces: Vec<&String> =
                method.responses.values().flat_map(|response| response.models.keys()).collect();
            if !produces.is_empty() {
                operation.insert("produces".to_owned(), json!(produces));
            }
        }
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), json!(parameters));
    }
    let responses = method.responses.iter().map(|(status, found)| (status.clone(), response(dialect, status, found)));
    operation.insert("responses".to_owned(), Value::Object(responses.collect()));
    let keyed = method.api_key_required.then_some(API_KEY);
    let asked: Vec<Value> = scheme.into_iter().chain(keyed).map(|scheme| json!({ scheme: [] })).collect();
    if !asked.is_empty() && extensions.secured() {
        operation.insert("security".to_owned(), json!(asked));
    }
    if extensions.integrations
        && let Some(found) = &method.integration
    {
        operation.insert("x-amazon-apigateway-integration".to_owned(), integration::write(resource, found));
    }
    Value::Object(operation)
}

/// The models that a method names.
pub(super) fn models(method: &Method) -> Vec<String> {
    let answered = method.responses.values().flat_map(|response| response.models.values());
    method.request_models.values().chain(answered).cloned().collect()
}

fn parameter(dialect: Dialect, name: &str, required: bool) -> Option<Value> {
    let (place, name) = name.strip_prefix("method.request.")?.split_once('.')?;
    let place = if place == "querystring" { "query" } else { place };
    // A path parameter is always there; the specification demands that it is said.
    let required = required || place == "path";
    Some(match dialect {
        Dialect::OpenApi3 => json!({ "name": name, "in": place, "required": required, "schema": { "type": "string" } }),
        Dialect::Swagger2 => json!({ "name": name, "in": place, "required": required, "type": "string" }),
    })
}

fn response(dialect: Dialect, status: &str, response: &MethodResponse) -> Value {
    let mut found = json!({ "description": format!("{status} response") });
    let names = response.parameters.keys().filter_map(|name| name.strip_prefix("method.response.header."));
    let headers: Map<String, Value> = names
        .map(|name| {
            let text = json!({ "type": "string" });
            let header = if dialect == Dialect::OpenApi3 { json!({ "schema": text }) } else { text };
            (name.to_owned(), header)
        })
        .collect();
    if !headers.is_empty() {
        found["headers"] = Value::Object(headers);
    }
    match dialect {
        Dialect::OpenApi3 => found["content"] = content(&response.models),
        Dialect::Swagger2 => {
            if let Some(name) = response.models.values().next() {
                found["schema"] = reference(dialect, name);
            }
        }
    }
    found
}

fn content(models: &std::collections::BTreeMap<String, String>) -> Value {
    let of =
        |(media, name): (&String, &String)| (media.clone(), json!({ "schema": reference(Dialect::OpenApi3, name) }));
    Value::Object(models.iter().map(of).collect())
}

fn reference(dialect: Dialect, name: &str) -> Value {
    match dialect {
        Dialect::OpenApi3 => json!({ "$ref": format!("#/components/schemas/{name}") }),
        Dialect::Swagger2 => json!({ "$ref": format!("#/definitions/{name}") }),
    }
}
