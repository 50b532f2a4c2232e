//! Rules and their published costs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::weigh;
use crate::document::{IpSet, RegexPatterns, Rule, RuleGroup};
use crate::references::References;

struct Groups;

impl References for Groups {
    fn ip_set(&self, _: &str) -> Option<Arc<IpSet>> {
        None
    }

    fn regex_patterns(&self, _: &str) -> Option<Arc<RegexPatterns>> {
        None
    }

    fn rule_group(&self, arn: &str) -> Option<Arc<RuleGroup>> {
        let group = json!({ "Capacity": 321, "Rules": [] });
        arn.ends_with("known").then(|| Arc::new(RuleGroup::parse(&group).unwrap()))
    }

    fn has_list(&self, _: &str) -> bool {
        false
    }
}

fn rules(statements: &[Value]) -> Vec<Rule> {
    let rules: Vec<Value> = statements
        .iter()
        .enumerate()
        .map(|(place, statement)| {
            let group = statement.get("RuleGroupReferenceStatement").is_some();
            let (action, does) = if group { ("OverrideAction", "None") } else { ("Action", "Block") };
            json!({
                "Name": format!("rule-{place}"),
                "Priority": place,
                "Statement": statement,
                action: { does: {} },
                "VisibilityConfig": {
                    "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "rule",
                },
            })
        })
        .collect();
    Rule::parse_list(&Value::Array(rules)).unwrap()
}

fn byte_match(constraint: &str, field: &Value, transformations: &[&str]) -> Value {
    json!({ "ByteMatchStatement": {
        "SearchString": "YWRtaW4=",
        "FieldToMatch": field,
        "TextTransformations": chain(transformations),
        "PositionalConstraint": constraint,
    } })
}

fn chain(transformations: &[&str]) -> Value {
    let steps = transformations.iter().enumerate();
    steps.map(|(place, name)| json!({ "Priority": place, "Type": name })).collect()
}

fn rate(more: &Value) -> Value {
    let mut statement = json!({ "Limit": 100, "AggregateKeyType": "IP" });
    statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "RateBasedStatement": statement })
}

#[test]
fn statements_cost_what_aws_publishes() {
    let (path, arguments) = (json!({ "UriPath": {} }), json!({ "AllQueryArguments": {} }));
    let body = json!({ "JsonBody": { "MatchPattern": { "All": {} }, "MatchScope": "ALL" } });
    let none = chain(&["NONE"]);
    let ip_set = |position: &str| {
        json!({ "IPSetReferenceStatement": {
            "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/a/b",
            "IPSetForwardedIPConfig": { "HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH", "Position": position },
        } })
    };
    let label = json!({ "LabelMatchStatement": { "Scope": "LABEL", "Key": "a" } });
    let cases = [
        (byte_match("EXACTLY", &path, &["NONE"]), 2),
        (byte_match("STARTS_WITH", &path, &["NONE"]), 2),
        (byte_match("ENDS_WITH", &path, &["NONE"]), 2),
        (byte_match("CONTAINS", &path, &["NONE"]), 10),
        (byte_match("CONTAINS_WORD", &path, &["NONE"]), 10),
        (byte_match("EXACTLY", &path, &["LOWERCASE"]), 12),
        (byte_match("EXACTLY", &path, &["URL_DECODE", "LOWERCASE"]), 22),
        (byte_match("EXACTLY", &arguments, &["NONE"]), 12),
        (byte_match("CONTAINS", &body, &["NONE"]), 20),
        (byte_match("CONTAINS", &body, &["LOWERCASE"]), 30),
        (json!({ "SqliMatchStatement": { "FieldToMatch": path, "TextTransformations": none } }), 20),
        (
            json!({ "SqliMatchStatement": { "FieldToMatch": path, "TextTransformations": none, "SensitivityLevel": "HIGH" } }),
            30,
        ),
        (json!({ "XssMatchStatement": { "FieldToMatch": path, "TextTransformations": none } }), 40),
        (json!({ "XssMatchStatement": { "FieldToMatch": body, "TextTransformations": none } }), 80),
        (
            json!({ "SizeConstraintStatement": {
                "FieldToMatch": path, "TextTransformations": none, "ComparisonOperator": "GT", "Size": 1,
            } }),
            1,
        ),
        (
            json!({ "RegexMatchStatement": { "FieldToMatch": path, "TextTransformations": none, "RegexString": "a" } }),
            3,
        ),
        (
            json!({ "RegexPatternSetReferenceStatement": {
                "FieldToMatch": path,
                "TextTransformations": none,
                "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/regexpatternset/a/b",
            } }),
            25,
        ),
        (ip_set("FIRST"), 1),
        (ip_set("ANY"), 5),
        (json!({ "GeoMatchStatement": { "CountryCodes": ["US"] } }), 1),
        (json!({ "AsnMatchStatement": { "AsnList": [64496] } }), 1),
        (label.clone(), 1),
        (json!({ "NotStatement": { "Statement": label } }), 1),
        (json!({ "AndStatement": { "Statements": [label, label, byte_match("CONTAINS", &path, &["NONE"])] } }), 12),
        (rate(&json!({})), 2),
        (rate(&json!({ "ScopeDownStatement": byte_match("CONTAINS", &path, &["LOWERCASE"]) })), 22),
        (rate(&json!({ "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [{ "IP": {} }, { "HTTPMethod": {} }] })), 62),
    ];
    for (statement, units) in cases {
        assert_eq!(weigh(&rules(std::slice::from_ref(&statement)), &Groups), Ok(units), "{statement}");
    }
}

#[test]
fn a_transformation_of_the_same_part_costs_once() {
    let (path, method) = (json!({ "UriPath": {} }), json!({ "Method": {} }));
    let lower = |field| byte_match("EXACTLY", field, &["LOWERCASE"]);
    assert_eq!(weigh(&rules(&[lower(&path), lower(&path)]), &Groups), Ok(14));
    assert_eq!(weigh(&rules(&[lower(&path), lower(&method)]), &Groups), Ok(24));
}

#[test]
fn a_group_costs_its_capacity_and_an_unknown_one_has_no_weight() {
    let group = |name: &str| {
        json!({ "RuleGroupReferenceStatement": {
            "ARN": format!("arn:aws:wafv2:us-east-1:000000000000:regional/rulegroup/{name}"),
        } })
    };
    assert_eq!(weigh(&rules(&[group("known")]), &Groups), Ok(321));
    assert_eq!(weigh(&rules(&[group("other")]), &Groups).unwrap_err().field, "RULE_GROUP_REFERENCE_STATEMENT");
}
