//! `HTTP`: only what is mapped goes out, only what is mapped comes back.

use crate::support::upstream::{Upstream, text};
use crate::support::{answer, call, plan};
use http::Response;
use snapshot::{HttpIntegration, Integration, Passthrough, Selection, Source, Target};

fn integration(authority: &str) -> HttpIntegration {
    HttpIntegration {
        call: call(authority, "/backend"),
        templates: Vec::new(),
        passthrough: Passthrough::WhenNoMatch,
        selection: Selection { patterns: Vec::new(), default: Some(answer(200, None)) },
    }
}

#[tokio::test]
async fn only_what_is_mapped_goes_out() {
    let upstream = Upstream::ok().await;
    let mut integration = integration(&upstream.authority());
    integration.call.parameters = vec![
        (Target::Header("X-Sent".parse().expect("sound")), Source::RequestHeader("X-Got".into())),
        (Target::Query("a".into()), Source::RequestQuery("a".into())),
    ];
    let site = plan(vec![("ANY", "/", Integration::Http(integration))]).start();
    let headers = "X-Got: 1\r\nX-Other: 2\r\nAccept: text/html\r\nUser-Agent: curl\r\nCookie: c\r\n";
    let reply = site.send("POST /prod?a=1&b=2", headers, "{}").await;
    assert_eq!(reply.text(), "ok");
    let seen = upstream.only();
    assert_eq!((&*seen.target, seen.body.as_deref()), ("/backend?a=1", Some(&b"{}"[..])));
    assert_eq!((seen.header("x-sent"), seen.header("x-got"), seen.header("x-other")), (Some("1"), None, None));
    assert_eq!((seen.header("cookie"), seen.header("via")), (None, None));
    assert_eq!(
        (seen.header("accept"), seen.header("content-type")),
        (Some("application/json"), Some("application/json"))
    );
    assert_eq!(seen.header("user-agent"), Some("AmazonAPIGateway_a1b2c3d4e5"));
    assert_eq!(seen.header("x-amzn-apigateway-api-id"), Some(crate::support::API));
    assert_eq!(seen.header("x-forwarded-for"), Some("192.0.2.7"));
}

#[tokio::test]
async fn a_static_template_replaces_the_body() {
    let upstream = Upstream::ok().await;
    let mut integration = integration(&upstream.authority());
    integration.templates = vec![("application/xml".into(), "<fixed/>".into())];
    integration.passthrough = Passthrough::WhenNoTemplates;
    let site = plan(vec![("ANY", "/", Integration::Http(integration))]).start();
    site.send("POST /prod", "Content-Type: application/xml\r\n", "<mine/>").await;
    let seen = upstream.only();
    assert_eq!(seen.body.as_deref(), Some(&b"<fixed/>"[..]));
    assert_eq!(seen.header("content-type"), Some("application/xml"));
    let reply = site.send("POST /prod", "Content-Type: text/plain\r\n", "x").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (415, r#"{"message":"Unsupported Media Type"}"#));
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn the_backends_status_selects_the_answer() {
    let upstream = Upstream::start(|seen| {
        let status = seen.target.rsplit('=').next().and_then(|text| text.parse::<u16>().ok()).expect("a status");
        Response::builder()
            .status(status)
            .header("x-inner", "kept")
            .header("x-many", "1")
            .header("x-many", "2")
            .header("content-type", "text/html")
            .body(text("backend"))
            .unwrap()
    })
    .await;
    let mut integration = integration(&upstream.authority());
    integration.call.parameters = vec![(Target::Query("s".into()), Source::RequestQuery("s".into()))];
    let mut missing = answer(404, Some(r#"{"gone":true}"#));
    missing.headers = vec![
        ("x-outer".parse().unwrap(), Source::ResponseHeader("x-inner".parse().unwrap())),
        ("x-last".parse().unwrap(), Source::ResponseHeader("x-many".parse().unwrap())),
        ("x-all".parse().unwrap(), Source::ResponseHeaders("x-many".parse().unwrap())),
        ("x-none".parse().unwrap(), Source::ResponseHeader("x-absent".parse().unwrap())),
    ];
    integration.selection.patterns = vec![(regex::Regex::new("^(?:4\\d{2})$").unwrap(), missing)];
    let site = plan(vec![("ANY", "/", Integration::Http(integration))]).start();

    let reply = site.get("/prod?s=410").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (404, r#"{"gone":true}"#));
    assert_eq!((reply.header("x-outer"), reply.header("x-last")), (Some("kept"), Some("2")));
    assert_eq!(reply.headers.get_all("x-all").iter().count(), 2);
    assert_eq!((reply.header("x-none"), reply.header("x-inner")), (None, None));

    let reply = site.get("/prod?s=503").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (200, "backend"));
    assert_eq!(reply.header("content-type"), Some("application/json"), "the method response's, as in AWS");
    assert!(reply.header("x-amzn-trace-id").is_some_and(|trace| trace.starts_with("Root=1-")));
}

#[tokio::test]
async fn an_answer_that_nothing_fits_is_a_configuration_error() {
    let upstream = Upstream::ok().await;
    let mut integration = integration(&upstream.authority());
    integration.selection = Selection::default();
    let site = plan(vec![("ANY", "/", Integration::Http(integration))]).start();
    let reply = site.get("/prod").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
    assert_eq!(reply.header("x-amzn-errortype"), Some("InternalServerErrorException"));
}
