//! Who may use a rule group of another account, as far as the service has a say; `control` asks the policy.

use operation::testing::{FOREIGN, World};
use serde_json::{Value, json};

use crate::testing::{account, acl_input, admin, group, ip_set, locked, rule, visibility, world};

const ACTIONS: [&str; 3] = ["wafv2:CreateWebACL", "wafv2:UpdateWebACL", "wafv2:PutFirewallManagerRuleGroups"];

fn policy(change: &Value) -> Value {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": ACTIONS});
    let statement = crate::testing::with(statement, change);
    json!(json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
}

fn naming(name: &str, group: &Value) -> Value {
    let reference = json!({"Name": "group", "Priority": 0, "OverrideAction": {"None": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}, "VisibilityConfig": visibility("group")});
    acl_input(name, &json!({"Rules": [reference]}))
}

#[tokio::test]
async fn a_policy_is_set_shown_and_taken_away() {
    let world = world().await;
    account(&world, FOREIGN).await;
    let shared = group(&world, "shared", &json!([])).await;
    let named = json!({"ResourceArn": shared["ARN"]});
    for name in ["GetPermissionPolicy", "DeletePermissionPolicy"] {
        assert_eq!(world.refused(name, named.clone()).await.0, "WAFNonexistentItemException", "{name}");
    }
    world.ok("PutPermissionPolicy", json!({"ResourceArn": shared["ARN"], "Policy": policy(&json!({}))})).await;
    assert_eq!(world.ok("GetPermissionPolicy", named.clone()).await["Policy"], policy(&json!({})));
    world.ok("DeletePermissionPolicy", named.clone()).await;
    assert_eq!(world.refused("GetPermissionPolicy", named).await.0, "WAFNonexistentItemException");
    world.ok("DeleteRuleGroup", locked(&shared, &json!({}))).await;
}

#[tokio::test]
async fn a_policy_says_who_may_use_the_group_and_nothing_else() {
    let world = world().await;
    account(&world, FOREIGN).await;
    let shared = group(&world, "shared", &json!([])).await;
    let put = |policy: Value| json!({"ResourceArn": shared["ARN"], "Policy": policy});
    let actions = |more: &str| json!({"Action": [ACTIONS[0], ACTIONS[1], ACTIONS[2], more]});
    for bad in [
        policy(&json!({"Effect": "Deny"})),
        policy(&json!({"Principal": null})),
        policy(&json!({"Principal": {"AWS": "arn:aws:iam::123456789012:user/nobody"}})),
        policy(&json!({"Principal": {"AWS": "888888888888"}})),
        policy(&json!({"Action": "wafv2:*"})),
        policy(&json!({"Action": ["wafv2:CreateWebACL"]})),
        policy(&actions("wafv2:DeleteRuleGroup")),
        policy(&actions("wafv2:Get*")),
        policy(&json!({"Resource": "*"})),
        policy(&json!({"NotPrincipal": {"AWS": FOREIGN}})),
        policy(&json!({"Condition": {"StringNotEquals": {"apigateway:Request/EndpointType": "EDGE"}}})),
        json!("{}"),
        json!("no policy"),
        json!(json!({"Version": "2008-10-17", "Statement": []}).to_string()),
    ] {
        assert_eq!(
            world.refused("PutPermissionPolicy", put(bad.clone())).await.0,
            "WAFInvalidPermissionPolicyException",
            "{bad}"
        );
    }
    world.ok("PutPermissionPolicy", put(policy(&actions("wafv2:GetRuleGroup")))).await;
}

#[tokio::test]
async fn a_policy_is_as_long_as_aws_takes_and_no_longer() {
    let world = world().await;
    account(&world, FOREIGN).await;
    let shared = group(&world, "shared", &json!([])).await;
    let put = |policy: String| json!({"ResourceArn": shared["ARN"], "Policy": policy});
    let good = policy(&json!({})).as_str().unwrap().to_owned();
    let long = |chars: usize| format!("{good}{}", " ".repeat(chars - good.chars().count()));
    world.ok("PutPermissionPolicy", put(long(395_000))).await;
    for (bad, constraint) in [
        (long(395_001), "Member must have length less than or equal to 395000"),
        ("[".repeat(5_000_000), "Member must have length less than or equal to 395000"),
        ("é".repeat(395_001), "Member must have length less than or equal to 395000"),
        (String::new(), "Member must have length greater than or equal to 1"),
        (" \n ".to_owned(), r"Member must satisfy regular expression pattern: .*\S.*"),
    ] {
        let (code, message) = world.refused("PutPermissionPolicy", put(bad)).await;
        assert_eq!(code, "ValidationException", "{message}");
        assert!(message.ends_with(&format!("at 'policy' failed to satisfy constraint: {constraint}")), "{message}");
        assert!(message.len() < 1_000, "what is too long is not said back");
    }
}

#[tokio::test]
async fn a_shared_group_comes_with_its_own_sets_and_stays_while_it_is_used() {
    let world = world().await;
    let set = ip_set(&world, "office").await;
    let statement = json!({"IPSetReferenceStatement": {"ARN": set["ARN"]}});
    let shared = group(&world, "shared", &json!([rule("office", 0, &statement), rule("admin", 1, &admin())])).await;
    let stranger = World::root(FOREIGN);
    let made = world.call_as(&stranger, "CreateWebACL", naming("theirs", &shared)).await.unwrap()["Summary"].clone();
    let (code, message) = world.refused("DeleteRuleGroup", locked(&shared, &json!({}))).await;
    assert_eq!(code, "WAFAssociatedItemException");
    assert!(!message.contains(FOREIGN), "whose it is stays theirs: {message}");
    world.call_as(&stranger, "DeleteWebACL", locked(&made, &json!({}))).await.unwrap();

    let weighed =
        crate::testing::with(json!({"Scope": "REGIONAL"}), &json!({"Rules": naming("theirs", &shared)["Rules"]}));
    let refused = world.call_as(&stranger, "CheckCapacity", weighed).await.unwrap_err();
    assert_eq!(refused.0, "WAFNonexistentItemException", "nobody asked for permission");
    let direct = acl_input("theirs", &json!({"Rules": [rule("office", 0, &statement)]}));
    let refused = world.call_as(&stranger, "CreateWebACL", direct).await.unwrap_err();
    assert_eq!(refused.0, "WAFNonexistentItemException", "sets are not shared");
    world.ok("DeleteRuleGroup", locked(&shared, &json!({}))).await;
}
