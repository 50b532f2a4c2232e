//! Layers, from their making to functions that outlive them.

use operation::testing::{ACCOUNT, FOREIGN, World};
use serde_json::json;

use crate::testing::{archive, bytes, call, create, input, layer, world};

fn arn(number: u64) -> String {
    format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:deps:{number}")
}

#[tokio::test]
async fn versions_of_a_layer_are_numbered_once_and_listed_newest_first() {
    let world = world().await;
    let first = layer(&world, "deps", "a = 1").await;
    assert_eq!((&first["Version"], &first["LayerVersionArn"]), (&json!(1), &json!(arn(1))));
    assert_eq!(first["Content"]["CodeSize"], archive("a = 1").len());
    layer(&world, "deps", "a = 2").await;
    world.ok("DeleteLayerVersion", json!({"LayerName": "deps", "VersionNumber": 2})).await;
    assert_eq!(layer(&world, "deps", "a = 3").await["Version"], 3);
    let listed = world.ok("ListLayerVersions", json!({"LayerName": "deps"})).await;
    let numbers: Vec<_> =
        listed["LayerVersions"].as_array().unwrap().iter().map(|version| &version["Version"]).collect();
    assert_eq!(numbers, [3, 1]);
    let layers = world.ok("ListLayers", json!({})).await;
    assert_eq!(layers["Layers"][0]["LatestMatchingVersion"]["Version"], 3);
    let by_name = world.ok("GetLayerVersion", json!({"LayerName": "deps", "VersionNumber": 1})).await;
    assert_eq!(world.ok("GetLayerVersionByArn", json!({"Arn": arn(1)})).await, by_name);
    for number in [2, 0, -1, 99] {
        let missing = world.refused("GetLayerVersion", json!({"LayerName": "deps", "VersionNumber": number})).await;
        assert_eq!(missing.0, "ResourceNotFoundException", "{number}");
    }
    let foreign = World::root(FOREIGN);
    assert!(
        world.call_as(&foreign, "GetLayerVersion", json!({"LayerName": "deps", "VersionNumber": 1})).await.is_err()
    );
    assert!(world.call_as(&foreign, "GetLayerVersionByArn", json!({"Arn": arn(1)})).await.is_err());
}

#[tokio::test]
async fn a_function_keeps_a_layer_that_is_gone() {
    let world = world().await;
    layer(&world, "deps", "a = 1").await;
    let made = create(&world, "f", json!({"Layers": [arn(1)]})).await;
    assert_eq!(made["Layers"], json!([{"Arn": arn(1), "CodeSize": archive("a = 1").len()}]));
    world.ok("DeleteLayerVersion", json!({"LayerName": "deps", "VersionNumber": 1})).await;
    assert_eq!(world.ok("GetFunctionConfiguration", json!({"FunctionName": "f"})).await["Layers"], made["Layers"]);
    let again = call(&world, "CreateFunction", input("g", json!({"Layers": [arn(1)]}))).await.unwrap_err();
    assert_eq!(again.1, format!("Layer version {} does not exist.", arn(1)));
    let none = world.ok("UpdateFunctionConfiguration", json!({"FunctionName": "f", "Layers": []})).await;
    assert_eq!(none.get("Layers"), None);
}

#[tokio::test]
async fn five_different_layers_are_the_most() {
    let world = world().await;
    layer(&world, "deps", "a = 1").await;
    layer(&world, "deps", "a = 2").await;
    let twice = call(&world, "CreateFunction", input("f", json!({"Layers": [arn(1), arn(2)]}))).await.unwrap_err();
    assert!(twice.1.contains("Two different versions of the same layer"), "{twice:?}");
    let many = call(&world, "CreateFunction", input("f", json!({"Layers": vec![arn(1); 6]}))).await.unwrap_err();
    assert!(many.1.contains("more than 5 layers"), "{many:?}");
}

#[tokio::test]
async fn a_layer_that_cannot_be_kept_is_refused() {
    let world = world().await;
    let good = json!({"ZipFile": bytes(&archive("a = 1"))});
    for bad in [
        json!({"LayerName": "deps", "Content": {"S3Bucket": "b", "S3Key": "k"}}),
        json!({"LayerName": "deps", "Content": {"ZipFile": bytes(b"no archive")}}),
        json!({"LayerName": "a b", "Content": good}),
        json!({"LayerName": format!("arn:aws:lambda:eu-west-1:{FOREIGN}:layer:deps"), "Content": good}),
        json!({"LayerName": "deps", "Content": good, "CompatibleRuntimes": ["cobol"]}),
        json!({"LayerName": "deps", "Content": good, "CompatibleArchitectures": ["mips"]}),
        json!({"LayerName": "deps", "Content": good, "LicenseInfo": "x".repeat(513)}),
    ] {
        assert!(call(&world, "PublishLayerVersion", bad.clone()).await.is_err(), "{bad}");
    }
    assert_eq!(world.ok("ListLayers", json!({})).await, json!({"Layers": []}));
}

#[tokio::test]
async fn layers_are_found_by_what_they_fit() {
    let world = world().await;
    let content = json!({"ZipFile": bytes(&archive("a = 1"))});
    let fitting = json!({"LayerName": "deps", "Content": content, "CompatibleRuntimes": ["python3.12"]});
    call(&world, "PublishLayerVersion", fitting).await.unwrap();
    for (runtime, count) in [("python3.12", 1), ("nodejs22.x", 0)] {
        let listed = world.ok("ListLayers", json!({"CompatibleRuntime": runtime})).await;
        assert_eq!(listed["Layers"].as_array().unwrap().len(), count, "{runtime}");
    }
}
