//! Some of the requests that web ACLs judged in the last three hours: what `GetSampledRequests` shows.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing-view-sample.html>
//!
//! Every request is counted, minute by minute and metric by metric; of each minute the first four are kept, and each that
//! doubles their number. AWS keeps more of quiet times and less of busy ones.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use base::Timestamp;
use operation::{Sample, SampleQuestion, SampledPuzzle, Samples as Answer, TokenFailure};
use snapshot::WebAcl;
use waf::{Matched, Purpose, Token};

use super::case::Case;
use super::tally::AclTally;
use super::veil::Veil;

/// How long samples are kept.
const MINUTES: usize = 180;
/// Requests of a minute that are kept whatever else comes.
const FIRST: u64 = 4;
/// What all samples of a node may occupy: beyond it the oldest go.
const BYTES_MAX: usize = 32 << 20;
/// What one sample may occupy: headers that do not fit are left out, long texts are cut.
const SAMPLE_BYTES_MAX: usize = 4096;
const TEXT_BYTES_MAX: usize = 1024;
const LABELS_MAX: usize = 20;
/// Every request of a web ACL, whatever decided.
static ALL: LazyLock<Arc<str>> = LazyLock::new(|| "ALL".into());

/// How many requests a metric had in each minute: the minute in the upper half, the number in the lower.
#[derive(Debug)]
pub(crate) struct Metric {
    minutes: [AtomicU64; MINUTES],
}

impl Default for Metric {
    fn default() -> Self {
        Self { minutes: std::array::from_fn(|_| AtomicU64::new(0)) }
    }
}

/// What a node keeps.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    kept: Mutex<Kept>,
}

/// The metrics whose requests are kept.
pub(super) fn every_metric(acl: &WebAcl) -> impl Iterator<Item = Arc<str>> {
    acl.sampled.iter().chain([&*ALL]).map(Arc::clone)
}

#[derive(Debug, Default)]
struct Kept {
    /// The oldest first.
    samples: VecDeque<One>,
    bytes: usize,
}

#[derive(Debug)]
struct One {
    arn: Arc<str>,
    metric: Arc<str>,
    minute: u64,
    bytes: usize,
    sample: Sample,
}

impl Samples {
    /// Counts a request for all its metrics that are sampled, and keeps it where its turn has come.
    pub(crate) fn take(&self, tally: &AclTally, case: &Case<'_>) {
        let sampled = &case.acl.sampled;
        if sampled.is_empty() {
            return;
        }
        let decisive = case.judgement.terminating.as_ref().map(|it| &it.matched);
        let metric = decisive.map_or(&case.acl.metric, |matched| &matched.metric);
        if sampled.contains(metric) {
            self.take_for(tally, case, metric, decisive, None);
            self.take_for(tally, case, &ALL, decisive, None);
        }
        for (group_rule, matched) in case.matched().filter(|(_, matched)| sampled.contains(&matched.metric)) {
            let is_decisive = decisive.is_some_and(|decisive| std::ptr::eq(decisive, matched));
            if !is_decisive {
                self.take_for(tally, case, &matched.metric, Some(matched), group_rule.map(|_| &matched.rule));
            }
        }
    }

    fn take_for(
        &self,
        tally: &AclTally,
        case: &Case<'_>,
        metric: &Arc<str>,
        matched: Option<&Matched>,
        inner: Option<&Arc<str>>,
    ) {
        let minute = minute_of(case.at);
        let Some(before) = tally.metric(case.acl, metric, |metric| metric.count(minute)) else { return };
        if before >= FIRST && !(before + 1).is_power_of_two() {
            return;
        }
        let (sample, bytes) = sample(case, matched, inner);
        let (arn, metric) = (Arc::clone(&case.acl.arn), Arc::clone(metric));
        self.kept().push(One { arn, metric, minute, bytes, sample });
    }

    /// What somebody wants to see, the newest first.
    pub(crate) fn find(&self, tally: Option<&AclTally>, question: &SampleQuestion) -> Answer {
        let found = tally.and_then(|tally| tally.find_metric(&question.metric, |metric| self.of(metric, question)));
        found.unwrap_or_default()
    }

    fn of(&self, metric: &Metric, question: &SampleQuestion) -> Answer {
        let kept = self.kept();
        let of_metric =
            kept.samples.iter().filter(|one| *one.arn == *question.web_acl && *one.metric == *question.metric);
        let mut kept_in: HashMap<u64, u64> = HashMap::new();
        of_metric.clone().for_each(|one| *kept_in.entry(one.minute).or_default() += 1);
        let inside = of_metric.rev().filter(|one| question.from <= one.sample.at && one.sample.at < question.to);
        let samples = inside.take(question.max).map(|one| {
            let weight = metric.of(one.minute) / kept_in.get(&one.minute).copied().unwrap_or(1).max(1);
            Sample { weight: weight.max(1), ..one.sample.clone() }
        });
        let samples = samples.collect();
        Answer { population: metric.between(minute_of(question.from), minute_of(question.to)), samples }
    }

    /// A panic elsewhere leaves the list as it is: nothing breaks off half-way.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn push(&mut self, one: One) {
        let now = one.minute;
        self.bytes += one.bytes;
        self.samples.push_back(one);
        let is_over = |kept: &Self| {
            let old = kept.samples.front().is_some_and(|oldest| oldest.minute + (MINUTES as u64) < now);
            old || kept.bytes > BYTES_MAX
        };
        while is_over(self) {
            let Some(oldest) = self.samples.pop_front() else { break };
            self.bytes -= oldest.bytes;
        }
    }
}

impl Metric {
    /// Counts a request; answers how many there were in its minute before.
    fn count(&self, minute: u64) -> u64 {
        let place = &self.minutes[minute as usize % MINUTES];
        let fresh = minute << 32 | 1;
        let counted = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |known| {
            Some(if known >> 32 == minute { known + 1 } else { fresh })
        });
        let known = counted.unwrap_or(0);
        if known >> 32 == minute { known & u64::from(u32::MAX) } else { 0 }
    }

    fn of(&self, minute: u64) -> u64 {
        let known = self.minutes[minute as usize % MINUTES].load(Ordering::Relaxed);
        if known >> 32 == minute { known & u64::from(u32::MAX) } else { 0 }
    }

    /// How many there were from one minute to another, both included.
    fn between(&self, from: u64, to: u64) -> u64 {
        let from = from.max(to.saturating_sub(MINUTES as u64));
        (from..=to).map(|minute| self.of(minute)).sum()
    }
}

fn minute_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_second() / 60).unwrap_or(0)
}

/// A request as it is shown, and what it occupies.
fn sample(case: &Case<'_>, matched: Option<&Matched>, inner: Option<&Arc<str>>) -> (Sample, usize) {
    let seen = case.seen;
    let veil = Veil::of(case.acl.logging.as_ref().map(|logging| &logging.redacted), seen);
    let mut uri = veil.path(seen.path).into_owned();
    if !seen.query.is_empty() {
        uri = format!("{uri}?{}", veil.query(seen.query));
    }
    let uri = cut(&uri);
    let labels: Vec<String> = case.judgement.labels.iter().take(LABELS_MAX).map(|label| cut(label)).collect();
    let inserted = case.judgement.inserted.iter().take(LABELS_MAX);
    let inserted: Vec<Pair> = inserted.map(|it| (it.name.to_string(), cut(&it.value))).collect();
    let method = cut(&veil.method(seen.method));
    let mut bytes = size_of::<One>() + uri.len() + method.len() + labels.iter().map(|it| occupied(it)).sum::<usize>();
    bytes += inserted.iter().map(|(name, value)| occupied(name) + occupied(value)).sum::<usize>();
    let mut headers: Vec<Pair> = Vec::new();
    for header in seen.headers {
        let value = veil.header(header.name, header.value);
        let pair = (cut(&String::from_utf8_lossy(header.name)), cut(&value));
        let more = occupied(&pair.0) + occupied(&pair.1);
        if bytes + more > SAMPLE_BYTES_MAX {
            break;
        }
        bytes += more;
        headers.push(pair);
    }
    // For the rule that refers to a group, the rule in there that decided.
    let group = matched.and_then(|matched| case.judgement.groups.iter().find(|group| group.rule == matched.rule));
    let inner = inner.or_else(|| group?.terminating.as_ref().map(|it| &it.rule));
    let puzzle = |purpose| case.token(purpose).map(|token| puzzle(token, case.status));
    let sample = Sample {
        at: case.at,
        client_ip: seen.client.to_string(),
        country: case.country(),
        method,
        uri,
        version: seen.version.to_owned(),
        headers,
        weight: 1,
        action: matched.map_or(case.action(), |matched| matched.action).to_owned(),
        overridden: matched.and_then(|matched| matched.overridden).map(str::to_owned),
        rule_within_group: inner.map(ToString::to_string),
        inserted,
        status: case.status,
        labels,
        captcha: puzzle(Purpose::Captcha),
        challenge: puzzle(Purpose::Challenge),
    };
    (sample, bytes)
}

fn puzzle(token: Token, status: Option<u16>) -> SampledPuzzle {
    let (solved, failure) = match token {
        Token::Valid { solved_s } => {
            (i64::try_from(solved_s).ok().and_then(|second| Timestamp::from_second(second).ok()), None)
        }
        Token::Missing => (None, Some(TokenFailure::Missing)),
        Token::Expired => (None, Some(TokenFailure::Expired)),
        Token::Invalid => (None, Some(TokenFailure::Invalid)),
        Token::OtherDomain => (None, Some(TokenFailure::OtherDomain)),
    };
    SampledPuzzle { status: status.filter(|_| failure.is_some()), solved, failure }
}

/// A name and its value.
type Pair = (String, String);

/// What a text in a list occupies.
fn occupied(text: &str) -> usize {
    size_of::<String>() + text.len()
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT_BYTES_MAX)].to_owned()
}

#[cfg(test)]
mod tests {
    use snapshot::Redacted;

    use super::*;
    use crate::firewall::testing::{ARN, Sent, acl, group, holds, rule, scope};

    const NOW: i64 = 1_800_000_000;

    struct Node {
        samples: Samples,
        tally: AclTally,
        acl: snapshot::WebAcl,
    }

    impl Node {
        fn new() -> Self {
            Self {
                samples: Samples::default(),
                tally: AclTally::default(),
                acl: acl(&[group("group", 0)], Redacted::default()),
            }
        }

        fn send(&self, target: &str, second: i64) {
            let sent = Sent::get(target).header("Authorization", "secret").at(second);
            sent.judged(&self.acl, Token::Missing, |case| self.samples.take(&self.tally, case));
        }

        fn find(&self, metric: &str, from: i64, to: i64) -> Answer {
            let at = |second| Timestamp::from_second(second).unwrap();
            let (web_acl, metric) = (ARN.to_owned(), metric.to_owned());
            let question = SampleQuestion { scope: scope(), web_acl, metric, from: at(from), to: at(to), max: 500 };
            self.samples.find(Some(&self.tally), &question)
        }
    }

    #[test]
    fn samples_stand_for_all_requests_of_their_metric() {
        let node = Node::new();
        (0..1000).for_each(|_| node.send("/?attack", NOW));
        node.send("/", NOW);
        let found = node.find("group", NOW - 60, NOW + 60);
        assert_eq!(found.population, 1000);
        assert_eq!(found.samples.len(), 11, "four, and each power of two");
        assert_eq!(found.samples[0].weight, 90);
        assert_eq!(
            (&*found.samples[0].action, found.samples[0].rule_within_group.as_deref()),
            ("BLOCK", Some("attack"))
        );
        assert_eq!(
            (node.find("default", NOW, NOW + 1).samples.len(), node.find("ALL", NOW, NOW + 1).population),
            (1, 1001)
        );
        assert_eq!(node.find("attack", NOW, NOW + 1).population, 1000, "the rule inside has a metric of its own");
        assert_eq!(node.find("unknown", NOW, NOW + 1), Answer::default());
    }

    #[test]
    fn samples_hide_what_logs_hide() {
        let node = Node::new();
        node.send("/?attack&X-Amz-Signature=secret", NOW);
        let found = node.find("ALL", NOW, NOW + 1);
        assert!(!format!("{found:?}").contains("secret"), "{found:?}");
    }

    #[test]
    fn samples_are_kept_for_three_hours_and_those_outside_of_a_window_are_not_shown() {
        let node = Node::new();
        for second in [NOW, NOW + 3_600, NOW + 10_860] {
            node.send("/", second);
        }
        assert_eq!(node.find("default", NOW, NOW + 20_000).samples.len(), 2, "the first has gone");
        assert_eq!(node.find("default", NOW + 3_600, NOW + 3_601).samples.len(), 1);
        assert_eq!(node.find("default", NOW + 3_601, NOW + 10_860).samples.len(), 0);
        let second: Vec<i64> =
            node.find("default", NOW, NOW + 20_000).samples.iter().map(|it| it.at.as_second()).collect();
        assert_eq!(second, [NOW + 10_860, NOW + 3_600], "the newest first");
    }

    #[test]
    fn large_requests_take_no_more_memory_than_there_is() {
        let headers = |n| serde_json::json!({ "Name": format!("x{n}"), "Value": "v".repeat(255) });
        let insert = serde_json::json!({ "InsertHeaders": (0..10).map(headers).collect::<Vec<_>>() });
        let mut counts = rule("inserts", 0, &holds("a", &serde_json::json!({ "UriPath": {} })), "Count");
        counts["Action"]["Count"]["CustomRequestHandling"] = insert;
        let node = Node { acl: acl(&[counts], Redacted::default()), ..Node::new() };
        let mut sent = Sent::get(&format!("/{}", "a".repeat(9_000)));
        for n in 0..100 {
            sent = sent.header(&format!("X-{n}"), "b".repeat(9_000));
        }
        for minute in 0..2_000 {
            let sent = sent.clone().at(NOW + minute / 20 * 60);
            sent.judged(&node.acl, Token::Missing, |case| node.samples.take(&node.tally, case));
        }
        let kept = node.samples.kept();
        let told = |(name, value): &Pair| occupied(name) + occupied(value);
        for One { bytes, sample, .. } in &kept.samples {
            let texts = sample.uri.len() + sample.headers.iter().map(told).sum::<usize>();
            let least = texts + sample.inserted.iter().map(told).sum::<usize>();
            assert!(least + sample.method.len() < *bytes && *bytes < 2 * SAMPLE_BYTES_MAX, "{least} {bytes}");
            assert_eq!(sample.inserted.len(), 10, "what the owner inserts counts too");
        }
        assert!(kept.bytes <= BYTES_MAX && !kept.samples.is_empty());
        assert_eq!(kept.bytes, kept.samples.iter().map(|one| one.bytes).sum::<usize>());
    }
}
