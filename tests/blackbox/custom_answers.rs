//! What owners write into answers never reaches the framing of a connection, over HTTP/1.1 and over HTTP/2.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tests::{Api, Installation, Store, Upstream, line};

/// Names that belong to one connection or frame a message on it, with values that would do harm.
const THE_HOPS_OWN: [(&str, &str); 8] = [
    ("Content-Length", "3"),
    ("Transfer-Encoding", "chunked"),
    ("Connection", "close, x-kept"),
    ("Keep-Alive", "timeout=9"),
    ("Proxy-Connection", "keep-alive"),
    ("Upgrade", "websocket"),
    ("Trailer", "x-kept"),
    ("TE", "gzip"),
];
const BODY: &str = "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";

#[tokio::test]
async fn a_custom_response_frames_no_message() {
    let installation = Installation::start(Store::Sqlite).await;
    let upstream = Upstream::start().await;
    let api = Api::deploy(&installation, &upstream).await;
    let acl = protect(&installation, &api).await;
    for status in [429, 204, 304] {
        update(&installation, &acl, status).await;
        http1(&installation, &api, status).await;
        http2(&installation, &api, status).await;
    }
    assert!(upstream.targets().is_empty(), "nothing of it passed");
}

/// Two answers on one connection: the first ends where it says, and the second is where it belongs.
async fn http1(installation: &Installation, api: &Api, status: u16) {
    let mut line = api.connect(installation).await;
    // The last answer of a connection may end with it, so that one without a body is read to its end too.
    let last = format!("GET /prod/pets HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", api.host);
    line.send(format!("{}{last}", api.request("/prod/pets"))).await.expect("a connection");
    let text = String::from_utf8(line.rest().await).expect("text");
    let heads: Vec<&str> = text.match_indices(&format!("HTTP/1.1 {status} ")).map(|(at, _)| &text[at..]).collect();
    assert_eq!(heads.len(), 2, "{text}");
    let body = if status == 429 { BODY } else { "" };
    for (head, afterwards) in heads.into_iter().zip(["", "connection: close\r\n"]) {
        let (head, rest) = head.split_once("\r\n\r\n").expect("a head");
        let head = format!("{head}\r\n").to_ascii_lowercase();
        assert!(rest.starts_with(body), "{text}");
        assert!(head.contains("\r\nx-kept: 9\r\n"), "{head}");
        let framed = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        for (name, _) in THE_HOPS_OWN {
            let lines: String = head.split_inclusive("\r\n").filter(|line| line.starts_with(&mark(name))).collect();
            let expected = match name {
                "Content-Length" => framed.as_str(),
                "Connection" => afterwards,
                _ => "",
            };
            assert_eq!(lines, expected, "{status}: {name}");
        }
    }
    assert!(text.ends_with(if body.is_empty() { "\r\n\r\n" } else { body }), "nothing follows: {text}");
}

fn mark(name: &str) -> String {
    format!("{}:", name.to_ascii_lowercase())
}

/// Two answers on one connection, to a client that refuses what is malformed.
async fn http2(installation: &Installation, api: &Api, status: u16) {
    let tls = line::handshake(installation.gateway(), installation.ca(), &api.host, "h2").await.expect("a handshake");
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    for _ in 0..2 {
        let request = Request::get(format!("https://{}/prod/pets", api.host)).body(Empty::<Bytes>::new());
        let answer = client.send_request(request.expect("a request")).await.expect("a sound answer");
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["x-kept"], "9");
        for (name, value) in THE_HOPS_OWN {
            let found = answer.headers().get(name.to_ascii_lowercase());
            // The length that it has may be told; the owner's may not.
            let owners = found.is_some_and(|found| name != "Content-Length" || found == value);
            assert!(!owners, "{status}: {name}: {found:?}");
        }
        let body = answer.into_body().collect().await.expect("a whole body").to_bytes();
        assert_eq!(body, if status == 429 { BODY } else { "" });
    }
    connection.abort();
}

/// Puts a web ACL before the stage that refuses everything.
async fn protect(installation: &Installation, api: &Api) -> Value {
    let acl = installation.wafv2("CreateWebACL", &settings(403)).await["Summary"].clone();
    let stage = format!("arn:aws:apigateway:us-east-1::/restapis/{}/stages/prod", api.id);
    installation.wafv2("AssociateWebACL", &json!({"WebACLArn": acl["ARN"], "ResourceArn": stage})).await;
    acl
}

async fn update(installation: &Installation, acl: &Value, status: u16) {
    let named = json!({"Name": acl["Name"], "Id": acl["Id"], "Scope": "REGIONAL"});
    let lock = installation.wafv2("GetWebACL", &named).await["LockToken"].clone();
    let mut changed = settings(status);
    changed["Id"] = acl["Id"].clone();
    changed["LockToken"] = lock;
    installation.wafv2("UpdateWebACL", &changed).await;
}

fn settings(status: u16) -> Value {
    let pair = |(name, value): (&str, &str)| json!({"Name": name, "Value": value});
    let headers: Vec<Value> = THE_HOPS_OWN.into_iter().chain([("X-Kept", "9")]).map(pair).collect();
    json!({
        "Name": "custom", "Scope": "REGIONAL", "Rules": [],
        "DefaultAction": {"Block": {"CustomResponse": {
            "ResponseCode": status, "CustomResponseBodyKey": "body", "ResponseHeaders": headers,
        }}},
        "CustomResponseBodies": {"body": {"ContentType": "TEXT_PLAIN", "Content": BODY}},
        "VisibilityConfig": {
            "SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "custom",
        },
    })
}
