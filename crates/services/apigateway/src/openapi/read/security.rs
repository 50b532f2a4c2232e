//! Who may call, as a document says it: AWS's signature, or nobody in particular. Everything else is refused by name.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html>
// SECURITY: a document that asks for protection which is not enforced yet must not become an open API.

use std::collections::BTreeSet;

use model::apigateway::AuthorizationType;
use serde_json::{Map, Value};

use super::operation::Place;
use super::{EXTENSION, LATER};
use crate::openapi::description::Protection;
use crate::openapi::document::{Dialect, Document};
use crate::openapi::report::Report;

/// The extension that names an operation's authorization type.
pub(super) const AUTH: &str = "x-amazon-apigateway-auth";
const AUTH_TYPE: &str = "x-amazon-apigateway-authtype";

/// Reads the schemes and the root's `security`.
pub(super) fn of_document(document: &Document, root: &Map<String, Value>, report: &mut Report) -> Protection {
    let signatures = schemes(document, root, report);
    let default = asked(root.get("security"), &signatures, "the document", report).unwrap_or_default();
    Protection { signatures, default }
}

/// What an operation asks for: its own word, else the document's. Of two words that differ the stricter one counts.
pub(super) fn of_operation(
    operation: &Map<String, Value>,
    protection: &Protection,
    place: Place<'_>,
    report: &mut Report,
) -> AuthorizationType {
    let place = place.to_string();
    let by_scheme = asked(operation.get("security"), &protection.signatures, &place, report);
    let by_name = operation.get(AUTH).map(|value| match value.get("type").and_then(Value::as_str) {
        Some("NONE") => AuthorizationType::None,
        Some("AWS_IAM") => AuthorizationType::AwsIam,
        _ => {
            report.error(format!("{AUTH} on {place}: {LATER}"));
            AuthorizationType::None
        }
    });
    match (by_name, by_scheme) {
        (Some(AuthorizationType::AwsIam), _) | (_, Some(AuthorizationType::AwsIam)) => AuthorizationType::AwsIam,
        (None, None) => protection.default,
        (Some(AuthorizationType::None), _) | (None, Some(AuthorizationType::None)) => AuthorizationType::None,
    }
}

/// The names of the schemes that stand for AWS's signature.
fn schemes(document: &Document, root: &Map<String, Value>, report: &mut Report) -> BTreeSet<String> {
    let schemes = match document.dialect {
        Dialect::OpenApi3 => root.get("components").and_then(|components| components.get("securitySchemes")),
        Dialect::Swagger2 => root.get("securityDefinitions"),
    };
    let mut signatures = BTreeSet::new();
    for (name, scheme) in schemes.and_then(Value::as_object).into_iter().flatten() {
        let extensions: Vec<&str> = scheme
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .filter(|member| member.starts_with(EXTENSION))
            .collect();
        match extensions[..] {
            [] => report.warn(format!("The security scheme '{name}' protects nothing")),
            [AUTH_TYPE] if scheme.get(AUTH_TYPE).and_then(Value::as_str) == Some("awsSigv4") => {
                signatures.insert(name.clone());
            }
            [extension, ..] => report.error(format!("The security scheme '{name}' has {extension}: {LATER}")),
        }
    }
    signatures
}

/// What a `security` list asks for; `None` when there is none. An empty list asks for nothing.
fn asked(
    value: Option<&Value>,
    signatures: &BTreeSet<String>,
    place: &str,
    report: &mut Report,
) -> Option<AuthorizationType> {
    let value = value?;
    let requirements: Option<Vec<&Map<String, Value>>> =
        value.as_array().and_then(|list| list.iter().map(Value::as_object).collect());
    let is_signature =
        |names: &&Map<String, Value>| names.len() == 1 && names.keys().all(|name| signatures.contains(name));
    match requirements {
        Some(list) if list.iter().all(|names| names.is_empty()) => Some(AuthorizationType::None),
        Some(list) if list.iter().all(is_signature) => Some(AuthorizationType::AwsIam),
        Some(list) => {
            let names: Vec<_> = list.into_iter().flat_map(Map::keys).map(String::as_str).collect();
            report.error(format!("`security` ({}) of {place}: {LATER}", names.join(", ")));
            None
        }
        None => {
            report.error(format!("`security` () of {place}: {LATER}"));
            None
        }
    }
}
