//! Documents that AWS refuses are refused with its field and a reason, one change at a time.

use serde_json::{Value, json};

use super::{RegexPatterns, RuleGroup, WebAcl};

fn rule() -> Value {
    json!({
        "Name": "rule",
        "Priority": 0,
        "Statement": statement(),
        "Action": { "Block": {} },
        "VisibilityConfig": {
            "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "rule",
        },
    })
}

fn statement() -> Value {
    json!({ "ByteMatchStatement": {
        "SearchString": "YWRtaW4=",
        "FieldToMatch": { "UriPath": {} },
        "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
        "PositionalConstraint": "CONTAINS",
    } })
}

fn acl() -> Value {
    json!({ "Name": "shop", "DefaultAction": { "Allow": {} }, "Rules": [rule()] })
}

/// The document with one place changed; `null` takes a member away.
fn changed(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let place = document.pointer_mut(parent).unwrap();
    match (place, name) {
        (Value::Object(members), name) if value.is_null() => drop(members.remove(name)),
        (Value::Object(members), name) => drop(members.insert(name.to_owned(), value)),
        (Value::Array(entries), _) => entries.push(value),
        (other, _) => panic!("{pointer} leads to {other}"),
    }
    document
}

fn refused(pointer: &str, value: Value, field: &str, reason: &str) {
    let document = changed(acl(), pointer, value);
    let invalid = WebAcl::parse(&document).unwrap_err();
    assert_eq!(invalid.field, field, "{pointer}: {invalid}");
    assert!(invalid.to_string().contains(reason), "{pointer}: {invalid}");
}

#[test]
fn a_web_acl_is_read_with_aws_defaults() {
    let acl = WebAcl::parse(&acl()).unwrap();
    assert_eq!((&*acl.name, acl.body_bytes_max), ("shop", 16_384));
    assert_eq!((acl.captcha_immunity_s, acl.challenge_immunity_s), (300, 300));
    assert_eq!(acl.rules.len(), 1);
    assert!(acl.references().is_empty());
}

#[test]
fn what_a_web_acl_says_of_bodies_tokens_and_immunity_is_read() {
    let document = changed(
        acl(),
        "/AssociationConfig",
        json!({ "RequestBody": { "API_GATEWAY": { "DefaultSizeInspectionLimit": "KB_64" } } }),
    );
    let document = changed(document, "/TokenDomains", json!(["Example.com"]));
    let document = changed(document, "/CaptchaConfig", json!({ "ImmunityTimeProperty": { "ImmunityTime": 60 } }));
    let acl = WebAcl::parse(&document).unwrap();
    assert_eq!((acl.body_bytes_max, acl.captcha_immunity_s), (65_536, 60));
    assert_eq!(acl.token_domains, ["example.com".into()]);
}

#[test]
fn what_is_wrong_with_a_web_acl_is_named() {
    refused("/Name", Value::Null, "WEB_ACL", "Name");
    refused("/Name", json!("a b"), "WEB_ACL", "a b");
    refused("/MonetizationConfig", json!({}), "WEB_ACL", "MonetizationConfig");
    refused("/PreProcessFirewallManagerRuleGroups", json!([]), "WEB_ACL", "PreProcess");
    refused("/DefaultAction", json!({}), "DEFAULT_ACTION", "exactly one value");
    refused("/DefaultAction", json!({ "Allow": {}, "Block": {} }), "DEFAULT_ACTION", "exactly one value");
    refused("/DefaultAction", json!({ "Count": {} }), "DEFAULT_ACTION", "Count");
    refused("/Rules/-", rule(), "RULE", "a name of its own");
    refused("/Rules/-", changed(rule(), "/Name", json!("other")), "RULE", "a priority of its own");
    refused("/CaptchaConfig", json!({ "ImmunityTimeProperty": { "ImmunityTime": 59 } }), "CHALLENGE_CONFIG", "59");
    refused("/ChallengeConfig", json!({ "ImmunityTimeProperty": { "ImmunityTime": 299 } }), "CHALLENGE_CONFIG", "299");
    refused("/TokenDomains", json!(["com"]), "TOKEN_DOMAIN", "com");
    refused("/TokenDomains", json!(["a..com"]), "TOKEN_DOMAIN", "a..com");
    let limit = |limit: &str| json!({ "RequestBody": { "API_GATEWAY": { "DefaultSizeInspectionLimit": limit } } });
    refused("/AssociationConfig", limit("KB_65"), "ASSOCIATED_RESOURCE_TYPE", "KB_65");
    let script = json!({ "ChallengeJavascriptSdkInjection": {} });
    refused("/AssociationConfig", script, "ASSOCIATED_RESOURCE_TYPE", "ChallengeJavascript");
    refused(
        "/CustomResponseBodies",
        json!({ "a": { "ContentType": "TEXT", "Content": "x" } }),
        "RESPONSE_CONTENT_TYPE",
        "TEXT",
    );
    let json_body = json!({ "a": { "ContentType": "APPLICATION_JSON", "Content": "{" } });
    refused("/CustomResponseBodies", json_body, "CUSTOM_RESPONSE_BODY", "is JSON");
    let long = json!({ "a": { "ContentType": "TEXT_PLAIN", "Content": "x".repeat(4_097) } });
    refused("/CustomResponseBodies", long, "CUSTOM_RESPONSE_BODY", "4,096");
}

#[test]
fn what_is_wrong_with_a_rule_is_named() {
    refused("/Rules/0/Priority", json!(-1), "RULE", "-1");
    refused("/Rules/0/Priority", json!(1.5), "RULE", "1.5");
    refused("/Rules/0/Priority", json!("1"), "RULE", "1");
    refused("/Rules/0/Action", Value::Null, "RULE_ACTION", "needs Action");
    refused("/Rules/0/OverrideAction", json!({ "None": {} }), "RULE_ACTION", "needs Action");
    refused("/Rules/0/Action", json!({ "Monetize": {} }), "RULE_ACTION", "Monetize");
    refused("/Rules/0/Action", json!({ "Block": {}, "Count": {} }), "RULE_ACTION", "exactly one value");
    refused("/Rules/0/Action", json!({ "Block": { "Custom": {} } }), "CUSTOM_RESPONSE", "Custom");
    refused("/Rules/0/VisibilityConfig", Value::Null, "RULE", "VisibilityConfig");
    refused("/Rules/0/VisibilityConfig/MetricName", json!("a b"), "METRIC_NAME", "a b");
    refused("/Rules/0/RuleLabels", json!([{ "Name": "awswaf:x" }]), "RULE", "reserved");
    let response = |response: Value| json!({ "Block": { "CustomResponse": response } });
    refused("/Rules/0/Action", response(json!({ "ResponseCode": 418 })), "CUSTOM_RESPONSE", "418");
    let key = json!({ "ResponseCode": 400, "CustomResponseBodyKey": "gone" });
    refused("/Rules/0/Action", response(key), "CUSTOM_RESPONSE", "gone");
    let header = |name: &str, value: &str| {
        response(json!({ "ResponseCode": 400, "ResponseHeaders": [{ "Name": name, "Value": value }] }))
    };
    refused("/Rules/0/Action", header("Content-Type", "x"), "CUSTOM_RESPONSE", "Content-Type");
    refused("/Rules/0/Action", header("a", "b\r\nc: d"), "CUSTOM_RESPONSE", "b\r\nc");
    refused("/Rules/0/Action", header("a b", "c"), "CUSTOM_RESPONSE", "a b");
    let twice = json!([{ "Name": "a", "Value": "1" }, { "Name": "A", "Value": "2" }]);
    let inserting = json!({ "Count": { "CustomRequestHandling": { "InsertHeaders": twice } } });
    refused("/Rules/0/Action", inserting, "CUSTOM_REQUEST_HANDLING", "duplicate");
}

#[test]
fn what_is_wrong_with_a_statement_is_named() {
    let at = "/Rules/0/Statement";
    let bytes = "/Rules/0/Statement/ByteMatchStatement";
    refused(at, json!({}), "STATEMENT", "exactly one value");
    refused(at, json!({ "MagicStatement": {} }), "STATEMENT", "MagicStatement");
    refused(&format!("{bytes}/SearchString"), json!("not base64"), "BYTE_MATCH_STATEMENT", "base64");
    refused(&format!("{bytes}/SearchString"), json!(""), "BYTE_MATCH_STATEMENT", "1 to 200");
    refused(&format!("{bytes}/SearchString"), json!("YWFh".repeat(67)), "BYTE_MATCH_STATEMENT", "1 to 200");
    refused(&format!("{bytes}/PositionalConstraint"), json!("BEGINS"), "BYTE_MATCH_STATEMENT", "BEGINS");
    refused(&format!("{bytes}/TextTransformations"), json!([]), "TEXT_TRANSFORMATION", "at least one");
    refused(&format!("{bytes}/FieldToMatch"), json!({}), "FIELD_TO_MATCH", "exactly one value");
    refused(&format!("{bytes}/Case"), json!("any"), "BYTE_MATCH_STATEMENT", "Case");
    let word = json!({ "ByteMatchStatement": {
        "SearchString": "YS1i",
        "FieldToMatch": { "UriPath": {} },
        "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
        "PositionalConstraint": "CONTAINS_WORD",
    } });
    refused(at, word, "BYTE_MATCH_STATEMENT", "letters, digits");
    refused(at, json!({ "AndStatement": { "Statements": [statement()] } }), "AND_STATEMENT", "two statements or more");
    refused(at, json!({ "OrStatement": { "Statements": [] } }), "OR_STATEMENT", "two statements or more");
    refused(at, json!({ "GeoMatchStatement": { "CountryCodes": ["UK"] } }), "GEO_MATCH_STATEMENT", "UK");
    refused(at, json!({ "GeoMatchStatement": { "CountryCodes": [] } }), "GEO_MATCH_STATEMENT", "at least one");
    refused(at, json!({ "AsnMatchStatement": { "AsnList": [-1] } }), "STATEMENT", "-1");
    refused(at, json!({ "IPSetReferenceStatement": { "ARN": "ipset" } }), "IP_SET_REFERENCE_STATEMENT", "ipset");
    let lookahead = json!({ "RegexMatchStatement": {
        "RegexString": "a(?=b)",
        "FieldToMatch": { "UriPath": {} },
        "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
    } });
    refused(at, lookahead, "STATEMENT", "look-ahead");
}

#[test]
fn statements_stand_only_where_aws_lets_them() {
    let at = "/Rules/0/Statement";
    let rate = json!({ "RateBasedStatement": { "Limit": 100, "AggregateKeyType": "IP" } });
    let group = json!({ "RuleGroupReferenceStatement": { "ARN": "arn:aws:wafv2:us-east-1:1:regional/rulegroup/a/b" } });
    let managed =
        json!({ "ManagedRuleGroupStatement": { "VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet" } });
    for nested in [&rate, &group, &managed] {
        refused(at, json!({ "NotStatement": { "Statement": nested } }), "STATEMENT", "can't stand here");
        let scoped = changed(rate.clone(), "/RateBasedStatement/ScopeDownStatement", nested.clone());
        refused(at, scoped, "STATEMENT", "can't stand here");
    }
    for group in [&group, &managed] {
        refused(at, group.clone(), "OVERRIDE_ACTION", "needs OverrideAction");
        let inner = changed(changed(rule(), "/Statement", group.clone()), "/Action", Value::Null);
        let inner = changed(inner, "/OverrideAction", json!({ "None": {} }));
        assert!(WebAcl::parse(&changed(changed(acl(), "/Rules", Value::Null), "/Rules", json!([inner]))).is_ok());
        assert_eq!(RuleGroup::parse(&json!({ "Rules": [inner] })).unwrap_err().field, "STATEMENT");
        let labelled = changed(inner, "/RuleLabels", json!([{ "Name": "a" }]));
        let refusal = WebAcl::parse(&changed(acl(), "/Rules", json!([labelled]))).unwrap_err();
        assert_eq!(&*refusal.parameter, "RuleLabels");
    }
    let allowing = changed(changed(acl(), at, rate), "/Rules/0/Action", json!({ "Allow": {} }));
    assert!(WebAcl::parse(&allowing).unwrap_err().reason.contains("any action but Allow"));
}

#[test]
fn nesting_is_bounded() {
    let nested =
        |depth: usize| (1..depth).fold(statement(), |inner, _| json!({ "NotStatement": { "Statement": inner } }));
    assert!(WebAcl::parse(&changed(acl(), "/Rules/0/Statement", nested(16))).is_ok());
    refused("/Rules/0/Statement", nested(17), "STATEMENT", "nested too deep");
}

#[test]
fn what_is_wrong_with_a_rate_is_named() {
    let refused = |more: Value, field: &str, reason: &str| {
        let mut rate = json!({ "Limit": 100, "AggregateKeyType": "IP" });
        rate.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        refused("/Rules/0/Statement", json!({ "RateBasedStatement": rate }), field, reason);
    };
    let forwarded = json!({ "HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH" });
    let custom = |keys: Value| json!({ "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": keys });
    refused(json!({ "Limit": 9 }), "RATE_BASED_STATEMENT", "9");
    refused(json!({ "EvaluationWindowSec": 90 }), "RATE_BASED_STATEMENT", "90");
    refused(json!({ "AggregateKeyType": "COOKIE" }), "RATE_BASED_STATEMENT", "COOKIE");
    refused(json!({ "AggregateKeyType": "FORWARDED_IP" }), "FORWARDED_IP_CONFIG", "requires");
    refused(json!({ "ForwardedIPConfig": forwarded }), "FORWARDED_IP_CONFIG", "belongs to");
    refused(json!({ "AggregateKeyType": "CONSTANT" }), "SCOPE_DOWN", "requires");
    refused(json!({ "CustomKeys": [{ "IP": {} }] }), "CUSTOM_KEYS", "belongs to");
    refused(custom(json!([])), "CUSTOM_KEYS", "requires");
    refused(custom(json!([{ "IP": {} }])), "CUSTOM_KEYS", "alone");
    refused(custom(json!([{ "JA3Fingerprint": { "FallbackBehavior": "MATCH" } }])), "CUSTOM_KEYS", "JA3Fingerprint");
    refused(custom(json!([{ "ForwardedIP": {} }, { "HTTPMethod": {} }])), "FORWARDED_IP_CONFIG", "requires");
    refused(custom(json!([{ "HTTPMethod": {}, "IP": {} }])), "CUSTOM_KEYS", "exactly one value");
    let six: Vec<Value> = (0..6).map(|_| json!({ "HTTPMethod": {} })).collect();
    refused(custom(json!(six)), "CUSTOM_KEYS", "1 to 5");
}

#[test]
fn what_is_wrong_with_a_group_s_overrides_is_named() {
    let refused = |more: Value, field: &str, reason: &str| {
        let mut managed = json!({ "VendorName": "AWS", "Name": "AWSManagedRulesBotControlRuleSet" });
        managed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        refused("/Rules/0/Statement", json!({ "ManagedRuleGroupStatement": managed }), field, reason);
    };
    let level = |level: &str| json!({ "ManagedRuleGroupConfigs": [{ "AWSManagedRulesBotControlRuleSet": { "InspectionLevel": level } }] });
    refused(level("TARGETED"), "MANAGED_RULE_GROUP_CONFIG", "TARGETED");
    refused(level("COMMON"), "OVERRIDE_ACTION", "needs OverrideAction");
    refused(
        json!({ "ManagedRuleGroupConfigs": [{ "LoginPath": "/login" }] }),
        "MANAGED_RULE_GROUP_CONFIG",
        "LoginPath",
    );
    let twice = json!({ "ExcludedRules": [{ "Name": "a" }, { "Name": "a" }] });
    refused(twice, "EXCLUDED_RULE", "more than once");
    let both = json!({
        "ExcludedRules": [{ "Name": "a" }],
        "RuleActionOverrides": [{ "Name": "a", "ActionToUse": { "Block": {} } }],
    });
    refused(both, "RULE_ACTION", "more than once");
    refused(json!({ "RuleActionOverrides": [{ "Name": "a", "ActionToUse": {} }] }), "RULE_ACTION", "exactly one value");
}

#[test]
fn references_are_told_wherever_they_stand() {
    let arn = |kind: &str| format!("arn:aws:wafv2:us-east-1:000000000000:regional/{kind}/a/b");
    let set = json!({ "IPSetReferenceStatement": { "ARN": arn("ipset") } });
    let scoped = json!({ "RateBasedStatement": {
        "Limit": 100,
        "AggregateKeyType": "IP",
        "ScopeDownStatement": { "NotStatement": { "Statement": { "OrStatement": { "Statements": [set, set] } } } },
    } });
    let acl = WebAcl::parse(&changed(acl(), "/Rules/0/Statement", scoped)).unwrap();
    assert_eq!(acl.references(), [arn("ipset")]);
}

#[test]
fn a_set_of_expressions_is_refused_as_a_whole() {
    let parse = |sources: &[&str]| RegexPatterns::parse(&sources.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    assert_eq!(parse(&["a", "^b$"]).unwrap().patterns.len(), 2);
    for sources in [&["a", "(?=b)"][..], &[""], &["a"; 11], &[&*"a".repeat(513)]] {
        assert_eq!(parse(sources).unwrap_err().field, "REGEX_PATTERN_SET");
    }
    assert!(parse(&["[a-z]{900}[a-z]{900}[a-z]{900}[a-z]{900}[a-z]{900}"]).unwrap_err().reason.contains("too large"));
}
