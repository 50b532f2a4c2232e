//! Malformed calls to the AWS APIs: one clear error each, never a fault of ours, never an effect.
//! <https://docs.aws.amazon.com/apigateway/latest/api/CommonErrors.html>

use serde_json::{Value, json};
use tests::{Answer, Installation, Line, Store};

const JSON: &str = "application/json";

#[tokio::test]
async fn a_malformed_body_is_refused_with_one_clear_error() {
    for store in Store::all() {
        let installation = Installation::start(store).await;
        let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in [
            "",
            "{",
            "[]",
            "null",
            "\"name\"",
            "{\"name\": }",
            "{\"name\": 1}",
            "{\"name\": null}",
            "{\"name\": \"a\"} trailing",
            "{\"name\": \"a\", \"tags\": []}",
            "{\"name\": \"a\", \"binaryMediaTypes\": {}}",
            "{\"name\": \"a\", \"minimumCompressionSize\": 1e99}",
            "\u{feff}{\"name\": \"a\"}",
            "name=a",
            nested.as_str(),
        ] {
            let answer = installation.call("POST", "/restapis", JSON, body.as_bytes()).await;
            refused(&answer, &body[..body.len().min(60)]);
        }
        let answer = installation.call("POST", "/restapis", JSON, b"{\"name\": \"\xff\xfe\"}").await;
        refused(&answer, "no UTF-8");
        no_api(&installation).await;
    }
}

#[tokio::test]
async fn hostile_documents_are_refused_or_bounded() {
    let installation = Installation::start(Store::Sqlite).await;
    let bomb = format!("a: &a [x]\n{}openapi: 3.0.1\n", bomb_lines());
    let deep = format!("openapi: 3.0.1\ninfo: {}1{}\n", "{a: ".repeat(5_000), "}".repeat(5_000));
    let large = format!("{{\"openapi\": \"3.0.1\", \"x\": \"{}\"}}", "y".repeat(7 * 1024 * 1024));
    for (name, body) in [
        ("no document", "hello"),
        ("another format", "<openapi/>"),
        ("no version", "{}"),
        ("an unknown version", r#"{"openapi": "9.0.0", "info": {"title": "a", "version": "1"}, "paths": {}}"#),
        ("an alias bomb", bomb.as_str()),
        ("a deep document", deep.as_str()),
        ("more than 6 MB", large.as_str()),
    ] {
        let answer = installation.call("POST", "/restapis?mode=import", JSON, body.as_bytes()).await;
        refused(&answer, name);
    }
    no_api(&installation).await;
}

#[tokio::test]
async fn patches_outside_the_table_are_refused() {
    let installation = Installation::start(Store::Sqlite).await;
    let api = installation.manage("POST", "/restapis", &json!({"name": "a"})).await;
    let path = format!("/restapis/{}", api["id"].as_str().expect("an id"));
    for operation in [
        json!({"op": "replace", "path": "/id", "value": "b"}),
        json!({"op": "replace", "path": "/nothing", "value": "b"}),
        json!({"op": "replace", "path": "name", "value": "b"}),
        json!({"op": "replace", "path": "/name/~2", "value": "b"}),
        json!({"op": "remove", "path": "/name"}),
        json!({"op": "test", "path": "/name", "value": "a"}),
        json!({"op": "smash", "path": "/name", "value": "b"}),
        json!({"op": "replace", "path": "/name"}),
        json!({"op": "replace", "value": "b"}),
        json!({"path": "/name", "value": "b"}),
        json!({"op": "replace", "path": "/".repeat(10_000), "value": "b"}),
    ] {
        let body = json!({"patchOperations": [operation]}).to_string();
        refused(&installation.call("PATCH", &path, JSON, body.as_bytes()).await, &body[..body.len().min(120)]);
    }
    assert_eq!(installation.manage("GET", &path, &Value::Null).await["name"], "a");
}

#[tokio::test]
async fn a_batch_of_patches_is_applied_as_a_whole_or_not_at_all() {
    let installation = Installation::start(Store::Sqlite).await;
    let api = installation.manage("POST", "/restapis", &json!({"name": "a"})).await;
    let path = format!("/restapis/{}", api["id"].as_str().expect("an id"));
    let good = json!({"op": "replace", "path": "/name", "value": "b"});
    let bad = json!({"op": "replace", "path": "/id", "value": "c"});
    let body = json!({"patchOperations": [good, bad]}).to_string();
    refused(&installation.call("PATCH", &path, JSON, body.as_bytes()).await, "half a batch");
    assert_eq!(installation.manage("GET", &path, &Value::Null).await["name"], "a");
    installation.manage("PATCH", &path, &json!({"patchOperations": [good]})).await;
    assert_eq!(installation.manage("GET", &path, &Value::Null).await["name"], "b");
}

#[tokio::test]
async fn unknown_places_are_no_fault_of_ours() {
    let installation = Installation::start(Store::Sqlite).await;
    for (method, path) in [
        ("GET", "/nowhere"),
        ("GET", "/restapis/%00"),
        ("GET", "/restapis/..%2f..%2fetc"),
        ("GET", "/restapis/%ff"),
        ("GET", "/restapis?limit=a"),
        ("GET", "/restapis?limit=99999999999999999999"),
        ("GET", "/restapis?position=%00%ff"),
        ("PATCH", "/restapis"),
        ("BREW", "/restapis"),
        ("DELETE", "/restapis/nothing"),
        ("GET", "/restapis/nothing/stages/none/exports/oas30"),
    ] {
        refused(&installation.call(method, path, JSON, b"").await, &format!("{method} {path}"));
    }
}

#[tokio::test]
async fn a_body_beyond_any_limit_is_cut_off() {
    let installation = Installation::start(Store::Sqlite).await;
    let mut line = Line::plain(installation.admin()).await.expect("a connection");
    let head = "POST /restapis HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n";
    let answer = line.ask(head).await;
    if let Some(answer) = answer {
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }
    no_api(&installation).await;
}

/// A client error in AWS's shape: a type, a message, a request id, and nothing of our insides.
fn refused(answer: &Answer, what: &str) {
    let text = answer.text();
    assert!((400..500).contains(&answer.status), "{what}: {} {text}", answer.status);
    assert!(answer.header("x-amzn-errortype").is_some(), "{what}: no type, {text}");
    assert!(answer.header("x-amzn-requestid").is_some(), "{what}: no request id");
    let message = answer.json();
    assert!(message["message"].is_string() || message["Message"].is_string(), "{what}: {text}");
    for inside in ["panicked", ".rs:", "sqlx", "serde", "Option<", "crates/"] {
        assert!(!text.contains(inside), "{what}: {text}");
    }
}

async fn no_api(installation: &Installation) {
    let apis = installation.manage("GET", "/restapis", &Value::Null).await;
    let none = apis["item"].as_array().is_none_or(Vec::is_empty);
    assert!(none, "a refused call has made an API: {apis}");
}

/// Each line nine times the one above: a billion laughs.
fn bomb_lines() -> String {
    let letters: Vec<char> = ('a'..='j').collect();
    let line = |pair: &[char]| format!("{}: &{} [{}]\n", pair[1], pair[1], vec![format!("*{}", pair[0]); 9].join(","));
    letters.windows(2).map(line).collect::<Vec<_>>().concat()
}
