//! Deletes logs and trails that are older, or more, than is kept.

use std::time::Duration;

use async_trait::async_trait;
use operation::{Failure, Job, JobCall};
use store_records::Pruned;
use telemetry::Retention;
use tracing::info;

/// The job.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordsRetention {
    /// How much is kept.
    pub retention: Retention,
}

#[async_trait]
impl Job for RecordsRetention {
    fn name(&self) -> &'static str {
        "records-retention"
    }

    fn every(&self) -> Duration {
        // A busy node stores a few MB each second: a minute more is far below the smallest bound on size.
        Duration::from_mins(1)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        let pruned = telemetry::prune(call.ports.events.as_ref(), call.now, self.retention).await?;
        if pruned != Pruned::default() {
            info!(blocks = pruned.blocks, bytes = pruned.bytes, "records went by age or size");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, ONE, World, line};

    const DAY: i64 = 86_400;

    #[tokio::test]
    async fn old_records_go_and_young_ones_stay() {
        let world = World::new().await;
        world.store_block(&[line(ONE, "access/a/prod", NOW - 8 * DAY, "old")]).await;
        world.store_block(&[line(ONE, "access/a/prod", NOW - 6 * DAY, "young")]).await;
        assert_eq!(world.run_job(&RecordsRetention::default()).await, store_resources::Batch::default());
        assert_eq!(world.all_lines().await, ["young"]);
    }

    #[tokio::test]
    async fn too_much_goes_whatever_its_age() {
        let world = World::new().await;
        world.store_block(&[line(ONE, "access/a/prod", NOW, "young")]).await;
        let none = RecordsRetention { retention: Retention { days: 7, bytes_max: 0 } };
        world.run_job(&none).await;
        assert_eq!(world.all_lines().await, Vec::<String>::new());
    }
}
