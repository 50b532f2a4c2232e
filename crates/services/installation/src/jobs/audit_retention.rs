//! Deletes audit records behind the 90 days that LookupEvents tells of.

use std::time::Duration;

use async_trait::async_trait;
use base::limits::AUDIT_DAYS;
use operation::{Failure, Job, JobCall};
use store_resources::CommitError;
use tracing::warn;

/// The job.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditRetention;

/// Entries that go in one transaction, so that writers never wait long.
const ENTRIES_A_STEP: u32 = 1_000;
/// Steps of one run; what is left goes in the next.
const STEPS_MAX: usize = 200;

#[async_trait]
impl Job for AuditRetention {
    fn name(&self) -> &'static str {
        "audit-retention"
    }

    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        let age = Duration::from_secs(AUDIT_DAYS.unsigned_abs() * 24 * 60 * 60);
        let before = call.now - age;
        for _ in 0..STEPS_MAX {
            match call.ports.resources.prune_audit(before, ENTRIES_A_STEP, call.lease).await {
                Ok(gone) if gone < u64::from(ENTRIES_A_STEP) => return Ok(()),
                Ok(_) => {}
                // The next run begins anew.
                Err(CommitError::Conflict) => return Ok(()),
                Err(CommitError::Fenced) => {
                    warn!("another node took over the retention of audit records");
                    return Ok(());
                }
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, World};

    const DAY: i64 = 86_400;

    #[tokio::test]
    async fn records_of_90_days_stay_and_older_ones_go() {
        let world = World::new().await;
        let old = (0..2_500).map(|n| NOW - 91 * DAY - n);
        world.audit(old.chain([NOW - 89 * DAY, NOW])).await;
        world.run_job(&AuditRetention).await;
        assert_eq!(world.audited().await, [NOW, NOW - 89 * DAY]);
    }

    #[tokio::test]
    async fn a_run_under_a_lost_lease_deletes_nothing() {
        let world = World::new().await;
        world.audit([NOW - 91 * DAY]).await;
        world.run_job_too_late(&AuditRetention).await;
        assert_eq!(world.audited().await, [NOW - 91 * DAY]);
    }
}
