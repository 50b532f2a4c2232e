//! Forgets old entries of the change feed, which only nodes that lag behind still ask for.

use std::time::Duration;

use async_trait::async_trait;
use operation::{Failure, Job, JobCall};
use store_resources::Revision;

/// The job.
#[derive(Debug, Clone, Copy)]
pub struct ChangeFeedRetention {
    /// How many of the newest revisions are kept.
    pub revisions: u64,
}

impl Default for ChangeFeedRetention {
    /// More than any node misses that was away for minutes; one that missed more reads everything anew.
    fn default() -> Self {
        Self { revisions: 10_000 }
    }
}

#[async_trait]
impl Job for ChangeFeedRetention {
    fn name(&self) -> &'static str {
        "change-feed-retention"
    }

    fn every(&self) -> Duration {
        // Often, so that one run never has much to delete.
        Duration::from_mins(1)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        let through = call.tx.revision().0.saturating_sub(self.revisions);
        if through > 0 {
            // A node that comes too late cuts less than was cut already, which changes nothing: this needs no fence.
            call.ports.resources.prune_changes(Revision(through)).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn the_newest_revisions_stay_and_older_ones_go() {
        let world = World::new().await;
        for _ in 0..5 {
            world.commit().await;
        }
        let batch = world.run_job(&ChangeFeedRetention { revisions: 2 }).await;
        assert_eq!(batch, store_resources::Batch::default(), "it writes nothing of its own");
        assert!(!world.feed_reaches(2).await);
        assert!(world.feed_reaches(3).await);
    }

    #[tokio::test]
    async fn a_feed_shorter_than_what_is_kept_stays_whole() {
        let world = World::new().await;
        for revisions in [5, 6, u64::MAX] {
            world.commit().await;
            world.run_job(&ChangeFeedRetention { revisions }).await;
            assert!(world.feed_reaches(0).await, "{revisions}");
        }
    }
}
