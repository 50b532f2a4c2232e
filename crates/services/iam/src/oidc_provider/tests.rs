//! OpenID Connect providers, called as `control` calls them.

use operation::testing::{ACCOUNT, FOREIGN, World, text};
use serde_json::json;

const URL: &str = "https://issuer.example/realm";

async fn world() -> World {
    World::new(crate::service()).await
}

#[tokio::test]
async fn a_provider_is_registered_changed_and_forgotten() {
    let world = world().await;
    let thumbprint = "AB".repeat(20);
    let input = json!({"Url": URL, "ClientIDList": ["app"], "ThumbprintList": [thumbprint], "Tags": [{"Key": "a", "Value": "1"}]});
    let made = world.ok("CreateOpenIDConnectProvider", input.clone()).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/issuer.example/realm");
    assert_eq!(text(&made, "OpenIDConnectProviderArn"), arn);
    let named = json!({"OpenIDConnectProviderArn": arn});
    let got = world.ok("GetOpenIDConnectProvider", named.clone()).await;
    assert_eq!((text(&got, "Url").as_str(), &got["ClientIDList"]), ("issuer.example/realm", &json!(["app"])));
    assert_eq!(got["ThumbprintList"], json!(["ab".repeat(20)]));
    let (code, message) = world.refused("CreateOpenIDConnectProvider", input).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("EntityAlreadyExists", "Provider with url https://issuer.example/realm already exists.")
    );
    let with = |member: &str, value: serde_json::Value| {
        let mut input = named.clone();
        input[member] = value;
        input
    };
    world.ok("AddClientIDToOpenIDConnectProvider", with("ClientID", json!("other"))).await;
    world.ok("AddClientIDToOpenIDConnectProvider", with("ClientID", json!("other"))).await;
    world.ok("RemoveClientIDFromOpenIDConnectProvider", with("ClientID", json!("app"))).await;
    world.ok("UpdateOpenIDConnectProviderThumbprint", with("ThumbprintList", json!(["cd".repeat(20)]))).await;
    world.ok("TagOpenIDConnectProvider", with("Tags", json!([{"Key": "b", "Value": "2"}]))).await;
    world.ok("UntagOpenIDConnectProvider", with("TagKeys", json!(["a"]))).await;
    let tags = world.ok("ListOpenIDConnectProviderTags", named.clone()).await;
    assert_eq!(tags["Tags"], json!([{"Key": "b", "Value": "2"}]));
    let got = world.ok("GetOpenIDConnectProvider", named.clone()).await;
    assert_eq!((&got["ClientIDList"], &got["ThumbprintList"]), (&json!(["other"]), &json!(["cd".repeat(20)])));
    let listed = world.ok("ListOpenIDConnectProviders", json!({})).await;
    assert_eq!(listed["OpenIDConnectProviderList"], json!([{"Arn": arn}]));
    world.ok("DeleteOpenIDConnectProvider", named.clone()).await;
    let (code, message) = world.refused("GetOpenIDConnectProvider", named).await;
    assert_eq!((code.as_str(), message), ("NoSuchEntity", format!("OpenIDConnect Provider not found for arn {arn}")));
}

#[tokio::test]
async fn a_provider_of_another_account_is_not_there() {
    let world = world().await;
    let made = world.ok("CreateOpenIDConnectProvider", json!({"Url": URL})).await;
    let named = json!({"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]});
    let foreign = World::root(FOREIGN);
    for operation in ["GetOpenIDConnectProvider", "DeleteOpenIDConnectProvider", "ListOpenIDConnectProviderTags"] {
        let (code, _) = world.call_as(&foreign, operation, named.clone()).await.unwrap_err();
        assert_eq!(code, "NoSuchEntity", "{operation}");
    }
    let listed = world.call_as(&foreign, "ListOpenIDConnectProviders", json!({})).await.unwrap();
    assert_eq!(listed["OpenIDConnectProviderList"], json!([]));
}

#[tokio::test]
async fn what_is_no_issuer_is_refused() {
    let world = world().await;
    for (input, code) in [
        (json!({"Url": "http://issuer.example"}), "ValidationError"),
        (json!({"Url": "https://issuer.example?x"}), "ValidationError"),
        (json!({"Url": format!("https://{}.example", "x".repeat(255))}), "ValidationError"),
        (json!({"Url": URL, "ThumbprintList": ["zz"]}), "ValidationError"),
        (json!({"Url": URL, "ThumbprintList": vec!["ab".repeat(20); 6]}), "InvalidInput"),
        (json!({"Url": URL, "ClientIDList": (0..101).map(|at| format!("c{at}")).collect::<Vec<_>>()}), "LimitExceeded"),
        (json!({"Url": URL, "ClientIDList": [""]}), "ValidationError"),
        (json!({"Url": URL, "IdentityCenterInstanceArn": "x"}), "ValidationError"),
    ] {
        assert_eq!(world.refused("CreateOpenIDConnectProvider", input.clone()).await.0, code, "{input}");
    }
    let (code, _) =
        world.refused("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": "arn:aws:iam::1:user/x"})).await;
    assert_eq!(code, "InvalidInput");
}
