//! Forgets what keys used of their quotas once nobody may read it and no period needs it.

use std::time::Duration;

use async_trait::async_trait;
use base::Day;
use base::limits::USAGE_DAYS_KEPT;
use operation::{Failure, Job, JobCall};
use tracing::info;

/// The job.
#[derive(Debug, Clone, Copy, Default)]
pub struct UsageRetention;

#[async_trait]
impl Job for UsageRetention {
    fn name(&self) -> &'static str {
        "usage-retention"
    }

    fn every(&self) -> Duration {
        Duration::from_hours(6)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        let gone = call.ports.counters.forget(Day::of(call.now).plus(-USAGE_DAYS_KEPT)).await?;
        if gone > 0 {
            info!(days = gone, "usage of quotas went by age");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use store_records::counters::{Counter, Take};

    use super::*;
    use crate::testing::{NOW, ONE, World, scope};

    #[tokio::test]
    async fn old_usage_goes_and_young_usage_stays() {
        let world = World::new().await;
        let today = Day((NOW / 86_400) as i32);
        let counter = Counter { scope: scope(ONE), group: "plan".to_owned(), member: "key".to_owned() };
        let days = [0, 90, USAGE_DAYS_KEPT, USAGE_DAYS_KEPT + 1, 1000].map(|ago| today.plus(-ago));
        let takes = days.map(|day| Take { counter: counter.clone(), day, first: day, limit: 9, wanted: 1 });
        let (counters, keys) = (world.counters(), ["key".to_owned()]);
        counters.take(&takes).await.expect("it counts");
        world.run_job(&UsageRetention).await;
        let kept = counters.used(&counter.scope, "plan", &keys, (today.plus(-2000), today));
        let kept: Vec<_> = kept.await.expect("it reads").into_iter().map(|(_, used)| used.day).collect();
        assert_eq!(kept, [days[2], days[1], days[0]]);
    }
}
