//! `x-amazon-apigateway-authorizer`, written.

use model::apigateway::{Authorizer, AuthorizerType};
use serde_json::{Map, Value, json};

/// Writes an authorizer's security scheme as the import reads it.
pub(super) fn write(authorizer: &Authorizer) -> Value {
    let mut found = Map::new();
    let mut put = |name: &str, value: Value| found.insert(name.to_owned(), value);
    put("type", json!(authorizer.kind.as_str().to_ascii_lowercase()));
    put("authorizerUri", json!(authorizer.uri));
    put("authorizerResultTtlInSeconds", json!(authorizer.ttl_s));
    for (name, value) in [
        ("authorizerCredentials", &authorizer.credentials),
        ("identitySource", &authorizer.identity_source),
        ("identityValidationExpression", &authorizer.identity_validation_expression),
    ] {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    let header = match authorizer.kind {
        AuthorizerType::Token => source.strip_prefix("method.request.header."),
        // AWS writes so where no one header tells who asks.
        AuthorizerType::Request => None,
    };
    json!({
        "type": "apiKey",
        "name": header.unwrap_or("Unused"),
        "in": "header",
        "x-amazon-apigateway-authtype": authorizer.auth_type.as_deref().unwrap_or("custom"),
        "x-amazon-apigateway-authorizer": found,
    })
}
