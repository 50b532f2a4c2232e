//! What stands at a document's root: info, servers, schemas, and the extensions that concern the whole API.

use std::collections::BTreeMap;

use model::apigateway::ApiKeySource;
use serde_json::{Map, Value};

use super::{EXTENSION, members, security, stray, text, texts};
use crate::openapi::description::Description;
use crate::openapi::document::{Dialect, Document};
use crate::openapi::report::Report;

/// Reads everything but the paths.
pub(super) fn read(document: &Document, report: &mut Report) -> Description {
    let mut description = Description::default();
    let Some(root) = members(&document.root, "the document", report) else { return description };
    let info = root.get("info");
    description.name = text(info.and_then(|info| info.get("title")));
    description.description = text(info.and_then(|info| info.get("description")));
    description.version = text(info.and_then(|info| info.get("version")));
    description.base_path = match document.dialect {
        Dialect::OpenApi3 => server_path(root).unwrap_or_default(),
        Dialect::Swagger2 => text(root.get("basePath")).unwrap_or_default(),
    };
    description.schemas = schemas(document, root, report);
    description.protection = security::of_document(document, root, report);
    for (name, value) in root.iter().filter(|(name, _)| name.starts_with(EXTENSION)) {
        extension(name, value, &mut description, report);
    }
    servers(document.dialect, root, &mut description, report);
    for member in ["info", "tags", "externalDocs"] {
        stray::refuse(root.get(member), member, report);
    }
    description
}

/// OpenAPI 3 says at the server how the API is reached; AWS knows nothing else there.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html>
// SECURITY: a closed default endpoint that is overlooked would leave the API open.
fn servers(dialect: Dialect, root: &Map<String, Value>, description: &mut Description, report: &mut Report) {
    let Some(servers) = root.get("servers").and_then(Value::as_array) else { return };
    for (name, value) in servers.iter().filter_map(Value::as_object).flatten() {
        match name.strip_prefix(EXTENSION) {
            Some("endpoint-configuration") if dialect == Dialect::OpenApi3 => {
                endpoint(name, value, description, report);
            }
            Some(_) => report.error(format!("{name} of a server: {}", super::LATER)),
            None => stray::refuse(Some(value), "servers", report),
        }
    }
}

/// The path of the first server's URL, its variables filled with their defaults.
fn server_path(root: &Map<String, Value>) -> Option<String> {
    let server = root.get("servers")?.as_array()?.first()?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let default = text(variable.get("default")).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default.trim_start_matches('/'));
    }
    let behind = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    Some(behind.find('/').map_or(String::new(), |slash| behind[slash..].to_owned()))
}

/// Schemas are kept and enforced by nothing yet, which is worth a warning each.
fn schemas(document: &Document, root: &Map<String, Value>, report: &mut Report) -> BTreeMap<String, String> {
    let found = match document.dialect {
        Dialect::OpenApi3 => root.get("components").and_then(|components| components.get("schemas")),
        Dialect::Swagger2 => root.get("definitions"),
    };
    let Some(found) = found.and_then(Value::as_object) else { return BTreeMap::new() };
    let mut kept = BTreeMap::new();
    for (name, schema) in found {
        // The built-in models exist in every API.
        if !matches!(name.as_str(), "Empty" | "Error") {
            report.warn(format!(
                "The schema '{name}' is kept, but models are not enforced by this version of Portcullis yet"
            ));
        }
        kept.insert(name.clone(), schema.to_string());
    }
    kept
}

fn extension(name: &str, value: &Value, description: &mut Description, report: &mut Report) {
    match name.strip_prefix(EXTENSION).unwrap_or_default() {
        "binary-media-types" => match texts(value) {
            Some(types) => description.binary_media_types = Some(types),
            None => report.error(format!("{name} is not a list of media types")),
        },
        "policy" if value.is_object() => description.policy = Some(value.to_string()),
        "endpoint-configuration" => endpoint(name, value, description, report),
        "api-key-source" if value == "HEADER" => description.api_key_source = Some(ApiKeySource::Header),
        "api-key-source" if value == "AUTHORIZER" => description.api_key_source = Some(ApiKeySource::Authorizer),
        "endpoint-access-mode" if value == "BASIC" => {}
        "security-policy" if matches!(value.as_str(), Some("TLS_1_0" | "TLS_1_2")) => {}
        "minimum-compression-size" if value.is_null() => {}
        "gateway-responses" | "request-validators" if value.as_object().is_some_and(Map::is_empty) => {}
        "importexport-version" => {}
        "documentation" => report.warn("The documentation parts are not kept"),
        _ => report.error(format!("{name}: {}", super::LATER)),
    }
}

fn endpoint(name: &str, value: &Value, description: &mut Description, report: &mut Report) {
    let Some(endpoint) = members(value, name, report) else { return };
    for (member, value) in endpoint {
        match member.as_str() {
            "disableExecuteApiEndpoint" => match value.as_bool() {
                Some(disabled) => description.disable_execute_api_endpoint = Some(disabled),
                None => report.error(format!("{name}.disableExecuteApiEndpoint is not a boolean")),
            },
            "vpcEndpointIds" if value.as_array().is_some_and(Vec::is_empty) => {}
            "ipAddressType" if value == "ipv4" => {}
            _ => report.error(format!("{name}.{member}: {}", super::LATER)),
        }
    }
}
