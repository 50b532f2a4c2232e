//! The resources store: views from one pool, writes through another, so that open views never keep a write waiting.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use store_resources::{
    AuditEntry, AuditFilter, AuditPage, Batch, CommitError, Fault, Lease, Resources, Revision, View,
};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::connect::Connections;
use crate::follow::{self, follow, learn};
use crate::rows::fault;
use crate::view::PostgresView;
use crate::{audit, commit, lease};

/// Connections for writes; commits go one after another, audit entries beside each other.
pub(crate) const WRITERS_MAX: u32 = 8;
/// One of them listens.
pub(crate) const LISTENERS: u32 = 1;
/// Connections of the views that none of them gets, however many are open: a node asks for the newest revision, or it
/// would take its snapshot for stale.
pub(crate) const ASKING: u32 = 2;

/// The tables of configuration.
#[derive(Debug)]
pub(crate) struct PostgresResources {
    views: Connections,
    writers: Connections,
    poll: Duration,
    known: watch::Sender<Revision>,
    listener: AbortHandle,
}

impl PostgresResources {
    /// Begins to listen.
    pub(crate) async fn start(views: Connections, writers: Connections, poll: Duration) -> Result<Self, sqlx::Error> {
        let known = watch::Sender::new(follow::newest(views.pool()).await?);
        let following = follow(writers.pool().clone(), known.clone(), Arc::clone(&writers.patience().clock));
        let listener = tokio::spawn(following).abort_handle();
        Ok(Self { views, writers, poll, known, listener })
    }

    pub(crate) async fn close(&self) {
        self.listener.abort();
        self.views.close().await;
        self.writers.close().await;
    }

    /// Writes in its turn and to the end, also for a caller that gives up, and within the time a call may take.
    async fn write<T, E>(
        &self,
        what: &'static str,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let writers = self.writers.clone();
        let late = move |late| Fault::new(what, late).into();
        let written = tokio::spawn(async move {
            let work = async {
                let _turn = writers.turn().await;
                work.await
            };
            writers.patience().within(work, late).await
        })
        .await;
        written.unwrap_or_else(|broken| Err(Fault::new(what, broken).into()))
    }
}

impl Drop for PostgresResources {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

#[async_trait]
impl Resources for PostgresResources {
    async fn view(&self) -> Result<Box<dyn View>, Fault> {
        Ok(Box::new(PostgresView::open(&self.views).await?))
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        let (pool, known) = (self.writers.pool().clone(), self.known.clone());
        let work = async move {
            let revision = commit::commit(&pool, &batch).await?;
            learn(&known, revision);
            Ok(revision)
        };
        self.write("committing", work).await
    }

    async fn append_audit(&self, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        let pool = self.writers.pool().clone();
        self.write("writing audit entries", async move { audit::append(&pool, &entries).await }).await
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<AuditPage, Fault> {
        let late = |late| Fault::new("reading audit entries", late);
        self.views.patience().within(audit::read(self.views.pool(), filter), late).await
    }

    async fn prune_audit(&self, before: Timestamp, limit: u32, lease: &Lease) -> Result<u64, CommitError> {
        let (pool, lease) = (self.writers.pool().clone(), lease.clone());
        let work = async move { audit::prune(&pool, before, limit, &lease).await };
        self.write("removing old audit entries", work).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        let newest = async { follow::newest(self.views.pool()).await.map_err(fault("reading the revision")) };
        let newest = self.views.patience().within(newest, |late| Fault::new("reading the revision", late)).await?;
        learn(&self.known, newest);
        Ok(newest)
    }

    async fn changed(&self, seen: Revision) -> Result<Revision, Fault> {
        let mut known = self.known.subscribe();
        let heard = async { known.wait_for(|known| *known > seen).await.map(|known| *known) };
        tokio::select! {
            heard = heard => heard.map_err(|closed| Fault::new("waiting for changes", closed)),
            () = self.views.patience().clock.sleep(self.poll) => self.revision().await,
        }
    }

    async fn prune_changes(&self, through: Revision) -> Result<(), Fault> {
        let pool = self.writers.pool().clone();
        self.write("cutting the change feed", async move { commit::prune_changes(&pool, through).await }).await
    }

    async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, Fault> {
        let (pool, name, holder) = (self.writers.pool().clone(), name.to_owned(), holder.to_owned());
        let work = async move { lease::claim(&pool, &name, &holder, now, ttl).await };
        self.write("claiming a lease", work).await
    }
}
