//! UpdateIntegrationResponse.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateIntegrationResponse.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::IntegrationResponseView;
use crate::choices::ContentHandlingStrategy;
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, PatchOperation, REPLACE, Rule, Table, Tone, entry};
use crate::rules::integration_response::{self, Fields};
use crate::rules::status_code;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateIntegrationResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateIntegrationResponseRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    #[shape(uri = "status_code")]
    status_code: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    SelectionPattern,
    ContentHandling,
    Parameter,
    Template,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/selectionPattern", REPLACE, Property::SelectionPattern),
        Rule::new("/contentHandling", REPLACE, Property::ContentHandling),
        Rule::new("/responseParameters/{name}", ADD_REMOVE_REPLACE, Property::Parameter),
        Rule::new("/responseTemplates/{content_type}", ADD_REMOVE_REPLACE, Property::Template),
    ],
};

impl Operation for UpdateIntegrationResponse {
    const SPEC: Spec = Spec::write("UpdateIntegrationResponse", "apigateway:PATCH")
        .http(
            Verb::PATCH,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}",
            200,
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
        let integration = find::integration(method)?;
        let response = integration.responses.get(&input.status_code).ok_or_else(find::no_response)?;
        let fields = patched(Fields::of(response), &input.patch_operations)?;
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

fn patched(mut fields: Fields, operations: &[PatchOperation]) -> Result<Fields, Error> {
    for change in TABLE.read(operations)? {
        let value = change.value.clone().unwrap_or_default();
        match change.property {
            Property::SelectionPattern => fields.selection_pattern = Some(value),
            Property::ContentHandling => fields.content_handling = ContentHandlingStrategy::read(&value)?,
            Property::Parameter => {
                entry::set(&mut fields.parameters, change, value, "Invalid parameter name specified")?;
            }
            Property::Template => {
                entry::set(&mut fields.templates, change, value, "Content-Type specified was not found")?;
            }
        }
    }
    Ok(fields)
}

#[cfg(test)]
impl crate::patch::Patches for UpdateIntegrationResponse {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::Op;

    fn after(op: Op, path: &str, value: &str) -> Result<Fields, String> {
        let operation =
            PatchOperation { op: Some(op), path: Some(path.to_owned()), value: Some(value.to_owned()), from: None };
        patched(Fields::default(), &[operation]).map_err(|error| error.to_string())
    }

    #[test]
    fn patterns_parameters_and_templates_are_changed() {
        let fields = after(Op::Replace, "/selectionPattern", "5\\d\\d").expect("it is allowed");
        assert_eq!(fields.selection_pattern.as_deref(), Some("5\\d\\d"));
        let fields = after(Op::Add, "/responseTemplates/application~1json", "{}").expect("it is allowed");
        assert_eq!(fields.templates.get("application/json").map(String::as_str), Some("{}"));
        let fields = after(Op::Add, "/responseParameters/method.response.header.X", "'1'").expect("it is allowed");
        assert_eq!(fields.parameters.len(), 1);
    }

    #[test]
    fn everything_else_is_refused() {
        for (op, path, value, message) in [
            (Op::Remove, "/responseParameters/x", "", "Invalid parameter name specified"),
            (Op::Replace, "/responseTemplates/x", "", "Content-Type specified was not found"),
            (Op::Add, "/selectionPattern", "", "Invalid patch operation specified. Must be one of: [replace]"),
            (Op::Replace, "/statusCode", "201", "Invalid patch path /statusCode"),
            (Op::Replace, "/contentHandling", "CONVERT", "Invalid contentHandling specified: CONVERT"),
        ] {
            assert_eq!(after(op, path, value).map(|_| ()), Err(message.to_owned()), "{path}");
        }
    }
}
