//! How often each rule of each web ACL matched, and what it took: for `portcullis waf top`, and for the population that
//! samples stand for. A request adds to numbers of its own web ACL and waits for nobody.
//!
//! The numbers of all rules are put up at once when the first of them is missing, and again when the web ACL has got other
//! rules: the map is made anew once for each set of rules, however many rules match for the first time.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use base::Timestamp;
use snapshot::WebAcl;
use waf::Took;

use super::case::Case;
use super::samples::{self, Metric};

/// One request in so many is timed: looking at a clock for each rule costs more than most rules.
const TIMED: u64 = 256;
/// Web ACLs that are counted at once; when there are more, the one that was silent longest is forgotten.
const ACLS_MAX: usize = 1024;
/// Rules of one web ACL, and metrics, that are counted at once; when there are more, those that are gone are forgotten.
const NAMES_MAX: usize = 8192;

/// What a node counted since its start.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    acls: ArcSwap<HashMap<Arc<str>, Arc<AclTally>>>,
}

/// What was counted for one web ACL.
#[derive(Debug, Default)]
pub(crate) struct AclTally {
    requests: AtomicU64,
    timed: AtomicU64,
    timed_ns: AtomicU64,
    last_ms: AtomicU64,
    default: Counts,
    rules: Counted<Key, RuleTally>,
    metrics: Counted<Arc<str>, Metric>,
}

/// What is counted of each thing that has a name. What was never counted takes no memory but for its name.
type Counted<K, V> = ArcSwap<Places<K, V>>;
type Places<K, V> = HashMap<K, Arc<OnceLock<Box<V>>>>;

/// A rule; the web ACL's rule that refers to its group stands before it. Neither is what rules share.
type Key = (Option<Arc<str>>, Option<Arc<str>>);

/// What was counted for one rule.
#[derive(Debug, Default)]
struct RuleTally {
    counts: Counts,
    timed_ns: AtomicU64,
}

/// Requests by what was done with them.
#[derive(Debug, Default)]
struct Counts([AtomicU64; 6]);

/// The names of [`Counts`], in their order. The last is a puzzle that was solved before.
const ACTIONS: [&str; 6] = ["ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE", "SOLVED"];

/// What is shown of one web ACL.
#[derive(Debug, Clone, PartialEq)]
pub struct AclTop {
    /// Requests judged since the node started.
    pub requests: u64,
    /// How many of them were timed.
    pub timed: u64,
    /// What those took altogether, in nanoseconds.
    pub timed_ns: u64,
    /// Rules; without a name, what no rule decided, and what rules share.
    pub rules: Vec<RuleTop>,
}

/// What is shown of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTop {
    /// The web ACL's rule that refers to its group.
    pub group_rule: Option<Arc<str>>,
    /// The rule, `Default_Action`, or `(shared)`: the search for the texts that rules wait for.
    pub rule: Arc<str>,
    /// Requests: allowed, blocked, counted, given a CAPTCHA, given a challenge, with a solved one.
    pub counts: [u64; 6],
    /// What it took of the requests that were timed, in nanoseconds.
    pub timed_ns: u64,
}

impl Tallies {
    /// What is counted for a web ACL.
    pub(crate) fn of(&self, acl: &WebAcl) -> Arc<AclTally> {
        if let Some(tally) = self.acls.load().get(&acl.arn) {
            return Arc::clone(tally);
        }
        let new = Arc::new(AclTally::default());
        self.acls.rcu(|acls| {
            let mut with = HashMap::clone(acls);
            if with.len() >= ACLS_MAX {
                forget_oldest(&mut with);
            }
            with.entry(Arc::clone(&acl.arn)).or_insert_with(|| Arc::clone(&new));
            with
        });
        self.acls.load().get(&acl.arn).map_or(new, Arc::clone)
    }

    /// What was counted for a web ACL so far.
    pub(crate) fn find(&self, arn: &str) -> Option<Arc<AclTally>> {
        self.acls.load().get(arn).map(Arc::clone)
    }
}

fn forget_oldest(acls: &mut HashMap<Arc<str>, Arc<AclTally>>) {
    let oldest = acls.iter().min_by_key(|(_, tally)| tally.last_ms.load(Ordering::Relaxed));
    if let Some(arn) = oldest.map(|(arn, _)| Arc::clone(arn)) {
        acls.remove(&arn);
    }
}

impl AclTally {
    /// Counts a request before it is judged; answers whether it is to be timed.
    pub(crate) fn begin(&self, at: Timestamp) -> bool {
        self.last_ms.store(u64::try_from(at.as_millisecond()).unwrap_or(0), Ordering::Relaxed);
        // The second of them, so that the first one's cold caches are in no figure.
        self.requests.fetch_add(1, Ordering::Relaxed) % TIMED == 1
    }

    /// Counts what a timed request took.
    pub(crate) fn took(&self, acl: &WebAcl, whole_ns: u64, parts: &[Took]) {
        self.timed.fetch_add(1, Ordering::Relaxed);
        self.timed_ns.fetch_add(whole_ns, Ordering::Relaxed);
        for Took { group_rule, rule, nanoseconds } in parts {
            // What the rules of a group share is what all rules share.
            let key = if rule.is_some() { (group_rule.clone(), rule.clone()) } else { (None, None) };
            self.rule(acl, &key, |tally| tally.timed_ns.fetch_add(*nanoseconds, Ordering::Relaxed));
        }
    }

    /// Counts what was decided.
    pub(crate) fn count(&self, case: &Case<'_>) {
        if case.judgement.terminating.is_none() {
            self.default.add(case.action());
        }
        for (group_rule, matched) in case.matched() {
            let key = (group_rule.map(Arc::clone), Some(Arc::clone(&matched.rule)));
            let solved = matches!(matched.token, Some((_, waf::Token::Valid { .. })));
            let action = if solved { "SOLVED" } else { matched.action };
            self.rule(case.acl, &key, |tally| tally.counts.add(action));
        }
    }

    fn rule<R>(&self, acl: &WebAcl, key: &Key, count: impl FnOnce(&RuleTally) -> R) -> Option<R> {
        counted(&self.rules, key, || every_rule(acl), count)
    }

    /// The counts of a metric whose requests are sampled.
    pub(super) fn metric<R>(&self, acl: &WebAcl, name: &Arc<str>, count: impl FnOnce(&Metric) -> R) -> Option<R> {
        counted(&self.metrics, name, || samples::every_metric(acl), count)
    }

    /// What was counted of a metric so far.
    pub(super) fn find_metric<R>(&self, name: &str, read: impl FnOnce(&Metric) -> R) -> Option<R> {
        self.metrics.load().get(name).and_then(|cell| cell.get()).map(|metric| read(metric))
    }

    /// What is shown: the rules that there still are, the most expensive first, then those that match most.
    pub(crate) fn top(&self, acl: &WebAcl) -> AclTop {
        let (rules, existing) = (self.rules.load(), every_rule(acl).collect::<HashSet<Key>>());
        let known = rules.iter().filter(|(key, _)| existing.contains(*key));
        let mut shown: Vec<RuleTop> = known
            .filter_map(|(key, cell)| Some((key, cell.get()?)))
            .map(|((group_rule, rule), tally)| RuleTop {
                group_rule: group_rule.clone(),
                rule: rule.clone().unwrap_or_else(|| "(shared)".into()),
                counts: tally.counts.read(),
                timed_ns: tally.timed_ns.load(Ordering::Relaxed),
            })
            .collect();
        let default = self.default.read();
        shown.push(RuleTop { group_rule: None, rule: "Default_Action".into(), counts: default, timed_ns: 0 });
        shown.sort_by_key(|top| {
            (
                std::cmp::Reverse((top.timed_ns, top.counts.iter().sum::<u64>())),
                top.group_rule.clone(),
                top.rule.clone(),
            )
        });
        AclTop {
            requests: self.requests.load(Ordering::Relaxed),
            timed: self.timed.load(Ordering::Relaxed),
            timed_ns: self.timed_ns.load(Ordering::Relaxed),
            rules: shown,
        }
    }
}

/// The rules that a web ACL has, and what they share.
fn every_rule(acl: &WebAcl) -> impl Iterator<Item = Key> {
    let shared = std::iter::once((None, None));
    acl.judge.rules().map(|(group_rule, rule)| (group_rule.cloned(), Some(Arc::clone(rule)))).chain(shared)
}

/// Counts what has a name. Where that is new, all names that there are now get their place together; a name that is none of
/// them is not counted.
fn counted<K: Hash + Eq + Clone, V: Default, I: Iterator<Item = K>, R>(
    all: &Counted<K, V>,
    name: &K,
    existing: impl Fn() -> I,
    count: impl FnOnce(&V) -> R,
) -> Option<R> {
    if let Some(cell) = all.load().get(name) {
        return Some(count(cell.get_or_init(Box::default)));
    }
    all.rcu(|known| with_places(known, existing()));
    all.load().get(name).map(|cell| count(cell.get_or_init(Box::default)))
}

/// What was counted, and a place for each name that there is now.
fn with_places<K: Hash + Eq + Clone, V>(known: &Places<K, V>, existing: impl Iterator<Item = K>) -> Places<K, V> {
    let existing: HashSet<K> = existing.collect();
    // Those that are gone for the time being are forgotten only where there are too many.
    let keeps_gone = known.len() + existing.len() <= NAMES_MAX;
    let kept = known.iter().filter(|(name, _)| keeps_gone || existing.contains(*name));
    let mut with: Places<K, V> = kept.map(|(name, cell)| (name.clone(), Arc::clone(cell))).collect();
    for name in existing {
        with.entry(name).or_default();
    }
    with
}

impl Counts {
    fn add(&self, action: &str) {
        if let Some(place) = ACTIONS.iter().position(|known| *known == action) {
            self.0[place].fetch_add(1, Ordering::Relaxed);
        }
    }

    fn read(&self) -> [u64; 6] {
        self.0.each_ref().map(|count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use snapshot::Redacted;
    use waf::Token;

    use super::*;
    use crate::firewall::testing::{Sent, acl, group, holds, rule};

    fn shown(top: &AclTop, group_rule: Option<&str>, rule: &str) -> [u64; 6] {
        let found = top.rules.iter().find(|top| top.group_rule.as_deref() == group_rule && &*top.rule == rule);
        found.map_or([0; 6], |found| found.counts)
    }

    #[test]
    fn every_rule_is_counted_by_what_it_did() {
        let slash = holds("puzzle", &serde_json::json!({ "UriPath": {} }));
        let acl = acl(&[group("group", 0), rule("cookie", 1, &slash, "Captcha")], Redacted::default());
        let (tallies, times) = (Tallies::default(), 300);
        let tally = tallies.of(&acl);
        for target in ["/", "/?spam", "/?attack", "/?spam&loud", "/puzzle"] {
            for _ in 0..times {
                let sent = Sent::get(target);
                tally.begin(base::Timestamp::UNIX_EPOCH);
                sent.judged(&acl, Token::Missing, |case| tallies.of(&acl).count(case));
            }
        }
        Sent::get("/puzzle").judged(&acl, Token::Valid { solved_s: 1 }, |case| tally.count(case));
        let top = tally.top(&acl);
        assert_eq!(top.requests, 5 * times);
        assert_eq!(shown(&top, None, "Default_Action"), [3 * times + 1, 0, 0, 0, 0, 0]);
        assert_eq!(shown(&top, None, "group"), [0, times, 0, 0, 0, 0]);
        assert_eq!(shown(&top, Some("group"), "attack"), [0, times, 0, 0, 0, 0]);
        assert_eq!(shown(&top, Some("group"), "spam"), [0, 0, 2 * times, 0, 0, 0]);
        assert_eq!(shown(&top, Some("group"), "loud"), [0, 0, times, 0, 0, 0]);
        assert_eq!(shown(&top, None, "cookie"), [0, 0, 0, times, 0, 1]);
    }

    #[test]
    fn the_numbers_of_all_rules_are_put_up_at_once() {
        let path = |name: &str| holds(name, &serde_json::json!({ "UriPath": {} }));
        let name = |n: usize| format!("rule-{n:03}");
        let rules: Vec<_> = (0..200).map(|n| rule(&name(n), n, &path(&name(n)), "Count")).collect();
        let (tally, acl) = (AclTally::default(), acl(&rules, Redacted::default()));
        let send = |n: usize| {
            let sent = Sent::get(&format!("/{}", name(n)));
            sent.judged(&acl, Token::Missing, |case| tally.count(case));
        };
        send(0);
        let put_up = tally.rules.load_full();
        (1..200).for_each(send);
        assert!(Arc::ptr_eq(&put_up, &tally.rules.load_full()), "no rule that matched for the first time made it anew");
        let top = tally.top(&acl);
        assert!((0..200).all(|n| shown(&top, None, &name(n)) == [0, 0, 1, 0, 0, 0]));
    }

    #[test]
    fn other_rules_make_room_only_where_there_are_too_many() {
        let places = |known: &Places<usize, u64>, names: std::ops::Range<usize>| with_places(known, names);
        let first = places(&HashMap::new(), 0..100);
        first[&7].set(Box::new(7)).unwrap();
        let second = places(&first, 50..NAMES_MAX - 100);
        assert_eq!(second.len(), NAMES_MAX - 100, "a rule that comes back goes on where it was");
        assert_eq!(second[&7].get().map(|it| **it), Some(7));
        let third = places(&second, 100..200);
        assert_eq!(third.len(), NAMES_MAX - 100);
        let fourth = places(&third, 100..201);
        assert_eq!(fourth.len(), 101, "those that are gone are forgotten");
        let many = places(&fourth, 0..2 * NAMES_MAX);
        assert_eq!(many.len(), 2 * NAMES_MAX, "those that there are never are");
    }

    #[test]
    fn one_request_in_many_is_timed() {
        let tally = AclTally::default();
        let timed = (0..1024).filter(|_| tally.begin(base::Timestamp::UNIX_EPOCH)).count();
        assert_eq!(timed, 4);
    }

    #[test]
    fn rules_that_are_gone_are_not_shown() {
        let (tally, old) = (AclTally::default(), acl(&[group("group", 0)], Redacted::default()));
        Sent::get("/?attack").judged(&old, Token::Missing, |case| tally.count(case));
        let new = acl(&[], Redacted::default());
        assert_eq!(tally.top(&old).rules.len(), 3);
        assert_eq!(tally.top(&new).rules.len(), 1, "the default action alone");
    }
}
