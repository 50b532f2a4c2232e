//! GetMethod.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetMethod.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::HttpMethod;
use operation::{Call, Failure, Operation, Spec};

use super::MethodView;
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetMethod;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetMethodRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
}

impl Operation for GetMethod {
    const SPEC: Spec = Spec::read("GetMethod", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200)
        .errors(declared::READ_PART);
    type Input = Input;
    type Output = MethodView;

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

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<MethodView, Failure> {
        let resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method(&resource, &input.http_method)?;
        let verb = HttpMethod::parse(&input.http_method).ok_or_else(find::no_method)?;
        Ok(MethodView::of(verb, method))
    }
}
