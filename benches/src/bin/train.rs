//! The load that release builds are made for: what `cargo xtask profile` counts. It measures nothing.

use std::fs;
use std::io;
use std::path::Path;

use benches::folder::Folder;
use benches::load::{Load, Measured, Pace};
use benches::manage::Root;
use benches::nginx;
use benches::node::Node;
use sigv4::Received;

const TESTED: usize = 0;
const OTHERS: usize = 1;
const CONNECTIONS: usize = 64;
/// A load's length, in seconds. A binary that counts is a few times slower, and some ten thousand requests say enough.
const SECONDS: u64 = 6;
/// Requests a second on each connection where there is a pace: few, so that the node rests in between.
const PACE: u32 = 20;

/// An API of the usual kinds of methods: passed on with and without a body, answered by itself, and for callers who sign.
const DOCUMENT: &str = r#"{"openapi": "3.0.1", "info": {"title": "train"}, "paths": {
    "/item/{id}": {"get": {
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {},
        "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET",
            "uri": "http://${stageVariables.upstream}/item/{id}",
            "requestParameters": {"integration.request.path.id": "method.request.path.id"}}}},
    "/items": {
        "post": {"responses": {}, "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "POST", "uri": "http://${stageVariables.upstream}/items"}},
        "get": {"responses": {}, "x-amazon-apigateway-auth": {"type": "AWS_IAM"}, "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "GET", "uri": "http://${stageVariables.upstream}/items"}}},
    "/health": {"get": {"responses": {"200": {"description": "well"}}, "x-amazon-apigateway-integration": {"type": "mock",
        "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200"}}}}}}}"#;

/// Sends 2 KiB of JSON.
const POSTS: &str = r#"wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = "{\"note\": \"" .. string.rep("a word ", 290) .. "\"}"
"#;

fn main() -> io::Result<()> {
    let folder = Folder::make()?;
    let upstream = nginx::upstream(&folder.0, OTHERS)?;
    let node = Node::serving(DOCUMENT, &folder.0.join("node"), TESTED, upstream.plain, "1")?;
    let (https, http) = (format!("https://127.0.0.1:{}/dev", node.tls), format!("http://127.0.0.1:{}/dev", node.plain));
    let script = folder.0.join("post.lua");
    fs::write(&script, POSTS)?;
    let posts = ["-s".to_owned(), script.display().to_string()];
    let signed = signed(&node.data, &node.host)?;
    for (what, url, pace, arguments) in [
        ("HTTPS", format!("{https}/item/7"), Pace::AtOnce, &[][..]),
        ("HTTP", format!("{http}/item/7"), Pace::AtOnce, &[]),
        ("HTTPS at a pace", format!("{https}/item/7"), Pace::Steady(PACE), &[]),
        ("HTTP/2 at a pace", format!("{https}/item/7"), Pace::SteadyHttp2(PACE), &[]),
        ("HTTP at a pace", format!("{http}/item/7"), Pace::Steady(PACE), &[]),
        ("an answer of its own", format!("{https}/health"), Pace::AtOnce, &[]),
        ("new connections", format!("{https}/item/7"), Pace::AtOnceAnew, &[]),
        ("bodies", format!("{https}/items"), Pace::AtOnce, &posts),
        ("signatures", format!("{https}/items"), Pace::AtOnce, &signed),
    ] {
        let load = Load { url, host: node.host.clone(), connections: CONNECTIONS, seconds: SECONDS, pace };
        let Measured { requests, failures, .. } = load.run_with(OTHERS, arguments)?;
        println!("    {what}: {requests} requests");
        // A load that is worth counting was answered, but for connections that were closed as it ended.
        if failures * 100 > requests || requests < 1_000 {
            return Err(io::Error::other(format!("{what}: {failures} of {requests} requests failed")));
        }
    }
    Ok(())
}

/// wrk's arguments for a call that the root key signs; they hold for five minutes.
fn signed(data: &Path, host: &str) -> io::Result<Vec<String>> {
    let headers: [(&str, &[u8]); 1] = [("host", host.as_bytes())];
    let received = Received { method: "GET", path: "/dev/items", query: "", headers: &headers };
    let added = Root::of(data)?.sign("execute-api", &received, b"").into_iter();
    Ok(added.flat_map(|(name, value)| ["-H".to_owned(), format!("{name}: {value}")]).collect())
}
