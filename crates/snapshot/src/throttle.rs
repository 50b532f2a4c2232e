//! Token buckets without a lock: how often something may be called.
//!
//! A bucket is one number, the moment at which it will be full again; everything else follows from the limit. It is exactly
//! a bucket of `burst` tokens that gets `rate` tokens a second (the generic cell rate algorithm).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A rate and a burst, worked out once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Requests a second.
    pub rate: f64,
    /// Requests at once.
    pub burst: u32,
    /// Nanoseconds that one token takes to come back.
    interval_ns: u64,
    /// Nanoseconds that an empty bucket takes to fill.
    depth_ns: u64,
}

/// A longer interval would never end, and its sums must not overflow: a hundred years.
const INTERVAL_NS_MAX: f64 = 3.2e18;

impl Limit {
    /// A limit. A rate that is no positive number lets nothing pass, and so does a burst of nothing.
    // SECURITY: rounding up never lets more pass than the rate says.
    pub fn new(rate: f64, burst: u32) -> Self {
        let burst_in_force = if rate > 0.0 { burst } else { 0 };
        let interval_ns = if rate > 0.0 { (1e9 / rate).ceil().clamp(1.0, INTERVAL_NS_MAX) as u64 } else { 1 };
        Self { rate, burst, interval_ns, depth_ns: interval_ns.saturating_mul(burst_in_force.into()) }
    }

    /// The part of one node of `nodes`: its tokens come so much slower, and so many fewer fit, but never less than one of
    /// those there are.
    fn share(&self, nodes: u32) -> (u64, u64) {
        let interval = self.interval_ns.saturating_mul(nodes.max(1).into());
        let depth = if self.depth_ns == 0 { 0 } else { self.depth_ns.max(interval) };
        (interval, depth)
    }
}

/// How late a thread may come with the moment it was told; whoever is later could fill a bucket again.
const LATE_NS: u64 = 1_000_000_000;

/// Tokens: what is left of a [`Limit`]. A new one is full.
#[derive(Debug, Default)]
pub struct Bucket {
    /// When it is full again, on the clock that measures durations, in nanoseconds.
    full_at_ns: AtomicU64,
}

impl Bucket {
    /// Takes a token at `now`, on a node that has a share of one in `nodes`; `false` where there is none.
    pub fn take(&self, limit: &Limit, nodes: u32, now: Duration) -> bool {
        let (interval, depth) = limit.share(nodes);
        let now = nanoseconds(now);
        let mut full_at = self.full_at_ns.load(Ordering::Relaxed);
        loop {
            let empty = now.saturating_add(depth);
            let next = full_at.max(now).saturating_add(interval);
            // A bucket that is emptier than empty was emptied under another limit; it must not take as long to fill.
            let (then, taken) = if next <= empty {
                (next, true)
            } else if full_at > empty.saturating_add(LATE_NS) {
                (empty, false)
            } else {
                return false;
            };
            match self.full_at_ns.compare_exchange_weak(full_at, then, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return taken,
                Err(found) => full_at = found,
            }
        }
    }

    /// Whether nothing is missing from it at `now`: a new one would do as well.
    pub fn is_full(&self, now: Duration) -> bool {
        self.full_at_ns.load(Ordering::Relaxed) <= nanoseconds(now)
    }

    /// Puts a token back that was taken and not used.
    pub fn give_back(&self, limit: &Limit, nodes: u32) {
        let (interval, _) = limit.share(nodes);
        let put = |full_at: u64| Some(full_at.saturating_sub(interval));
        // The closure always answers, so there is nothing to fail.
        let _ = self.full_at_ns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, put);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passed(bucket: &Bucket, limit: &Limit, at_ms: u64, tries: usize) -> usize {
        (0..tries).filter(|_| bucket.take(limit, 1, Duration::from_millis(at_ms))).count()
    }

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let (bucket, limit) = (Bucket::default(), Limit::new(10.0, 5));
        assert_eq!(passed(&bucket, &limit, 1000, 100), 5);
        assert_eq!(passed(&bucket, &limit, 1099, 100), 0);
        assert_eq!(passed(&bucket, &limit, 1100, 100), 1);
        assert_eq!(passed(&bucket, &limit, 1400, 100), 3);
        assert_eq!(passed(&bucket, &limit, 60_000, 100), 5, "it never holds more than its burst");
    }

    #[test]
    fn nothing_passes_a_limit_of_nothing() {
        for (rate, burst) in [(0.0, 5), (10.0, 0), (-1.0, 5), (f64::NAN, 5), (f64::NEG_INFINITY, 1)] {
            assert_eq!(passed(&Bucket::default(), &Limit::new(rate, burst), 1000, 10), 0, "{rate} {burst}");
        }
        for rate in [f64::INFINITY, 1e300] {
            assert!(passed(&Bucket::default(), &Limit::new(rate, 5), 1000, 10) >= 5, "{rate}");
        }
        let slow = Bucket::default();
        assert_eq!(passed(&slow, &Limit::new(1e-300, 2), 1000, 10), 2);
        assert_eq!(passed(&slow, &Limit::new(1e-300, 2), u64::from(u32::MAX), 10), 0);
    }

    #[test]
    fn what_is_given_back_may_be_taken_again_and_no_more() {
        let (bucket, limit) = (Bucket::default(), Limit::new(1.0, 2));
        assert_eq!(passed(&bucket, &limit, 1000, 5), 2);
        bucket.give_back(&limit, 1);
        assert_eq!(passed(&bucket, &limit, 1000, 5), 1);
        (0..100).for_each(|_| bucket.give_back(&limit, 1));
        assert_eq!(passed(&bucket, &limit, 1000, 5), 2);
    }

    #[test]
    fn a_raised_limit_lets_pass_at_its_own_rate_soon() {
        let (bucket, slow, fast) = (Bucket::default(), Limit::new(0.001, 1), Limit::new(100.0, 10));
        assert_eq!(passed(&bucket, &slow, 1000, 5), 1);
        assert_eq!(passed(&bucket, &fast, 1010, 100), 0, "it was empty, and is");
        assert_eq!(passed(&bucket, &fast, 1030, 100), 2);
        assert_eq!(passed(&bucket, &fast, 60_000, 100), 10);
        assert_eq!(passed(&bucket, &slow, 60_200, 5), 1, "a lowered one has its burst");
        assert_eq!(passed(&bucket, &slow, 61_000, 5), 0);
    }

    #[test]
    fn a_late_thread_fills_no_bucket() {
        let (bucket, limit) = (Bucket::default(), Limit::new(1000.0, 1));
        assert_eq!(passed(&bucket, &limit, 1500, 1), 1);
        assert_eq!(passed(&bucket, &limit, 600, 10), 0, "its moment is long over");
        assert_eq!(passed(&bucket, &limit, 1500, 10), 0);
        assert!(bucket.is_full(Duration::from_millis(1501)) && !bucket.is_full(Duration::from_millis(1500)));
    }

    #[test]
    fn nodes_share_a_limit_and_each_has_one_token_at_least() {
        let second = Duration::from_secs(1);
        let limit = Limit::new(100.0, 10);
        let pass = |nodes: u32, seconds: u64| {
            let bucket = Bucket::default();
            let at = |step: u64| second + Duration::from_millis(step);
            (0..seconds * 1000)
                .map(|step| (0..3).filter(|_| bucket.take(&limit, nodes, at(step))).count())
                .sum::<usize>()
        };
        // One of four lets a quarter pass: of the burst, and of the rate for ten seconds.
        assert!((251..=253).contains(&pass(4, 10)), "{}", pass(4, 10));
        assert!(Bucket::default().take(&Limit::new(1.0, 1), 50, second));
    }

    #[test]
    fn threads_never_take_more_than_there_is() {
        let (bucket, limit) = (Bucket::default(), Limit::new(1.0, 1000));
        let taken: usize = std::thread::scope(|scope| {
            let take = || (0..1000).filter(|_| bucket.take(&limit, 1, Duration::from_secs(1))).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(taken, 1000);
    }

    proptest! {
        #[test]
        fn no_sequence_passes_more_than_burst_and_rate(
            rate in 0.1..10_000.0_f64, burst in 0..50_u32, steps in proptest::collection::vec(0..200_u64, 1..200)
        ) {
            let (bucket, limit) = (Bucket::default(), Limit::new(rate, burst));
            let (mut at_ms, mut passed) = (1000, 0_u32);
            for step in steps {
                at_ms += step;
                passed += u32::from(bucket.take(&limit, 1, Duration::from_millis(at_ms)));
                let most = f64::from(burst) + rate * (at_ms - 1000) as f64 / 1000.0;
                prop_assert!(f64::from(passed) <= most + 1e-6, "{passed} of {most}");
            }
        }
    }
}
