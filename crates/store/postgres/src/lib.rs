//! The stores of a cluster: PostgreSQL 13 or later, shared by several nodes.
//!
//! It must not know: AWS, what a document or a log line means, or the other backends. Begin with [`PostgresStore::open`];
//! `commit` is where a batch meets its preconditions under the lock that puts revisions in order, `follow` how a node
//! hears of the others' commits.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use sqlx::postgres::PgConnectOptions;
use store_records::{Blobs, Counters, Events, Queue};
use store_resources::Resources;

mod connect;
mod migrate;
mod resources;
mod view;
mod commit;
mod audit;
mod lease;
mod follow;
mod rows;
mod records;
mod blobs;
mod counters;
mod queue;
#[cfg(feature = "testing")]
pub mod testing;

use blobs::PostgresBlobs;
use connect::Connections;
use counters::PostgresCounters;
use queue::PostgresQueue;
use records::PostgresRecords;
use resources::PostgresResources;

/// How a node uses its database.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// What polling and time limits are measured by.
    pub clock: Arc<dyn Clock>,
    /// How long [`Resources::changed`] relies on notifications before it asks.
    pub poll: Duration,
    /// How long a call waits for a connection before that is a fault.
    pub connect_wait: Duration,
    /// How long a call waits for its turn and the database's answer before that is a fault.
    pub call_wait: Duration,
    /// Connections for views, each of which has one as long as it is open; two of them are kept for other questions.
    pub views_max: u32,
}

impl PostgresOptions {
    /// What fits most.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            poll: Duration::from_secs(2),
            connect_wait: Duration::from_secs(3),
            call_wait: Duration::from_secs(30),
            views_max: 16,
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, or refuses.
    #[error("cannot open the PostgreSQL database")]
    Database(#[from] sqlx::Error),
    /// Its server is too old.
    #[error("PostgreSQL {found} is too old; portcullis needs version 13 or later")]
    TooOld {
        /// The server's version.
        found: String,
    },
    /// It could not hold every text.
    #[error("the database's encoding is {found}; portcullis needs UTF8")]
    Encoding {
        /// The database's encoding.
        found: String,
    },
    /// A later version has been here; going on would lose what this one does not know.
    #[error("the database was written by a newer portcullis (its format is {found}, this one knows {known})")]
    Newer {
        /// Its format.
        found: i32,
        /// The newest format this version knows.
        known: i32,
    },
}

/// The stores of one database.
#[derive(Debug)]
pub struct PostgresStore {
    resources: Arc<PostgresResources>,
    records: Arc<PostgresRecords>,
    blobs: Arc<PostgresBlobs>,
    counters: Arc<PostgresCounters>,
    queue: Arc<PostgresQueue>,
}

impl PostgresStore {
    /// Connects to a `postgres://` URL, makes what is missing and brings older formats up to date. Several nodes may do
    /// so at once.
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self, OpenError> {
        let target = PgConnectOptions::from_str(url)?.application_name("portcullis");
        let open = async |connections| Connections::open(&target, options, connections).await;
        let writers = open((resources::WRITERS_MAX, resources::LISTENERS)).await?;
        migrate::run(writers.pool()).await?;
        let views = open((options.views_max, resources::ASKING)).await?;
        let records = open((records::CONNECTIONS_MAX, records::STORING)).await?;
        let counters = open((counters::CONNECTIONS_MAX, 0)).await?;
        let queue = open((queue::CONNECTIONS_MAX, 0)).await?;
        Ok(Self {
            queue: Arc::new(PostgresQueue(queue)),
            counters: Arc::new(PostgresCounters(counters)),
            resources: Arc::new(PostgresResources::start(views, writers, options.poll).await?),
            blobs: Arc::new(PostgresBlobs(records.clone())),
            records: Arc::new(PostgresRecords(records)),
        })
    }

    /// What people configure.
    pub fn resources(&self) -> Arc<dyn Resources> {
        Arc::<PostgresResources>::clone(&self.resources)
    }

    /// What traffic leaves behind.
    pub fn events(&self) -> Arc<dyn Events> {
        Arc::<PostgresRecords>::clone(&self.records)
    }

    /// Function code.
    pub fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::<PostgresBlobs>::clone(&self.blobs)
    }

    /// What is counted.
    pub fn counters(&self) -> Arc<dyn Counters> {
        Arc::<PostgresCounters>::clone(&self.counters)
    }

    /// What is still to be done.
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::<PostgresQueue>::clone(&self.queue)
    }

    /// Closes the connections. Whoever still holds a store gets faults from it.
    pub async fn close(&self) {
        self.resources.close().await;
        // Blobs have the records' connections.
        self.records.0.close().await;
        self.counters.0.close().await;
        self.queue.0.close().await;
    }
}
