//! The port to what people configure: documents with a revision, a change feed, an audit outbox and leases.
//!
//! It must not know: AWS, JSON shapes, SQL, or which backend answers. Begin with [`Resources`]; a backend
//! implements it and passes [`contract`]. Documents are opaque bytes here; `operation` gives them types.
//!
//! A transaction is optimistic: it reads a consistent [`View`], gathers a [`Batch`] together with what it relied on,
//! and [`Resources::commit`] either writes the whole batch under one new revision or writes nothing.

pub mod key;
pub mod batch;
pub mod view;
pub mod audit;
pub mod lease;
pub mod contract;

use async_trait::async_trait;
use base::Timestamp;

pub use audit::{AuditAttribute, AuditEntry, AuditFilter, AuditPage, AuditPosition};
pub use batch::{Batch, CommitError, Precondition, Write};
pub use key::{Key, Table};
pub use lease::{Fence, Holding, Lease};
pub use view::{Change, Changes, Document, Page, View};

/// A revision of the whole installation: commits are numbered from 1, in order and without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Revision(pub u64);

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The store itself failed: disk, network, a row that cannot be read. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
#[error("the resources store failed: {what}")]
pub struct Fault {
    /// What was being done.
    pub what: &'static str,
    /// The backend's own error.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// Wraps a backend's error.
    pub fn new(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what, source: source.into() }
    }
}

/// The resources store.
#[async_trait]
pub trait Resources: Send + Sync + std::fmt::Debug {
    /// Opens a consistent view of the newest committed revision.
    async fn view(&self) -> Result<Box<dyn View>, Fault>;

    /// Writes a batch whole or not at all. On success the batch has the returned revision, its audit entries are
    /// stored with it, and both are durable.
    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError>;

    /// Stores audit entries of calls that changed nothing; durable when it answers, concurrent calls share one
    /// disk flush. The revision stays.
    async fn append_audit(&self, entries: Vec<AuditEntry>) -> Result<(), Fault>;

    /// Reads audit entries of one account and region, newest first.
    async fn read_audit(&self, filter: &AuditFilter) -> Result<AuditPage, Fault>;

    /// Deletes audit entries older than `before`, at most `limit` of them; answers how many went.
    async fn prune_audit(&self, before: Timestamp, limit: u32, lease: &Lease) -> Result<u64, CommitError>;

    /// The newest committed revision.
    async fn revision(&self) -> Result<Revision, Fault>;

    /// Waits until the revision is above `seen`, or until the backend's poll interval has passed, and answers the
    /// newest revision it knows. Commits of this process wake it at once.
    async fn changed(&self, seen: Revision) -> Result<Revision, Fault>;

    /// Forgets the change feed up to `through`; a view asked for changes from before that answers
    /// [`Changes::Truncated`].
    async fn prune_changes(&self, through: Revision) -> Result<(), Fault>;

    /// Takes or renews the lease `name` for `holder` until `now + ttl`. Answers `None` while somebody else holds it.
    /// A lease that changes hands gets a higher fence.
    async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        ttl: std::time::Duration,
    ) -> Result<Option<Lease>, Fault>;
}
