//! The database goes away: traffic is served from the last snapshot, changes are refused, and all is well when it is back.

use serde_json::{Value, json};
use tests::{Api, Installation, Store, Upstream, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traffic_goes_on_while_the_database_is_away() {
    let Some(store) = Store::postgres() else { return };
    let (store, line) = store.relayed().await;
    let upstream = Upstream::start().await;
    let installation = Installation::start(store).await;
    let api = Api::deploy(&installation, &upstream).await;
    let path = format!("/restapis/{}", api.id);
    let rename = json!({"patchOperations": [{"op": "replace", "path": "/name", "value": "renamed"}]}).to_string();

    line.cut();
    let answer = installation.call("PATCH", &path, "application/json", rename.as_bytes()).await;
    assert!(answer.status >= 500, "a change that cannot be kept is refused: {} {}", answer.status, answer.text());
    for secret in ["postgres", "sqlx", "127.0.0.1", "os error"] {
        assert!(!answer.text().contains(secret), "{}", answer.text());
    }
    for _ in 0..20 {
        assert_eq!(api.get(&installation, "/prod/pets").await.status, 200);
    }

    line.mend();
    eventually("a change after the outage", async || {
        let answer = installation.call("PATCH", &path, "application/json", rename.as_bytes()).await;
        (answer.status == 200).then_some(())
    })
    .await;
    assert_eq!(installation.manage("GET", &path, &Value::Null).await["name"], "renamed");
    assert_eq!(api.get(&installation, "/prod/pets").await.status, 200);
}
