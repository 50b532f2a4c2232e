//! `MOCK`: the request template selects, the integration response answers.

use crate::support::{answer, plan};
use http::StatusCode;
use snapshot::{Integration, Mock, Passthrough, Selection, Source, Variable};

fn cors() -> Integration {
    let mut default = answer(204, None);
    default.headers = vec![
        ("access-control-allow-origin".parse().expect("sound"), Source::Static("*".into())),
        ("x-stage".parse().expect("sound"), Source::Context(Variable::Stage)),
        ("date".parse().expect("sound"), Source::Static("never".into())),
    ];
    let teapot = answer(418, Some(r#"{"short":"stout"}"#));
    Integration::Mock(Mock {
        statuses: vec![
            ("application/json".into(), Some(200)),
            ("text/xml".into(), Some(418)),
            ("text/plain".into(), None),
        ],
        passthrough: Passthrough::Never,
        selection: Selection {
            patterns: vec![(regex::Regex::new("^(?:4..)$").expect("sound"), teapot)],
            default: Some(default),
        },
    })
}

#[tokio::test]
async fn the_templates_status_selects_the_answer() {
    let site = plan(vec![("ANY", "/", cors())]).start();
    let reply = site.send("OPTIONS /prod", "", "").await;
    assert_eq!((reply.status, reply.text()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("x-stage"), Some("prod"));
    assert_eq!((reply.header("x-amzn-remapped-date"), reply.header("date")), (Some("never"), None));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("x-amzn-trace-id"), None);
    assert_eq!(reply.header("x-amzn-errortype"), None);

    let reply = site.send("GET /prod", "Content-Type: text/xml; charset=utf-8\r\n", "").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (418, r#"{"short":"stout"}"#));
}

#[tokio::test]
async fn a_template_without_a_status_is_a_configuration_error() {
    let site = plan(vec![("ANY", "/", cors())]).start();
    let reply = site.send("GET /prod", "Content-Type: text/plain\r\n", "").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
}

#[tokio::test]
async fn a_body_no_template_fits_is_unsupported() {
    let site = plan(vec![("ANY", "/", cors())]).start();
    let reply = site.send("POST /prod", "Content-Type: image/png\r\n", "png").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (415, r#"{"message":"Unsupported Media Type"}"#));
    assert_eq!(reply.header("x-amzn-errortype"), Some("BadRequestException"));
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let site = plan(vec![("ANY", "/", crate::support::mock("something"))]).start();
    let reply = site.send("HEAD /prod", "", "").await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, ""));
}
