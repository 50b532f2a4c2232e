//! One operation of a path: its parameters, responses and integration.

use std::collections::BTreeMap;

use model::apigateway::HttpMethod;
use serde_json::Value;

use super::{EXTENSION, LATER, integration, members, parameter, response, security, stray, text};
use crate::openapi::description::{Asked, Operation, Protection};
use crate::openapi::document::Document;
use crate::openapi::report::Report;
use crate::rules;

/// Where an operation stands, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) verb: HttpMethod,
    pub(super) path: &'p str,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "'{}' for resource at path '{}'", self.verb, self.path)
    }
}

/// Reads an operation; `shared` are the path's own parameters.
pub(super) fn read(
    (document, protection): (&Document, &Protection),
    place: Place<'_>,
    value: &Value,
    shared: Option<&Value>,
    report: &mut Report,
) -> Option<Operation> {
    let operation = members(value, &format!("The operation {place}"), report)?;
    let (asked, api_key) = security::of_operation(operation, protection, place, report);
    let authorizer = match &asked {
        Asked::Authorizer(name) => Some(name.clone()),
        Asked::Nobody | Asked::Signature => None,
    };
    let mut parameters = BTreeMap::new();
    for list in [shared, operation.get("parameters")].into_iter().flatten() {
        parameter::read(document, place, list, &mut parameters, report);
    }
    let body = operation.get("requestBody");
    let request_models =
        body.map_or_else(BTreeMap::new, |body| response::request_models(document, place, body, report));
    let responses = operation.get("responses");
    let responses = responses.map_or_else(BTreeMap::new, |found| response::read(document, place, found, report));
    let found = operation.get("x-amazon-apigateway-integration");
    if found.is_none() {
        report.warn(format!("No integration defined on {place}; the API cannot be deployed until it has one"));
    }
    for name in operation.keys().filter(|name| name.starts_with(EXTENSION)) {
        let known = matches!(name.as_str(), "x-amazon-apigateway-integration" | security::AUTH);
        if !known {
            report.error(format!("{name} on {place}: {LATER}"));
        }
    }
    for (name, value) in operation.iter().filter(|(name, _)| !name.starts_with(EXTENSION)) {
        stray::refuse(Some(value), &format!("{name} on {place}"), report);
    }
    Some(Operation {
        method: rules::method::Fields {
            authorization_type: asked.authorization().as_str().to_owned(),
            api_key_required: api_key,
            operation_name: text(operation.get("operationId")),
            request_parameters: parameters,
            request_models,
            ..rules::method::Fields::default()
        },
        authorizer,
        responses,
        integration: found.and_then(|found| integration::read(document, place, found, report)),
    })
}
