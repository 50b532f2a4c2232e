//! When requests fall due at a pace: at random, and the same for every contender.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::waf::random::Random;

/// The same in every run, so that all contenders meet the same requests at the same moments.
const SEED: u64 = 0x706f_7274_6375_6c6c;

/// The requests to come of all connections.
///
/// The gaps of each connection are exponential, as with many callers who do not know of each other: what has fallen due tells
/// nothing of what will.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// The next of each connection, the earliest first.
    next: BinaryHeap<Reverse<(Duration, usize)>>,
    chance: Vec<Random>,
    mean: Duration,
}

impl Arrivals {
    /// So many a second on each connection, from `begin` on.
    pub(super) fn new(per_connection: u32, connections: usize, begin: Duration) -> Self {
        let mut seeds = Random::new(SEED);
        let mut chance: Vec<Random> = (0..connections).map(|_| Random::new(seeds.number())).collect();
        let mean = Duration::from_secs(1) / per_connection.max(1);
        let first = chance.iter_mut().enumerate().map(|(place, chance)| Reverse((begin + gap(chance, mean), place)));
        let next = first.collect();
        Self { next, chance, mean }
    }

    /// The earliest of those due by `now`, and the place of its connection.
    pub(super) fn due(&mut self, now: Duration) -> Option<(Duration, usize)> {
        let mut earliest = self.next.peek_mut().filter(|earliest| earliest.0.0 <= now)?;
        let (due, place) = earliest.0;
        earliest.0.0 = due + gap(&mut self.chance[place], self.mean);
        Some((due, place))
    }
}

fn gap(chance: &mut Random, mean: Duration) -> Duration {
    /// The numbers a float tells apart between 0 and 1.
    const STEPS: f64 = (1_u64 << 53) as f64;
    let share = (chance.number() >> 11) as f64 / STEPS;
    // The share is below 1, so that the logarithm is finite.
    mean.mul_f64(-(1.0 - share).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn all(arrivals: &mut Arrivals, until: Duration) -> Vec<(Duration, usize)> {
        std::iter::from_fn(|| arrivals.due(until)).collect()
    }

    #[test]
    fn a_pace_keeps_its_mean() {
        let due = all(&mut Arrivals::new(240, 64, SECOND), SECOND * 11);
        let expected = 240.0 * 64.0 * 10.0;
        // Four standard deviations of a count whose variance is its mean.
        assert!((due.len() as f64 - expected).abs() < 4.0 * expected.sqrt(), "{} of {expected}", due.len());
    }

    #[test]
    fn gaps_are_as_spread_as_they_are_long() {
        let mut chance = Random::new(1);
        let gaps: Vec<f64> = (0..100_000).map(|_| gap(&mut chance, SECOND).as_secs_f64()).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.05, "mean {mean}, variance {variance}");
    }

    #[test]
    fn requests_fall_due_in_order_on_every_connection_and_not_before_the_begin() {
        let due = all(&mut Arrivals::new(100, 8, SECOND), SECOND * 2);
        assert!(due.is_sorted() && due.first().is_some_and(|(first, _)| *first >= SECOND));
        assert!((0..8).all(|place| due.iter().any(|(_, own)| *own == place)));
    }

    #[test]
    fn every_run_meets_the_same_requests() {
        let run = || all(&mut Arrivals::new(240, 64, SECOND), SECOND * 2);
        assert_eq!(run(), run());
    }
}
