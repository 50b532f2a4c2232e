//! What `explain` says of a request.

use crate::support::upstream::Upstream;
use crate::support::{plan, proxy};
use gateway::explain::explain;

#[tokio::test]
async fn an_answered_request_is_explained_step_by_step() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/pets/{id}", proxy(&upstream.authority(), "/{id}"))]).start();
    site.get("/prod/pets/7").await;
    let trail = &site.records.trails().await[0];
    let explained = explain(&trail.bytes).expect("a trail");
    let lines: Vec<&str> = explained.text.lines().collect();
    assert!(
        lines[0].contains("GET /prod/pets/7 for a1b2c3d4e5.execute-api.us-east-1.localhost from 192.0.2.7"),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains("answered 200 with 2 bytes"), "{}", lines[0]);
    for (line, (step, words)) in lines[1..].iter().zip([
        ("locate", "API `a1b2c3d4e5` and the path its stage `prod`, which serves deployment `d1`"),
        ("network", "the API is public"),
        ("firewall", "no web ACL"),
        ("route", "it is for `GET /pets/{id}` (resource `r0`)"),
        ("authorize", "authorization is NONE"),
        ("meter", "no API key, and no limit but the account's"),
        ("validate", "no validator"),
        ("cache", "no cache"),
        ("integrate", "`127.0.0.1` answered 200 after"),
        ("answer", "200, as the integration says"),
        ("record", "the whole answer was handed over"),
    ]) {
        assert!(line.starts_with(&format!("  {step}")) && line.contains(words) && line.contains("µs"), "{line}");
    }
    assert_eq!(explained.data["status"], 200);
    assert_eq!(explained.data["steps"].as_array().map(Vec::len), Some(11));
    assert_eq!(explained.data["steps"][3]["reason"]["Route"]["Matched"]["path"], "/pets/{id}");
}

#[tokio::test]
async fn a_refused_request_shows_which_step_refused() {
    let site = plan(Vec::new()).start();
    site.send("GET /prod/none", "x-amzn-RequestId: 01234567-89ab-4cde-8f01-23456789abcd\r\n", "").await;
    let trail = &site.records.trails().await[0];
    let explained = explain(&trail.bytes).expect("a trail");
    assert!(explained.text.contains("\n! route"), "{}", explained.text);
    assert!(explained.text.contains("the client calls it 01234567-89ab-4cde-8f01-23456789abcd"));
    assert_eq!(explained.data["steps"][3]["outcome"], "Refused");
    assert_eq!(explained.data["steps"][4]["reason"]["Answer"]["Gateway"]["kind"], "MISSING_AUTHENTICATION_TOKEN");
}

#[test]
fn bytes_that_are_no_trail_are_an_error_in_words() {
    assert_eq!(explain(b"").expect_err("empty").to_string(), "a trail has 1 to 16384 bytes");
    assert_eq!(explain(b"\x02\xff").expect_err("damaged").to_string(), "the trail is damaged");
    assert_eq!(explain(b"\x63").expect_err("another version").to_string(), "the trail has the unknown version 99");
}

#[test]
fn a_strangers_text_cannot_move_the_terminals_cursor() {
    use gateway::reason::{Locate, Reason};
    use gateway::steps::Step;
    use gateway::trail::{Entry, Outcome, Story};
    let entry = Entry {
        step: Step::Locate,
        outcome: Outcome::Refused,
        at_us: 1,
        reason: Reason::Locate(Locate::UnknownApi { api: "\u{1b}[2J\nforged".into() }),
    };
    let story = Story {
        request: [0; 16],
        claimed: None,
        received_ns: i64::MAX,
        revision: 0,
        source_ip: "::1".parse().unwrap(),
        verb: "G\u{1b}ET".into(),
        host: "h\r\nx".into(),
        path: "/\u{9b}".into(),
        status: None,
        bytes: 0,
        took_us: 0,
        entries: vec![entry].into(),
    };
    let mut trail = Vec::new();
    story.encode(&mut trail);
    let text = explain(&trail).expect("a trail").text;
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!text.chars().any(|char| char.is_control() && char != '\n'), "{text}");
}
