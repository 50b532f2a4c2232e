//! What web ACLs share, and what each has for itself.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::scanner::Scanner;
use super::{Look, WebAcl, check, compile};
use crate::document;
use crate::judgement::RulePath;
use crate::testing::NOWHERE;

fn document(name: &str, statements: &[Value]) -> document::WebAcl {
    let rule = |(place, statement): (usize, &Value)| {
        let of_group = statement.get("ManagedRuleGroupStatement").is_some();
        let (member, action) =
            if of_group { ("OverrideAction", json!({"None": {}})) } else { ("Action", json!({"Block": {}})) };
        json!({"Name": format!("rule-{place}"), "Priority": place, "Statement": statement, member: action,
        "VisibilityConfig": {
            "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "rule",
        }})
    };
    let rules: Vec<Value> = statements.iter().enumerate().map(rule).collect();
    document::WebAcl::parse(&json!({
        "Name": name, "LabelNamespace": format!("awswaf:000000000000:webacl:{name}:"),
        "DefaultAction": {"Allow": {}}, "Rules": rules,
    }))
    .unwrap()
}

fn compiled(name: &str, statements: &[Value]) -> WebAcl {
    compile(&document(name, statements), name, &NOWHERE).unwrap()
}

fn managed(name: &str, more: &Value) -> Value {
    let mut statement = json!({"VendorName": "AWS", "Name": format!("AWSManagedRules{name}")});
    statement.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    json!({"ManagedRuleGroupStatement": statement})
}

fn regex(field: &Value, source: &str) -> Value {
    json!({"RegexMatchStatement": {
        "RegexString": source, "FieldToMatch": field, "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }})
}

/// The automata of each part: of managed groups, and of its own rules.
fn automata(acl: &WebAcl) -> HashMap<String, Vec<Arc<Scanner>>> {
    let parts = acl.program.parts.iter();
    parts.map(|part| (format!("{:?}", part.field), part.texts.scanners().map(Arc::clone).collect())).collect()
}

/// In how many parts the first automata are one and the same, and in how many they are not.
fn shared(one: &WebAcl, other: &WebAcl) -> (usize, usize) {
    let (one, other) = (automata(one), automata(other));
    let both = one.iter().filter_map(|(part, automata)| Some((automata.first()?, other.get(part)?.first()?)));
    let (same, different): (Vec<_>, Vec<_>) = both.partition(|(one, other)| Arc::ptr_eq(one, other));
    (same.len(), different.len())
}

#[test]
fn web_acls_of_the_same_managed_groups_share_what_these_ask() {
    let groups = |more: &Value| [managed("CommonRuleSet", more), managed("SQLiRuleSet", &json!({}))];
    let plain = compiled("plain", &groups(&json!({})));
    assert!(shared(&plain, &plain).0 >= 6, "these groups look into many parts");

    let again = compiled("again", &groups(&json!({})));
    let excluding = compiled("excluding", &groups(&json!({"ExcludedRules": [{"Name": "SizeRestrictions_BODY"}]})));
    let overriding = json!({"RuleActionOverrides": [{"Name": "GenericLFI_BODY", "ActionToUse": {"Allow": {}}}]});
    let overriding = compiled("overriding", &groups(&overriding));
    let scoped = json!({"ScopeDownStatement": regex(&json!({"QueryString": {}}), "scoped")});
    let scoped = compiled("scoped", &groups(&scoped));
    // A rule of its own that asks just what a group asks, before the group does.
    let own = regex(&json!({"UriPath": {}}), "own-(?:rule|role)");
    let mut around = vec![own];
    around.extend(groups(&json!({})));
    around.push(regex(&json!({"Body": {}}), "another"));
    let around = compiled("around", &around);
    for acl in [&again, &excluding, &overriding, &scoped, &around] {
        assert_eq!(shared(&plain, acl), (shared(&plain, &plain).0, 0));
    }

    let fewer = compiled("fewer", &groups(&json!({}))[..1]);
    assert!(shared(&plain, &fewer).1 >= 5, "another set of groups asks something else");
}

#[test]
fn a_rule_of_its_own_that_asks_what_a_group_asks_changes_nothing_for_others() {
    let file = include_str!("../../managed/AWSManagedRulesAdminProtectionRuleSet.json");
    let file: Value = serde_json::from_str(file).unwrap();
    let mut own = file["Rules"][0]["Statement"]["RegexPatternSetReferenceStatement"].clone();
    own.as_object_mut().unwrap().remove("ARN");
    own["RegexString"] = file["Patterns"]["admin"][0].clone();
    let own = json!({"RegexMatchStatement": own});
    let group = managed("AdminProtectionRuleSet", &json!({}));

    let plain = compiled("plain", std::slice::from_ref(&group));
    let before = compiled("before", &[own.clone(), group.clone()]);
    let behind = compiled("behind", &[group, own.clone()]);
    assert_eq!(before.program.conditions.len(), plain.program.conditions.len(), "it asks just the same");
    for acl in [&before, &behind] {
        assert_eq!(shared(&plain, acl), (1, 0));
        assert_eq!(automata(acl).values().map(Vec::len).sum::<usize>(), 1);
    }
    assert_eq!(shared(&plain, &compiled("alone", &[own])), (0, 1));
}

#[test]
fn equal_expressions_are_one_wherever_they_stand() {
    let source = "shared-[0-9]{3}-expression";
    let one = compiled("one", &[regex(&json!({"UriPath": {}}), source), regex(&json!({"QueryString": {}}), source)]);
    let other = compiled("other", &[regex(&json!({"Body": {}}), source)]);
    let expressions: Vec<_> = [&one, &other]
        .into_iter()
        .flat_map(|acl| &acl.program.conditions)
        .filter_map(|condition| match &condition.look {
            Look::Regex(regex) => Some(regex),
            Look::Bytes { .. } | Look::Words(_) | Look::Size(..) | Look::Sqli(_) | Look::Xss => None,
        })
        .collect();
    assert_eq!(expressions.len(), 3);
    assert!(expressions.iter().all(|expression| Arc::ptr_eq(expression, expressions[0])));
}

#[test]
fn a_check_finds_what_compiling_finds() {
    let missing = json!({"RegexPatternSetReferenceStatement": {
        "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/regexpatternset/a/b",
        "FieldToMatch": {"UriPath": {}}, "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }});
    for statement in [missing, managed("AmazonIpReputationList", &json!({})), managed("NoSuchRuleSet", &json!({}))] {
        let document = document("broken", &[statement]);
        let broken = check(&document, &NOWHERE).expect_err("it names what does not exist");
        assert_eq!(compile(&document, "it", &NOWHERE).expect_err("it names what does not exist"), broken);
    }
    for statement in [
        json!({"GeoMatchStatement": {"CountryCodes": ["DE"]}}),
        json!({"AsnMatchStatement": {"AsnList": [64_496]}}),
        managed("CommonRuleSet", &json!({})),
    ] {
        let document = document("sound", &[statement]);
        assert_eq!(check(&document, &NOWHERE).unwrap(), compile(&document, "it", &NOWHERE).unwrap().needs());
    }
}

#[test]
fn the_rules_of_two_web_acls_never_count_together() {
    let often = json!({"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}});
    // Alike in all but where they stand, down to their ids.
    let document = document("shop", &[often]);
    let id = |arn: &str| {
        let acl = compile(&document, arn, &NOWHERE).unwrap();
        acl.rate_rule(RulePath { group_rule: None, rule: "rule-0" }).unwrap().id
    };
    let arn = "arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/shop/1";
    assert_eq!(id(arn), id(arn), "and one that is compiled anew counts on");
    for (what, other) in [
        ("region", "arn:aws:wafv2:eu-west-2:000000000000:regional/webacl/shop/1"),
        ("account", "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/1"),
        ("scope", "arn:aws:wafv2:eu-west-1:000000000000:global/webacl/shop/1"),
        ("id", "arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/shop/2"),
    ] {
        assert_ne!(id(arn), id(other), "{what}");
    }
}
