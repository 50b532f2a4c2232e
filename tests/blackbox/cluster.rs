//! Two nodes on one database: they start at once, share one root key and one authority, and follow each other's changes.

use std::sync::Arc;

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
    two.manage("DELETE", &format!("/restapis/{}", api.id), &serde_json::Value::Null).await;
    assert_eq!(api.get(&two, "/prod/pets").await.status, 403);
    eventually("the first node's snapshot", async || (api.get(&one, "/prod/pets").await.status == 403).then_some(()))
        .await;
}
