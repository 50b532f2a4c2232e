//! What was seen is asked of the data plane, within AWS's bounds.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use base::{Scope, Timestamp};
use futures_util::future::BoxFuture;
use operation::testing::{FOREIGN, World};
use operation::{
    AuthorizerTest, AuthorizerTested, DataPlane, Explanation, FunctionCall, Invoked, NotInvoked, RateQuestion, Sample,
    SampleQuestion, SampledPuzzle, Samples, TokenFailure, WhatIf,
};
use serde_json::{Value, json};

use crate::testing::{acl, admin, group, rule, visibility, with, world};

/// Answers what it is told, and remembers what it was asked.
#[derive(Debug, Default)]
struct Seen {
    samples: Samples,
    limited: Vec<IpAddr>,
    asked: Mutex<Vec<String>>,
}

impl DataPlane for Seen {
    fn explain(&self, _: &[u8]) -> Result<Explanation, String> {
        Err("not asked here".to_owned())
    }

    fn what_if(&self, _: WhatIf) -> BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async { Err("not asked here".to_owned()) })
    }

    fn test_authorizer(&self, _: AuthorizerTest) -> BoxFuture<'_, Result<AuthorizerTested, String>> {
        Box::pin(async { Err("not asked here".to_owned()) })
    }

    fn invoke(&self, _: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>> {
        Box::pin(async { Err(NotInvoked::Missing) })
    }

    fn is_configured(&self, _: &Scope, _: &str) -> bool {
        false
    }

    fn sampled_requests(&self, question: SampleQuestion) -> BoxFuture<'_, Result<Samples, String>> {
        let SampleQuestion { web_acl, metric, from, to, max, .. } = question;
        self.asked.lock().unwrap().push(format!("{web_acl} {metric} {from} {to} {max}"));
        Box::pin(async { Ok(self.samples.clone()) })
    }

    fn rate_limited(&self, question: RateQuestion) -> BoxFuture<'_, Result<Vec<IpAddr>, String>> {
        let RateQuestion { web_acl, group_rule, rule, .. } = question;
        self.asked.lock().unwrap().push(format!("{web_acl} {group_rule:?} {rule}"));
        Box::pin(async { Ok(self.limited.clone()) })
    }
}

fn sample() -> Sample {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Sample {
        at: Timestamp::UNIX_EPOCH,
        client_ip: "192.0.2.1".to_owned(),
        country: Some("DE".to_owned()),
        method: "GET".to_owned(),
        uri: "/a?b=c".to_owned(),
        version: "HTTP/1.1".to_owned(),
        headers: vec![pair("Host", "example.com")],
        weight: 7,
        action: "CAPTCHA".to_owned(),
        overridden: Some("BLOCK".to_owned()),
        rule_within_group: Some("inner".to_owned()),
        inserted: vec![pair("x-amzn-waf-a", "b")],
        status: Some(405),
        labels: vec!["a:b".to_owned()],
        captcha: Some(SampledPuzzle { status: Some(405), solved: None, failure: Some(TokenFailure::Expired) }),
        challenge: None,
    }
}

async fn seeing(seen: Seen) -> (World, Arc<Seen>) {
    let seen = Arc::new(seen);
    let mut world = world().await;
    world.ports.data_plane = Arc::clone(&seen) as Arc<dyn DataPlane>;
    (world, seen)
}

fn samples_of(acl: &Value, more: &Value) -> Value {
    let least = json!({"WebAclArn": acl["ARN"], "RuleMetricName": "edge", "Scope": "REGIONAL", "MaxItems": 100});
    with(least, more)
}

fn window(from: &str, to: &str) -> Value {
    let time = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
    json!({"TimeWindow": {"StartTime": time(from), "EndTime": time(to)}})
}

// The world's time is 2026-01-02T03:04:05.678Z; its inputs hold times as the wire has read them.
fn timed(input: Value) -> wire::Value {
    use wire::Value as Wire;
    fn deep(value: Wire, time: bool) -> Wire {
        match value {
            Wire::Int(seconds) if time => Wire::Time(Timestamp::from_second(seconds).unwrap()),
            Wire::Map(members) => Wire::Map(
                members.into_iter().map(|(key, one)| (key.clone(), deep(one, key.ends_with("Time")))).collect(),
            ),
            other => other,
        }
    }
    deep(Wire::from_json(input), false)
}

#[tokio::test]
async fn samples_are_shown_as_aws_shows_them() {
    let (world, seen) =
        seeing(Seen { samples: Samples { population: 9, samples: vec![sample()] }, ..Seen::default() }).await;
    let made = acl(&world, "edge", &json!({})).await;
    let input = samples_of(&made, &window("2026-01-01T00:00:00Z", "2026-01-02T03:00:00Z"));
    let got = world.call_with(&World::root("123456789012"), "GetSampledRequests", timed(input)).await.unwrap();
    assert_eq!(got["PopulationSize"], 9);
    let shown = &got["SampledRequests"][0];
    let header = |name: &str, value: &str| json!([{"Name": name, "Value": value}]);
    assert_eq!(
        shown["Request"],
        json!({"ClientIP": "192.0.2.1", "Country": "DE", "URI": "/a?b=c", "Method": "GET", "HTTPVersion": "HTTP/1.1",
            "Headers": header("Host", "example.com")})
    );
    assert_eq!(
        (&shown["Weight"], &shown["Action"], &shown["OverriddenAction"], &shown["RuleNameWithinRuleGroup"]),
        (&json!(7), &json!("CAPTCHA"), &json!("BLOCK"), &json!("inner"))
    );
    assert_eq!(
        (&shown["RequestHeadersInserted"], &shown["ResponseCodeSent"], &shown["Labels"]),
        (&header("x-amzn-waf-a", "b"), &json!(405), &json!([{"Name": "a:b"}]))
    );
    assert_eq!(shown["CaptchaResponse"], json!({"ResponseCode": 405, "FailureReason": "TOKEN_EXPIRED"}));
    assert_eq!(shown.get("ChallengeResponse"), None);
    let asked = seen.asked.lock().unwrap().concat();
    assert!(asked.ends_with(" edge 2026-01-02T00:04:05Z 2026-01-02T03:00:00Z 100"), "three hours at most: {asked}");
}

#[tokio::test]
async fn times_that_are_over_and_numbers_that_are_too_large_are_refused() {
    let (world, seen) = seeing(Seen::default()).await;
    let made = acl(&world, "edge", &json!({})).await;
    let now = window("2026-01-02T02:00:00Z", "2026-01-02T03:00:00Z");
    let other = json!({"ARN": made["ARN"].as_str().unwrap().replace("edge", "other")});
    for (input, code) in [
        (samples_of(&made, &window("2026-01-01T00:00:00Z", "2026-01-01T23:00:00Z")), "WAFInvalidParameterException"),
        (samples_of(&made, &window("2026-01-02T03:00:00Z", "2026-01-02T02:00:00Z")), "WAFInvalidParameterException"),
        (samples_of(&made, &window("2026-01-03T00:00:00Z", "2026-01-03T01:00:00Z")), "WAFInvalidParameterException"),
        (with(samples_of(&made, &now), &json!({"MaxItems": 0})), "ValidationException"),
        (with(samples_of(&made, &now), &json!({"MaxItems": 501})), "ValidationException"),
        (with(samples_of(&made, &now), &json!({"Scope": "CLOUDFRONT"})), "WAFInvalidParameterException"),
        (with(samples_of(&made, &now), &json!({"RuleMetricName": "a b"})), "ValidationException"),
        (samples_of(&other, &now), "WAFNonexistentItemException"),
    ] {
        let refused = world.call_with(&World::root("123456789012"), "GetSampledRequests", timed(input.clone())).await;
        assert_eq!(refused.unwrap_err().0, code, "{input}");
    }
    assert_eq!(seen.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn rules_tell_whom_they_limit_if_they_count_addresses() {
    let limited = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse().unwrap()).to_vec();
    let (world, seen) = seeing(Seen { limited, ..Seen::default() }).await;
    let by = |kind: &str, more: &Value| {
        let statement = with(json!({"Limit": 100, "AggregateKeyType": kind}), more);
        json!({"RateBasedStatement": statement})
    };
    let inner = group(&world, "shared", &json!([rule("inner", 0, &by("IP", &json!({})))])).await;
    let reference = json!({"Name": "group", "Priority": 3, "OverrideAction": {"None": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": inner["ARN"]}}, "VisibilityConfig": visibility("group")});
    let constant = by("CONSTANT", &json!({"ScopeDownStatement": admin()}));
    let rules = json!([
        rule("ip", 0, &by("IP", &json!({}))),
        rule("all", 1, &constant),
        rule("admin", 2, &admin()),
        reference.clone()
    ]);
    let made = acl(&world, "edge", &json!({"Rules": rules})).await;
    let input = |rule: &str, more: &Value| {
        let least = json!({"Scope": "REGIONAL", "WebACLName": "edge", "WebACLId": made["Id"], "RuleName": rule});
        with(least, more)
    };
    let expected = json!({
        "ManagedKeysIPV4": {"IPAddressVersion": "IPV4", "Addresses": ["192.0.2.1/32"]},
        "ManagedKeysIPV6": {"IPAddressVersion": "IPV6", "Addresses": ["2001:db8::1/128"]}});
    let nested = json!({"RuleGroupRuleName": "group"});
    for given in [input("ip", &json!({})), input("inner", &nested)] {
        assert_eq!(world.ok("GetRateBasedStatementManagedKeys", given).await, expected);
    }
    let stranger = World::root(FOREIGN);
    let theirs = json!({"Name": "theirs", "Scope": "REGIONAL", "Capacity": 100, "VisibilityConfig": visibility("theirs"),
        "Rules": [rule("inner", 0, &by("IP", &json!({})))]});
    let theirs = world.call_as(&stranger, "CreateRuleGroup", theirs).await.unwrap()["Summary"].clone();
    let naming = with(reference, &json!({"Statement": {"RuleGroupReferenceStatement": {"ARN": theirs["ARN"]}}}));
    let shared = acl(&world, "shared", &json!({"Rules": [naming]})).await;
    let given = with(input("inner", &nested), &json!({"WebACLName": "shared", "WebACLId": shared["Id"]}));
    assert_eq!(world.ok("GetRateBasedStatementManagedKeys", given).await, expected);
    for (given, code) in [
        (input("all", &json!({})), "WAFUnsupportedAggregateKeyTypeException"),
        (input("admin", &json!({})), "WAFNonexistentItemException"),
        (input("other", &json!({})), "WAFNonexistentItemException"),
        (input("ip", &nested), "WAFNonexistentItemException"),
        (input("ip", &json!({"RuleGroupRuleName": "admin"})), "WAFNonexistentItemException"),
        (input("ip", &json!({"Scope": "CLOUDFRONT"})), "WAFInvalidOperationException"),
    ] {
        assert_eq!(world.refused("GetRateBasedStatementManagedKeys", given.clone()).await.0, code, "{given}");
    }
    assert_eq!(seen.asked.lock().unwrap().len(), 3);
}
