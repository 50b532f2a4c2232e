//! The embedded stores: four SQLite databases and the segments of the logs in the data directory, the default of a single
//! node.
//!
//! It must not know: AWS, what a document or a log line means, or the other backends. Begin with [`SqliteStore::open`];
//! `writer` is where durability is decided, `commit` where a batch meets its preconditions, `segments` where logs are kept.
//!
//! `resources.db`, `blobs.db`, `counters.db`, the quotas, and `queue.db`, what is still to be done, are synced before a write
//! is answered; `records/`, the logs, may lose its last moments with the power. All outlive a killed process whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use store_records::{Blobs, Counters, Events, Queue};
use store_resources::Resources;

mod directory;
mod migrate;
mod resources;
mod view;
mod writer;
mod commit;
mod audit;
mod lease;
mod rows;
mod segments;
mod blobs;
mod counters;
mod queue;

use blobs::SqliteBlobs;
use counters::SqliteCounters;
use directory::Directory;
use queue::SqliteQueue;
use resources::SqliteResources;
use segments::Segments;

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its lock is held.
    #[error("another portcullis serves this data directory: `{}`", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// It cannot be made, entered or written.
    #[error("cannot use the data directory `{}`", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A later version has been here; going on would lose what this one does not know.
    #[error("`{}` was written by a newer portcullis (its format is {found}, this one knows {known})", file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format this version knows.
        known: u32,
    },
    /// SQLite refuses.
    #[error("cannot open the database `{}`", file.display())]
    Database {
        /// The database.
        file: PathBuf,
        /// SQLite's answer.
        source: sqlx::Error,
    },
    /// The files of the logs cannot be used.
    #[error("cannot open the records")]
    Records(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The stores of one data directory, which is locked against other processes for as long as one of them lives.
#[derive(Debug)]
pub struct SqliteStore {
    resources: Arc<SqliteResources>,
    records: Arc<Segments>,
    blobs: Arc<SqliteBlobs>,
    counters: Arc<SqliteCounters>,
    queue: Arc<SqliteQueue>,
}

impl SqliteStore {
    /// Opens the stores in `dir`, makes what is missing and brings older formats up to date.
    pub async fn open(dir: &Path) -> Result<Self, OpenError> {
        let directory = Arc::new(Directory::open(dir)?);
        let resources = Arc::new(SqliteResources::open(&directory).await?);
        let records = Arc::new(Segments::open(&directory).await?);
        let blobs = Arc::new(SqliteBlobs::open(&directory).await?);
        let counters = Arc::new(SqliteCounters::open(&directory).await?);
        let queue = Arc::new(SqliteQueue::open(&directory).await?);
        Ok(Self { resources, records, blobs, counters, queue })
    }

    /// What people configure.
    pub fn resources(&self) -> Arc<dyn Resources> {
        Arc::<SqliteResources>::clone(&self.resources)
    }

    /// What traffic leaves behind.
    pub fn events(&self) -> Arc<dyn Events> {
        Arc::<Segments>::clone(&self.records)
    }

    /// Function code.
    pub fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::<SqliteBlobs>::clone(&self.blobs)
    }

    /// What is counted.
    pub fn counters(&self) -> Arc<dyn Counters> {
        Arc::<SqliteCounters>::clone(&self.counters)
    }

    /// What is still to be done.
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::<SqliteQueue>::clone(&self.queue)
    }

    /// Finishes the writes that wait, folds the write-ahead logs into the databases, and releases the files. Whoever
    /// still holds a store gets faults from it.
    pub async fn close(&self) {
        self.resources.close().await;
        self.records.close().await;
        self.blobs.close().await;
        self.counters.close().await;
        self.queue.close().await;
    }
}
