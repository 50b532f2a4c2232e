//! Rule groups: what they decide, and what a web ACL makes of it.

use serde_json::{Value, json};

use super::*;

fn group(name: &str, overriding: &str, more: &Value) -> Value {
    let mut statement = json!({ "ARN": format!("arn:aws:wafv2:us-east-1:000000000000:regional/rulegroup/x/{name}") });
    statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    with(
        rule("group", 1, &json!({ "RuleGroupReferenceStatement": statement }), "Block", &[]),
        &json!({ "Action": null, "RuleLabels": null, "OverrideAction": { overriding: {} } }),
    )
}

fn judged(first: Value, target: &str) -> Judgement {
    let acl = compiled(&[first, rule("last", 9, &path("CONTAINS", "last"), "Block", &[])]).unwrap();
    Sent::get(target).judged(&acl, &World::default())
}

#[test]
fn what_a_group_decides_counts_unless_it_is_overridden() {
    let bad = "awswaf:000000000000:rulegroup:tests:Bad";
    for (name, overriding, more, target, expected) in [
        ("blocks", "None", json!({}), "/attack", format!("block by group; +{bad}")),
        ("blocks", "None", json!({}), "/last", "block by last".to_owned()),
        ("blocks", "Count", json!({}), "/attack", format!("allow by default; group COUNT; +{bad}")),
        ("blocks", "Count", json!({}), "/attack/last", format!("block by last; group COUNT; +{bad}")),
        ("allows", "None", json!({}), "/health/last", "allow by group".to_owned()),
        ("allows", "Count", json!({}), "/health/last", "block by last; group COUNT".to_owned()),
        (
            "blocks",
            "None",
            json!({ "ExcludedRules": [{ "Name": "inner" }] }),
            "/attack/last",
            format!("block by last; +{bad}"),
        ),
        (
            "blocks",
            "None",
            json!({ "RuleActionOverrides": [{ "Name": "inner", "ActionToUse": { "Captcha": {} } }] }),
            "/attack",
            format!("captcha Missing by group; +{bad}"),
        ),
        ("labels", "None", json!({}), "/a", "block by group; +awswaf:000000000000:rulegroup:tests:Seen".to_owned()),
    ] {
        let judgement = judged(group(name, overriding, &more), target);
        assert_eq!(told(&judgement), expected, "{name} {overriding} {more} {target}");
    }
}

#[test]
fn the_records_say_which_rule_of_a_group_it_was_and_what_it_would_have_done() {
    let excluded = judged(group("blocks", "None", &json!({ "ExcludedRules": [{ "Name": "inner" }] })), "/attack");
    let [group_said] = excluded.groups.as_slice() else { panic!("{:?}", excluded.groups) };
    assert_eq!(&*group_said.rule, "group");
    assert!(group_said.id.ends_with("rulegroup/x/blocks"));
    assert!(group_said.terminating.is_none());
    let inner = &group_said.others[0];
    assert_eq!((&*inner.rule, inner.action, inner.overridden, inner.excluded), ("inner", "COUNT", Some("BLOCK"), true));
    let counted = judged(group("blocks", "Count", &json!({})), "/attack");
    assert_eq!(&*counted.groups[0].terminating.as_ref().unwrap().rule, "inner");
    assert_eq!((counted.others[0].action, counted.others[0].overridden), ("COUNT", Some("BLOCK")));
    let blocked = judged(group("blocks", "None", &json!({})), "/attack");
    let terminating = blocked.terminating.unwrap();
    assert_eq!((&*terminating.matched.rule, terminating.kind), ("group", "GROUP"));
    assert_eq!(terminating.matched.findings[0].condition, "BYTE_MATCH");
}

#[test]
fn a_group_or_a_rule_that_is_not_there_breaks_the_web_acl() {
    let other = json!({ "RuleActionOverrides": [{ "Name": "Inner", "ActionToUse": { "Count": {} } }] });
    for (rule, named) in [
        (group("gone", "None", &json!({})), "rulegroup/x/gone"),
        (group("blocks", "None", &json!({ "ExcludedRules": [{ "Name": "outer" }] })), "`outer`"),
        (group("blocks", "None", &other), "`Inner`"),
    ] {
        let broken = compiled(&[rule]).unwrap_err();
        assert!(broken.reason.contains(named), "{broken}");
    }
}
