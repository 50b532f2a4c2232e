//! How old the snapshot may be: while the store is away, a node serves what it has, but not for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// When the snapshot was last known to be the newest. Clones share it: the publisher confirms, the gateway asks.
/// Times are [`base::Clock::elapsed`], which never runs backwards.
#[derive(Debug, Clone)]
pub struct Freshness {
    confirmed_ms: Arc<AtomicU64>,
    stale_max: Option<Duration>,
}

impl Freshness {
    /// Confirmed at `now`; requests are refused once that is longer ago than `stale_max`. Zero means never.
    pub fn new(stale_max: Duration, now: Duration) -> Self {
        let stale_max = (!stale_max.is_zero()).then_some(stale_max);
        Self { confirmed_ms: Arc::new(AtomicU64::new(now.as_millis() as u64)), stale_max }
    }

    /// The store answered at `now` that there is nothing newer, or the newest was published.
    pub fn confirm(&self, now: Duration) {
        // A late confirmation of an earlier moment must not make the snapshot look older.
        self.confirmed_ms.fetch_max(now.as_millis() as u64, Ordering::Relaxed);
    }

    /// How long ago the snapshot was last confirmed.
    pub fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(Duration::from_millis(self.confirmed_ms.load(Ordering::Relaxed)))
    }

    /// The longest age that is served, where there is one.
    pub fn stale_max(&self) -> Option<Duration> {
        self.stale_max
    }

    /// Whether the snapshot is too old to be served.
    pub fn is_stale(&self, now: Duration) -> bool {
        self.stale_max.is_some_and(|max| self.age(now) > max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_snapshot_grows_stale_until_it_is_confirmed() {
        let freshness = Freshness::new(10 * SECOND, SECOND);
        let publisher = freshness.clone();
        assert!(!freshness.is_stale(11 * SECOND));
        assert!(freshness.is_stale(12 * SECOND));
        publisher.confirm(12 * SECOND);
        publisher.confirm(3 * SECOND);
        assert!(!freshness.is_stale(22 * SECOND));
        assert_eq!(freshness.age(20 * SECOND), 8 * SECOND);
    }

    #[test]
    fn zero_means_for_ever() {
        assert!(!Freshness::new(Duration::ZERO, Duration::ZERO).is_stale(Duration::MAX));
    }
}
