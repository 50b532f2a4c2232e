//! Tags, and the one that opens the network.

use serde_json::json;

use crate::testing::{arn, create, world};

#[tokio::test]
async fn functions_are_tagged_and_their_versions_are_not() {
    let world = world().await;
    create(&world, "f", json!({"Tags": {"team": "a"}, "Publish": true})).await;
    world.ok("TagResource", json!({"Resource": arn("f"), "Tags": {"stage": "b"}})).await;
    let listed = world.ok("ListTags", json!({"Resource": arn("f")})).await;
    assert_eq!(listed, json!({"Tags": {"team": "a", "stage": "b"}}));
    world.ok("UntagResource", json!({"Resource": arn("f"), "TagKeys": ["team", "nothing"]})).await;
    assert_eq!(world.ok("GetFunction", json!({"FunctionName": "f"})).await["Tags"], json!({"stage": "b"}));
    for bad in [
        format!("{}:1", arn("f")),
        arn("g"),
        "f".to_owned(),
        "arn:aws:s3:::f".to_owned(),
        arn("f").replace("function", "layer"),
        arn("f").replace("eu-west-1", "us-east-1"),
    ] {
        assert!(world.call("ListTags", json!({"Resource": bad})).await.is_err(), "{bad}");
        assert!(world.call("TagResource", json!({"Resource": bad, "Tags": {"a": "b"}})).await.is_err(), "{bad}");
        assert!(world.call("UntagResource", json!({"Resource": bad, "TagKeys": ["a"]})).await.is_err(), "{bad}");
    }
    let unclear = json!({"Resource": arn("f"), "Tags": {"portcullis:network": "all"}});
    assert_eq!(world.refused("TagResource", unclear).await.0, "InvalidParameterValueException");
    world.ok("TagResource", json!({"Resource": arn("f"), "Tags": {"portcullis:network": "host"}})).await;
}
