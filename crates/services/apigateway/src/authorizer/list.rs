//! GetAuthorizers. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetAuthorizers.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Authorizer;
use operation::{Call, Failure, Operation, Spec};

use super::AuthorizerView;
use crate::error::declared;
use crate::page::Page;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetAuthorizers;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetAuthorizersRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Authorizers")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<AuthorizerView>,
}

impl Operation for GetAuthorizers {
    const SPEC: Spec = Spec::read("GetAuthorizers", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/authorizers", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let api = find::api(call, &input.rest_api_id).await?;
        let authorizers = call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(&api.id)).await?;
        let (items, position) = page.of(authorizers, |authorizer| authorizer.id.as_str());
        Ok(Output { position, items: items.iter().map(AuthorizerView::of).collect() })
    }
}
