//! Rule groups: their capacity holds, and who uses them keeps them.

use serde_json::json;

use crate::testing::{acl, admin, arn, group, locked, named, rule, visibility, world};

#[tokio::test]
async fn a_group_is_made_read_changed_and_removed() {
    let world = world().await;
    let labelled = crate::testing::with(rule("admin", 0, &admin()), &json!({"RuleLabels": [{"Name": "found"}]}));
    let looks = rule("seen", 1, &json!({"LabelMatchStatement": {"Scope": "LABEL", "Key": "awswaf:managed:x"}}));
    let rules = json!([labelled, looks]);
    let made = group(&world, "shared", &rules).await;
    let id = made["Id"].as_str().unwrap();
    let got = world.ok("GetRuleGroup", named(&made, &json!({}))).await;
    assert_eq!(
        got["RuleGroup"],
        json!({"Name": "shared", "Id": id, "Capacity": 100, "ARN": arn("rulegroup", "shared", id), "Description": "",
            "Rules": rules, "VisibilityConfig": visibility("shared"),
            "LabelNamespace": "awswaf:123456789012:rulegroup:shared:",
            "AvailableLabels": [{"Name": "awswaf:123456789012:rulegroup:shared:found"}],
            "ConsumedLabels": [{"Name": "awswaf:managed:x"}]})
    );
    assert_eq!(world.ok("GetRuleGroup", json!({"ARN": made["ARN"]})).await, got);
    let change = locked(&made, &json!({"VisibilityConfig": visibility("other")}));
    let next = world.ok("UpdateRuleGroup", change.clone()).await["NextLockToken"].clone();
    assert_eq!(world.refused("UpdateRuleGroup", change).await.0, "WAFOptimisticLockException");
    let got = world.ok("GetRuleGroup", named(&made, &json!({}))).await["RuleGroup"].clone();
    assert_eq!((&got["Rules"], &got["Capacity"]), (&json!([]), &json!(100)));
    let listed = world.ok("ListRuleGroups", json!({"Scope": "REGIONAL"})).await;
    assert_eq!(listed["RuleGroups"][0]["LockToken"], next);
    world.ok("DeleteRuleGroup", locked(&made, &json!({"LockToken": next}))).await;
    assert_eq!(world.refused("GetRuleGroup", json!({"ARN": made["ARN"]})).await.0, "WAFNonexistentItemException");
}

#[tokio::test]
async fn a_group_keeps_to_its_capacity_and_holds_no_groups() {
    let world = world().await;
    let input = |capacity: i64, rules: serde_json::Value| {
        json!({"Name": "bad", "Scope": "REGIONAL", "Capacity": capacity, "Rules": rules,
            "VisibilityConfig": visibility("bad")})
    };
    let shared = group(&world, "shared", &json!([])).await;
    let inner = json!({"Name": "inner", "Priority": 0, "OverrideAction": {"None": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": shared["ARN"]}}, "VisibilityConfig": visibility("inner")});
    for (capacity, rules, code) in [
        (1, json!([rule("admin", 0, &admin())]), "WAFLimitsExceededException"),
        (5_001, json!([]), "WAFLimitsExceededException"),
        (0, json!([]), "ValidationException"),
        (-1, json!([]), "ValidationException"),
        (100, json!([inner]), "WAFInvalidParameterException"),
    ] {
        assert_eq!(
            world.refused("CreateRuleGroup", input(capacity, rules.clone())).await.0,
            code,
            "{capacity} {rules}"
        );
    }
    let money = crate::testing::with(input(100, json!([])), &json!({"MonetizationConfig": {}}));
    assert_eq!(world.refused("CreateRuleGroup", money).await.0, "WAFInvalidOperationException");
    let xss = json!({"XssMatchStatement": {"FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}});
    let heavy: Vec<_> = (0..3).map(|at| rule(&format!("xss-{at}"), at, &xss)).collect();
    let change = locked(&shared, &json!({"Rules": heavy, "VisibilityConfig": visibility("shared")}));
    assert_eq!(world.refused("UpdateRuleGroup", change).await.0, "WAFLimitsExceededException");
}

#[tokio::test]
async fn a_change_that_would_break_a_web_acl_is_refused() {
    let world = world().await;
    let rules = json!([rule("admin", 0, &admin()), rule("other", 1, &admin())]);
    let shared = group(&world, "shared", &rules).await;
    let overriding = json!({"Name": "group", "Priority": 0, "OverrideAction": {"None": {}}, "VisibilityConfig": visibility("group"),
        "Statement": {"RuleGroupReferenceStatement": {"ARN": shared["ARN"],
            "RuleActionOverrides": [{"Name": "admin", "ActionToUse": {"Count": {}}}]}}});
    let held = acl(&world, "edge", &json!({"Rules": [overriding]})).await;
    let change =
        |rules: serde_json::Value| locked(&shared, &json!({"Rules": rules, "VisibilityConfig": visibility("shared")}));
    let (code, message) = world.refused("UpdateRuleGroup", change(json!([rule("other", 0, &admin())]))).await;
    assert_eq!(code, "WAFInvalidOperationException");
    assert!(message.contains(held["ARN"].as_str().unwrap()) && message.contains("`admin`"), "{message}");
    world.ok("UpdateRuleGroup", change(json!([rule("admin", 0, &admin())]))).await;
}

#[tokio::test]
async fn a_group_that_a_web_acl_names_stays() {
    let world = world().await;
    let shared = group(&world, "shared", &json!([])).await;
    let reference = json!({"Name": "group", "Priority": 0, "OverrideAction": {"Count": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": shared["ARN"]}}, "VisibilityConfig": visibility("group")});
    let held = acl(&world, "edge", &json!({"Rules": [reference]})).await;
    assert_eq!(world.refused("DeleteRuleGroup", locked(&shared, &json!({}))).await.0, "WAFAssociatedItemException");
    let change = locked(&held, &json!({"DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility("edge")}));
    world.ok("UpdateWebACL", change).await;
    world.ok("DeleteRuleGroup", locked(&shared, &json!({}))).await;
}
