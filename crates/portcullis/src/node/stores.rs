//! Opens the stores a node was told to use.

use std::sync::Arc;

use base::Clock;
use store_records::{Blobs, Counters, Events, Queue};
use store_resources::Resources;

use super::StartError;
use crate::data_dir::DataDir;
use crate::settings::Store;

/// The stores, and how to close them.
pub(super) struct Stores {
    pub(super) resources: Arc<dyn Resources>,
    pub(super) events: Arc<dyn Events>,
    pub(super) blobs: Arc<dyn Blobs>,
    pub(super) counters: Arc<dyn Counters>,
    pub(super) queue: Arc<dyn Queue>,
    opened: Opened,
}

enum Opened {
    Sqlite(store_sqlite::SqliteStore),
    Postgres(store_postgres::PostgresStore),
}

impl Stores {
    /// Opens them; the first start makes their tables.
    pub(super) async fn open(store: &Store, data_dir: &DataDir, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        match store {
            Store::Sqlite => {
                let opened = store_sqlite::SqliteStore::open(data_dir.path()).await;
                let opened = opened.map_err(|fault| StartError::Store(Box::new(fault)))?;
                Ok(Self {
                    resources: opened.resources(),
                    events: opened.events(),
                    counters: opened.counters(),
                    queue: opened.queue(),
                    blobs: opened.blobs(),
                    opened: Opened::Sqlite(opened),
                })
            }
            Store::Postgres(url) => {
                let opened =
                    store_postgres::PostgresStore::open(url, &store_postgres::PostgresOptions::new(clock)).await;
                let opened = opened.map_err(|fault| StartError::Store(Box::new(fault)))?;
                Ok(Self {
                    resources: opened.resources(),
                    events: opened.events(),
                    counters: opened.counters(),
                    queue: opened.queue(),
                    blobs: opened.blobs(),
                    opened: Opened::Postgres(opened),
                })
            }
        }
    }

    /// Writes what is left to write.
    pub(super) async fn close(&self) {
        match &self.opened {
            Opened::Sqlite(store) => store.close().await,
            Opened::Postgres(store) => store.close().await,
        }
    }
}
