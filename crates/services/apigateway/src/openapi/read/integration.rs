//! `x-amazon-apigateway-integration`: what answers.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>

use std::collections::BTreeMap;

use serde_json::Value;
use wire::Choice as _;

use super::operation::Place;
use super::{LATER, members, text};
use crate::choices::{ConnectionType, ContentHandlingStrategy, IntegrationType, ResponseTransferMode};
use crate::openapi::description::Integration;
use crate::openapi::document::Document;
use crate::openapi::report::Report;
use crate::rules::{integration, integration_response};

/// Reads an integration with its responses.
pub(super) fn read(document: &Document, place: Place<'_>, value: &Value, report: &mut Report) -> Option<Integration> {
    let resolved = match document.resolve(value) {
        Ok(resolved) => resolved,
        Err(why) => {
            report.error(format!("The integration of {place}: {why}"));
            return None;
        }
    };
    let found = members(resolved, &format!("The integration of {place}"), report)?;
    let Some(kind) = found.get("type").and_then(Value::as_str).and_then(kind) else {
        report.error(format!("Unable to put integration on {place}: Invalid integration type"));
        return None;
    };
    let mut fields = integration::Fields::new(kind);
    let mut responses = BTreeMap::new();
    for (name, value) in found {
        let set = match name.as_str() {
            "responses" => {
                responses = read_responses(place, value, report);
                true
            }
            name => set(&mut fields, name, value),
        };
        if !set {
            report.error(format!("Unable to put integration on {place}: `{name}`: {LATER}"));
        }
    }
    Some(Integration { fields, responses })
}

fn kind(text: &str) -> Option<IntegrationType> {
    IntegrationType::from_text(&text.to_ascii_uppercase())
}

/// Sets one member; `false` where it is not known or has no such form.
fn set(fields: &mut integration::Fields, name: &str, value: &Value) -> bool {
    match name {
        "type" => {}
        "uri" => fields.uri = text(Some(value)),
        "httpMethod" => fields.http_method = text(Some(value)).map(|verb| verb.to_ascii_uppercase()),
        "passthroughBehavior" => fields.passthrough_behavior = text(Some(value)).map(|word| word.to_ascii_uppercase()),
        "credentials" => fields.credentials = text(Some(value)),
        "connectionId" => fields.connection_id = text(Some(value)),
        "cacheNamespace" => fields.cache_namespace = text(Some(value)),
        "integrationTarget" => fields.integration_target = text(Some(value)),
        "requestParameters" => return strings(value).map(|found| fields.request_parameters = found).is_some(),
        "requestTemplates" => return strings(value).map(|found| fields.request_templates = found).is_some(),
        "cacheKeyParameters" => return super::texts(value).map(|found| fields.cache_key_parameters = found).is_some(),
        "timeoutInMillis" => {
            let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
            fields.timeout_ms = number;
            return number.is_some();
        }
        "tlsConfig" => {
            let flag = value.get("insecureSkipVerification").and_then(Value::as_bool);
            fields.tls_insecure_skip_verification = flag;
            return flag.is_some();
        }
        // An unknown word must not pass for the default.
        "connectionType" => return choose(value, &mut fields.connection_type, ConnectionType::from_text),
        "contentHandling" => return choose(value, &mut fields.content_handling, ContentHandlingStrategy::from_text),
        "responseTransferMode" => {
            return choose(value, &mut fields.response_transfer_mode, ResponseTransferMode::from_text);
        }
        _ => return false,
    }
    !value.is_object() && !value.is_array()
}

fn choose<T>(value: &Value, into: &mut Option<T>, read: fn(&str) -> Option<T>) -> bool {
    *into = value.as_str().and_then(|text| read(&text.to_ascii_uppercase()));
    into.is_some()
}

fn strings(value: &Value) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(key, value)| Some((key.clone(), text(Some(value))?))).collect()
}

/// Pattern to response; `default` is the one without a pattern.
fn read_responses(
    place: Place<'_>,
    value: &Value,
    report: &mut Report,
) -> BTreeMap<String, integration_response::Fields> {
    let mut found = BTreeMap::new();
    for (pattern, response) in value.as_object().into_iter().flatten() {
        let Some(status) = text(response.get("statusCode")) else {
            report.error(format!("Unable to put integration response '{pattern}' on {place}: it has no statusCode"));
            continue;
        };
        let part = |name: &str| match response.get(name) {
            None => Some(BTreeMap::new()),
            Some(value) => strings(value),
        };
        let (Some(parameters), Some(templates)) = (part("responseParameters"), part("responseTemplates")) else {
            report.error(format!(
                "Unable to put integration response '{pattern}' on {place}: its maps do not hold texts"
            ));
            continue;
        };
        let mut content_handling = None;
        let conversion = response.get("contentHandling");
        if conversion.is_some_and(|value| !choose(value, &mut content_handling, ContentHandlingStrategy::from_text)) {
            report.error(format!(
                "Unable to put integration response '{pattern}' on {place}: its contentHandling is not known"
            ));
        }
        let selection_pattern = (pattern != "default").then(|| pattern.clone());
        let fields = integration_response::Fields { selection_pattern, parameters, templates, content_handling };
        if found.insert(status.clone(), fields).is_some() {
            report.warn(format!("Two integration responses of {place} answer {status}; the last one counts"));
        }
    }
    found
}
