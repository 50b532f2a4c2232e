//! How long answers took, and exact percentiles of it.

use std::time::Duration;

/// Room from the start: growing copies everything, while requests wait.
const EXPECTED: usize = 1 << 20;

/// A latency is kept in tenths of a microsecond, which last for seven minutes.
const TENTHS_PER_SECOND: f64 = 1e7;

/// Every latency.
#[derive(Debug)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(EXPECTED))
    }

    /// One more.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_nanos() / 100).unwrap_or(u32::MAX));
    }

    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// In order, to be asked.
    pub(crate) fn sort(mut self) -> Sorted {
        self.0.sort_unstable();
        Sorted(self.0)
    }
}

/// Latencies in order.
#[derive(Debug)]
pub(crate) struct Sorted(Vec<u32>);

impl Sorted {
    /// The shortest time within which so many of a thousand were answered; zero where there are none.
    pub(crate) fn within(&self, per_mille: usize) -> Duration {
        let rank = (self.0.len() * per_mille).div_ceil(1000);
        let tenths = self.0.get(rank.saturating_sub(1)).copied().unwrap_or(0);
        Duration::from_secs_f64(f64::from(tenths) / TENTHS_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact() {
        let sorted = |count: u64| {
            let mut latencies = Latencies::new();
            // Not in order: 7 has no factor in common with the counts.
            (0..count).for_each(|n| latencies.add(Duration::from_micros(n * 7 % count + 1)));
            latencies.sort()
        };
        for (count, per_mille, expected_us) in [
            (1000, 500, 500),
            (1000, 900, 900),
            (1000, 990, 990),
            (1000, 999, 999),
            (1000, 1000, 1000),
            (100, 990, 99),
            (100, 999, 100),
            (3, 500, 2),
            (1, 500, 1),
            (1, 1000, 1),
            (0, 990, 0),
        ] {
            let within = sorted(count).within(per_mille);
            assert_eq!(within, Duration::from_micros(expected_us), "{per_mille} of a thousand of {count}");
        }
    }

    #[test]
    fn a_latency_too_long_to_keep_is_the_longest() {
        let mut latencies = Latencies::new();
        latencies.add(Duration::from_hours(1));
        assert!(latencies.sort().within(1000) > Duration::from_secs(400));
    }
}
