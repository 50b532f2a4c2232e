//! PutRestApi: updates an API from an OpenAPI document, replacing it or merging into it.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use model::apigateway::Resource;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::{RestApiView, Tags};
use crate::choices::PutMode;
use crate::error::declared;
use crate::openapi::apply::Mode;
use crate::rules::credentials;
use crate::{arn, find};

/// The operation.
pub(crate) struct PutRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutRestApiRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(query = "mode")]
    mode: Option<PutMode>,
    #[shape(query = "failonwarnings")]
    fail_on_warnings: Option<bool>,
    #[shape(query, default)]
    parameters: BTreeMap<String, String>,
    #[shape(payload)]
    body: Vec<u8>,
}

impl Operation for PutRestApi {
    const SPEC: Spec = Spec::write("PutRestApi", "apigateway:PUT")
        .http(Verb::PUT, "/restapis/{restapi_id}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = RestApiView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format!("/restapis/{}", input.rest_api_id))
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        super::definition::roles(&input.body)
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", credentials::SERVICE)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let import = super::definition::Import::read(&input.body, &input.parameters, input.fail_on_warnings)?;
        let existing = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
        let mode = match input.mode {
            None | Some(PutMode::Merge) => Mode::Merge,
            Some(PutMode::Overwrite) => Mode::Overwrite,
        };
        let api = import.bring(call, api, existing, mode).await?;
        Ok(RestApiView::of(&api, Tags::WhenPresent))
    }
}
