//! `x-amazon-apigateway-authorizer`: who judges callers.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html>

use serde_json::Value;

use super::{LATER, text};
use crate::choices::AuthorizerType;
use crate::rules::authorizer::Fields;

/// Reads the authorizer of a security scheme, which gives it its name.
pub(super) fn read(name: &str, scheme: &Value) -> Result<Fields, String> {
    let found = scheme.get(super::security::AUTHORIZER).and_then(Value::as_object).ok_or("it is not an object")?;
    let kind = match found.get("type").and_then(Value::as_str) {
        Some("token") => AuthorizerType::Token,
        Some("request") => AuthorizerType::Request,
        Some("cognito_user_pools") => AuthorizerType::CognitoUserPools,
        other => return Err(format!("its type `{}`: {LATER}", other.unwrap_or_default())),
    };
    let mut fields = Fields::new(name.to_owned(), kind);
    fields.auth_type = text(scheme.get(super::security::AUTH_TYPE));
    for (member, value) in found {
        match member.as_str() {
            "type" => {}
            "authorizerUri" => fields.uri = Some(texted(member, value)?),
            "authorizerCredentials" => fields.credentials = Some(texted(member, value)?),
            "identitySource" => fields.identity_source = Some(texted(member, value)?),
            "identityValidationExpression" => fields.identity_validation_expression = Some(texted(member, value)?),
            "authorizerResultTtlInSeconds" => {
                let seconds = value.as_i64().and_then(|seconds| i32::try_from(seconds).ok());
                fields.ttl_s = Some(seconds.ok_or_else(|| format!("`{member}` is not a number of seconds"))?);
            }
            "providerARNs" => {
                fields.provider_arns = super::texts(value).ok_or_else(|| format!("`{member}` is no list"))?;
            }
            other => return Err(format!("its `{other}`: {LATER}")),
        }
    }
    // The scheme itself says where a token stands.
    if kind == AuthorizerType::Token
        && fields.identity_source.is_none()
        && scheme.get("in").and_then(Value::as_str) == Some("header")
    {
        let header = scheme.get("name").and_then(Value::as_str);
        fields.identity_source = header.map(|header| format!("method.request.header.{header}"));
    }
    Ok(fields)
}

fn texted(member: &str, value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("`{member}` is not a text"))
}
