//! The resources store: reads from a pool of views, writes through the one writer.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{ConnectOptions as _, SqlitePool};
use store_resources::{
    AuditEntry, AuditFilter, AuditPage, Batch, CommitError, Fault, Lease, Resources, Revision, View,
};

use crate::directory::{Directory, Durability, reading, writing};
use crate::view::SqliteView;
use crate::writer::Writer;
use crate::{OpenError, audit, commit, lease, migrate};

/// `resources.db`.
#[derive(Debug)]
pub(crate) struct SqliteResources {
    readers: SqlitePool,
    writer: Writer,
}

/// Views that are open at once, at most; each costs a thread.
const VIEWS_MAX: u32 = 32;

/// How long a caller waits for a view before that is a fault.
const VIEW_WAIT: Duration = Duration::from_secs(10);

/// How long a connection that nobody needs stays open.
const VIEW_IDLE: Duration = Duration::from_mins(1);

impl SqliteResources {
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        let file = directory.database("resources.db")?;
        let fail = |source| OpenError::Database { file: file.clone(), source };
        let mut connection = writing(&file, Durability::Power).connect().await.map_err(fail)?;
        migrate::run(&mut connection, &file, migrate::RESOURCES).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(VIEWS_MAX)
            .acquire_timeout(VIEW_WAIT)
            .idle_timeout(VIEW_IDLE)
            .test_before_acquire(false)
            .connect_with(reading(&file))
            .await
            .map_err(fail)?;
        let writer = Writer::start(connection, Arc::clone(directory)).await.map_err(fail)?;
        Ok(Self { readers, writer })
    }

    /// Readers first: the last connection to close folds the write-ahead log.
    pub(crate) async fn close(&self) {
        // Views that are still open end on their own; nobody waits for them.
        let _ = futures_util::future::poll_immediate(self.readers.close()).await;
        self.writer.close().await;
    }
}

/// Writes without preconditions are never refused.
fn only_fault(error: CommitError) -> Fault {
    match error {
        CommitError::Fault(fault) => fault,
        refused @ (CommitError::Conflict | CommitError::Fenced) => Fault::new("writing", refused),
    }
}

#[async_trait]
impl Resources for SqliteResources {
    async fn view(&self) -> Result<Box<dyn View>, Fault> {
        Ok(Box::new(SqliteView::open(&self.readers).await?))
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.writer.write(batch).await
    }

    async fn append_audit(&self, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        self.writer.write(audit::Append(entries)).await.map_err(only_fault)
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<AuditPage, Fault> {
        audit::read(&self.readers, filter).await
    }

    async fn prune_audit(&self, before: Timestamp, limit: u32, lease: &Lease) -> Result<u64, CommitError> {
        self.writer.write(audit::Prune { before, limit, lease: lease.clone() }).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        Ok(*self.writer.revision().borrow())
    }

    /// The directory is ours alone: every change is one of this process, so there is nothing to poll for.
    async fn changed(&self, seen: Revision) -> Result<Revision, Fault> {
        let mut revision = self.writer.revision();
        let newest = revision.wait_for(|known| *known > seen).await;
        newest.map(|newest| *newest).map_err(|closed| Fault::new("waiting for changes", closed))
    }

    async fn prune_changes(&self, through: Revision) -> Result<(), Fault> {
        self.writer.write(commit::PruneChanges(through)).await.map_err(only_fault)
    }

    async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, Fault> {
        let claim = lease::Claim { name: name.to_owned(), holder: holder.to_owned(), now, ttl };
        self.writer.write(claim).await.map_err(only_fault)
    }
}
