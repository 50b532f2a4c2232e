//! Aliases and their weights.

use serde_json::json;

use crate::testing::{arn, call, create, world, zipped};

#[tokio::test]
async fn an_alias_names_one_version_or_two_that_share() {
    let world = world().await;
    create(&world, "f", json!({"Publish": true})).await;
    let mut change = zipped("f", "x = 2");
    change["Publish"] = json!(true);
    call(&world, "UpdateFunctionCode", change).await.unwrap();
    let made = world.ok("CreateAlias", json!({"FunctionName": "f", "Name": "live", "FunctionVersion": "1"})).await;
    let revision = made["RevisionId"].clone();
    assert_eq!(
        made,
        json!({"AliasArn": format!("{}:live", arn("f")), "Name": "live", "FunctionVersion": "1", "Description": "",
            "RevisionId": revision})
    );
    let named = |more: serde_json::Value| {
        let mut input = json!({"FunctionName": "f", "Name": "live"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let again = named(json!({"FunctionVersion": "1"}));
    assert_eq!(world.refused("CreateAlias", again).await.0, "ResourceConflictException");
    let weights = |weights: serde_json::Value| named(json!({"RoutingConfig": {"AdditionalVersionWeights": weights}}));
    for bad in [
        json!({"2": 1.5}),
        json!({"2": -0.1}),
        json!({"1": 0.5}),
        json!({"$LATEST": 0.5}),
        json!({"7": 0.5}),
        json!({"1": 0.1, "2": 0.1}),
    ] {
        assert!(world.call("UpdateAlias", weights(bad.clone())).await.is_err(), "{bad}");
    }
    let shared = world.ok("UpdateAlias", weights(json!({"2": 0.25}))).await;
    assert_eq!(shared["RoutingConfig"], json!({"AdditionalVersionWeights": {"2": 0.25}}));
    let stale = named(json!({"Description": "x", "RevisionId": revision}));
    assert_eq!(world.refused("UpdateAlias", stale).await.0, "PreconditionFailedException");
    let onto = named(json!({"FunctionVersion": "2"}));
    assert!(world.call("UpdateAlias", onto).await.is_err(), "the version that already gets a share");
    let held = world.refused("DeleteFunction", json!({"FunctionName": "f", "Qualifier": "2"})).await;
    assert!(held.1.contains("referenced by the following aliases: [live]"), "{held:?}");
    let cleared = named(json!({"RoutingConfig": {"AdditionalVersionWeights": {}}, "FunctionVersion": "$LATEST"}));
    assert_eq!(world.ok("UpdateAlias", cleared).await.get("RoutingConfig"), None);
    let by_alias = world.ok("GetFunction", json!({"FunctionName": "f:live"})).await;
    assert_eq!(by_alias["Configuration"]["Version"], "$LATEST");
    world.ok("DeleteAlias", named(json!({}))).await;
    world.ok("DeleteAlias", named(json!({}))).await;
    assert_eq!(world.refused("GetAlias", named(json!({}))).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn an_alias_needs_a_version_and_a_name_that_no_version_has() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    for (name, version) in
        [("live", "1"), ("7", "$LATEST"), ("a b", "$LATEST"), ("", "$LATEST"), ("$LATEST", "$LATEST")]
    {
        let input = json!({"FunctionName": "f", "Name": name, "FunctionVersion": version});
        assert!(world.call("CreateAlias", input).await.is_err(), "{name} {version}");
    }
    for name in ["a", "b", "c"] {
        world.ok("CreateAlias", json!({"FunctionName": "f", "Name": name, "FunctionVersion": "$LATEST"})).await;
    }
    let first = world.ok("ListAliases", json!({"FunctionName": "f", "MaxItems": 2})).await;
    let rest =
        world.ok("ListAliases", json!({"FunctionName": "f", "MaxItems": 2, "Marker": first["NextMarker"]})).await;
    assert_eq!((first["Aliases"].as_array().unwrap().len(), &rest["Aliases"][0]["Name"]), (2, &json!("c")));
    assert_eq!(
        world.ok("ListAliases", json!({"FunctionName": "f", "FunctionVersion": "1"})).await,
        json!({"Aliases": []})
    );
}

#[tokio::test]
async fn what_was_permitted_of_an_alias_goes_with_it() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let alias = json!({"FunctionName": "f", "Name": "live", "FunctionVersion": "$LATEST"});
    world.ok("CreateAlias", alias.clone()).await;
    let permission = json!({"FunctionName": "f", "Qualifier": "live", "StatementId": "s", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com"});
    world.ok("AddPermission", permission).await;
    world.ok("DeleteAlias", json!({"FunctionName": "f", "Name": "live"})).await;
    world.ok("CreateAlias", alias).await;
    let policy = world.refused("GetPolicy", json!({"FunctionName": "f", "Qualifier": "live"})).await;
    assert_eq!(policy.0, "ResourceNotFoundException");
}
