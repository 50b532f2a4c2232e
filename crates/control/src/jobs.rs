//! Runs background jobs: each under its lease, with the same transaction and audit as a call.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Scope, Timestamp};
use futures_util::FutureExt as _;
use operation::{Failure, Job, JobCall, Kind, Ports, Transaction};
use store_resources::{CommitError, Lease, Precondition, Revision};

use crate::audit;

/// Runs jobs until it is dropped.
#[derive(Debug, Clone)]
pub struct Jobs {
    /// What jobs may reach.
    pub ports: Arc<Ports>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This node's name in leases.
    pub holder: String,
    /// Whom the installation's own work is booked on.
    pub scope: Scope,
}

/// How long a lease lasts beyond the pause between two runs.
const LEASE_SLACK: Duration = Duration::from_mins(1);
/// How often a run begins anew because others were faster, before it is left to the next one.
const ATTEMPTS_MAX: usize = 16;

impl Jobs {
    /// Runs one job for ever: at once, and again after each pause.
    pub async fn run(&self, job: Arc<dyn Job>) {
        loop {
            // A run that panics must not be the job's last.
            match AssertUnwindSafe(self.once(job.as_ref())).catch_unwind().await {
                Ok(Ok(_)) => {}
                Ok(Err(failure)) => {
                    tracing::error!(job = job.name(), error = %base::with_causes(&failure), "a background job failed; it is tried again");
                }
                Err(_) => tracing::error!(job = job.name(), "a background job panicked; it is tried again"),
            }
            self.clock.sleep(job.every()).await;
        }
    }

    /// Runs a job once, if this node gets its lease. Answers the revision it made, if any.
    pub async fn once(&self, job: &dyn Job) -> Result<Option<Revision>, Failure> {
        let now = self.clock.now();
        let ttl = job.every() + LEASE_SLACK;
        let Some(lease) = self.ports.resources.acquire_lease(job.name(), &self.holder, now, ttl).await? else {
            return Ok(None);
        };
        for _ in 0..ATTEMPTS_MAX {
            let tx = Transaction::begin(self.ports.resources.as_ref(), Kind::Write).await?;
            let mut call = JobCall { now, tx, lease: &lease, ports: &self.ports };
            job.run(&mut call).await?;
            if call.tx.is_empty() {
                return Ok(None);
            }
            let tx = call.tx;
            match self.commit(job.name(), tx, &lease, now).await {
                Ok(revision) => return Ok(Some(revision)),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fenced) => {
                    tracing::warn!(job = job.name(), "another node took over the job; this run wrote nothing");
                    return Ok(None);
                }
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
        tracing::warn!(job = job.name(), "other writers were faster each time; the job is left to its next run");
        Ok(None)
    }

    async fn commit(
        &self,
        name: &'static str,
        tx: Transaction,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Revision, CommitError> {
        let mut batch = tx.into_batch();
        batch.preconditions.push(Precondition::Lease(lease.clone()));
        batch.audit.push(audit::system_entry(&self.scope, name, now));
        self.ports.resources.commit(batch).await
    }
}
