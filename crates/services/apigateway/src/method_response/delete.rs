//! DeleteMethodResponse.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteMethodResponse.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::status_code;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteMethodResponse;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteMethodResponseRequest")]
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

impl Operation for DeleteMethodResponse {
    const SPEC: Spec = Spec::write("DeleteMethodResponse", "apigateway:DELETE")
        .http(
            Verb::DELETE,
            "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}",
            204,
        )
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

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

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        status_code::check(&input.status_code)?;
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method_mut(&mut resource, &input.http_method)?;
        method.responses.remove(&input.status_code).ok_or_else(find::no_response)?;
        call.tx.put(&call.scope, &resource)?;
        Ok(Nothing)
    }
}
