//! Which method a request reaches, and what `..%2f`, `//` and `%00` come to.

use crate::support::{mock, plan, proxy, upstream::Upstream};
use http::StatusCode;

#[tokio::test]
async fn a_host_and_a_path_name_a_method() {
    let site = plan(vec![("GET", "/pets", mock("pets")), ("ANY", "/pets/{id}", mock("one"))]).start();
    for (line, want) in [
        ("GET /prod/pets", "pets"),
        ("GET //prod//pets/", "pets"),
        ("GET /prod/x/../pets", "pets"),
        ("GET /%70rod/p%65ts", "pets"),
        ("DELETE /prod/pets/7", "one"),
        ("OPTIONS /prod/pets/7", "one"),
    ] {
        let reply = site.send(line, "", "").await;
        assert_eq!((reply.status, reply.text()), (StatusCode::OK, want), "{line}");
    }
}

#[tokio::test]
async fn a_host_in_capitals_names_the_same_api() {
    let site = plan(vec![("GET", "/", mock("root"))]).start();
    let head = format!("GET /prod HTTP/1.1\r\nHost: {}:8443\r\n\r\n", crate::support::HOST.to_ascii_uppercase());
    assert_eq!(site.send_head(&head, "").await.text(), "root");
}

#[tokio::test]
async fn any_stands_for_the_verbs_of_api_gateway_only() {
    let site = plan(vec![("ANY", "/{proxy+}", mock("x"))]).start();
    for verb in ["PROPFIND", "TRACE", "get", "PURGE"] {
        let reply = site.send(&format!("{verb} /prod/x"), "", "").await;
        assert_eq!(reply.text(), r#"{"message":"Missing Authentication Token"}"#, "{verb}");
    }
}

#[tokio::test]
async fn a_path_that_two_readers_read_differently_reaches_no_backend() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/{proxy+}", proxy(&upstream.authority(), "/{proxy}"))]).start();
    for path in [
        "/prod/a/..%2fb",
        "/prod/a/%2e%2e/b",
        "/prod/a/..%5cb",
        "/prod/a%00",
        "/prod/%c0%af",
        "/prod/%ff",
        "/prod/a/%2e",
        "/prod/%zz",
        "/prod/a/..;/b",
    ] {
        let reply = site.get(path).await;
        assert_eq!(
            (reply.status, reply.text(), reply.header("x-amzn-errortype")),
            (StatusCode::BAD_REQUEST, r#"{"message":"Bad Request"}"#, Some("BadRequestException")),
            "{path}"
        );
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn plain_dot_segments_cannot_leave_the_stage_unseen() {
    let site = plan(vec![("GET", "/{proxy+}", mock("x"))]).start();
    let reply = site.get("/prod/../other/x").await;
    assert_eq!(reply.text(), r#"{"message":"Forbidden"}"#, "it names the stage `other`");
}

#[tokio::test]
async fn an_exact_resource_cannot_be_slipped_past_by_encoding() {
    let site = plan(vec![("GET", "/admin", mock("exact")), ("GET", "/{proxy+}", mock("proxy"))]).start();
    for path in ["/prod/admin", "/prod/%61dmin", "/prod//admin", "/prod/./admin", "/prod/x/../admin", "/prod/admin/"] {
        assert_eq!(site.get(path).await.text(), "exact", "{path}");
    }
}
