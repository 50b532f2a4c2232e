//! What is told besides the answer: what rules took, what would be if some only counted, and whom a rate limits.

use std::cell::Cell;

use serde_json::json;

use super::{Sent, World, compiled, path, rule, told, with};
use crate::{RulePath, Token};

/// A rule that refers to a rule group.
fn group(name: &str, priority: usize, id: &str) -> serde_json::Value {
    let arn = format!("arn:aws:wafv2:us-east-1:000000000000:regional/rulegroup/tests/{id}");
    let statement = json!({ "RuleGroupReferenceStatement": { "ARN": arn } });
    let more = json!({ "Action": null, "RuleLabels": null, "OverrideAction": { "None": {} } });
    with(rule(name, priority, &statement, "Block", &[]), &more)
}

#[test]
fn a_rule_that_is_supposed_to_count_blocks_nobody_and_the_next_one_decides() {
    let acl = compiled(&[group("ours", 0, "blocks"), rule("own", 1, &path("CONTAINS", "tac"), "Block", &[])]).unwrap();
    let world = World { token: Token::Missing, ..World::default() };
    let inner = RulePath { group_rule: Some("ours"), rule: "inner" };
    let own = RulePath { group_rule: None, rule: "own" };
    let stranger = RulePath { group_rule: None, rule: "inner" };
    for (counted, wanted) in [
        (&[][..], "block by ours"),
        (&[stranger], "block by ours"),
        (&[own], "block by ours"),
        (&[inner], "block by own"),
        (&[inner, own], "allow by default"),
    ] {
        let sent = Sent::get("/attack");
        let judgement = sent.seen(|request| acl.judge_counting(request, &world, counted));
        let words = told(&judgement);
        assert!(words.starts_with(wanted), "{counted:?}: {words}");
        assert_eq!(told(&sent.judged(&acl, &world)).split(';').next(), Some("block by ours"), "nothing is remembered");
    }
}

#[test]
fn each_rule_is_told_what_it_took_without_those_inside_it() {
    let acl = compiled(&[group("ours", 0, "blocks"), rule("own", 1, &path("EXACTLY", "/a"), "Count", &[])]).unwrap();
    let ticks = Cell::new(0);
    // Each look at the clock moves it on by one.
    let clock = || {
        ticks.set(ticks.get() + 1);
        ticks.get()
    };
    let (judgement, took) = Sent::get("/a").seen(|request| acl.judge_timed(request, &World::default(), &clock));
    assert_eq!(judgement.others.len(), 1);
    assert!(took.iter().any(|took| took.rule.as_deref() == Some("ours") && took.group_rule.is_none()), "{took:?}");
    assert!(took.iter().any(|took| took.rule.as_deref() == Some("own")), "{took:?}");
    let sum: u64 = took.iter().map(|took| took.nanoseconds).sum();
    assert!(sum < ticks.get(), "what is inside a rule is counted once: {took:?} of {}", ticks.get());
}

#[test]
fn whom_a_rate_limits_is_told_with_the_settings() {
    let statement = json!({ "RateBasedStatement": {
        "Limit": 100, "EvaluationWindowSec": 60, "AggregateKeyType": "CUSTOM_KEYS",
        "CustomKeys": [
            { "Header": { "Name": "X-Team", "TextTransformations": [{ "Priority": 0, "Type": "LOWERCASE" }] } },
            { "IP": {} },
        ],
    } });
    let acl = compiled(&[rule("often", 0, &statement, "Block", &[])]).unwrap();
    let world = World { limit_over: true, ..World::default() };
    let judgement = Sent::get("/").header("X-Team", "BLUE").judged(&acl, &world);
    let limited = judgement.terminating.unwrap().matched.limited.unwrap();
    assert_eq!((limited.limit, limited.window_s, limited.key), (100, 60, "CUSTOMKEYS"));
    let parts: Vec<_> = limited.parts.iter().map(|part| (part.kind, part.name.as_deref(), &*part.value)).collect();
    assert_eq!(parts, [("HEADER", Some("x-team"), "blue"), ("IP", None, "192.0.2.1")]);
    let path = RulePath { group_rule: None, rule: "often" };
    assert_eq!(acl.rate_rule(path).unwrap().id, limited.id);
    assert!(acl.rate_rule(RulePath { rule: "other", ..path }).is_none());
}

#[test]
fn the_labels_of_a_rule_inside_a_group_are_known() {
    let acl = compiled(&[group("ours", 0, "blocks")]).unwrap();
    let inner = RulePath { group_rule: Some("ours"), rule: "inner" };
    assert_eq!(acl.labels_of(inner).unwrap(), ["awswaf:000000000000:rulegroup:tests:Bad".into()]);
    assert!(acl.labels_of(RulePath { group_rule: Some("else"), ..inner }).is_none());
}
