//! A deployed API with a route for every kind of attack.

use serde_json::{Value, json};

use crate::{Answer, Installation, Line, Upstream};

/// An API on the stage `prod`.
#[derive(Debug, Clone)]
pub struct Api {
    /// Its id.
    pub id: String,
    /// Its default host.
    pub host: String,
}

impl Api {
    /// Imports and deploys an API whose routes lead to `upstream`.
    pub async fn deploy(installation: &Installation, upstream: &Upstream) -> Api {
        Api::deploy_document(installation, &document(upstream)).await
    }

    /// Imports and deploys a document.
    pub async fn deploy_document(installation: &Installation, document: &Value) -> Api {
        let api = installation.manage("POST", "/restapis?mode=import", document).await;
        let id = api["id"].as_str().expect("an API has an id").to_owned();
        let deployment = json!({"stageName": "prod"});
        installation.manage("POST", &format!("/restapis/{id}/deployments"), &deployment).await;
        let host = installation.host(&id);
        Api { id, host }
    }

    /// A connection to it.
    pub async fn connect(&self, installation: &Installation) -> Line {
        Line::secure(installation, &self.host).await.expect("a connection")
    }

    /// Asks for a target on a connection of its own.
    pub async fn get(&self, installation: &Installation, target: &str) -> Answer {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host);
        self.connect(installation).await.ask(request).await.expect("an answer")
    }

    /// A plain request for a target, to be sent on a kept connection.
    pub fn request(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host)
    }
}

/// `/pets`, `/pets/{id}`, `/files/{proxy+}`, `/named?name=` (into a header), `/health` (a mock) and `/admin`.
pub fn document(upstream: &Upstream) -> Value {
    let at = |path: &str| format!("http://{}{path}", upstream.address());
    let proxy = |method: &str, path: &str, mapped: Value| {
        json!({"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": method, "uri": at(path),
            "requestParameters": mapped, "passthroughBehavior": "when_no_match",
        }})
    };
    let parameter = |name: &str, place: &str| json!({"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}});
    let with = |mut operation: Value, parameters: Value| {
        operation["parameters"] = parameters;
        operation
    };
    json!({
        "openapi": "3.0.1",
        "info": {"title": "blackbox", "version": "1"},
        "paths": {
            "/pets": {"get": proxy("GET", "/pets", json!({})), "post": proxy("POST", "/pets", json!({}))},
            "/pets/{id}": {"get": with(
                proxy("GET", "/pets/{id}", json!({"integration.request.path.id": "method.request.path.id"})),
                json!([parameter("id", "path")]),
            )},
            "/files/{proxy+}": {"x-amazon-apigateway-any-method": with(
                proxy("ANY", "/files/{proxy}", json!({"integration.request.path.proxy": "method.request.path.proxy"})),
                json!([parameter("proxy", "path")]),
            )},
            "/named": {"get": with(
                proxy("GET", "/named", json!({"integration.request.header.x-name": "method.request.querystring.name"})),
                json!([parameter("name", "query")]),
            )},
            "/admin": {"get": proxy("GET", "/admin", json!({}))},
            "/health": {"get": {
                "responses": {"200": {"description": "ok"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
                    "responses": {"default": {
                        "statusCode": "200", "responseTemplates": {"application/json": "{\"status\":\"ok\"}"},
                    }},
                },
            }},
        },
    })
}
