//! The web ACL of a stage: it judges before anything else does, and what it says is done.

use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use base::clock::ManualClock;
use gateway::reason::{Firewall, Reason};
use http::StatusCode;
use operation::WhatIf;
use operation::data_plane::DataPlane as _;
use serde_json::{Value, json};
use snapshot::WebAclUnit;

use crate::support::upstream::Upstream;
use crate::support::web_acl::{attached, contains, rules};
use crate::support::{HOST, OWNER, Plan, Reply, Site, mock, plan, proxy, scope};

const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;
/// `attack` in base64.
const ATTACK: &str = "YXR0YWNr";

fn walled(web_acl: Value) -> Plan {
    Plan { web_acl: Some(web_acl), ..plan(vec![("ANY", "/{proxy+}", mock("passed"))]) }
}

fn query() -> Value {
    contains(&json!({ "QueryString": {} }), ATTACK)
}

async fn decided(site: &Site) -> Firewall {
    let trail = site.records.trail().await;
    let found = trail.entries.iter().find_map(|entry| match &entry.reason {
        Reason::Firewall(reason) => Some(reason.clone()),
        _ => None,
    });
    found.expect("the step was reached")
}

fn is_blocked(reply: &Reply) {
    assert_eq!((reply.status, reply.text()), (StatusCode::FORBIDDEN, FORBIDDEN));
    assert_eq!(reply.header("x-amzn-errortype"), Some("ForbiddenException"));
}

#[tokio::test]
async fn what_a_rule_blocks_is_forbidden_and_the_record_names_the_rule_and_the_place() {
    let site = walled(rules(&[("no-attacks", query(), json!({ "Block": {} }))])).start();
    is_blocked(&site.get("/prod/a?x=attack").await);
    let Firewall::Blocked(judged) = decided(&site).await else { panic!("it was blocked") };
    assert_eq!((&*judged.acl, judged.rule.as_deref()), ("wall", Some("no-attacks")));
    assert_eq!((&*judged.found[0].matched, judged.found[0].offset), ("attack", 2));
    assert_eq!(site.get("/prod/a?x=peace").await.text(), "passed");
}

#[tokio::test]
async fn unknown_paths_and_flawed_ones_are_judged_first() {
    let site = walled(rules(&[("no-attacks", query(), json!({ "Block": {} }))])).start();
    for target in ["/prod?attack", "/prod/%2e%2e/x?attack", "/prod/%00?attack"] {
        is_blocked(&site.get(target).await);
    }
    assert_ne!(site.get("/prod/%2e%2e%2fx?peace").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stage_whose_web_acl_cannot_judge_is_closed() {
    let gone: fn(&mut snapshot::Snapshot) = |snapshot| {
        snapshot.web_acls.remove(&attached().name);
    };
    let broken: fn(&mut snapshot::Snapshot) = |snapshot| {
        let unit = WebAclUnit::Broken { arn: attached().arn, why: "its secret".into() };
        snapshot.web_acls.insert(attached().name, unit);
    };
    let anew: fn(&mut snapshot::Snapshot) = |snapshot| {
        let unit = WebAclUnit::Broken { arn: "arn:aws:wafv2:another".into(), why: "its secret".into() };
        snapshot.web_acls.insert(attached().name, unit);
    };
    for people in [gone, broken, anew] {
        let format = Some("$context.requestId $context.webaclArn $context.waf.status $context.wafResponseCode");
        let site = Plan { people, log_format: format, ..walled(rules(&[])) }.start();
        let reply = site.get("/prod/a").await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!reply.text().contains("secret"));
        assert!(matches!(decided(&site).await, Firewall::Broken { .. }));
        let line = &site.records.lines("access/").await[0];
        assert!(line.ends_with(&format!(" {} 500 -", attached().arn)), "{line}");
    }
}

#[tokio::test]
async fn a_custom_response_is_answered_as_its_owner_wrote_it() {
    let block = json!({ "Block": { "CustomResponse": {
        "ResponseCode": 418 - 13,
        "CustomResponseBodyKey": "sorry",
        "ResponseHeaders": [{ "Name": "x-why", "Value": "because" }, { "Name": "x-where", "Value": "Malm\u{f6}" }],
    } } });
    let mut document = rules(&[("no-attacks", query(), block)]);
    document["CustomResponseBodies"] = json!({ "sorry": { "ContentType": "TEXT_HTML", "Content": "<p>Sorry" } });
    let reply = walled(document).start().get("/prod/a?attack").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (405, "<p>Sorry"));
    assert_eq!((reply.header("x-why"), reply.header("content-type")), (Some("because"), Some("text/html")));
    assert_eq!(reply.headers.get("x-where").map(http::HeaderValue::as_bytes), Some("Malm\u{f6}".as_bytes()));
    assert_eq!(reply.header("x-amzn-requestid").map(str::len), Some(36));
}

#[tokio::test]
async fn an_inserted_header_takes_the_place_of_the_clients_own() {
    let upstream = Upstream::ok().await;
    let headers = json!([{ "Name": "seen", "Value": "yes" }, { "Name": "said", "Value": "j\u{e1}" }]);
    let insert = json!({ "Count": { "CustomRequestHandling": { "InsertHeaders": headers } } });
    let document = rules(&[("count", query(), insert)]);
    let routes = vec![("GET", "/a", proxy(&upstream.authority(), "/"))];
    let site = Plan { web_acl: Some(document), ..plan(routes) }.start();
    let forged = "X-Amzn-Waf-Seen: forged\r\nx-amzn-waf-SEEN: twice\r\nX-Amzn-Waf-Said: forged\r\nX-Mine: 1\r\n";
    site.send("GET /prod/a?attack", forged, "").await;
    let seen = upstream.only();
    for (name, value) in [("x-amzn-waf-seen", "yes"), ("x-amzn-waf-said", "j\u{e1}")] {
        let values: Vec<_> = seen.headers.get_all(name).iter().map(http::HeaderValue::as_bytes).collect();
        assert_eq!(values, [value.as_bytes()]);
    }
    assert_eq!(seen.header("x-mine"), Some("1"));
    let Firewall::Allowed(judged) = decided(&site).await else { panic!("it passed") };
    assert_eq!(judged.counted, [Arc::from("count")]);
}

#[tokio::test]
async fn the_beginning_of_a_body_is_inspected_and_the_backend_gets_all_of_it() {
    let upstream = Upstream::ok().await;
    let body = json!({ "Body": { "OversizeHandling": "CONTINUE" } });
    let document = rules(&[("no-attacks", contains(&body, ATTACK), json!({ "Block": {} }))]);
    let routes = || vec![("POST", "/a", proxy(&upstream.authority(), "/"))];
    let site = Plan { web_acl: Some(document), ..plan(routes()) }.start();
    is_blocked(&site.send("POST /prod/a", "", format!("{}attack", "a".repeat(16_000))).await);
    let long = format!("{}attack", "a".repeat(100_000));
    assert_eq!(site.send("POST /prod/a", "", long.clone()).await.status, StatusCode::OK, "beyond 16 KB nobody looks");
    assert_eq!(upstream.only().body.as_deref(), Some(long.as_bytes()));
    let matches = json!({ "Body": { "OversizeHandling": "MATCH" } });
    let document = rules(&[("no-attacks", contains(&matches, ATTACK), json!({ "Block": {} }))]);
    let site = Plan { web_acl: Some(document), ..plan(routes()) }.start();
    is_blocked(&site.send("POST /prod/a", "", long).await);
}

#[tokio::test]
async fn a_body_that_finds_no_room_is_not_let_through_uninspected() {
    let body = json!({ "Body": { "OversizeHandling": "CONTINUE" } });
    let document = rules(&[("no-attacks", contains(&body, ATTACK), json!({ "Block": {} }))]);
    let site = Plan { room: 10, ..walled(document) }.start();
    assert_eq!(site.send("POST /prod/a", "", "peace and more of it").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(decided(&site).await, Firewall::NoRoom);
}

#[tokio::test]
async fn who_asks_too_often_is_blocked_until_the_window_has_passed() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_second(1_700_000_000).expect("sound")));
    let rate = json!({ "RateBasedStatement": { "Limit": 10, "EvaluationWindowSec": 60, "AggregateKeyType": "IP" } });
    let document = rules(&[("slow-down", rate, json!({ "Block": {} }))]);
    let plan = || Plan { clock: Arc::<ManualClock>::clone(&clock), ..walled(document.clone()) };
    let site = plan().start();
    for _ in 0..10 {
        assert_eq!(site.get("/prod/a").await.text(), "passed");
    }
    is_blocked(&site.get("/prod/a").await);
    clock.advance(Duration::from_secs(70));
    assert_eq!(site.get("/prod/a").await.text(), "passed");
}

#[tokio::test]
async fn a_question_about_a_request_counts_nothing() {
    let rate = json!({ "RateBasedStatement": { "Limit": 10, "EvaluationWindowSec": 60, "AggregateKeyType": "IP" } });
    let document =
        rules(&[("slow-down", rate, json!({ "Block": {} })), ("no-attacks", query(), json!({ "Block": {} }))]);
    let explainer = walled(document).explainer();
    let question = |target: &str| WhatIf {
        scope: scope(OWNER),
        caller: None,
        source_ip: "203.0.113.7".parse().expect("an address"),
        method: "GET".to_owned(),
        url: format!("https://{HOST}:8443{target}"),
        headers: Vec::new(),
    };
    for _ in 0..30 {
        let answer = explainer.what_if(question("/prod/a")).await.expect("a question");
        assert!(answer.text.contains("lets it pass"), "{}", answer.text);
    }
    let answer = explainer.what_if(question("/prod/a?attack")).await.expect("a question");
    assert!(answer.text.contains("web ACL `wall` blocks it: rule `no-attacks`; BYTE_MATCH"), "{}", answer.text);
}

#[tokio::test]
async fn a_challenge_is_answered_until_a_token_says_that_it_was_passed() {
    for (action, status, html) in [("Challenge", 202, "Checking your browser"), ("Captcha", 405, "Are you a person?")] {
        let site = walled(rules(&[("prove-it", query(), json!({ action: {} }))])).start();
        let reply = site.get("/prod/a?attack").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (status, ""), "no page for scripts");
        assert_eq!(reply.header("x-amzn-waf-action"), Some(&*action.to_lowercase()));
        let reply = site.send("GET /prod/a?attack", "Accept: text/html\r\n", "").await;
        assert_eq!(reply.status.as_u16(), status);
        assert!(reply.text().contains(html), "{}", reply.text());
        assert_eq!(
            (reply.header("cache-control"), reply.header("content-type")),
            (Some("no-store"), Some("text/html; charset=utf-8"))
        );
        assert!(reply.header("content-security-policy").expect("always").starts_with("default-src 'none'"));
        let forged = site.send("GET /prod/a?attack", "Cookie: aws-waf-token=c.1.2.3.x\r\n", "").await;
        assert_eq!(forged.status.as_u16(), status);
        assert_eq!(site.get("/prod/a?peace").await.text(), "passed");
    }
}

/// What a page asks.
fn question(page: &Reply) -> String {
    let asked = page.text().split("data-question=\"").nth(1).and_then(|rest| rest.split('"').next());
    asked.expect("it asks").to_owned()
}

/// The header with the answer to a challenge.
fn solution(page: &Reply) -> String {
    let question = question(page);
    let solves = |text: &String| {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        hash.as_ref()[0] == 0 && hash.as_ref()[1] & 0xfc == 0
    };
    let answered = (0..10_000_000u32).map(|n| format!("{question}.{n}")).find(solves).expect("some number does");
    format!("X-Portcullis-Waf-Solution: {answered}\r\n")
}

fn challenges() -> Plan {
    walled(rules(&[("prove-it", query(), json!({ "Challenge": {} }))]))
}

const BROWSER: &str = "Accept: text/html\r\n";

#[tokio::test]
async fn whoever_solves_a_challenge_gets_a_token_and_passes() {
    let site = challenges().start();
    let page = site.send("GET /prod/a?attack", BROWSER, "").await;
    let reply = site.send("GET /prod/a?attack", &solution(&page), "").await;
    let token = reply.header("x-aws-waf-token").expect("a token").to_owned();
    assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::NO_CONTENT, Some("no-store")));
    let passed = site.send("GET /prod/a?attack", &format!("Cookie: a=b; aws-waf-token={token}\r\n"), "").await;
    assert_eq!(passed.text(), "passed");
    let elsewhere = token.replace(HOST, "evil.test");
    let reply = site.send("GET /prod/a?attack", &format!("Cookie: aws-waf-token={elsewhere}\r\n"), "").await;
    assert_eq!(reply.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_token_is_found_beside_others_and_in_whatever_company() {
    let site = challenges().start();
    let page = site.send("GET /prod/a?attack", BROWSER, "").await;
    let reply = site.send("GET /prod/a?attack", &solution(&page), "").await;
    let token = reply.header("x-aws-waf-token").expect("a token").to_owned();
    for headers in [
        format!("Cookie: aws-waf-token=c.1.2.3.x; aws-waf-token={token}\r\n"),
        format!("Cookie: aws-waf-token=junk\r\nCookie: aws-waf-token={token}\r\n"),
        format!("X-Aws-Waf-Token: {token}\r\nCookie: aws-waf-token=junk\r\n"),
        format!("X-Aws-Waf-Token: junk\r\nCookie: aws-waf-token={token}\r\n"),
    ] {
        assert_eq!(site.send("GET /prod/a?attack", &headers, "").await.text(), "passed", "{headers}");
    }
    for headers in [
        format!("Cookie: xaws-waf-token={token}\r\n"),
        format!("Cookie: AWS-WAF-TOKEN={token}\r\n"),
        format!("Cookie: aws-waf-token ={token}\r\n"),
        format!("Cookie: {}aws-waf-token={token}\r\n", "aws-waf-token=c.1.2.3.x; ".repeat(20)),
    ] {
        let reply = site.send("GET /prod/a?attack", &headers, "").await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{headers}");
    }
}

#[tokio::test]
async fn an_answer_is_taken_once_and_a_page_that_comes_back_asks_anew() {
    let site = challenges().start();
    let page = site.send("GET /prod/a?attack", BROWSER, "").await;
    let solution = solution(&page);
    assert!(site.send("GET /prod/a?attack", &solution, "").await.header("x-aws-waf-token").is_some());
    let again = site.send("GET /prod/a?attack", &format!("{BROWSER}{solution}"), "").await;
    assert_eq!((again.status, again.header("x-aws-waf-token")), (StatusCode::ACCEPTED, None));
    assert_ne!(question(&again), question(&page));
}

#[tokio::test]
async fn a_question_about_a_request_uses_up_no_answer() {
    let plan = challenges();
    let (site, explainer) = (plan.start(), challenges().explainer());
    let page = site.send("GET /prod/a?attack", BROWSER, "").await;
    let solution = solution(&page);
    let (name, value) = solution.trim().split_once(": ").expect("a header");
    let question = WhatIf {
        scope: scope(OWNER),
        caller: None,
        source_ip: "203.0.113.7".parse().expect("an address"),
        method: "GET".to_owned(),
        url: format!("https://{HOST}:8443/prod/a?attack"),
        headers: vec![(name.to_owned(), value.to_owned())],
    };
    let answer = explainer.what_if(question).await.expect("a question");
    assert!(answer.text.contains("answers CHALLENGE"), "{}", answer.text);
    assert!(!answer.text.contains("gives a token"), "{}", answer.text);
}
