//! A stage has one web ACL or none, and both sides of an association say the same.

use operation::testing::{FOREIGN, World};
use serde_json::{Value, json};

use crate::testing::{acl, locked, stage, stage_arn, stored_stage, world};

fn pair(acl: &Value, stage: &str) -> Value {
    json!({"WebACLArn": acl["ARN"], "ResourceArn": stage})
}

async fn stages_of(world: &World, acl: &Value) -> Value {
    let input = json!({"WebACLArn": acl["ARN"], "ResourceType": "API_GATEWAY"});
    world.ok("ListResourcesForWebACL", input).await["ResourceArns"].clone()
}

#[tokio::test]
async fn a_stage_is_associated_told_and_let_go() {
    let world = world().await;
    let (prod, made) = (stage(&world, "prod").await, acl(&world, "edge", &json!({})).await);
    assert_eq!(world.ok("GetWebACLForResource", json!({"ResourceArn": prod})).await, json!({}));
    world.ok("AssociateWebACL", pair(&made, &prod)).await;
    world.ok("AssociateWebACL", pair(&made, &prod)).await;
    assert_eq!(stored_stage(&world, "prod").await.web_acl_arn.as_deref(), made["ARN"].as_str());
    assert_eq!(stages_of(&world, &made).await, json!([prod]));
    let got = world.ok("GetWebACLForResource", json!({"ResourceArn": prod})).await;
    assert_eq!(got["WebACL"], world.ok("GetWebACL", json!({"ARN": made["ARN"]})).await["WebACL"]);

    let (code, message) = world.refused("DeleteWebACL", locked(&made, &json!({}))).await;
    assert_eq!(code, "WAFAssociatedItemException");
    assert!(message.contains(&prod), "{message}");
    world.ok("DisassociateWebACL", json!({"ResourceArn": prod})).await;
    world.ok("DisassociateWebACL", json!({"ResourceArn": prod})).await;
    assert_eq!(stored_stage(&world, "prod").await.web_acl_arn, None);
    assert_eq!(stages_of(&world, &made).await, json!([]));
    world.ok("DeleteWebACL", locked(&made, &json!({}))).await;
}

#[tokio::test]
async fn another_web_acl_takes_the_place_of_the_first() {
    let world = world().await;
    let (prod, beta) = (stage(&world, "prod").await, stage(&world, "beta").await);
    let (one, two) = (acl(&world, "one", &json!({})).await, acl(&world, "two", &json!({})).await);
    world.ok("AssociateWebACL", pair(&one, &prod)).await;
    world.ok("AssociateWebACL", pair(&one, &beta)).await;
    world.ok("AssociateWebACL", pair(&two, &prod)).await;
    assert_eq!((stages_of(&world, &one).await, stages_of(&world, &two).await), (json!([beta]), json!([prod])));
    world.ok("DeleteWebACL", locked(&acl(&world, "three", &json!({})).await, &json!({}))).await;
}

#[tokio::test]
async fn only_stages_and_web_acls_that_exist_and_are_ones_own_are_associated() {
    let world = world().await;
    let (prod, made) = (stage(&world, "prod").await, acl(&world, "edge", &json!({})).await);
    let acl_arn = made["ARN"].as_str().unwrap();
    let balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/0123456789abcdef";
    for (acl, resource, code) in [
        (acl_arn.to_owned(), stage_arn("other"), "WAFNonexistentItemException"),
        (acl_arn.to_owned(), prod.replace("eu-west-1", "us-east-1"), "WAFNonexistentItemException"),
        (acl_arn.to_owned(), balancer.to_owned(), "WAFInvalidParameterException"),
        (acl_arn.to_owned(), "prod".to_owned(), "WAFInvalidParameterException"),
        (acl_arn.replace("edge", "other"), prod.clone(), "WAFNonexistentItemException"),
        (acl_arn.replace("123456789012", FOREIGN), prod.clone(), "WAFNonexistentItemException"),
        (acl_arn.replace("regional", "global"), prod.clone(), "WAFInvalidOperationException"),
        (acl_arn.replace("webacl", "rulegroup"), prod.clone(), "WAFInvalidParameterException"),
    ] {
        let input = json!({"WebACLArn": acl, "ResourceArn": resource});
        assert_eq!(world.refused("AssociateWebACL", input.clone()).await.0, code, "{input}");
    }
    let stranger = World::root(FOREIGN);
    for name in ["GetWebACLForResource", "DisassociateWebACL"] {
        let refused = world.call_as(&stranger, name, json!({"ResourceArn": prod})).await;
        assert_eq!(refused.unwrap_err().0, "WAFNonexistentItemException", "{name}");
    }
    assert_eq!(stored_stage(&world, "prod").await.web_acl_arn, None);
}

#[tokio::test]
async fn other_kinds_of_resources_are_none() {
    let world = world().await;
    let (prod, made) = (stage(&world, "prod").await, acl(&world, "edge", &json!({})).await);
    world.ok("AssociateWebACL", pair(&made, &prod)).await;
    for kind in [json!({}), json!({"ResourceType": "APPLICATION_LOAD_BALANCER"}), json!({"ResourceType": "APPSYNC"})] {
        let input = crate::testing::with(json!({"WebACLArn": made["ARN"]}), &kind);
        assert_eq!(world.ok("ListResourcesForWebACL", input).await, json!({"ResourceArns": []}), "{kind}");
    }
}
