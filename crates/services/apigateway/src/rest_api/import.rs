//! ImportRestApi: makes an API from an OpenAPI document.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use model::apigateway::RestApi;
use operation::{Call, Failure, Keys, Operation, Spec};
use wire::Value;

use super::{RestApiView, Tags};
use crate::arn;
use crate::error::{Error, declared};
use crate::openapi::apply::Mode;
use crate::rules::api;
use crate::rules::credentials;

/// The operation.
pub(crate) struct ImportRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ImportRestApiRequest")]
pub(crate) struct Input {
    #[shape(query = "failonwarnings")]
    fail_on_warnings: Option<bool>,
    #[shape(query, default)]
    parameters: BTreeMap<String, String>,
    #[shape(payload)]
    body: Vec<u8>,
}

impl Operation for ImportRestApi {
    const SPEC: Spec = Spec::write("ImportRestApi", "apigateway:POST")
        .http(Verb::POST, "/restapis?mode=import", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = RestApiView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/restapis")
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        super::definition::roles(&input.body)
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", credentials::SERVICE)
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        output.get("id").and_then(Value::as_text).map(arn::audited_api).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let import = super::definition::Import::read(&input.body, &input.parameters, input.fail_on_warnings)?;
        let name = import
            .name()
            .ok_or_else(|| Error::bad_request("Invalid OpenAPI input: the document has no info.title."))?;
        api::name(name)?;
        let api = super::create::blank(call, name.to_owned(), import.endpoint_type()?).await?;
        let api: RestApi = import.bring(call, api, Vec::new(), Mode::Overwrite).await?;
        Ok(RestApiView::of(&api, Tags::WhenPresent))
    }
}
