//! Every extension that AWS documents for REST APIs, where AWS reads it and where it does not: read, or refused by name.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html>

use serde_json::{Value as Json, json};

use crate::testing::World;

/// Pointer of the object that holds it, extension, a value that asks for something, one that asks for nothing.
type Row = (&'static str, &'static str, &'static str, Option<&'static str>);

const GET: &str = "/paths/~1pets/get";

#[rustfmt::skip]
const REFUSED: &[Row] = &[
    ("", "x-amazon-apigateway-api-key-source", r#""COOKIE""#, Some(r#""AUTHORIZER""#)),
    ("", "x-amazon-apigateway-cors", r#"{"allowOrigins":["*"]}"#, None),
    ("", "x-amazon-apigateway-endpoint-access-mode", r#""STRICT""#, Some(r#""BASIC""#)),
    ("", "x-amazon-apigateway-endpoint-configuration", r#"{"vpcEndpointIds":["vpce-1"]}"#, Some(r#"{"vpcEndpointIds":[]}"#)),
    ("", "x-amazon-apigateway-endpoint-configuration", r#"{"ipAddressType":"dualstack"}"#, Some(r#"{"ipAddressType":"ipv4"}"#)),
    ("", "x-amazon-apigateway-endpoint-configuration", r#"{"types":["PRIVATE"]}"#, None),
    ("", "x-amazon-apigateway-gateway-responses", r#"{"DEFAULT_4XX":{"statusCode":"400"}}"#, Some("{}")),
    ("", "x-amazon-apigateway-minimum-compression-size", "1024", Some("null")),
    ("", "x-amazon-apigateway-policy", r#""{}""#, None),
    ("", "x-amazon-apigateway-request-validator", r#""all""#, None),
    ("", "x-amazon-apigateway-request-validators", r#"{"all":{"validateRequestBody":true}}"#, Some("{}")),
    ("", "x-amazon-apigateway-security-policy", r#""SecurityPolicy_TLS13_1_3_2025_09""#, Some(r#""TLS_1_2""#)),
    ("", "x-amazon-apigateway-unheard-of", "true", None),
    ("", "security", r#"[{"nope":[]}]"#, Some(r#"[{"key":[]}]"#)),
    ("", "security", r#"[{"key":[]},{}]"#, Some("[]")),
    ("/components/securitySchemes/key", "x-amazon-apigateway-authorizer", r#"{"type":"cognito_user_pools"}"#, None),
    ("/components/securitySchemes/key", "x-amazon-apigateway-authorizer", r#"{"type":"jwt"}"#, None),
    ("/components/securitySchemes/key", "x-amazon-apigateway-authtype", r#""custom""#, Some(r#""awsSigv4""#)),
    ("/servers/0", "x-amazon-apigateway-endpoint-configuration", r#"{"vpcEndpointIds":["vpce-1"]}"#, Some(r#"{"disableExecuteApiEndpoint":false}"#)),
    ("/servers/0", "x-amazon-apigateway-policy", "{}", None),
    ("/paths", "x-amazon-apigateway-policy", "{}", None),
    ("/paths/~1pets", "x-amazon-apigateway-request-validator", r#""all""#, None),
    (GET, "security", r#"[{"nope":[]}]"#, Some(r#"[{"key":[]}]"#)),
    (GET, "security", r#"[{"key":[],"nope":[]}]"#, Some("[]")),
    (GET, "x-amazon-apigateway-auth", r#"{"type":"CUSTOM"}"#, Some(r#"{"type":"NONE"}"#)),
    (GET, "x-amazon-apigateway-auth", r#"{"type":"aws_iam"}"#, Some(r#"{"type":"AWS_IAM"}"#)),
    (GET, "x-amazon-apigateway-request-validator", r#""all""#, None),
    (GET, "x-amazon-apigateway-unheard-of", "true", None),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "connectionType", r#""VPC_LINK""#, Some(r#""INTERNET""#)),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "connectionId", r#""abc""#, Some(r#""""#)),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "credentials", r#""arn:aws:iam::123456789012:role/r""#, Some(r#""""#)),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "credentials", r#"["arn:aws:iam::123456789012:role/r"]"#, None),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "cacheKeyParameters", r#"["method.request.path.id"]"#, Some("[]")),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "contentHandling", r#""CONVERT_TO_TEXT""#, None),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "responseTransferMode", r#""STREAM""#, Some(r#""BUFFERED""#)),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "integrationTarget", r#""arn:x""#, Some(r#""""#)),
    ("/paths/~1pets/get/x-amazon-apigateway-integration", "unheardOf", "true", None),
    // Where AWS has no extensions, nobody reads them: they are refused rather than overlooked.
    ("/info", "x-amazon-apigateway-policy", "{}", None),
    ("/paths/~1pets/get/responses/200", "x-amazon-apigateway-policy", "{}", None),
    ("/paths/~1pets/get/parameters/0", "x-amazon-apigateway-auth", r#"{"type":"AWS_IAM"}"#, None),
    ("/paths/~1pets/parameters/0", "x-amazon-apigateway-request-validator", r#""all""#, None),
];

fn document() -> Json {
    let parameter = json!({"name": "kind", "in": "query", "schema": {"type": "string"}});
    json!({
        "openapi": "3.0.1",
        "info": {"title": "pets", "version": "1"},
        "servers": [{"url": "https://pets.example/v1"}],
        "paths": {"/pets": {
            "parameters": [parameter.clone()],
            "get": {
                "parameters": [parameter],
                "responses": {"200": {"description": "pets"}},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "GET", "uri": "http://upstream.example/pets",
                },
            },
        }},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}},
    })
}

fn holding(place: &str, name: &str, value: &str) -> String {
    let mut document = document();
    let value = serde_json::from_str(value).expect("the table holds JSON");
    let holder = document.pointer_mut(place).expect("the table names places that exist");
    holder.as_object_mut().expect("an object").insert(name.to_owned(), value);
    document.to_string()
}

#[tokio::test]
async fn an_extension_that_is_not_enforced_is_refused_wherever_it_stands() {
    let world = World::new().await;
    for (place, name, asks, asks_nothing) in REFUSED {
        let (_, message) = world.import(&holding(place, name, asks)).await.expect_err(name);
        assert!(message.contains("not enforced by this version of Portcullis yet"), "{name} at {place}: {message}");
        if let Some(value) = asks_nothing {
            let answer = world.import(&holding(place, name, value)).await;
            assert!(answer.is_ok(), "{name} at {place} asks for nothing: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_default_endpoint_is_closed_wherever_the_document_says_so() {
    let world = World::new().await;
    for place in ["", "/servers/0"] {
        let closed =
            holding(place, "x-amazon-apigateway-endpoint-configuration", r#"{"disableExecuteApiEndpoint":true}"#);
        let api = world.import(&closed).await.expect("it is enforced");
        assert_eq!(api["disableExecuteApiEndpoint"], json!(true), "at `{place}`");
    }
}
