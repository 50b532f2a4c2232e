//! GetAuthorizer. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetAuthorizer.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::AuthorizerView;
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "authorizer_id")]
    authorizer_id: String,
}

impl Operation for GetAuthorizer {
    const SPEC: Spec = Spec::read("GetAuthorizer", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = AuthorizerView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers/{}", input.rest_api_id, input.authorizer_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<AuthorizerView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        Ok(AuthorizerView::of(&find::authorizer(call, &api.id, &input.authorizer_id).await?))
    }
}
