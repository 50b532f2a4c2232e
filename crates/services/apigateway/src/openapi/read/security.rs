//! Who may call, as a document says it: AWS's signature, an authorizer, an API key beside them, or nobody in particular.
//! Everything else is refused by name.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html>
// SECURITY: a document that asks for protection which is not enforced yet must not become an open API.

use serde_json::{Map, Value};

use super::operation::Place;
use super::{EXTENSION, LATER, authorizer};
use crate::openapi::description::{Asked, Protection};
use crate::openapi::document::{Dialect, Document};
use crate::openapi::report::Report;

/// The extension that names an operation's authorization type.
pub(super) const AUTH: &str = "x-amazon-apigateway-auth";
pub(super) const AUTH_TYPE: &str = "x-amazon-apigateway-authtype";
pub(super) const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";

/// Reads the schemes and the root's `security`.
pub(super) fn of_document(document: &Document, root: &Map<String, Value>, report: &mut Report) -> Protection {
    let mut protection = schemes(document, root, report);
    let default = asked(root.get("security"), &protection, "the document", report);
    (protection.default, protection.default_key) = default.unwrap_or_default();
    protection
}

/// What an operation asks for, and whether an API key beside it: its own word, else the document's. Of two words that differ the stricter one counts.
pub(super) fn of_operation(
    operation: &Map<String, Value>,
    protection: &Protection,
    place: Place<'_>,
    report: &mut Report,
) -> (Asked, bool) {
    let place = place.to_string();
    let by_scheme = asked(operation.get("security"), protection, &place, report);
    let api_key = by_scheme.as_ref().map_or(protection.default_key, |(_, api_key)| *api_key);
    let by_scheme = by_scheme.map(|(asked, _)| asked);
    let by_name = operation.get(AUTH).map(|value| match value.get("type").and_then(Value::as_str) {
        Some("NONE") => Asked::Nobody,
        Some("AWS_IAM") => Asked::Signature,
        _ => {
            report.error(format!("{AUTH} on {place}: {LATER}"));
            Asked::Nobody
        }
    });
    let asked = match (by_name, by_scheme) {
        (Some(Asked::Signature), Some(Asked::Authorizer(name))) => {
            report.error(format!("{AUTH} on {place} asks for a signature, and `security` for the authorizer '{name}'"));
            Asked::Signature
        }
        (Some(Asked::Signature), _) => Asked::Signature,
        (None, None) => protection.default.clone(),
        // SECURITY: in this order, so that a scheme that asks for something is not overruled by `NONE`.
        (_, Some(asked @ (Asked::Signature | Asked::Authorizer(_)))) | (Some(asked), _) | (None, Some(asked)) => asked,
    };
    (asked, api_key)
}

/// The schemes that protect something.
fn schemes(document: &Document, root: &Map<String, Value>, report: &mut Report) -> Protection {
    let schemes = match document.dialect {
        Dialect::OpenApi3 => root.get("components").and_then(|components| components.get("securitySchemes")),
        Dialect::Swagger2 => root.get("securityDefinitions"),
    };
    let mut protection = Protection::default();
    for (name, scheme) in schemes.and_then(Value::as_object).into_iter().flatten() {
        let extensions: Vec<&str> = scheme
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .filter(|member| member.starts_with(EXTENSION))
            .collect();
        match extensions[..] {
            [] if is_api_key(scheme) => {
                protection.api_keys.insert(name.clone());
            }
            [] => report.warn(format!("The security scheme '{name}' protects nothing")),
            [AUTH_TYPE] if scheme.get(AUTH_TYPE).and_then(Value::as_str) == Some("awsSigv4") => {
                protection.signatures.insert(name.clone());
            }
            [AUTHORIZER, AUTH_TYPE] | [AUTH_TYPE, AUTHORIZER] | [AUTHORIZER] => match authorizer::read(name, scheme) {
                Ok(fields) => {
                    protection.authorizers.insert(name.clone(), fields);
                }
                Err(why) => report.error(format!("The authorizer of the security scheme '{name}': {why}")),
            },
            [extension, ..] => report.error(format!("The security scheme '{name}' has {extension}: {LATER}")),
        }
    }
    protection
}

/// Whether a scheme is a key in the one header that API keys come in.
fn is_api_key(scheme: &Value) -> bool {
    let is = |member: &str, text: &str| {
        scheme.get(member).and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(text))
    };
    is("type", "apiKey") && is("in", "header") && is("name", "x-api-key")
}

/// What a `security` list asks for, and whether an API key beside it; `None` when there is none. An empty list asks for
/// nothing.
fn asked(value: Option<&Value>, protection: &Protection, place: &str, report: &mut Report) -> Option<(Asked, bool)> {
    let value = value?;
    let requirements: Option<Vec<&Map<String, Value>>> =
        value.as_array().and_then(|list| list.iter().map(Value::as_object).collect());
    match requirements {
        Some(list) if list.iter().all(|names| names.is_empty()) => Some((Asked::Nobody, false)),
        Some(list) => all_of(&list, protection).or_else(|| {
            let names: Vec<_> = list.into_iter().flat_map(Map::keys).map(String::as_str).collect();
            report.error(format!("`security` ({}) of {place}: {LATER}", names.join(", ")));
            None
        }),
        None => {
            report.error(format!("`security` () of {place}: {LATER}"));
            None
        }
    }
}

/// What a list names, all of it known: one way to find out who calls at most, and an API key. An authorizer is named
/// without scopes: those are for authorizers that look at them.
// SECURITY: where a list names alternatives, AWS asks for all of them, and so do we.
fn all_of(list: &[&Map<String, Value>], protection: &Protection) -> Option<(Asked, bool)> {
    let (mut asked, mut api_key) = (Asked::Nobody, false);
    for names in list {
        if names.is_empty() {
            return None;
        }
        for (name, scopes) in *names {
            let unscoped = scopes.as_array().is_some_and(Vec::is_empty);
            let found = if protection.api_keys.contains(name) {
                api_key = true;
                continue;
            } else if protection.signatures.contains(name) {
                Asked::Signature
            } else if unscoped && protection.authorizers.contains_key(name) {
                Asked::Authorizer(name.clone())
            } else {
                return None;
            };
            if asked != Asked::Nobody && asked != found {
                return None;
            }
            asked = found;
        }
    }
    Some((asked, api_key))
}
