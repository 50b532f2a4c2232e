//! What an authorizer may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html>

use base::Scope;
use base::id::{AuthorizerId, RestApiId};
use base::limits::{AUTHORIZER_TTL_S_DEFAULT, AUTHORIZER_TTL_S_MAX};
use model::apigateway::{Authorizer, AuthorizerType as Stored};
use snapshot::{FunctionArn, Identity, JwtAuthorizer};

use super::{credentials, stage_reference};
use crate::choices::AuthorizerType;
use crate::error::Error;

/// An authorizer as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fields {
    /// Unique in its API.
    pub(crate) name: String,
    /// What it is told.
    pub(crate) kind: AuthorizerType,
    /// User pools.
    pub(crate) provider_arns: Vec<String>,
    /// A word for documents.
    pub(crate) auth_type: Option<String>,
    /// The function's invocation.
    pub(crate) uri: Option<String>,
    /// The role it is invoked with.
    pub(crate) credentials: Option<String>,
    /// Where the identity stands.
    pub(crate) identity_source: Option<String>,
    /// What a token must match.
    pub(crate) identity_validation_expression: Option<String>,
    /// How long an answer counts.
    pub(crate) ttl_s: Option<i32>,
}

impl Fields {
    /// Nothing but a name and a kind.
    pub(crate) fn new(name: String, kind: AuthorizerType) -> Self {
        Self {
            name,
            kind,
            provider_arns: Vec::new(),
            auth_type: None,
            uri: None,
            credentials: None,
            identity_source: None,
            identity_validation_expression: None,
            ttl_s: None,
        }
    }

    /// A stored authorizer as it would be asked for.
    pub(crate) fn of(authorizer: &Authorizer) -> Self {
        let kind = match authorizer.kind {
            Stored::Token => AuthorizerType::Token,
            Stored::Request => AuthorizerType::Request,
        };
        Self {
            auth_type: authorizer.auth_type.clone(),
            uri: Some(authorizer.uri.clone()),
            credentials: authorizer.credentials.clone(),
            identity_source: authorizer.identity_source.clone(),
            identity_validation_expression: authorizer.identity_validation_expression.clone(),
            ttl_s: Some(authorizer.ttl_s),
            ..Self::new(authorizer.name.clone(), kind)
        }
    }
}

const NAME_CHARS_MAX: usize = 128;
const AUTH_TYPE_CHARS_MAX: usize = 128;

/// Checks an authorizer.
pub(crate) fn build(fields: Fields, api: &RestApiId, id: AuthorizerId, scope: &Scope) -> Result<Authorizer, Error> {
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    if fields.name.is_empty() {
        return Err(Error::bad_request("Authorizer name cannot be empty"));
    }
    if fields.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::bad_request(format!("Authorizer name can be at most {NAME_CHARS_MAX} characters")));
    }
    let kind = match fields.kind {
        AuthorizerType::Token => Stored::Token,
        AuthorizerType::Request => Stored::Request,
        // SECURITY: a method behind an authorizer that is not asked would be open.
        AuthorizerType::CognitoUserPools => return Err(Error::not_enforced("authorizer type `COGNITO_USER_POOLS`")),
        AuthorizerType::Jwt => return Err(Error::not_enforced("authorizer type `JWT`")),
    };
    if !fields.provider_arns.is_empty() {
        return Err(Error::not_enforced("providerARNs"));
    }
    let auth_type = set(fields.auth_type);
    if auth_type.as_deref().is_some_and(|word| word.chars().count() > AUTH_TYPE_CHARS_MAX) {
        return Err(Error::bad_request(format!("authType can be at most {AUTH_TYPE_CHARS_MAX} characters")));
    }
    let ttl_s = ttl(fields.ttl_s)?;
    let (source, expression) = (set(fields.identity_source), set(fields.identity_validation_expression));
    identity(kind, source.as_deref(), expression.as_deref(), ttl_s)?;
    let uri = fields.uri.unwrap_or_default();
    if JwtAuthorizer::is_meant(&uri) {
        native(kind, &uri, expression.as_deref(), fields.credentials.as_deref())?;
    } else {
        check_uri(&uri, scope)?;
    }
    Ok(Authorizer {
        rest_api_id: api.clone(),
        id,
        name: fields.name,
        kind,
        auth_type,
        uri,
        credentials: credentials::role(set(fields.credentials), scope)?,
        identity_source: source,
        identity_validation_expression: expression,
        ttl_s,
    })
}

fn ttl(seconds: Option<i32>) -> Result<i32, Error> {
    let seconds = seconds.unwrap_or(AUTHORIZER_TTL_S_DEFAULT);
    if (0..=AUTHORIZER_TTL_S_MAX).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::bad_request(format!("Authorizer result TTL must be between 0 and {AUTHORIZER_TTL_S_MAX} seconds")))
}

fn identity(kind: Stored, source: Option<&str>, expression: Option<&str>, ttl_s: i32) -> Result<(), Error> {
    let wrong = |fault: snapshot::authorizer::NoIdentity| Error::bad_request(fault.to_string());
    match kind {
        Stored::Token => Identity::token(source.unwrap_or_default(), expression).map(|_| ()).map_err(wrong),
        Stored::Request => {
            if expression.is_some() {
                return Err(Error::bad_request(
                    "Identity validation expression is supported only for authorizers of type TOKEN",
                ));
            }
            if source.is_none() && ttl_s > 0 {
                return Err(Error::bad_request(
                    "Identity sources are required for authorizers of type REQUEST while their results are cached",
                ));
            }
            Identity::request(source.unwrap_or_default()).map(|_| ()).map_err(wrong)
        }
    }
}

/// One that checks tokens itself, beyond AWS.
fn native(kind: Stored, uri: &str, expression: Option<&str>, credentials: Option<&str>) -> Result<(), Error> {
    if kind != Stored::Token {
        return Err(Error::bad_request("An authorizer with a `jwt://` URI is of type TOKEN"));
    }
    if expression.is_some() {
        return Err(Error::not_enforced("identityValidationExpression of an authorizer with a `jwt://` URI"));
    }
    if credentials.is_some_and(|role| !role.is_empty()) {
        return Err(Error::bad_request(
            "An authorizer with a `jwt://` URI invokes nothing, so it takes no credentials",
        ));
    }
    JwtAuthorizer::parse(uri, "Authorization")
        .map(|_| ())
        .map_err(|fault| Error::bad_request(format!("Invalid Authorizer URI: {uri}. {fault}")))
}

fn check_uri(uri: &str, scope: &Scope) -> Result<(), Error> {
    // A stage variable may be a function's name or qualifier, or a part of either; `1` is a valid part of both.
    let function = stage_reference::replace(uri, "1").and_then(|filled| FunctionArn::of_invocation(&filled).ok());
    if function.is_some_and(|function| function.region == scope.region) {
        return Ok(());
    }
    Err(Error::bad_request(format!(
        "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function \
         invocation."
    )))
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region};

    use super::*;

    const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations";

    fn token() -> Fields {
        Fields {
            uri: Some(URI.to_owned()),
            identity_source: Some("method.request.header.Authorization".to_owned()),
            ..Fields::new("mine".to_owned(), AuthorizerType::Token)
        }
    }

    fn made(fields: Fields) -> Result<Authorizer, String> {
        let scope = Scope {
            account: AccountId::parse("123456789012").expect("digits"),
            region: Region::parse("us-east-1").expect("a region"),
        };
        let (api, id) = (RestApiId::parse("a1").expect("an id"), AuthorizerId::parse("b2").expect("an id"));
        build(fields, &api, id, &scope).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_of_aws() {
        let authorizer = made(token()).expect("good");
        assert_eq!((authorizer.ttl_s, authorizer.credentials.as_deref()), (300, None));
        assert_eq!(made(Fields::of(&authorizer)), Ok(authorizer));
        let uri = URI.replace("function:auth", "function:${stageVariables.name}:${stageVariables.alias}");
        assert!(made(Fields { uri: Some(uri), ..token() }).is_ok());
        assert!(made(Fields { uri: Some("jwt://issuer.example/pool?audience=a".to_owned()), ..token() }).is_ok());
        let request = Fields { kind: AuthorizerType::Request, identity_source: None, ttl_s: Some(0), ..token() };
        assert!(made(request).is_ok(), "without a cache nothing must tell callers apart");
    }

    #[test]
    fn everything_else_is_refused() {
        let some = |text: &str| Some(text.to_owned());
        let request = || Fields { kind: AuthorizerType::Request, ..token() };
        for (fields, message) in [
            (Fields { name: String::new(), ..token() }, "Authorizer name cannot be empty"),
            (Fields { kind: AuthorizerType::CognitoUserPools, ..token() }, "not enforced"),
            (Fields { provider_arns: vec!["arn:x".to_owned()], ..token() }, "not enforced"),
            (Fields { uri: some("jwt://issuer.example/"), ..token() }, "Invalid Authorizer URI"),
            (Fields { uri: some("jwt://issuer.example/?audience=a"), ..request() }, "is of type TOKEN"),
            (
                Fields {
                    uri: some("jwt://i.example/?audience=a"),
                    identity_validation_expression: some("a"),
                    ..token()
                },
                "not enforced",
            ),
            (
                Fields { uri: some("jwt://i.example/?audience=a"), credentials: some("arn:x"), ..token() },
                "takes no credentials",
            ),
            (Fields { uri: None, ..token() }, "Invalid Authorizer URI"),
            (Fields { uri: some("http://auth.example"), ..token() }, "Invalid Authorizer URI"),
            (Fields { uri: some(&URI.replace("us-east-1", "eu-west-1")), ..token() }, "Invalid Authorizer URI"),
            (Fields { uri: some(&URI.replace("lambda:path", "sqs:path")), ..token() }, "Invalid Authorizer URI"),
            (Fields { identity_source: None, ..token() }, "Invalid token source expression"),
            (Fields { identity_source: some("method.request.querystring.a"), ..token() }, "Invalid token source"),
            (Fields { identity_validation_expression: some("("), ..token() }, "Invalid identity validation"),
            (Fields { identity_validation_expression: some("a"), ..request() }, "only for authorizers of type TOKEN"),
            (Fields { identity_source: None, ..request() }, "Identity sources are required"),
            (Fields { identity_source: some("method.request.path.id"), ..request() }, "Invalid identity source"),
            (Fields { ttl_s: Some(3601), ..token() }, "between 0 and 3600"),
            (Fields { ttl_s: Some(-1), ..token() }, "between 0 and 3600"),
            (Fields { credentials: some("arn:aws:iam::999999999999:role/r"), ..token() }, "another account"),
            (Fields { credentials: some("arn:aws:iam::*:user/*"), ..token() }, "not the ARN of an IAM role"),
        ] {
            let refused = made(fields).expect_err(message);
            assert!(refused.contains(message), "{refused}");
        }
    }
}
