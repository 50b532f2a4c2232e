//! How often each rule of each web ACL matched, and what it took: for `portcullis waf top`, and for the population that
//! samples stand for. A request adds to numbers of its own web ACL and waits for nobody.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use base::Timestamp;
use snapshot::WebAcl;
use waf::{RulePath, Took};

use super::case::Case;
use super::samples::{self, Metric};

/// One request in so many is timed: looking at a clock for each rule costs more than most rules.
const TIMED: u64 = 256;
/// Web ACLs and, in each, rules that are counted at once; when there are more, those that are gone are forgotten.
const ACLS_MAX: usize = 1024;
const RULES_MAX: usize = 8192;

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
    rules: ArcSwap<HashMap<Key, Arc<RuleTally>>>,
    pub(super) metrics: ArcSwap<HashMap<Arc<str>, Arc<Metric>>>,
}

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
            self.rule(acl, &key).timed_ns.fetch_add(*nanoseconds, Ordering::Relaxed);
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
            self.rule(case.acl, &key).counts.add(action);
        }
    }

    fn rule(&self, acl: &WebAcl, key: &Key) -> Arc<RuleTally> {
        if let Some(tally) = self.rules.load().get(key) {
            return Arc::clone(tally);
        }
        let new = Arc::new(RuleTally::default());
        self.rules.rcu(|rules| {
            let mut with = HashMap::clone(rules);
            if with.len() >= RULES_MAX {
                with.retain(|key, _| exists(acl, key));
            }
            with.entry(key.clone()).or_insert_with(|| Arc::clone(&new));
            with
        });
        self.rules.load().get(key).map_or(new, Arc::clone)
    }

    /// The counts of a metric whose requests are sampled.
    pub(super) fn metric(&self, name: &Arc<str>) -> Arc<Metric> {
        if let Some(metric) = self.metrics.load().get(name) {
            return Arc::clone(metric);
        }
        let new = Arc::new(Metric::default());
        self.metrics.rcu(|metrics| {
            let mut with = HashMap::clone(metrics);
            if with.len() >= samples::METRICS_MAX {
                with.clear();
            }
            with.entry(Arc::clone(name)).or_insert_with(|| Arc::clone(&new));
            with
        });
        self.metrics.load().get(name).map_or(new, Arc::clone)
    }

    /// What is shown: the rules that there still are, the most expensive first, then those that match most.
    pub(crate) fn top(&self, acl: &WebAcl) -> AclTop {
        let rules = self.rules.load();
        let existing = rules.iter().filter(|(key, _)| exists(acl, key));
        let mut shown: Vec<RuleTop> = existing
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

/// Whether the web ACL has the rule; what rules share there always is.
fn exists(acl: &WebAcl, (group_rule, rule): &Key) -> bool {
    let Some(rule) = rule.as_deref() else { return true };
    acl.judge.labels_of(RulePath { group_rule: group_rule.as_deref(), rule }).is_some()
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
