//! Method responses: status codes with their headers and models.

use std::collections::BTreeMap;

use model::apigateway::MethodResponse;
use serde_json::{Map, Value};

use super::operation::Place;
use crate::openapi::document::{Dialect, Document};
use crate::openapi::report::Report;

/// Reads `responses`.
pub(super) fn read(
    document: &Document,
    place: Place<'_>,
    responses: &Value,
    report: &mut Report,
) -> BTreeMap<String, MethodResponse> {
    let mut found = BTreeMap::new();
    for (status, response) in responses.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with("x-")) {
        if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
            report.warn(format!("The response '{status}' of {place} is no status code and is left out"));
            continue;
        }
        match document.resolve(response) {
            Ok(response) => {
                let parameters = headers(response);
                let models = models(document, place, response, report);
                found.insert(status.clone(), MethodResponse { parameters, models });
            }
            Err(why) => report.error(format!("The response '{status}' of {place}: {why}")),
        }
    }
    found
}

fn headers(response: &Value) -> BTreeMap<String, bool> {
    let names = response.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names.map(|name| (format!("method.response.header.{name}"), false)).collect()
}

/// `content` in OpenAPI 3; in Swagger 2 one `schema` for whatever the operation produces.
fn models(document: &Document, place: Place<'_>, response: &Value, report: &mut Report) -> BTreeMap<String, String> {
    match document.dialect {
        Dialect::OpenApi3 => of_content(response.get("content"), place, report),
        Dialect::Swagger2 => {
            let named = response.get("schema").and_then(|schema| model(schema, place, report));
            named.map(|name| ("application/json".to_owned(), name)).into_iter().collect()
        }
    }
}

/// Reads the models of a `requestBody`.
pub(super) fn request_models(
    document: &Document,
    place: Place<'_>,
    body: &Value,
    report: &mut Report,
) -> BTreeMap<String, String> {
    match document.resolve(body) {
        Ok(body) => of_content(body.get("content"), place, report),
        Err(why) => {
            report.error(format!("The request body of {place}: {why}"));
            BTreeMap::new()
        }
    }
}

fn of_content(content: Option<&Value>, place: Place<'_>, report: &mut Report) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (media_type, value) in content.and_then(Value::as_object).into_iter().flatten() {
        if let Some(name) = value.get("schema").and_then(|schema| model(schema, place, report)) {
            found.insert(media_type.clone(), name);
        }
    }
    found
}

/// The built-in model a schema refers to. Other models do not exist yet; that they are not enforced is worth a warning.
fn model(schema: &Value, place: Place<'_>, report: &mut Report) -> Option<String> {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    match name {
        Some(name @ ("Empty" | "Error")) => Some(name.to_owned()),
        Some(name) => {
            report.warn(format!("The model '{name}' on {place} is not enforced"));
            None
        }
        None => {
            report.warn(format!("A schema on {place} is not enforced"));
            None
        }
    }
}
