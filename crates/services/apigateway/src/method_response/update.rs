//! UpdateMethodResponse.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateMethodResponse.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::MethodResponse;
use operation::{Call, Failure, Operation, Spec};

use super::MethodResponseView;
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, PatchOperation, Rule, Table, Tone, entry};
use crate::rules::{method_response, status_code};
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateMethodResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateMethodResponseRequest")]
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
    Parameter,
    Model,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/responseParameters/{name}", ADD_REMOVE_REPLACE, Property::Parameter),
        Rule::new("/responseModels/{content_type}", ADD_REMOVE_REPLACE, Property::Model),
    ],
};

impl Operation for UpdateMethodResponse {
    const SPEC: Spec = Spec::write("UpdateMethodResponse", "apigateway:PATCH")
        .http(
            Verb::PATCH,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}",
            201,
        )
        .errors(declared::WRITE);
    type Input = Input;
    type Output = MethodResponseView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}/responses/{}",
                input.rest_api_id, input.resource_id, input.http_method, input.status_code
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<MethodResponseView, Failure> {
        status_code::check(&input.status_code)?;
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method_mut(&mut resource, &input.http_method)?;
        let response = method.responses.get_mut(&input.status_code).ok_or_else(find::no_response)?;
        *response = patched(response.clone(), &input.patch_operations)?;
        let view = MethodResponseView::of(&input.status_code, response);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

fn patched(mut response: MethodResponse, operations: &[PatchOperation]) -> Result<MethodResponse, Error> {
    for change in TABLE.read(operations)? {
        match change.property {
            Property::Parameter => {
                let required = change.flag();
                entry::set(&mut response.parameters, change, required, "Invalid parameter name specified")?;
            }
            Property::Model => {
                let model = change.value.clone().unwrap_or_default();
                entry::set(&mut response.models, change, model, "Content-Type specified was not found")?;
            }
        }
    }
    method_response::build(response.parameters, response.models)
}

#[cfg(test)]
impl crate::patch::Patches for UpdateMethodResponse {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::patch::Op;

    #[test]
    fn entries_are_added_replaced_and_removed() {
        let header = "method.response.header.X";
        let response =
            MethodResponse { parameters: BTreeMap::from([(header.to_owned(), false)]), ..MethodResponse::default() };
        for (op, path, value, expected) in [
            (Op::Replace, "/responseParameters/method.response.header.X", "true", Ok((Some(true), 0))),
            (Op::Remove, "/responseParameters/method.response.header.X", "", Ok((None, 0))),
            (Op::Add, "/responseModels/application~1json", "Empty", Ok((Some(false), 1))),
            (Op::Add, "/responseModels/application~1json", "Pet", Err("Invalid model identifier specified: Pet")),
            (Op::Replace, "/responseParameters/wrong", "true", Err("Invalid parameter name specified")),
            (Op::Remove, "/responseParameters/wrong", "true", Err("Invalid parameter name specified")),
            (Op::Replace, "/responseModels/wrong", "Empty", Err("Content-Type specified was not found")),
            (
                Op::Remove,
                "/wrong/method.response.header.X",
                "",
                Err("Invalid patch path /wrong/method.response.header.X"),
            ),
            (Op::Replace, "/statusCode", "201", Err("Invalid patch path /statusCode")),
        ] {
            let operation =
                PatchOperation { op: Some(op), path: Some(path.to_owned()), value: Some(value.to_owned()), from: None };
            let found = patched(response.clone(), &[operation]);
            let found = found.map(|found| (found.parameters.get(header).copied(), found.models.len()));
            assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{path}");
        }
    }
}
