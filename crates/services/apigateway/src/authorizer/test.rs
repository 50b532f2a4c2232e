//! TestInvokeAuthorizer: asks an authorizer as it is now, deployed or not, about a request that nobody sent.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::data_plane::{AuthorizerTest, AuthorizerTested};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::{arn, find};

/// The operation.
pub(crate) struct TestInvokeAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TestInvokeAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "authorizer_id")]
    authorizer_id: String,
    #[shape(default)]
    headers: BTreeMap<String, String>,
    #[shape(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    path_with_query_string: Option<String>,
    body: Option<String>,
    #[shape(default)]
    stage_variables: BTreeMap<String, String>,
    #[shape(default)]
    additional_context: BTreeMap<String, String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TestInvokeAuthorizerResponse")]
pub(crate) struct Output {
    client_status: Option<i32>,
    log: Option<String>,
    latency: Option<i64>,
    principal_id: Option<String>,
    policy: Option<String>,
    authorization: Option<BTreeMap<String, Vec<String>>>,
    claims: Option<BTreeMap<String, String>>,
}

impl Operation for TestInvokeAuthorizer {
    // It writes nothing, but whoever may only read must not run functions.
    const SPEC: Spec = Spec::read("TestInvokeAuthorizer", "apigateway:POST")
        .http(Verb::POST, "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers/{}", input.rest_api_id, input.authorizer_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let authorizer = find::authorizer(call, &api.id, &input.authorizer_id).await?;
        if let Some(name) = input.additional_context.keys().next() {
            return Err(Error::not_enforced(format!("additionalContext `{name}`")).into());
        }
        let single = input.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        let multiple = input.multi_value_headers.iter();
        let multiple = multiple.flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
        let question = AuthorizerTest {
            scope: call.scope.clone(),
            rest_api_id: api.id.clone(),
            authorizer_id: authorizer.id.clone(),
            name: authorizer.name,
            kind: authorizer.kind.as_str(),
            uri: authorizer.uri,
            credentials: authorizer.credentials,
            identity_source: authorizer.identity_source.unwrap_or_default(),
            identity_validation_expression: authorizer.identity_validation_expression,
            headers: single.chain(multiple).collect(),
            path: input
                .path_with_query_string
                .clone()
                .filter(|path| !path.is_empty())
                .unwrap_or_else(|| "/".to_owned()),
            stage_variables: input.stage_variables.clone(),
        };
        let tested = call.ports.data_plane.test_authorizer(question).await.map_err(Error::bad_request)?;
        Ok(view(tested))
    }
}

fn view(tested: AuthorizerTested) -> Output {
    // AWS answers either what a function said or what a token says.
    let context = tested.context.into_iter().map(|(key, value)| (key, vec![value]));
    let authorization = tested.claims.is_none().then(|| context.collect());
    Output {
        client_status: Some(tested.status.into()),
        log: Some(tested.log),
        latency: Some(i64::try_from(tested.latency_ms).unwrap_or(i64::MAX)),
        principal_id: tested.principal_id,
        policy: tested.policy,
        authorization,
        claims: tested.claims,
    }
}
