//! GetIntegration.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetIntegration.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::IntegrationView;
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetIntegration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetIntegrationRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
}

impl Operation for GetIntegration {
    const SPEC: Spec = Spec::read("GetIntegration", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = IntegrationView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}/integration",
                input.rest_api_id, input.resource_id, input.http_method
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<IntegrationView, Failure> {
        let resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let integration = find::integration(find::method(&resource, &input.http_method)?)?;
        Ok(IntegrationView::of(integration))
    }
}
