//! An API key, ready to be found by its value, with what is left of its plans.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use base::id::{ApiKeyId, UsagePlanId};
use base::{Day, Fingerprint, Scope};

use crate::throttle::{Bucket, Limit};
use crate::usage_plan::QuotaRound;

/// A key that meters a client. Its value is not here: only what it is found by.
#[derive(Debug)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose it is and where.
    pub scope: Scope,
    /// What its value is found by.
    pub fingerprint: Fingerprint,
    /// A key that is not enabled opens nothing.
    pub enabled: bool,
    /// Its plans; at most one of them has any given stage.
    pub plans: Box<[KeyPlan]>,
}

/// A plan of a key.
#[derive(Debug, Clone)]
pub struct KeyPlan {
    /// Which; to be found in [`crate::Snapshot::usage_plans`].
    pub id: UsagePlanId,
    /// What the key has left of it. Every version of the key shares it.
    pub spending: Arc<Spending>,
}

/// What a key has left of a plan on this node: a few bytes, more only for plans that limit methods.
#[derive(Debug, Default)]
pub struct Spending {
    /// The plan's throttle.
    pub bucket: Bucket,
    /// The plan's quota, as far as this node has taken it ahead.
    pub lease: Lease,
    /// Until when the quota is known to be used up, and of which limit.
    refused: AtomicU64,
    methods: OnceLock<Methods>,
}

/// The throttles of methods, each behind the stage's ARN and the method's own key.
type Methods = Box<RwLock<Vec<(Arc<str>, Arc<str>, Bucket)>>>;

/// A key has so many method throttles in use at once; AWS has twenty for each of a plan's stages.
const METHODS_MAX: usize = 1_000;

/// How long a used-up quota is not asked for again: another node may have given back what it took.
const REFUSED_FOR: Duration = Duration::from_secs(1);
/// What of a limit and a day rides along, so that another limit, or another day, is asked for at once.
const TAG_BITS: u32 = 24;

impl Spending {
    /// The quota is used up on `day`, as the store says at `now`.
    pub fn refuse(&self, limit: u32, day: Day, now: Duration) {
        self.refused.store(Self::until(limit, day, now + REFUSED_FOR), Ordering::Relaxed);
    }

    /// Whether the store has just said that nothing is left of this limit on this day.
    pub fn is_refused(&self, limit: u32, day: Day, now: Duration) -> bool {
        let (refused, now) = (self.refused.load(Ordering::Relaxed), Self::until(limit, day, now));
        let of_the_same = (refused ^ now).trailing_zeros() >= TAG_BITS;
        of_the_same && refused >> TAG_BITS > now >> TAG_BITS
    }

    /// There may be something left again.
    pub fn renew(&self) {
        self.refused.store(0, Ordering::Relaxed);
    }

    fn until(limit: u32, Day(day): Day, time: Duration) -> u64 {
        let tag = limit.wrapping_mul(0x9e37_79b1) ^ day.cast_unsigned().wrapping_mul(0x85eb_ca6b);
        (time.as_millis() as u64) << TAG_BITS | u64::from(tag >> (u32::BITS - TAG_BITS))
    }

    /// Takes a token of a method's own throttle; `stage` and `method` name it.
    pub fn take(&self, stage: &Arc<str>, method: &Arc<str>, limit: &Limit, nodes: u32, now: Duration) -> bool {
        let methods = self.methods.get_or_init(Methods::default);
        {
            let known = methods.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((.., bucket)) = known.iter().find(|(of, name, _)| of == stage && name == method) {
                return bucket.take(limit, nodes, now);
            }
        }
        let mut known = methods.write().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|(of, name, _)| of == stage && name == method) {
            // SECURITY: a bucket that is forgotten is a full one for whoever comes next, so only full ones are.
            if known.len() >= METHODS_MAX {
                known.retain(|(.., bucket)| !bucket.is_full(now));
            }
            if known.len() >= METHODS_MAX {
                return false;
            }
            known.push((Arc::clone(stage), Arc::clone(method), Bucket::default()));
        }
        let bucket = known.iter().find(|(of, name, _)| of == stage && name == method);
        bucket.is_some_and(|(.., bucket)| bucket.take(limit, nodes, now))
    }

    /// Puts such a token back.
    pub fn give_back(&self, stage: &Arc<str>, method: &Arc<str>, limit: &Limit, nodes: u32) {
        let Some(methods) = self.methods.get() else { return };
        let known = methods.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., bucket)) = known.iter().find(|(of, name, _)| of == stage && name == method) {
            bucket.give_back(limit, nodes);
        }
    }
}

/// Calls that this node has taken of a quota ahead of time, for one day: one number, so that spending one takes no lock.
#[derive(Debug, Default)]
pub struct Lease(AtomicU64);

/// A lease's number, from above: the day (enough for ten thousand years), the quota's round, the calls that are left.
const DAY_SHIFT: u32 = 40;
const ROUND_SHIFT: u32 = 24;
/// The most that a lease holds; more than is ever taken ahead.
pub const LEASE_MAX: u32 = (1 << ROUND_SHIFT) - 1;

impl Lease {
    /// Spends one of `day`'s calls of the quota's `round`; `false` where none is left.
    pub fn spend(&self, day: Day, round: QuotaRound) -> bool {
        let of = packed(day, round, 0);
        let spend = |held: u64| (held ^ of <= u64::from(LEASE_MAX) && left_of(held) > 0).then(|| held - 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, spend).is_ok()
    }

    /// Adds what was taken for `day` of the quota's `round`. Answers what is left of an earlier day or round, which ends
    /// with this.
    pub fn deposit(&self, day: Day, round: QuotaRound, amount: u32) -> Option<(Day, u32)> {
        let of = packed(day, round, 0);
        let is_of = |held: u64| held ^ of <= u64::from(LEASE_MAX);
        let add = |held: u64| {
            let before = if is_of(held) { left_of(held) } else { 0 };
            Some(of | u64::from(before.saturating_add(amount).min(LEASE_MAX)))
        };
        let before = self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, add).unwrap_or_else(|held| held);
        (!is_of(before) && left_of(before) > 0).then(|| (day_of(before), left_of(before)))
    }

    /// Takes out what is left of another day or round.
    pub fn end_others(&self, day: Day, round: QuotaRound) -> Option<(Day, u32)> {
        let of = packed(day, round, 0);
        let end = |held: u64| (held ^ of > u64::from(LEASE_MAX) && left_of(held) > 0).then_some(of);
        let held = self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, end).ok()?;
        Some((day_of(held), left_of(held)))
    }

    /// Takes out all that is left.
    pub fn withdraw(&self) -> Option<(Day, u32)> {
        let held = self.0.swap(0, Ordering::AcqRel);
        (left_of(held) > 0).then(|| (day_of(held), left_of(held)))
    }
}

fn packed(Day(day): Day, round: QuotaRound, left: u32) -> u64 {
    // What a day is too large for is cut off: both sides of a comparison are.
    u64::from(day.cast_unsigned()) << DAY_SHIFT | u64::from(round.number()) << ROUND_SHIFT | u64::from(left)
}

fn day_of(held: u64) -> Day {
    // The sign goes along.
    Day((held.cast_signed() >> DAY_SHIFT) as i32)
}

fn left_of(held: u64) -> u32 {
    held as u32 & LEASE_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: QuotaRound = QuotaRound::FIRST;

    #[test]
    fn a_lease_is_spent_to_its_last_call_on_its_day_alone() {
        let lease = Lease::default();
        let (deposit, spend) = (|day, amount| lease.deposit(day, FIRST, amount), |day| lease.spend(day, FIRST));
        assert!(!spend(Day(7)));
        assert_eq!(deposit(Day(7), 2), None);
        assert!(!spend(Day(8)) && !spend(Day(-7)));
        assert!(spend(Day(7)) && spend(Day(7)) && !spend(Day(7)));
        assert_eq!(deposit(Day(7), 1), None);
        assert_eq!(deposit(Day(8), 5), Some((Day(7), 1)));
        assert_eq!(deposit(Day(8), u32::MAX), None);
        assert_eq!(lease.withdraw(), Some((Day(8), LEASE_MAX)));
        assert_eq!(lease.withdraw(), None);
        assert_eq!(deposit(Day(-3), 1), None);
        assert!(!spend(Day(3)) && !spend(Day(0)));
        assert_eq!(lease.withdraw(), Some((Day(-3), 1)));
    }

    #[test]
    fn what_was_taken_ahead_of_a_quota_is_not_spent_under_another() {
        let (lease, second) = (Lease::default(), FIRST.next());
        lease.deposit(Day(7), FIRST, 5);
        assert!(!lease.spend(Day(7), second) && lease.spend(Day(7), FIRST));
        assert_eq!(lease.deposit(Day(7), second, 1), Some((Day(7), 4)), "it goes back");
        assert_eq!((lease.end_others(Day(7), second), lease.end_others(Day(7), FIRST)), (None, Some((Day(7), 1))));
        lease.deposit(Day(7), second, 1);
        assert!(!lease.spend(Day(7), FIRST) && lease.spend(Day(7), second) && !lease.spend(Day(7), second));
    }

    #[test]
    fn threads_never_spend_more_than_was_deposited() {
        let lease = Lease::default();
        lease.deposit(Day(1), FIRST, 1000);
        let spent: usize = std::thread::scope(|scope| {
            let spend = || (0..1000).filter(|_| lease.spend(Day(1), FIRST)).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(spend)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(spent, 1000);
    }

    #[test]
    fn however_many_methods_are_called_none_gets_its_tokens_back_early() {
        let (spending, limit, stage): (_, _, Arc<str>) = (Spending::default(), Limit::new(1.0, 1), "a/prod".into());
        let take = |number: usize, second| {
            spending.take(&stage, &format!("/{number}/GET").into(), &limit, 1, Duration::from_secs(second))
        };
        let passed = |second| (0..2 * METHODS_MAX).filter(|number| take(*number, second)).count();
        assert_eq!((passed(1), passed(1)), (METHODS_MAX, 0));
        assert!(take(2 * METHODS_MAX, 2), "buckets that are full again make room");
    }

    #[test]
    fn a_used_up_quota_is_not_asked_for_again_until_a_second_has_passed_or_limit_or_day_changed() {
        let (spending, at) = (Spending::default(), |ms| Duration::from_millis(ms));
        assert!(!spending.is_refused(5, Day(7), at(10)));
        spending.refuse(5, Day(7), at(10));
        assert!(spending.is_refused(5, Day(7), at(10)) && spending.is_refused(5, Day(7), at(1009)));
        assert!(!spending.is_refused(6, Day(7), at(10)) && !spending.is_refused(5, Day(8), at(10)));
        assert!(!spending.is_refused(5, Day(7), at(1010)));
        spending.renew();
        assert!(!spending.is_refused(5, Day(7), at(10)));
    }

    #[test]
    fn methods_have_buckets_of_their_own() {
        let spending = Spending::default();
        let (limit, now) = (Limit::new(1.0, 1), Duration::from_secs(1));
        let (prod, dev, get, put): (Arc<str>, Arc<str>, Arc<str>, Arc<str>) =
            ("a/prod".into(), "a/dev".into(), "/pets/GET".into(), "/pets/PUT".into());
        let take = |stage, method| spending.take(stage, method, &limit, 1, now);
        assert!(take(&prod, &get) && take(&dev, &get) && take(&prod, &put));
        assert!(!take(&prod, &get) && !take(&dev, &get) && !take(&prod, &put));
        spending.give_back(&prod, &get, &limit, 1);
        assert!(take(&prod, &get) && !take(&dev, &get));
    }
}
