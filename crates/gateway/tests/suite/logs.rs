//! Access and execution logs: their lines, their order, and that nobody can write lines of their own.

use crate::support::upstream::Upstream;
use crate::support::{API, OWNER, mock, plan, proxy};
use bytes::Bytes;
use snapshot::Logging;

const CLF: &str = r#"$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId"#;
const JSON: &str = r#"{ "requestId":"$context.requestId", "agent":"$context.identity.userAgent", "path":"$context.path", "error":$context.error.messageString, "type":"$context.error.responseType", "status":"$context.status", "integration":"$context.integration.status", "none":"$context.nonsense", "domain":"$context.domainName", "prefix":"$context.domainPrefix" }"#;
const XML: &str = r#"<request id="$context.requestId"> <agent>$context.identity.userAgent</agent> </request>"#;

#[tokio::test]
async fn a_line_in_the_common_log_format() {
    let mut plan = plan(vec![("GET", "/pets/{id}", mock("12345"))]);
    plan.log_format = Some(CLF);
    let site = plan.start();
    let reply = site.get("/prod/pets/7").await;
    let lines = site.records.lines(&format!("access/{API}/prod")).await;
    let (id, extended) = (reply.header("x-amzn-requestid").unwrap(), reply.header("x-amz-apigw-id").unwrap());
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let (before, after) = line.split_once(" +0000] ").expect("a time");
    assert!(before.starts_with("192.0.2.7 - - ["), "{line}");
    assert_eq!(after, format!(r#""GET /pets/{{id}} HTTP/1.1" 200 5 {id} {extended}"#));
    assert!(site.records.all().await.iter().all(|kept| kept.account == OWNER));
}

#[tokio::test]
async fn a_client_cannot_break_out_of_a_json_line() {
    let mut plan = plan(vec![("GET", "/pets", mock("x"))]);
    plan.log_format = Some(JSON);
    let site = plan.start();
    let agent = "User-Agent: x\", \"status\":\"200\", \"y\":\"\\ \u{2028}\t\r\n";
    site.send("GET /prod/none\"}", agent, "").await;
    let lines = site.records.lines("access/").await;
    let line: serde_json::Value = serde_json::from_str(&lines[0]).expect(&lines[0]);
    assert_eq!(line["agent"], "x\", \"status\":\"200\", \"y\":\"\\ \u{2028}");
    assert_eq!((&line["path"], &line["status"]), (&"/prod/none\"}".into(), &"403".into()));
    assert_eq!(
        (&line["error"], &line["type"]),
        (&"Missing Authentication Token".into(), &"MISSING_AUTHENTICATION_TOKEN".into())
    );
    assert_eq!((&line["integration"], &line["none"]), (&"-".into(), &"-".into()));
    assert_eq!((&line["domain"], &line["prefix"]), (&crate::support::HOST.into(), &API.into()));
}

#[tokio::test]
async fn a_client_cannot_break_out_of_an_xml_line() {
    let mut plan = plan(vec![("GET", "/", mock("x"))]);
    plan.log_format = Some(XML);
    let site = plan.start();
    site.send("GET /prod", "User-Agent: </agent><b a='\"'>&\r\n", "").await;
    let lines = site.records.lines("access/").await;
    assert!(lines[0].contains("<agent>&lt;/agent&gt;&lt;b a=&apos;&quot;&apos;&gt;&amp;</agent>"), "{}", lines[0]);
}

#[tokio::test]
async fn a_stage_without_a_format_logs_nothing() {
    let site = plan(vec![("GET", "/", mock("x"))]).start();
    site.get("/prod").await;
    assert_eq!(site.records.all().await.len(), 1, "the trail alone");
}

fn logged(errors: bool, info: bool, payloads: bool) -> Logging {
    Logging { errors, info, payloads }
}

#[tokio::test]
async fn an_execution_log_tells_the_story_in_awss_words() {
    let upstream = Upstream::ok().await;
    let mut plan = plan(vec![("POST", "/{kind}", proxy(&upstream.authority(), "/base"))]);
    plan.logging = logged(true, true, true);
    let site = plan.start();
    let reply =
        site.send("POST /prod/pets?a=b", "Authorization: Bearer abcdefghijklmnop\r\n", Bytes::from("hello")).await;
    let id = reply.header("x-amzn-requestid").unwrap();
    let lines = site.records.lines("execution/").await;
    let mut rest = lines.iter();
    for want in [
        "Extended Request Id: ".to_owned(),
        format!("Verifying Usage Plan for request: {id}. API Key:  API Stage: {API}/prod"),
        "API Key  authorized because method 'POST /{kind}' does not require API Key.".to_owned(),
        format!("Starting execution for request: {id}"),
        "HTTP Method: POST, Resource Path: /pets".to_owned(),
        "Method request path: {kind=pets}".to_owned(),
        "Method request query string: {a=b}".to_owned(),
        "Method request headers: {".to_owned(),
        "Method request body before transformations: hello".to_owned(),
        format!("Endpoint request URI: http://{}/base?a=b", upstream.authority()),
        "Endpoint request headers: {".to_owned(),
        "Endpoint request body after transformations: hello".to_owned(),
        format!("Sending request to http://{}/base?a=b", upstream.authority()),
        "Received response. Status: 200, Integration latency: ".to_owned(),
        "Endpoint response headers: {".to_owned(),
        "Endpoint response body before transformations: ok".to_owned(),
        "Method response body after transformations: ok".to_owned(),
        "Method response headers: {".to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
    ] {
        let want = format!("({id}) {want}");
        assert!(rest.any(|line| line.starts_with(&want)), "{want} in {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.contains("abcdefgh")), "credentials are masked");
    assert!(lines.iter().any(|line| line.contains("authorization=****klmnop")));
}

#[tokio::test]
async fn without_payloads_no_header_or_body_is_logged() {
    let upstream = Upstream::ok().await;
    let mut plan = plan(vec![("POST", "/", proxy(&upstream.authority(), "/"))]);
    plan.logging = logged(true, true, false);
    let site = plan.start();
    site.send("POST /prod", "X-Secret: s3cret\r\n", Bytes::from("s3cret")).await;
    let lines = site.records.lines("execution/").await;
    assert!(lines.iter().any(|line| line.ends_with("Successfully completed execution")));
    assert!(!lines.iter().any(|line| line.contains("s3cret")), "{lines:#?}");
}

#[tokio::test]
async fn at_level_error_only_failures_are_logged() {
    let upstream = Upstream::ok().await;
    let routes = vec![
        ("GET", "/ok", proxy(&upstream.authority(), "/")),
        ("GET", "/no", snapshot::Integration::Broken { why: "x".into() }),
    ];
    let mut plan = plan(routes);
    plan.logging = logged(true, false, false);
    let site = plan.start();
    site.get("/prod/ok").await;
    assert!(site.records.lines("execution/").await.is_empty());
    site.get("/prod/no").await;
    let lines = site.records.lines("execution/").await;
    let texts: Vec<&str> = lines.iter().map(|line| line.split_once(") ").expect("an id").1).collect();
    assert_eq!(
        texts,
        [
            "Execution failed due to configuration error: Invalid endpoint address",
            "Gateway response type: API_CONFIGURATION_ERROR with status code: 500",
            r#"Gateway response body: {"message":"Internal server error"}"#,
        ]
    );
}
