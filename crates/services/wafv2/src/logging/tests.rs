//! Logging configurations: one for a web ACL, to a log group that is meant for it.

use serde_json::{Value, json};

use crate::testing::{acl, locked, with, world};

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-edge";

fn input(acl: &Value, more: &Value) -> Value {
    let configuration = json!({"ResourceArn": acl["ARN"], "LogDestinationConfigs": [GROUP]});
    json!({"LoggingConfiguration": with(configuration, more)})
}

#[tokio::test]
async fn a_configuration_is_set_read_and_removed_with_its_web_acl() {
    let world = world().await;
    let made = acl(&world, "edge", &json!({})).await;
    let named = json!({"ResourceArn": made["ARN"]});
    assert_eq!(world.refused("GetLoggingConfiguration", named.clone()).await.0, "WAFNonexistentItemException");
    let more = json!({
        "RedactedFields": [{"SingleHeader": {"Name": "cookie"}}, {"UriPath": {}}, {"QueryString": {}}, {"Method": {}}],
        "LoggingFilter": {"DefaultBehavior": "DROP", "Filters": [{"Behavior": "KEEP", "Requirement": "MEETS_ANY",
            "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}, {"LabelNameCondition": {"LabelName": "a:b"}}]}]}});
    let set = world.ok("PutLoggingConfiguration", input(&made, &more)).await;
    let mut expected = json!({"ResourceArn": made["ARN"], "LogDestinationConfigs": [GROUP],
        "ManagedByFirewallManager": false, "LogType": "WAF_LOGS", "LogScope": "CUSTOMER"});
    for (member, value) in more.as_object().unwrap() {
        expected[member] = value.clone();
    }
    assert_eq!(set["LoggingConfiguration"], expected);
    assert_eq!(world.ok("GetLoggingConfiguration", named.clone()).await, set);
    let listed = world.ok("ListLoggingConfigurations", json!({"Scope": "REGIONAL"})).await;
    assert_eq!(listed["LoggingConfigurations"], json!([expected]));
    let plain = world.ok("PutLoggingConfiguration", input(&made, &json!({}))).await;
    assert_eq!(plain["LoggingConfiguration"].get("LoggingFilter"), None, "it is set as a whole");
    world.ok("DeleteLoggingConfiguration", named.clone()).await;
    assert_eq!(world.refused("DeleteLoggingConfiguration", named).await.0, "WAFNonexistentItemException");

    world.ok("PutLoggingConfiguration", input(&made, &json!({}))).await;
    world.ok("DeleteWebACL", locked(&made, &json!({}))).await;
    let listed = world.ok("ListLoggingConfigurations", json!({"Scope": "REGIONAL"})).await;
    assert_eq!(listed["LoggingConfigurations"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_logged_so_is_refused() {
    let world = world().await;
    let made = acl(&world, "edge", &json!({})).await;
    let filtered = |condition: Value| {
        json!({"LoggingFilter": {"DefaultBehavior": "KEEP",
            "Filters": [{"Behavior": "DROP", "Requirement": "MEETS_ALL", "Conditions": [condition]}]}})
    };
    let both = json!({"ActionCondition": {"Action": "BLOCK"}, "LabelNameCondition": {"LabelName": "a"}});
    let (parameter, operation) = ("WAFInvalidParameterException", "WAFInvalidOperationException");
    for (more, code) in [
        (json!({"LogDestinationConfigs": []}), parameter),
        (json!({"LogDestinationConfigs": [GROUP, GROUP]}), parameter),
        (json!({"LogDestinationConfigs": [GROUP.replace("aws-waf-logs-", "logs-")]}), parameter),
        (json!({"LogDestinationConfigs": [GROUP.replace("-edge", "-")]}), parameter),
        (json!({"LogDestinationConfigs": [GROUP.replace("123456789012", "999999999999")]}), parameter),
        (json!({"LogDestinationConfigs": [GROUP.replace("eu-west-1", "us-east-1")]}), parameter),
        (json!({"LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-edge"]}), operation),
        (json!({"ManagedByFirewallManager": true}), operation),
        (json!({"LogScope": "SECURITY_LAKE"}), operation),
        (json!({"RedactedFields": [{"Body": {}}]}), parameter),
        (json!({"RedactedFields": [{}]}), parameter),
        (json!({"RedactedFields": [{"UriPath": {}, "Method": {}}]}), parameter),
        (json!({"RedactedFields": [{"UriPath": {"Name": "a"}}]}), parameter),
        (json!({"RedactedFields": [{"SingleHeader": {}}]}), parameter),
        (json!({"LoggingFilter": {"DefaultBehavior": "KEEP", "Filters": []}}), parameter),
        (filtered(json!({})), parameter),
        (filtered(both), parameter),
        (filtered(json!({"LabelNameCondition": {"LabelName": "a b"}})), parameter),
        (filtered(json!({"ActionCondition": {"Action": "MONETIZE"}})), operation),
    ] {
        assert_eq!(world.refused("PutLoggingConfiguration", input(&made, &more)).await.0, code, "{more}");
    }
    let other = json!({"ARN": made["ARN"].as_str().unwrap().replace("edge", "other")});
    assert_eq!(
        world.refused("PutLoggingConfiguration", input(&other, &json!({}))).await.0,
        "WAFNonexistentItemException"
    );
}
