//! The embedded stores keep the contracts of all ports.

use std::sync::Arc;

use store_records::{Blobs, Counters, Events, Queue};
use store_resources::Resources;
use store_sqlite::SqliteStore;
use tempfile::TempDir;

async fn open() -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    (SqliteStore::open(dir.path()).await.expect("it opens"), dir)
}

async fn resources() -> (Arc<dyn Resources>, (SqliteStore, TempDir)) {
    let (store, dir) = open().await;
    (store.resources(), (store, dir))
}

async fn events() -> (Arc<dyn Events>, (SqliteStore, TempDir)) {
    let (store, dir) = open().await;
    (store.events(), (store, dir))
}

async fn blobs() -> (Arc<dyn Blobs>, (SqliteStore, TempDir)) {
    let (store, dir) = open().await;
    (store.blobs(), (store, dir))
}

async fn counters() -> (Arc<dyn Counters>, (SqliteStore, TempDir)) {
    let (store, dir) = open().await;
    (store.counters(), (store, dir))
}

async fn queue() -> (Arc<dyn Queue>, (SqliteStore, TempDir)) {
    let (store, dir) = open().await;
    (store.queue(), (store, dir))
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
