//! What a run counts: how long answers took, and what failed.

use std::ops::Range;
use std::time::Duration;

use crate::latencies::Latencies;

/// The counts so far.
#[derive(Debug)]
pub(super) struct Tally {
    /// Requests that began in this time have a latency.
    pub(super) counted: Range<Duration>,
    pub(super) latencies: Latencies,
    /// Whenever they began: answers other than 2xx and 3xx, lost connections, and requests without an answer.
    pub(super) failures: u64,
}

impl Tally {
    /// Counts failures alone, until it is told more.
    pub(super) fn new() -> Self {
        Self { counted: Duration::ZERO..Duration::ZERO, latencies: Latencies::new(), failures: 0 }
    }

    /// An answer is there.
    pub(super) fn answered(&mut self, status: u16, began: Duration, now: Duration) {
        self.failures += u64::from(!(200..400).contains(&status));
        if self.counted.contains(&began) {
            self.latencies.add(now.saturating_sub(began));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_in_the_counted_time_has_a_latency_and_every_failure_counts() {
        let second = Duration::from_secs;
        let mut tally = Tally { counted: second(2)..second(4), ..Tally::new() };
        for (began, status) in [(1, 200), (2, 200), (3, 404), (4, 200), (5, 503), (3, 304)] {
            tally.answered(status, second(began), second(6));
        }
        assert_eq!((tally.latencies.count(), tally.failures), (3, 2));
        assert_eq!(tally.latencies.sort().within(1000), second(4));
    }
}
