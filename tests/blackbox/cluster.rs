//! Two nodes on one database: they start at once, share one root key and one authority, and follow each other's changes.

use std::sync::Arc;

use aws_credential_types::Credentials;
use serde_json::{Value, json};
use tests::{Api, Installation, Store, Upstream, eventually};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_start_at_once_agree() {
    let Some(store) = Store::postgres() else { return };
    let store = Arc::new(store);
    let upstream = Upstream::start().await;
    let (one, two) = tokio::join!(
        Installation::start_with_key(Arc::clone(&store), KEY),
        Installation::start_with_key(Arc::clone(&store), KEY),
    );
    assert_eq!(one.key(), two.key(), "one root key");
    assert_eq!(one.ca(), two.ca(), "one authority");

    let api = Api::deploy(&one, &upstream).await;
    assert_eq!(api.get(&one, "/prod/pets").await.status, 200, "a node reads its own writes at once");
    eventually("the other node's snapshot", async || (api.get(&two, "/prod/pets").await.status == 200).then_some(()))
        .await;
    two.manage("DELETE", &format!("/restapis/{}", api.id), &Value::Null).await;
    assert_eq!(api.get(&two, "/prod/pets").await.status, 403);
    eventually("the first node's snapshot", async || (api.get(&one, "/prod/pets").await.status == 403).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_good_on_a_node_that_never_heard_of_it_and_cannot_ask() {
    let Some(store) = Store::postgres() else { return };
    let (store, line) = store.relayed().await;
    let store = Arc::new(store);
    let upstream = Upstream::start().await;
    let (one, two) = tokio::join!(
        Installation::start_with_key(Arc::clone(&store), KEY),
        Installation::start_with_key(Arc::clone(&store), KEY),
    );
    let mut document = tests::api::document(&upstream);
    document["paths"]["/pets"]["get"]["x-amazon-apigateway-auth"] = json!({"type": "AWS_IAM"});
    let api = Api::deploy_document(&one, &document).await;
    eventually("the other node's snapshot", async || (api.get(&two, "/prod/health").await.status == 200).then_some(()))
        .await;

    let session = one.session().await;
    line.cut();
    let answer = api.get_signed(&two, &session, "/prod/pets").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(api.get(&two, "/prod/pets").await.status, 403, "whoever does not sign is still kept out");
    let (id, secret) = (session.access_key_id(), session.secret_access_key());
    let token = session.session_token().expect("a session has a token");
    let (other, spoiled) = (with_another_letter(id, id.len() - 1), with_another_letter(token, token.len() / 2));
    let longer = format!("{token}A");
    for (what, id, secret, token) in [
        ("another secret", id, "wrong", Some(token)),
        ("no token", id, secret, None),
        ("a spoiled token", id, secret, Some(spoiled.as_str())),
        ("a longer token", id, secret, Some(longer.as_str())),
        ("another key's token", other.as_str(), secret, Some(token)),
    ] {
        let forged = Credentials::new(id, secret, token.map(str::to_owned), None, "test");
        assert_eq!(api.get_signed(&two, &forged, "/prod/pets").await.status, 403, "{what}");
    }
}

fn with_another_letter(text: &str, at: usize) -> String {
    let letter = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{letter}{}", &text[..at], &text[at + 1..])
}
