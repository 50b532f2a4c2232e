//! A store that a test can break: the embedded one, with faults on demand and a meeting point before commits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use store_resources::{
    AuditEntry, AuditFilter, AuditPage, Batch, CommitError, Fault, Lease, Resources, Revision, View,
};
use tokio::sync::Barrier;

/// How commits go.
#[derive(Debug, Clone, Default)]
pub(crate) enum Commits {
    /// As they should.
    #[default]
    Whole,
    /// With a fault, and nothing is written.
    Fail,
    /// Somebody else is always faster.
    Conflict,
    /// The next so many wait until as many others have come, so that all of them have read before any writes.
    Meet(Arc<Barrier>, usize),
}

#[derive(Debug, Default)]
struct Mood {
    commits: Commits,
    audit_fails: bool,
    is_away: bool,
}

/// The store.
#[derive(Debug)]
pub(crate) struct Fragile {
    inner: Arc<dyn Resources>,
    mood: Mutex<Mood>,
    attempts: AtomicUsize,
}

impl Fragile {
    pub(crate) fn new(inner: Arc<dyn Resources>) -> Self {
        Self { inner, mood: Mutex::default(), attempts: AtomicUsize::new(0) }
    }

    /// How commits go from now on.
    pub(crate) fn commits(&self, commits: Commits) {
        self.mood().commits = commits;
    }

    /// Whether records of calls that changed nothing can be written.
    pub(crate) fn break_audit(&self, broken: bool) {
        self.mood().audit_fails = broken;
    }

    /// Whether the store answers at all.
    pub(crate) fn take_away(&self, away: bool) {
        self.mood().is_away = away;
    }

    /// How many commits were tried so far.
    pub(crate) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    fn mood(&self) -> MutexGuard<'_, Mood> {
        self.mood.lock().unwrap()
    }

    fn reach(&self) -> Result<(), Fault> {
        if self.mood().is_away { Err(Fault::new("reaching the store", "it is away")) } else { Ok(()) }
    }

    /// Where the next commit has to wait, if it does.
    fn meeting(&self) -> Option<Arc<Barrier>> {
        let mut mood = self.mood();
        let Commits::Meet(barrier, left @ 1..) = &mut mood.commits else { return None };
        *left -= 1;
        Some(Arc::clone(barrier))
    }
}

#[async_trait]
impl Resources for Fragile {
    async fn view(&self) -> Result<Box<dyn View>, Fault> {
        self.reach()?;
        self.inner.view().await
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.reach()?;
        self.attempts.fetch_add(1, Ordering::SeqCst);
        if let Some(barrier) = self.meeting() {
            barrier.wait().await;
        }
        let commits = self.mood().commits.clone();
        match commits {
            Commits::Whole | Commits::Meet(..) => self.inner.commit(batch).await,
            Commits::Fail => Err(Fault::new("writing", "the disk is full").into()),
            Commits::Conflict => Err(CommitError::Conflict),
        }
    }

    async fn append_audit(&self, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        self.reach()?;
        if self.mood().audit_fails {
            return Err(Fault::new("writing", "the disk is full"));
        }
        self.inner.append_audit(entries).await
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<AuditPage, Fault> {
        self.reach()?;
        self.inner.read_audit(filter).await
    }

    async fn prune_audit(&self, before: Timestamp, limit: u32, lease: &Lease) -> Result<u64, CommitError> {
        self.reach()?;
        self.inner.prune_audit(before, limit, lease).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        self.reach()?;
        self.inner.revision().await
    }

    async fn changed(&self, seen: Revision) -> Result<Revision, Fault> {
        self.reach()?;
        self.inner.changed(seen).await
    }

    async fn prune_changes(&self, through: Revision) -> Result<(), Fault> {
        self.reach()?;
        self.inner.prune_changes(through).await
    }

    async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, Fault> {
        self.reach()?;
        self.inner.acquire_lease(name, holder, now, ttl).await
    }
}
