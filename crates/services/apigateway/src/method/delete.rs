//! DeleteMethod: with its responses and its integration.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteMethod.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::HttpMethod;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteMethod;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteMethodRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
}

impl Operation for DeleteMethod {
    const SPEC: Spec = Spec::write("DeleteMethod", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 204)
        .errors(declared::REMOVE_METHOD);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(
            scope,
            format_args!(
                "/restapis/{}/resources/{}/methods/{}",
                input.rest_api_id, input.resource_id, input.http_method
            ),
        )
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let removed = HttpMethod::parse(&input.http_method).and_then(|verb| resource.methods.remove(&verb));
        removed.ok_or_else(find::no_method)?;
        call.tx.put(&call.scope, &resource)?;
        Ok(Nothing)
    }
}
