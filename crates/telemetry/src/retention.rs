//! How long records are kept: by age and by size, so that a disk never fills.

use std::time::Duration;

use base::Timestamp;
use store_records::{Events, Fault, Pruned};

/// How much is kept; whichever bound is met first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Whole days.
    pub days: u32,
    /// Stored bytes of the whole installation.
    pub bytes_max: u64,
}

impl Default for Retention {
    /// Seven days, one GiB.
    fn default() -> Self {
        Self { days: 7, bytes_max: 1 << 30 }
    }
}

/// Deletes what is older or more than is kept.
pub async fn prune(events: &dyn Events, now: Timestamp, retention: Retention) -> Result<Pruned, Fault> {
    let age = Duration::from_secs(u64::from(retention.days) * 24 * 60 * 60);
    // Before the calendar's first day there is nothing to delete by age.
    let before = now.checked_sub(age).unwrap_or(Timestamp::MIN);
    events.prune(before, retention.bytes_max).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;

    #[tokio::test]
    async fn retention_counts_days_back_from_now() {
        let store = Memory::default();
        let now = Timestamp::from_second(100 * 24 * 3_600).unwrap();
        prune(&store, now, Retention::default()).await.unwrap();
        prune(&store, now, Retention { days: u32::MAX, bytes_max: 5 }).await.unwrap();
        let week_ago = Timestamp::from_second(93 * 24 * 3_600).unwrap();
        assert_eq!(store.pruned(), [(week_ago, 1 << 30), (Timestamp::MIN, 5)]);
    }
}
