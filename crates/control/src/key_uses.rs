//! Stores when access keys were last used: what both planes noted, once a minute, in one batch.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys_required-permissions.html>
//!
//! Every node writes its own notes, so this is no job under a lease. It leaves no audit record, as it leaves none in AWS:
//! the calls themselves are recorded.

use std::sync::Arc;
use std::time::Duration;

use base::id::AccessKeyId;
use base::{Clock, Region, Scope};
use futures_util::future::{Either, select};
use identity::{KeyUse, KeyUses};
use model::iam::AccessKeyUse;
use operation::{Failure, Kind, Transaction};
use store_resources::{CommitError, Resources};

use crate::publish::Publisher;

/// Writes notes until it is dropped.
#[derive(Debug, Clone)]
pub struct KeyUseWriter {
    /// Where they are stored.
    pub resources: Arc<dyn Resources>,
    /// Knows which keys still exist.
    pub publisher: Arc<Publisher>,
    /// Where they are noted.
    pub uses: Arc<KeyUses>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Named where a signature names no region of its own.
    pub region: Region,
}

const EVERY: Duration = Duration::from_mins(1);
/// How long the end of a node waits for its last notes.
const LAST_WRITE_MAX: Duration = Duration::from_secs(2);

impl KeyUseWriter {
    /// Writes once a minute, for ever.
    pub async fn run(&self) {
        loop {
            self.clock.sleep(EVERY).await;
            if let Err(failure) = self.write().await {
                tracing::warn!(error = %base::with_causes(&failure), "the last use of access keys could not be stored; it is tried again");
            }
        }
    }

    /// Writes what is left when a node ends, if the store answers soon.
    pub async fn finish(&self) {
        let write = std::pin::pin!(self.write());
        match select(write, self.clock.sleep(LAST_WRITE_MAX)).await {
            Either::Left((Ok(_), _)) => {}
            Either::Left((Err(failure), _)) => {
                tracing::warn!(error = %base::with_causes(&failure), "the last use of access keys is lost");
            }
            Either::Right(_) => tracing::warn!("the store is slow; the last use of access keys is lost"),
        }
    }

    /// Writes all notes in one batch; answers how many. What cannot be stored stays noted.
    pub async fn write(&self) -> Result<usize, Failure> {
        let notes = self.uses.drain();
        let stored = self.store(&notes).await;
        if stored.is_err() {
            self.uses.put_back(notes);
        }
        stored
    }

    async fn store(&self, notes: &[(AccessKeyId, KeyUse)]) -> Result<usize, Failure> {
        let world = self.publisher.world();
        // A key that is gone leaves nothing behind; ids are never given twice.
        let known = notes.iter().filter(|(key, _)| world.snapshot.access_keys.contains_key(key));
        let mut tx = Transaction::begin(self.resources.as_ref(), Kind::Write).await?;
        let mut count = 0;
        for (key, used) in known {
            let scope = Scope { account: used.account, region: Region::global() };
            let region = used.region.clone().unwrap_or_else(|| self.region.to_string());
            let record = AccessKeyUse { key: key.clone(), when: used.when, service: used.service.clone(), region };
            tx.put(&scope, &record)?;
            count += 1;
        }
        if tx.is_empty() {
            return Ok(0);
        }
        match self.resources.commit(tx.into_batch()).await {
            Ok(_) => Ok(count),
            Err(CommitError::Fault(fault)) => Err(fault.into()),
            // It relies on nothing that it read.
            Err(CommitError::Conflict | CommitError::Fenced) => {
                Err(Failure::Broken { what: "notes without preconditions met a conflict".to_owned() })
            }
        }
    }
}
