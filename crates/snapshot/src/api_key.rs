//! An API key, ready to be found by its value, with what is left of its plans.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use base::id::{ApiKeyId, UsagePlanId};
use base::{Day, Fingerprint, Scope};

use crate::throttle::{Bucket, Limit};

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

/// A key remembers so many method throttles; AWS has twenty for each of a plan's stages.
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
            if known.len() >= METHODS_MAX {
                known.remove(0);
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

/// A day takes the upper half, the calls that are left the lower one.
const DAY_SHIFT: u32 = 32;

impl Lease {
    /// Spends one of `day`'s calls; `false` where none is left.
    pub fn spend(&self, day: Day) -> bool {
        let spend = |held: u64| (day_of(held) == day && left_of(held) > 0).then(|| held - 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, spend).is_ok()
    }

    /// Takes back one that was spent and not used; `false` where the day is over.
    pub fn give_back(&self, day: Day) -> bool {
        let give = |held: u64| (day_of(held) == day && left_of(held) < u32::MAX).then(|| held + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, give).is_ok()
    }

    /// Adds what was taken for `day`. Answers what is left of an earlier day, which ends with this.
    pub fn deposit(&self, day: Day, amount: u32) -> Option<(Day, u32)> {
        let add = |held: u64| {
            let left = if day_of(held) == day { left_of(held).saturating_add(amount) } else { amount };
            Some(packed(day, left))
        };
        let before = self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, add).unwrap_or_else(|held| held);
        (day_of(before) != day && left_of(before) > 0).then(|| (day_of(before), left_of(before)))
    }

    /// Takes out all that is left.
    pub fn withdraw(&self) -> Option<(Day, u32)> {
        let held = self.0.swap(0, Ordering::AcqRel);
        (left_of(held) > 0).then(|| (day_of(held), left_of(held)))
    }

    /// What is left of `day`.
    pub fn left(&self, day: Day) -> u32 {
        let held = self.0.load(Ordering::Relaxed);
        if day_of(held) == day { left_of(held) } else { 0 }
    }
}

fn packed(Day(day): Day, left: u32) -> u64 {
    u64::from(day.cast_unsigned()) << DAY_SHIFT | u64::from(left)
}

fn day_of(held: u64) -> Day {
    Day(((held >> DAY_SHIFT) as u32).cast_signed())
}

fn left_of(held: u64) -> u32 {
    held as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_spent_to_its_last_call_on_its_day_alone() {
        let lease = Lease::default();
        assert!(!lease.spend(Day(7)));
        assert_eq!(lease.deposit(Day(7), 2), None);
        assert!(!lease.spend(Day(8)) && !lease.spend(Day(-7)));
        assert!(lease.spend(Day(7)) && lease.spend(Day(7)) && !lease.spend(Day(7)));
        assert!(lease.give_back(Day(7)) && !lease.give_back(Day(6)));
        assert_eq!((lease.left(Day(7)), lease.left(Day(8))), (1, 0));
        assert_eq!(lease.deposit(Day(8), 5), Some((Day(7), 1)));
        assert_eq!(lease.deposit(Day(8), u32::MAX), None);
        assert_eq!(lease.withdraw(), Some((Day(8), u32::MAX)));
        assert_eq!(lease.withdraw(), None);
        assert_eq!(lease.deposit(Day(-3), 1), None);
        assert!(lease.spend(Day(-3)));
    }

    #[test]
    fn threads_never_spend_more_than_was_deposited() {
        let lease = Lease::default();
        lease.deposit(Day(1), 1000);
        let spent: usize = std::thread::scope(|scope| {
            let spend = || (0..1000).filter(|_| lease.spend(Day(1))).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(spend)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(spent, 1000);
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
