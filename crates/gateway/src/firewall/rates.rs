//! How many requests each instance of a rate-based rule has sent within its window, for a million instances.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html>
//!
//! Twelve slices are kept, eleven of which make a window: the one that is about to fall out counts for the part of it that
//! is still inside. AWS looks every ten seconds or so; here the request that exceeds the limit is already over it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use waf::RateRule;

/// Slices that are kept: those of a window, and the one that enters it while another leaves.
const SLICES: usize = 12;
/// Instances that are counted at once on a node: about 140 MB when full. Beyond it, the ones that ask least make room.
const INSTANCES_MAX: usize = 1_000_000;
/// Each is locked for itself.
const SHARDS: usize = 64;
/// Addresses over their limit that are listed for each rule, as AWS lists them.
const LISTED_MAX: usize = 10_000;
/// Rules whose addresses are listed at once: more than an account's hundred web ACLs can have.
const RULES_MAX: usize = 4_096;
/// AWS lists addresses and nothing else: an IPv6 address has so many bytes.
const ADDRESS_BYTES_MAX: usize = 16;
/// How often a full list, or all of them, are searched for those who are below their limit again.
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// How many instances are looked at to find one that makes room.
const SAMPLE: usize = 8;

/// The counts of one node.
#[derive(Debug)]
pub struct Rates {
    /// SECURITY: keyed with chance, so that nobody can choose instances that meet.
    hashes: RandomState,
    shards: Box<[Mutex<Shard>]>,
    /// The instances found over their limit, for those who ask which.
    lists: Mutex<Lists>,
    shard_max: usize,
}

/// The lists of all rules.
#[derive(Debug, Default)]
struct Lists {
    of: HashMap<u64, Listed>,
    /// When all of them were last searched for one that nobody needs.
    swept: Duration,
}

/// The addresses that are over a rule's limit.
#[derive(Debug)]
struct Listed {
    rule: RateRule,
    addresses: HashSet<Box<[u8]>>,
    /// When those below the limit were last taken out.
    swept: Duration,
}

type Shard = HashMap<u64, Count, BuildHasherDefault<Already>>;

/// What one instance sent: 56 bytes, so that a million fit beside the traffic.
#[derive(Debug, Clone, Copy)]
struct Count {
    /// Requests in each slice; slice `n` since the start stands at `n` modulo twelve.
    slices: [u32; SLICES],
    /// The slice that was counted last, since the start.
    last: u32,
    /// It is in the list of those over their limit.
    listed: bool,
}

impl Default for Rates {
    fn default() -> Self {
        Self::of(INSTANCES_MAX)
    }
}

impl Rates {
    fn of(instances_max: usize) -> Self {
        Self {
            hashes: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            lists: Mutex::default(),
            shard_max: (instances_max / SHARDS).max(1),
        }
    }

    /// Counts a request at `now` (a clock that never runs backwards), and answers whether its instance is over this node's
    /// share of the limit: one in `nodes`.
    pub fn over(&self, rule: &RateRule, instance: &[u8], nodes: u32, now: Duration) -> bool {
        let key = self.key(rule, instance);
        let place = Place::at(rule, now);
        let mut shard = self.shard(key);
        if shard.len() >= self.shard_max && !shard.contains_key(&key) {
            make_room(&mut shard, key);
        }
        let count = shard.entry(key).or_insert_with(|| Count::new(place.slice));
        count.add(place.slice);
        let over = count.within(place) > share(rule.limit, nodes);
        let lists = over && !count.listed;
        count.listed = over;
        drop(shard);
        if lists {
            self.list(rule, instance, nodes, now);
        }
        over
    }

    /// The addresses that are over a rule's limit now.
    pub fn instances_over(&self, rule_id: u64, nodes: u32, now: Duration) -> Vec<Box<[u8]>> {
        let mut lists = locked(&self.lists);
        let Some(list) = lists.of.get_mut(&rule_id) else { return Vec::new() };
        self.sweep(list, nodes, now);
        list.addresses.iter().cloned().collect()
    }

    /// Whether an instance is over its limit, without counting anything.
    pub(crate) fn is_over(&self, rule: &RateRule, instance: &[u8], nodes: u32, now: Duration) -> bool {
        let key = self.key(rule, instance);
        let place = Place::at(rule, now);
        let mut shard = self.shard(key);
        let Some(count) = shard.get_mut(&key) else { return false };
        count.advance(place.slice);
        count.within(place) > share(rule.limit, nodes)
    }

    fn list(&self, rule: &RateRule, instance: &[u8], nodes: u32, now: Duration) {
        if instance.len() > ADDRESS_BYTES_MAX {
            return;
        }
        let mut lists = locked(&self.lists);
        // Rules come and go with their settings. The lists of those that nobody is over any more make room.
        if lists.of.len() >= RULES_MAX && !lists.of.contains_key(&rule.id) {
            if now.saturating_sub(lists.swept) >= SWEEP_EVERY {
                lists.swept = now;
                lists.of.retain(|_, list| {
                    self.sweep(list, nodes, now);
                    !list.addresses.is_empty()
                });
            }
            if lists.of.len() >= RULES_MAX {
                return;
            }
        }
        let new = || Listed { rule: rule.clone(), addresses: HashSet::new(), swept: now };
        let list = lists.of.entry(rule.id).or_insert_with(new);
        if list.addresses.len() >= LISTED_MAX && now.saturating_sub(list.swept) >= SWEEP_EVERY {
            self.sweep(list, nodes, now);
        }
        if list.addresses.len() < LISTED_MAX {
            list.addresses.insert(instance.into());
        }
    }

    /// Takes out who is below the limit again.
    fn sweep(&self, list: &mut Listed, nodes: u32, now: Duration) {
        list.swept = now;
        list.addresses.retain(|address| self.is_over(&list.rule, address, nodes, now));
    }

    fn key(&self, rule: &RateRule, instance: &[u8]) -> u64 {
        self.hashes.hash_one((rule.id, instance))
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Shard> {
        // The map uses the highest and the lowest bits.
        locked(&self.shards[(key >> 32) as usize % SHARDS])
    }
}

/// A panic elsewhere leaves counts as they are: nothing in here breaks off half-way.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A node's share of a limit, rounded down: together nodes let no more pass than one would.
fn share(limit: u64, nodes: u32) -> u64 {
    (limit / u64::from(nodes.max(1))).max(1)
}

/// Takes out the instance with the fewest requests among a few: those who ask most stay.
fn make_room(shard: &mut Shard, chance: u64) {
    // The map's order is as good as chance, but always begins at the same place; so a part is skipped. Round the end: a sample
    // of one, the last, would push out whoever that is.
    let skipped = chance as usize % shard.len().max(1);
    let sample = shard.iter().cycle().skip(skipped.min(64)).take(SAMPLE);
    let least = sample.min_by_key(|(_, count)| count.slices.iter().map(|slice| u64::from(*slice)).sum::<u64>());
    if let Some(key) = least.map(|(key, _)| *key) {
        shard.remove(&key);
    }
}

/// Where a moment lies in a rule's slices.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Which slice since the start.
    slice: u32,
    /// How much of it has passed, in thousandths.
    passed: u64,
}

impl Place {
    fn at(rule: &RateRule, now: Duration) -> Self {
        let slice_ms = (u64::from(rule.window_s) * 1000 / (SLICES as u64 - 1)).max(1);
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        // Slices of five seconds count for 680 years.
        let slice = u32::try_from(now_ms / slice_ms).unwrap_or(u32::MAX);
        Self { slice, passed: now_ms % slice_ms * 1000 / slice_ms }
    }
}

impl Count {
    fn new(slice: u32) -> Self {
        Self { slices: [0; SLICES], last: slice, listed: false }
    }

    /// Empties the slices that were passed since the last request.
    fn advance(&mut self, slice: u32) {
        let passed = slice.saturating_sub(self.last).min(SLICES as u32);
        for step in 0..passed {
            self.slices[(slice - step) as usize % SLICES] = 0;
        }
        // Two threads may have looked at the clock in the other order: the later one counts.
        self.last = self.last.max(slice);
    }

    fn add(&mut self, slice: u32) {
        self.advance(slice);
        let place = self.last as usize % SLICES;
        self.slices[place] = self.slices[place].saturating_add(1);
    }

    /// Requests within the window that ends now: ten whole slices, what there is of the present one, and of the oldest one as
    /// much as is missing from that.
    fn within(&self, place: Place) -> u64 {
        let present = self.last as usize % SLICES;
        let oldest = (present + 1) % SLICES;
        let whole: u64 = self.slices.iter().map(|slice| u64::from(*slice)).sum();
        // Where the present slice has just begun, the window reaches back over all of the oldest; where it is nearly over,
        // over nothing of it.
        whole - u64::from(self.slices[oldest]) * place.passed / 1000
    }
}

/// A key that is a hash already.
#[derive(Debug, Default, Clone, Copy)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: RateRule = RateRule { id: 1, limit: 100, window_s: 60 };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// So many of `requests`, one each `every_ms`, are over.
    fn over(rates: &Rates, rule: &RateRule, instance: &[u8], from_ms: u64, every_ms: u64, requests: u64) -> u64 {
        (0..requests).filter(|n| rates.over(rule, instance, 1, ms(from_ms + n * every_ms))).count() as u64
    }

    #[test]
    fn the_request_after_the_limit_is_over_and_a_quiet_window_forgives() {
        let rates = Rates::default();
        assert_eq!(over(&rates, &RULE, b"a", 1_000, 10, 100), 0);
        assert!(rates.over(&RULE, b"a", 1, ms(2_001)));
        assert!(!rates.over(&RULE, b"b", 1, ms(2_001)), "another instance");
        assert!(!rates.over(&RateRule { id: 2, ..RULE }, b"a", 1, ms(2_001)), "another rule");
        assert!(rates.over(&RULE, b"a", 1, ms(55_000)), "still in the window");
        assert!(!rates.over(&RULE, b"a", 1, ms(2_001 + 66_000)));
    }

    #[test]
    fn a_steady_rate_is_judged_within_a_twentieth_of_the_limit() {
        for window_s in [60, 120, 300, 600] {
            let rule = RateRule { id: 1, limit: 10_000, window_s };
            let window_ms = u64::from(window_s) * 1000;
            // Just below the limit: never over, in three windows.
            let every_us = window_ms * 1000 / 9_500;
            let rates = Rates::default();
            let found = (0..28_500).filter(|n| rates.over(&rule, b"a", 1, Duration::from_micros(n * every_us))).count();
            assert_eq!(found, 0, "{window_s}");
            // Just above it: over from the end of the first window on.
            let every_us = window_ms * 1000 / 10_500;
            let rates = Rates::default();
            let found = (0..31_500).filter(|n| rates.over(&rule, b"a", 1, Duration::from_micros(n * every_us))).count();
            assert!((20_500..=21_500).contains(&found), "{window_s}: {found}");
        }
    }

    #[test]
    fn nodes_share_a_limit() {
        let rates = Rates::default();
        let found = (0..100).filter(|_| rates.over(&RULE, b"a", 4, ms(1_000))).count();
        assert_eq!(found, 75);
        assert!(!rates.over(&RateRule { id: 9, limit: 10, window_s: 60 }, b"a", 50, ms(1_000)), "one at least");
    }

    #[test]
    fn those_over_their_limit_are_listed_until_they_are_not() {
        let rates = Rates::default();
        assert_eq!(over(&rates, &RULE, b"loud", 1_000, 1, 200), 100);
        over(&rates, &RULE, b"quiet", 1_000, 1, 50);
        assert_eq!(rates.instances_over(1, 1, ms(2_000)), [Box::from(&b"loud"[..])]);
        assert!(rates.instances_over(2, 1, ms(2_000)).is_empty());
        assert!(rates.instances_over(1, 1, ms(70_000)).is_empty());
    }

    #[test]
    fn lists_hold_addresses_alone_and_never_more_than_their_bound() {
        let rates = Rates::default();
        over(&rates, &RULE, &[7; 17], 1_000, 0, 200);
        assert!(rates.instances_over(1, 1, ms(1_000)).is_empty(), "no address is so long");
        let strict = RateRule { id: 2, limit: 1, window_s: 60 };
        for address in 0..LISTED_MAX as u32 + 100 {
            over(&rates, &strict, &address.to_be_bytes(), 1_000, 0, 2);
        }
        assert_eq!(rates.instances_over(2, 1, ms(1_001)).len(), LISTED_MAX);
        // A window later they are quiet, and whoever is loud now finds a place.
        over(&rates, &strict, b"loud", 90_000, 0, 2);
        assert_eq!(rates.instances_over(2, 1, ms(90_001)), [Box::from(&b"loud"[..])]);
    }

    #[test]
    fn lists_of_more_rules_than_are_kept_are_not_searched_at_every_request() {
        let (rates, rule) = (Rates::default(), |id| RateRule { id, limit: 1, window_s: 60 });
        let is_listed = |id, at_ms| !rates.instances_over(id, 1, ms(at_ms)).is_empty();
        for id in 0..RULES_MAX as u64 {
            over(&rates, &rule(id), b"loud", 20_000, 0, 2);
        }
        over(&rates, &rule(9_000), b"loud", 20_000, 0, 2);
        assert!(is_listed(7, 20_000) && !is_listed(9_000, 20_000), "all lists are needed");
        assert_eq!(locked(&rates.lists).swept, ms(20_000));
        over(&rates, &rule(9_001), b"loud", 29_999, 0, 2);
        assert_eq!((is_listed(9_001, 29_999), locked(&rates.lists).swept), (false, ms(20_000)), "not again so soon");
        over(&rates, &rule(9_002), b"loud", 95_000, 0, 2);
        assert!(is_listed(9_002, 95_000), "the others have been quiet for a window");
    }

    #[test]
    fn a_question_does_not_keep_anybody_off_the_list() {
        let rates = Rates::default();
        over(&rates, &RULE, b"loud", 1_000, 1, 101);
        rates.instances_over(1, 1, ms(80_000));
        over(&rates, &RULE, b"loud", 80_000, 1, 100);
        assert!(!rates.is_over(&RULE, b"loud", 1, ms(80_100)));
        assert!(rates.over(&RULE, b"loud", 1, ms(80_101)) && rates.is_over(&RULE, b"loud", 1, ms(80_102)));
        assert_eq!(rates.instances_over(1, 1, ms(80_103)).len(), 1);
    }

    #[test]
    fn more_instances_than_are_kept_push_out_the_quiet_ones() {
        let rates = Rates::of(SHARDS * 16);
        over(&rates, &RULE, b"loud", 1_000, 0, 300);
        let strangers = 20_000u32;
        for stranger in 0..strangers {
            rates.over(&RULE, &stranger.to_be_bytes(), 1, ms(1_001));
        }
        let kept: usize = rates.shards.iter().map(|shard| locked(shard).len()).sum();
        assert!(kept <= SHARDS * 16, "{kept}");
        assert!(rates.over(&RULE, b"loud", 1, ms(1_002)), "the loud one is still known");
    }

    #[test]
    fn a_million_instances_fit_in_two_hundred_megabytes() {
        let rates = Rates::default();
        let rule = RateRule { id: 1, limit: 10, window_s: 300 };
        for instance in 0..1_000_000u32 {
            rates.over(&rule, &instance.to_be_bytes(), 1, ms(1_000));
        }
        let (mut kept, mut room) = (0, 0);
        for shard in &rates.shards {
            let shard = locked(shard);
            kept += shard.len();
            room += shard.capacity();
        }
        assert!(kept > 985_000, "{kept}: the shards are not filled evenly, and each is bounded for itself");
        // A table keeps an eighth of its places free, and a byte for each.
        let bytes = room * 8 / 7 * (size_of::<(u64, Count)>() + 1);
        assert!(bytes < 200_000_000, "{bytes}");
    }
}
