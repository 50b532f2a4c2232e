//! Background work: one node at a time does it, under a lease, with the same transaction and audit as a call.

use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use store_resources::Lease;

use crate::{Failure, Ports, Transaction};

/// A job. `control` runs it under the lease of its name and adds the lease to the batch it commits.
#[async_trait]
pub trait Job: Send + Sync + std::fmt::Debug {
    /// Its name: of its lease, and of the system principal in its audit records.
    fn name(&self) -> &'static str;

    /// How long after one run the next begins.
    fn every(&self) -> Duration;

    /// Does what is due. An empty transaction leaves no revision and no record.
    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure>;
}

/// What a job is given.
#[derive(Debug)]
pub struct JobCall<'a> {
    /// When it runs.
    pub now: Timestamp,
    /// What it reads and writes; committed under the lease.
    pub tx: Transaction,
    /// The lease it runs under, for deletions outside the transaction.
    pub lease: &'a Lease,
    /// The rest of the world.
    pub ports: &'a Ports,
}
