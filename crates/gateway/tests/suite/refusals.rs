//! What a refused caller is told: AWS's words, status and headers, and nothing of the owner's.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{HOST, Reply, mock, plan};
use base::Clock as _;
use base::Timestamp;
use base::clock::ManualClock;
use edge::Handler as _;
use gateway::reason::{Locate, Reason};
use http::StatusCode;
use snapshot::Integration;

fn check(reply: &Reply, status: u16, error_type: &str, body: &str) {
    assert_eq!(reply.status.as_u16(), status);
    assert_eq!(reply.text(), body);
    assert_eq!(reply.header("x-amzn-errortype"), Some(error_type));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("x-amzn-requestid").map(str::len), Some(36));
    let id = reply.header("x-amz-apigw-id").expect("always");
    assert!(id.len() == 16 && id.ends_with('='), "{id}");
    assert_eq!(reply.header("x-amzn-trace-id"), None, "only of integrations that ran");
}

const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;
const NO_TOKEN: &str = r#"{"message":"Missing Authentication Token"}"#;
const INTERNAL: &str = r#"{"message":"Internal server error"}"#;

#[tokio::test]
async fn what_names_no_api_is_forbidden() {
    let site = plan(vec![("GET", "/", mock("x"))]).start();
    for (host, path) in [
        ("other.execute-api.us-east-1.localhost", "/prod"),
        ("example.com", "/prod"),
        ("127.0.0.1:8443", "/prod"),
        (HOST, "/dev"),
        (HOST, "/"),
        (HOST, "/PROD"),
    ] {
        let reply = site.send_head(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"), "").await;
        check(&reply, 403, "ForbiddenException", FORBIDDEN);
    }
    let reply = site.send_head("GET /prod HTTP/1.0\r\n\r\n", "").await;
    check(&reply, 403, "ForbiddenException", FORBIDDEN);
}

#[tokio::test]
async fn a_disabled_endpoint_is_forbidden() {
    let mut plan = plan(vec![("GET", "/", mock("x"))]);
    plan.endpoint_disabled = true;
    check(&plan.start().get("/prod").await, 403, "ForbiddenException", FORBIDDEN);
}

#[tokio::test]
async fn a_broken_stage_closes_and_does_not_say_why() {
    let mut plan = plan(Vec::new());
    plan.broken = Some("its secret detail");
    let site = plan.start();
    check(&site.get("/prod/x").await, 500, "InternalServerErrorException", INTERNAL);
    let trail = site.records.trail().await;
    let Reason::Locate(Locate::BrokenStage { why, .. }) = &trail.entries[0].reason else { panic!("{trail:?}") };
    assert_eq!(&**why, "its secret detail");
    assert_eq!(site.records.all().await[0].account, crate::support::OWNER, "the owner is told");
}

#[tokio::test]
async fn an_unknown_route_misses_a_token() {
    let site = plan(vec![("GET", "/pets", mock("x"))]).start();
    for line in ["GET /prod/nothing", "POST /prod/pets", "GET /prod"] {
        check(&site.send(line, "", "").await, 403, "MissingAuthenticationTokenException", NO_TOKEN);
    }
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=x\r\n";
    check(&site.send("GET /prod/no", signed, "").await, 403, "MissingAuthenticationTokenException", NO_TOKEN);
}

#[tokio::test]
async fn an_unknown_route_with_another_authorization_has_an_incomplete_signature() {
    let site = plan(vec![("GET", "/pets", mock("x"))]).start();
    let reply = site.send("GET /prod/no", "Authorization: Bearer abc\r\n", "").await;
    let want = r#"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='."}"#;
    assert_eq!(reply.text(), want);
    assert_eq!(reply.header("x-amzn-errortype"), Some("IncompleteSignatureException"));
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_broken_integration_is_a_configuration_error() {
    let site = plan(vec![("GET", "/", Integration::Broken { why: "no variable `x`".into() })]).start();
    check(&site.get("/prod").await, 500, "InternalServerErrorException", INTERNAL);
}

#[tokio::test]
async fn a_stale_snapshot_is_not_served() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let mut plan = plan(vec![("GET", "/", mock("x"))]);
    plan.clock = Arc::clone(&clock) as _;
    plan.stale_max = Duration::from_hours(1);
    let site = plan.start();
    clock.advance(Duration::from_hours(1));
    assert_eq!(site.get("/prod").await.status, StatusCode::OK);
    clock.advance(Duration::from_secs(1));
    let unavailable = r#"{"message":"Service Unavailable"}"#;
    check(&site.get("/prod").await, 503, "ServiceUnavailableException", unavailable);
    site.freshness.confirm(clock.elapsed());
    assert_eq!(site.get("/prod").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_edge_refuses_is_worded_and_recorded() {
    for (refusal, status, message) in [
        (edge::FrontEndRefusal::TargetTooLong, 414, "Request URI too long"),
        (edge::FrontEndRefusal::HeadersTooLarge, 431, "Request Header Fields Too Large"),
        (edge::FrontEndRefusal::LengthAndEncoding, 400, "Bad Request"),
        (edge::FrontEndRefusal::Misdirected, 421, "Misdirected Request"),
    ] {
        let site = plan(Vec::new()).start();
        let refused = edge::Refused { refusal, head: None, connection: crate::support::connection() };
        let response = site.gateway.refused(refused);
        assert_eq!(response.status.as_u16(), status);
        let body = response.body;
        assert_eq!(body.as_bytes().map(|bytes| &bytes[..]), Some(format!(r#"{{"message":"{message}"}}"#).as_bytes()));
        let trail = site.records.trail().await;
        assert_eq!((trail.status, &*trail.verb), (Some(status), ""));
        let Reason::Locate(Locate::FrontEnd { why }) = &trail.entries[0].reason else { panic!("{trail:?}") };
        assert_eq!(**why, refusal.to_string());
    }
}

#[tokio::test]
async fn a_clients_own_request_id_is_echoed_and_records_keep_ours() {
    let site = plan(vec![("GET", "/", mock("x"))]).start();
    let theirs = "01234567-89ab-4cde-8f01-23456789abcd";
    let reply = site.send("GET /prod", &format!("x-amzn-RequestId: {theirs}\r\n"), "").await;
    assert_eq!(reply.header("x-amzn-requestid"), Some(theirs));
    let trail = site.records.trail().await;
    assert_eq!(trail.claimed, Some(*uuid::Uuid::parse_str(theirs).unwrap().as_bytes()));
    assert_ne!(Some(trail.request), trail.claimed);
    assert_eq!(site.records.all().await[0].request, trail.request);
    let reply = site.send("GET /prod", "x-amzn-RequestId: not-a-uuid\r\n", "").await;
    assert_ne!(reply.header("x-amzn-requestid"), Some("not-a-uuid"));
}
