//! The cluster's stores keep the contracts of all ports.

use std::sync::Arc;

use base::clock::SystemClock;
use store_postgres::{PostgresOptions, PostgresStore, testing};
use store_records::{Blobs, Counters, Events, Queue};
use store_resources::Resources;

async fn open() -> PostgresStore {
    let options = PostgresOptions::new(Arc::new(SystemClock::new()));
    PostgresStore::open(&testing::database().await, &options).await.expect("it opens")
}

async fn resources() -> (Arc<dyn Resources>, PostgresStore) {
    let store = open().await;
    (store.resources(), store)
}

async fn events() -> (Arc<dyn Events>, PostgresStore) {
    let store = open().await;
    (store.events(), store)
}

async fn blobs() -> (Arc<dyn Blobs>, PostgresStore) {
    let store = open().await;
    (store.blobs(), store)
}

async fn counters() -> (Arc<dyn Counters>, PostgresStore) {
    let store = open().await;
    (store.counters(), store)
}

async fn queue() -> (Arc<dyn Queue>, PostgresStore) {
    let store = open().await;
    (store.queue(), store)
}

mod resources_contract {
    store_resources::resources_contract!(super::resources());
}

mod events_contract {
    store_records::events_contract!(super::events());
}

mod blobs_contract {
    store_records::blobs_contract!(super::blobs());
}

mod counters_contract {
    store_records::counters_contract!(super::counters());
}

mod queue_contract {
    store_records::queue_contract!(super::queue());
}
