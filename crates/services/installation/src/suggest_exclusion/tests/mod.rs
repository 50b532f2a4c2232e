//! Suggestions, tried: put into the web ACL they let the request pass, and nothing that differs from it.

mod records;

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use operation::RuleName;
use serde_json::{Value, json};
use waf::document::RuleGroup;
use waf::testing::{NOWHERE, World};
use waf::{Action, Body, Request};

use super::decided::Decided;
use super::exclusion;
use super::exclusion::Inside;

/// Everybody is over every limit; there is one rule group, whose rules block `attack` and `theft` and add labels but one.
fn world() -> World {
    let group = json!({ "Rules": rules(), "LabelNamespace": "awswaf:111111111111:rulegroup:ours:" });
    World { over_limit: true, rule_group: Some(Arc::new(RuleGroup::parse(&group).unwrap())), ..NOWHERE }
}

/// The group's rules.
fn rules() -> [Value; 4] {
    let silent = |name: &str, priority: u32, statement: &Value| {
        let mut silent = rule(name, priority, statement, "Block");
        silent["RuleLabels"] = json!([]);
        silent
    };
    let seen = json!({ "LabelMatchStatement": { "Scope": "LABEL", "Key": "noise" } });
    let both = json!({ "AndStatement": { "Statements": [seen, holds("noise")] } });
    [
        rule("attack", 0, &holds("attack"), "Block"),
        rule("theft", 1, &holds("theft"), "Captcha"),
        silent("silent", 2, &holds("silence")),
        silent("labelled", 3, &both),
    ]
}

fn holds(text: &str) -> Value {
    json!({ "ByteMatchStatement": {
        "SearchString": STANDARD.encode(text), "FieldToMatch": { "AllQueryArguments": {} },
        "PositionalConstraint": "CONTAINS", "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
    } })
}

fn rule(name: &str, priority: u32, statement: &Value, does: &str) -> Value {
    json!({
        "Name": name, "Priority": priority, "Statement": statement, "Action": { does: {} },
        "RuleLabels": [{ "Name": name }],
        "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name },
    })
}

fn group(name: &str, priority: u32) -> Value {
    let mut rule = rule(name, priority, &json!({ "RuleGroupReferenceStatement": { "ARN": GROUP } }), "Block");
    let members = rule.as_object_mut().unwrap();
    members.remove("Action");
    members.remove("RuleLabels");
    members.insert("OverrideAction".to_owned(), json!({ "None": {} }));
    rule
}

const GROUP: &str = "arn:aws:wafv2:eu-west-1:111111111111:regional/rulegroup/ours/1";

fn document(default: &str, rules: &[Value]) -> Value {
    json!({
        "Name": "shop", "LabelNamespace": "awswaf:111111111111:webacl:shop:", "DefaultAction": { default: {} },
        "Rules": rules,
    })
}

fn decided(rule: Option<(Option<&str>, &str)>, action: &'static str, argument: Option<&str>) -> Decided {
    Decided {
        acl: "shop".to_owned(),
        rule: rule.map(|(group, rule)| RuleName { group_rule: group.map(str::to_owned), rule: rule.to_owned() }),
        action,
        method: "GET".to_owned(),
        path: "/prod/pets".to_owned(),
        host: "a1b2.x".to_owned(),
        source_ip: "192.0.2.1".to_owned(),
        argument: argument.map(str::to_owned),
    }
}

/// The web ACL with the change, as its owner would make it.
fn changed(document: &Value, exclusion: &Value) -> Value {
    let mut document = document.clone();
    let rules = document["Rules"].as_array_mut().unwrap();
    for moved in exclusion["MoveRules"].as_array().into_iter().flatten() {
        let rule = rules.iter_mut().find(|rule| rule["Name"] == moved["Name"]).unwrap();
        rule["Priority"] = moved["Priority"].clone();
    }
    if let Some(change) = exclusion["ChangeRule"].as_object() {
        let rule = rules.iter_mut().find(|rule| rule["Name"] == change["Name"]).unwrap();
        rule.as_object_mut().unwrap().extend(change.clone());
    }
    rules.extend(exclusion.get("AddRule").cloned());
    document
}

fn passes(document: &Value, method: &str, target: &str) -> bool {
    let acl = waf::document::WebAcl::parse(document).unwrap();
    let world = world();
    let acl = waf::compile(&acl, "shop", &world).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request {
        method: method.as_bytes(),
        path: path.as_bytes(),
        query: query.as_bytes(),
        version: "HTTP/1.1",
        headers: &[],
        body: Body::default(),
        client: IpAddr::from([192, 0, 2, 1]),
        host: "a1b2.x",
    };
    acl.judge(&request, &world).action == Action::Allow
}

/// A suggestion for a request with the query `q=attack` lets it pass, and only what is like it.
fn check(document: &Value, decided: &Decided, labels: &[&str], (passing, stopped): (&[&str], &[&str])) {
    let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
    let own = json!({ "Rules": rules() });
    let exclusion = exclusion::of(document, decided, Inside { labels: &labels, rules: Some(&own) }).unwrap();
    let narrowed = changed(document, &exclusion.json);
    for target in passing {
        assert!(!passes(document, "GET", target), "{target} is stopped before");
        assert!(passes(&narrowed, "GET", target), "{target}: {narrowed:#}");
    }
    for target in stopped {
        assert!(!passes(&narrowed, "GET", target), "{target}: {narrowed:#}");
    }
    assert!(!passes(&narrowed, "POST", passing[0]), "another method");
    assert!(exclusion.opens.contains("GET /prod/pets"), "{}", exclusion.opens);
}

#[test]
fn a_rule_of_a_group_goes_on_stopping_all_but_the_like() {
    let document = document("Allow", &[group("ours", 3), rule("last", 4, &holds("nothing"), "Block")]);
    let label = ["awswaf:111111111111:rulegroup:ours:attack"];
    let of = |argument| decided(Some((Some("ours"), "attack")), "Block", argument);
    let stopped = ["/prod/pet?q=attack", "/prod/pets/?q=attack", "/prod/pets?q=theft", "/?q=attack"];
    check(&document, &of(None), &label, (&["/prod/pets?q=attack", "/prod/pets?r=attack"], &stopped));
    let stopped = ["/prod/pets?r=attack", "/prod/pets?q=theft", "/?q=attack"];
    check(&document, &of(Some("q")), &label, (&["/prod/pets?q=attack"], &stopped));
    let theft = ["awswaf:111111111111:rulegroup:ours:theft"];
    let of = decided(Some((Some("ours"), "theft")), "Captcha", Some("q"));
    check(&document, &of, &theft, (&["/prod/pets?q=theft"], &["/prod/pets?q=attack", "/?q=theft"]));
}

#[test]
fn a_rule_that_allows_never_gets_before_what_stands_in_for_a_group() {
    let allows = |priority: u32| rule("partners", priority, &holds("partner"), "Allow");
    let label = ["awswaf:111111111111:rulegroup:ours:attack"];
    let of = decided(Some((Some("ours"), "attack")), "Block", Some("q"));
    for rules in [
        vec![group("ours", 0), allows(1)],
        vec![
            group("ours", 0),
            rule("other", 1, &holds("x"), "Block"),
            allows(2),
            rule("last", 9, &holds("y"), "Block"),
        ],
        vec![group("ours", 0), allows(5)],
        vec![allows(4), group("ours", 3)],
    ] {
        let stopped = ["/?q=attack&r=partner", "/prod/pets?r=attack,partner"];
        check(&document("Allow", &rules), &of, &label, (&["/prod/pets?q=attack"], &stopped));
    }
}

#[test]
fn what_the_default_action_stopped_passes_behind_all_rules_that_stop() {
    let rules = [rule("theft", 1, &holds("theft"), "Block"), rule("attack", 7, &holds("attack"), "Block")];
    let stopped = ["/prod/pets?q=attack", "/prod/pets?q=theft"];
    check(&document("Block", &rules), &decided(None, "Block", None), &[], (&["/prod/pets?q=1"], &stopped));
    let last = [rule("last", 2_147_483_647, &holds("x"), "Block")];
    let refused = exclusion::of(&document("Block", &last), &decided(None, "Block", None), Inside::default());
    assert!(refused.unwrap_err().contains("none can stand behind it"));
}

#[test]
fn a_rule_of_an_own_group_without_a_label_stands_behind_the_group_by_its_statement() {
    let document = document("Allow", &[group("ours", 0)]);
    let of = decided(Some((Some("ours"), "silent")), "Block", Some("q"));
    let stopped = ["/prod/pets?r=silence", "/?q=silence", "/prod/pets?q=attack"];
    check(&document, &of, &[], (&["/prod/pets?q=silence"], &stopped));
}

#[test]
fn what_stands_in_for_a_rule_answers_as_it_did() {
    let of = decided(Some((Some("ours"), "silent")), "Block", None);
    let answers = |more: &Value| json!({ "Block": { "CustomResponse": more } });
    let (plain, teapot) = (json!({ "Block": {} }), answers(&json!({ "ResponseCode": 404 })));
    let keyed = answers(&json!({ "ResponseCode": 404, "CustomResponseBodyKey": "no" }));
    for (own, overridden, expected) in [
        (&plain, None, &plain),
        (&teapot, None, &teapot),
        (&keyed, None, &plain),
        (&teapot, Some(&keyed), &keyed),
        (&teapot, Some(&json!({ "Captcha": {} })), &plain),
    ] {
        let mut rules = rules();
        rules[2]["Action"] = own.clone();
        let mut group = group("ours", 0);
        let overrides: Vec<Value> =
            overridden.map(|action| json!({ "Name": "silent", "ActionToUse": action })).into_iter().collect();
        group["Statement"]["RuleGroupReferenceStatement"]["RuleActionOverrides"] = json!(overrides);
        let inside = Inside { labels: &[], rules: Some(&json!({ "Rules": rules })) };
        let told = exclusion::of(&document("Allow", &[group]), &of, inside).unwrap().json;
        assert_eq!(&told["AddRule"]["Action"], expected, "{own} {overridden:?}");
    }
}

#[test]
fn rules_of_the_group_that_allow_what_comes_so_far_are_told() {
    let of = decided(Some((Some("ours"), "theft")), "Block", None);
    let label = ["l".to_owned()];
    let allow = json!({ "Allow": {} });
    for (place, overridden, known, told) in [
        (2, None, true, Some("what rule `silent` of `ours` allows")),
        (0, None, true, None),
        (2, Some(json!({ "Block": {} })), true, None),
        (3, Some(allow.clone()), true, Some("what rule `silent` of `ours` allows")),
        (3, Some(allow.clone()), false, Some("what rule `silent` of `ours` allows")),
        (0, None, false, Some("what rules of `ours` behind `theft` allow")),
    ] {
        let mut rules = rules();
        rules[place]["Action"] = if place == 3 { json!({ "Block": {} }) } else { allow.clone() };
        let mut group = group("ours", 0);
        let overrides: Vec<Value> =
            overridden.map(|action| json!({ "Name": "silent", "ActionToUse": action })).into_iter().collect();
        group["Statement"]["RuleGroupReferenceStatement"]["RuleActionOverrides"] = json!(overrides);
        let own = json!({ "Rules": rules });
        let inside = Inside { labels: &label, rules: known.then_some(&own) };
        let opens = exclusion::of(&document("Allow", &[group]), &of, inside).unwrap().opens;
        match told {
            Some(told) => assert!(opens.contains(told), "{opens}"),
            None => assert!(!opens.contains("any more"), "{opens}"),
        }
    }
}

#[test]
fn a_rule_of_a_group_that_nothing_can_stand_for_is_told_to_open_for_everybody() {
    let document = document("Allow", &[group("ours", 0)]);
    let own = json!({ "Rules": rules() });
    for (rule, rules) in [("silent", None), ("labelled", Some(&own)), ("gone", Some(&own))] {
        let of = decided(Some((Some("ours"), rule)), "Block", None);
        let exclusion = exclusion::of(&document, &of, Inside { labels: &[], rules }).unwrap();
        assert!(exclusion.opens.starts_with(&format!("every request passes rule `{rule}`")), "{}", exclusion.opens);
        assert_eq!(exclusion.json.get("AddRule"), None);
    }
    let of = decided(Some((Some("ours"), "silent")), "Block", None);
    let narrowed = changed(&document, &exclusion::of(&document, &of, Inside::default()).unwrap().json);
    assert!(passes(&narrowed, "GET", "/?q=silence") && !passes(&narrowed, "GET", "/?q=attack"));
}

#[test]
fn a_rule_of_the_web_acl_gets_an_exception() {
    let of = decided(Some((None, "own")), "Block", Some("q"));
    let cases = (&["/prod/pets?q=attack"][..], &["/prod/pets?r=attack", "/prod/other?q=attack"][..]);
    check(&document("Allow", &[rule("own", 0, &holds("attack"), "Block")]), &of, &[], cases);
    let both = json!({ "AndStatement": { "Statements": [holds("att"), holds("tack")] } });
    check(&document("Allow", &[rule("own", 0, &both, "Block")]), &of, &[], cases);
    let rate = json!({ "RateBasedStatement": {
        "Limit": 100, "EvaluationWindowSec": 60, "AggregateKeyType": "IP", "ScopeDownStatement": holds("attack"),
    } });
    check(&document("Allow", &[rule("own", 0, &rate, "Block")]), &of, &[], cases);
}

#[test]
fn what_the_default_action_stops_gets_a_rule_of_its_own() {
    let cases = (&["/prod/pets", "/prod/pets?a=b"][..], &["/prod", "/prod/pets/1"][..]);
    let documents = [document("Block", &[]), document("Block", &[rule("allow-like-request", 0, &holds("x"), "Allow")])];
    for document in documents {
        check(&document, &decided(None, "Block", None), &[], cases);
    }
}

#[test]
fn a_long_path_is_told_by_its_beginning() {
    let mut of = decided(Some((None, "own")), "Block", None);
    of.path = format!("/prod/{}", "a".repeat(250));
    let document = document("Allow", &[rule("own", 0, &holds("attack"), "Block")]);
    let exclusion = exclusion::of(&document, &of, Inside::default()).unwrap();
    assert!(exclusion.opens.contains("whose path begins like"), "{}", exclusion.opens);
    assert!(passes(&changed(&document, &exclusion.json), "GET", &format!("{}?q=attack", of.path)));
}

#[test]
fn what_is_gone_from_the_web_acl_cannot_be_excluded() {
    let document = document("Allow", &[]);
    for rule in [Some((None, "own")), Some((Some("ours"), "attack"))] {
        assert!(
            exclusion::of(&document, &decided(rule, "Block", None), Inside::default()).unwrap_err().contains("no rule")
        );
    }
}
