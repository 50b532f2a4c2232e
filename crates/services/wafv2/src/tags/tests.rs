//! Tags of all four kinds.

use operation::testing::{FOREIGN, World};
use operation::{Kind, Transaction};
use serde_json::{Value, json};

use crate::testing::{acl, group, ip_set, locked, world};

async fn listed(world: &World, arn: &Value) -> Value {
    world.ok("ListTagsForResource", json!({"ResourceARN": arn})).await["TagInfoForResource"]["TagList"].clone()
}

#[tokio::test]
async fn every_kind_is_tagged_and_keeps_its_lock() {
    let world = world().await;
    let patterns = json!({"Name": "bots", "Scope": "REGIONAL", "RegularExpressionList": [{"RegexString": "a"}]});
    let patterns = world.ok("CreateRegexPatternSet", patterns).await["Summary"].clone();
    let all = [
        (acl(&world, "edge", &json!({})).await, "DeleteWebACL"),
        (group(&world, "shared", &json!([])).await, "DeleteRuleGroup"),
        (ip_set(&world, "office").await, "DeleteIPSet"),
        (patterns, "DeleteRegexPatternSet"),
    ];
    for (made, delete) in all {
        let tags = json!([{"Key": "stage", "Value": "b"}, {"Key": "team", "Value": "a"}]);
        world.ok("TagResource", json!({"ResourceARN": made["ARN"], "Tags": tags})).await;
        assert_eq!(listed(&world, &made["ARN"]).await, tags);
        world.ok("UntagResource", json!({"ResourceARN": made["ARN"], "TagKeys": ["team", "nothing"]})).await;
        assert_eq!(listed(&world, &made["ARN"]).await, json!([{"Key": "stage", "Value": "b"}]));
        let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Read).await.unwrap();
        let read = super::access::of(made["ARN"].as_str().unwrap(), &World::scope(), &mut tx).await.unwrap();
        assert_eq!(read.get("stage").map(String::as_str), Some("b"), "policies read them");
        world.ok(delete, locked(&made, &json!({}))).await;
        let gone = json!({"ResourceARN": made["ARN"]});
        assert_eq!(world.refused("ListTagsForResource", gone).await.0, "WAFNonexistentItemException");
    }
}

#[tokio::test]
async fn tags_that_nothing_may_have_are_refused_and_others_are_not_touched() {
    let world = world().await;
    let made = ip_set(&world, "office").await;
    let many: Vec<Value> = (0..51).map(|at| json!({"Key": format!("k{at}"), "Value": ""})).collect();
    for (tags, code) in [
        (json!([{"Key": "aws:x", "Value": ""}]), "WAFInvalidParameterException"),
        (json!([{"Key": "", "Value": ""}]), "WAFInvalidParameterException"),
        (json!(many), "WAFLimitsExceededException"),
    ] {
        let input = json!({"ResourceARN": made["ARN"], "Tags": tags});
        assert_eq!(world.refused("TagResource", input).await.0, code);
    }
    for (name, none) in [("TagResource", json!({"Tags": []})), ("UntagResource", json!({"TagKeys": []}))] {
        let input = crate::testing::with(json!({"ResourceARN": made["ARN"]}), &none);
        assert_eq!(world.refused(name, input).await.0, "ValidationException", "{name}");
    }
    let arn = made["ARN"].as_str().unwrap();
    for bad in [
        arn.replace("123456789012", FOREIGN),
        arn.replace("office", "other"),
        arn.replace("ipset", "managedruleset"),
        "x".to_owned(),
    ] {
        for (name, more) in [
            ("ListTagsForResource", json!({})),
            ("TagResource", json!({"Tags": []})),
            ("UntagResource", json!({"TagKeys": ["a"]})),
        ] {
            let input = crate::testing::with(json!({"ResourceARN": bad}), &more);
            assert!(world.call(name, input).await.is_err(), "{name} {bad}");
        }
    }
    assert_eq!(listed(&world, &made["ARN"]).await, json!([]));
}
