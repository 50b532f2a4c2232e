//! CreateAuthorizer. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html>

use base::Scope;
use base::id::AuthorizerId;
use base::limits::AUTHORIZERS_PER_API;
use http::Method as Verb;
use model::apigateway::Authorizer;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::AuthorizerView;
use super::jwt::JwtConfigurationInput;
use crate::choices::AuthorizerType;
use crate::error::{Error, declared};
use crate::rules::authorizer::{self, Fields};
use crate::rules::credentials;
use crate::{arn, find};

/// The operation.
pub(crate) struct CreateAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    name: String,
    r#type: AuthorizerType,
    #[shape(default, rename = "providerARNs")]
    provider_arns: Vec<String>,
    auth_type: Option<String>,
    authorizer_uri: Option<String>,
    authorizer_credentials: Option<String>,
    identity_source: Option<String>,
    identity_validation_expression: Option<String>,
    authorizer_result_ttl_in_seconds: Option<i32>,
    jwt_configuration: Option<JwtConfigurationInput>,
}

impl Operation for CreateAuthorizer {
    const SPEC: Spec = Spec::write("CreateAuthorizer", "apigateway:POST")
        .http(Verb::POST, "/restapis/{restapi_id}/authorizers", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = AuthorizerView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers", input.rest_api_id))
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        credentials::passed(input.authorizer_credentials.as_deref())
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", credentials::SERVICE)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<AuthorizerView, Failure> {
        if input.jwt_configuration.is_some() {
            return Err(Error::not_enforced("jwtConfiguration").into());
        }
        let api = find::api(call, &input.rest_api_id).await?;
        let others = call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(&api.id)).await?;
        let id = fresh_id(&others);
        let authorizer = authorizer::build(fields(input), &api.id, id, &call.scope)?;
        unique_name(&authorizer, &others)?;
        room_for_one_more(others.len())?;
        call.tx.put(&call.scope, &authorizer)?;
        Ok(AuthorizerView::of(&authorizer))
    }
}

fn fields(input: &Input) -> Fields {
    Fields {
        name: input.name.clone(),
        kind: input.r#type,
        provider_arns: input.provider_arns.clone(),
        auth_type: input.auth_type.clone(),
        uri: input.authorizer_uri.clone(),
        credentials: input.authorizer_credentials.clone(),
        identity_source: input.identity_source.clone(),
        identity_validation_expression: input.identity_validation_expression.clone(),
        ttl_s: input.authorizer_result_ttl_in_seconds,
    }
}

fn fresh_id(others: &[Authorizer]) -> AuthorizerId {
    loop {
        let id = AuthorizerId::random();
        if others.iter().all(|other| other.id != id) {
            return id;
        }
    }
}

/// Refuses a second authorizer of the same name.
pub(super) fn unique_name(authorizer: &Authorizer, others: &[Authorizer]) -> Result<(), Error> {
    let name = &authorizer.name;
    if !others.iter().any(|other| other.name == *name && other.id != authorizer.id) {
        return Ok(());
    }
    Err(Error::conflict(format!("Authorizer name must be unique. Authorizer {name} already exists in this RestApi.")))
}

/// Refuses one authorizer more than an API may have.
pub(crate) fn room_for_one_more(there: usize) -> Result<(), Error> {
    if there < AUTHORIZERS_PER_API {
        return Ok(());
    }
    let limit = format!("Maximum number of authorizers for this API has been reached: {AUTHORIZERS_PER_API}");
    Err(Error::LimitExceeded(limit))
}
