//! GetRestApi. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{RestApiView, Tags};
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetRestApi;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRestApiRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
}

impl Operation for GetRestApi {
    const SPEC: Spec = Spec::read("GetRestApi", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = RestApiView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<RestApiView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        Ok(RestApiView::of(&api, Tags::WhenPresent))
    }
}
