//! Killed in the middle of writes: every acknowledged write and its audit record is there, and nothing half-written.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Installation, Store};

/// How often the node is killed.
const KILLS: usize = 5;
/// How many writes are acknowledged before each kill, at the least.
const WRITES: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_survives_a_kill() {
    for store in Store::all() {
        let mut installation = Installation::start(store).await;
        let mut acknowledged = BTreeSet::new();
        for round in 0..KILLS {
            for write in 0..WRITES {
                acknowledged.insert(create(&installation, round, write).await.expect("a write is acknowledged"));
            }
            // The last write races with the kill: it is there in full or not at all.
            let (last, ()) = tokio::join!(create(&installation, round, WRITES), async {
                tokio::task::yield_now().await;
                installation.send_kill();
            });
            acknowledged.extend(last);
            installation.kill();
            installation.restart().await;
            check(&installation, &acknowledged).await;
        }
    }
}

async fn create(installation: &Installation, round: usize, write: usize) -> Option<String> {
    let body = json!({"name": format!("api {round} {write}"), "tags": {"round": round.to_string()}}).to_string();
    let answer = installation.try_call("POST", "/restapis", "application/json", body.as_bytes()).await?;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().map(str::to_owned)
}

async fn check(installation: &Installation, acknowledged: &BTreeSet<String>) {
    let listed = installation.manage("GET", "/restapis?limit=500", &Value::Null).await;
    let apis = listed["item"].as_array().expect("a list");
    let ids: BTreeSet<String> = apis.iter().filter_map(|api| api["id"].as_str()).map(str::to_owned).collect();
    assert!(acknowledged.is_subset(&ids), "lost: {:?}", acknowledged.difference(&ids));
    let audited = installation.audited("CreateRestApi").await;
    let recorded: BTreeSet<&str> =
        audited.iter().filter_map(|record| record["responseElements"]["id"].as_str()).collect();
    let unrecorded: Vec<&String> = ids.iter().filter(|id| !recorded.contains(id.as_str())).collect();
    assert!(unrecorded.is_empty(), "without an audit record: {unrecorded:?}");
    for api in apis {
        assert!(api["rootResourceId"].is_string() && api["tags"]["round"].is_string(), "half-written: {api}");
        let id = api["id"].as_str().expect("an id");
        let resources = installation.manage("GET", &format!("/restapis/{id}/resources"), &Value::Null).await;
        assert_eq!(resources["item"][0]["path"], "/", "half-written: {resources}");
    }
}
