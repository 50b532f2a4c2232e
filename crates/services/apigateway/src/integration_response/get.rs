//! GetIntegrationResponse.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetIntegrationResponse.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::IntegrationResponseView;
use crate::error::declared;
use crate::rules::status_code;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetIntegrationResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetIntegrationResponseRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    #[shape(uri = "status_code")]
    status_code: String,
}

impl Operation for GetIntegrationResponse {
    const SPEC: Spec = Spec::read("GetIntegrationResponse", "apigateway:GET")
        .http(
            Verb::GET,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}",
            200,
        )
        .errors(declared::READ);
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
        let resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let integration = find::integration(find::method(&resource, &input.http_method)?)?;
        let response = integration.responses.get(&input.status_code).ok_or_else(find::no_response)?;
        Ok(IntegrationResponseView::of(&input.status_code, response))
    }
}
