//! What each step decided, and when: kept while the request travels, packed into a few hundred bytes at its end.
//!
//! `explain.rs` turns the packed form into words when somebody asks. It is versioned, bounded, and decodes whatever
//! bytes it is given without a panic.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use serde::{Deserialize, Serialize};

use crate::reason::{Answer, Integrate, Meter, Reason, Record};
use crate::refused::{Passed, Refused, Verdict};
use crate::steps::Step;

mod packed;

/// The decisions of one request in their order.
#[derive(Debug)]
pub struct Trail {
    clock: Arc<dyn Clock>,
    started: Duration,
    entries: Vec<Entry>,
}

/// One step's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The step.
    pub step: Step,
    /// Whether the request went on.
    pub outcome: Outcome,
    /// When it was decided, in microseconds since the request arrived.
    pub at_us: u64,
    /// What decided.
    pub reason: Reason,
}

/// Whether a step let the request pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It went on.
    Passed,
    /// It was answered instead.
    Refused,
}

/// Every step decides once, and a panic once more.
const ENTRIES_MAX: usize = 12;

/// Room for each step's decision. With one more, the list would be past what the allocator hands out fastest.
const ENTRIES_USUAL: usize = 11;

impl Trail {
    /// A trail that begins at `started`.
    pub fn new(clock: Arc<dyn Clock>, started: Duration) -> Self {
        Self { clock, started, entries: Vec::with_capacity(ENTRIES_USUAL) }
    }

    /// Notes a step's verdict and hands on its evidence.
    pub fn record<T>(&mut self, step: Step, verdict: Verdict<T>) -> Result<T, Refused> {
        match verdict {
            Ok(passed) => Ok(self.pass(step, passed)),
            Err(refused) => {
                self.note(step, Outcome::Refused, refused.reason.clone());
                Err(refused)
            }
        }
    }

    /// Notes a step that cannot refuse and hands on what it made.
    pub fn pass<T>(&mut self, step: Step, passed: Passed<T>) -> T {
        self.note(step, Outcome::Passed, passed.reason);
        passed.value
    }

    /// Notes a decision.
    pub fn note(&mut self, step: Step, outcome: Outcome, reason: Reason) {
        let at_us = if reason.is_instant() { self.last_us() } else { self.elapsed().as_micros() as u64 };
        self.note_at(at_us, step, outcome, reason);
    }

    /// Notes that the whole answer was at hand, and so was handed over with the decision before.
    pub(crate) fn note_answered_at_once(&mut self) {
        self.note_at(self.last_us(), Step::Record, Outcome::Passed, Reason::Record(Record::Answered));
    }

    /// Whether its end was noted.
    pub(crate) fn has_ended(&self) -> bool {
        self.entries.last().is_some_and(|last| last.step == Step::Record)
    }

    fn note_at(&mut self, at_us: u64, step: Step, outcome: Outcome, reason: Reason) {
        if self.entries.len() < ENTRIES_MAX {
            self.entries.push(Entry { step, outcome, at_us, reason });
        }
    }

    fn last_us(&self) -> u64 {
        self.entries.last().map_or(0, |last| last.at_us)
    }

    /// Time since the request arrived.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.started)
    }

    /// The decisions so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the integration did, once it has.
    pub fn integrate(&self) -> Option<&Integrate> {
        self.entries.iter().rev().find_map(|entry| {
            let Reason::Integrate(integrate) = &entry.reason else { return None };
            Some(integrate)
        })
    }

    /// What the meter step decided, once it has.
    pub fn meter(&self) -> Option<(&Meter, Outcome)> {
        self.entries.iter().find_map(|entry| {
            let Reason::Meter(meter) = &entry.reason else { return None };
            Some((meter, entry.outcome))
        })
    }

    /// What was answered and when, once it was.
    pub fn answer(&self) -> Option<(&Answer, Duration)> {
        self.entries.iter().rev().find_map(|entry| {
            let Reason::Answer(answer) = &entry.reason else { return None };
            Some((answer, Duration::from_micros(entry.at_us)))
        })
    }
}

/// A request's whole record, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story<'a> {
    /// Our id.
    pub request: [u8; 16],
    /// The id the client claimed.
    pub claimed: Option<[u8; 16]>,
    /// When it arrived, in nanoseconds since 1970.
    pub received_ns: i64,
    /// The snapshot it saw.
    pub revision: u64,
    /// The client.
    pub source_ip: IpAddr,
    /// The verb; empty when it could not be read.
    pub verb: Cow<'a, str>,
    /// The host, without its port; empty where none was named.
    pub host: Cow<'a, str>,
    /// The path as received, cut.
    pub path: Cow<'a, str>,
    /// The status that was answered; none when the request was abandoned before.
    pub status: Option<u16>,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// From arrival to the end, in microseconds.
    pub took_us: u64,
    /// The decisions.
    pub entries: Cow<'a, [Entry]>,
}

/// Why bytes are not a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a version this one does not know.
    #[error("the trail has the unknown version {0}")]
    Version(u8),
    /// Nothing there, or more than a trail ever has.
    #[error("a trail has 1 to {TRAIL_BYTES_MAX} bytes")]
    Length,
    /// Not what this version writes.
    #[error("the trail is damaged")]
    Damaged,
}

/// A packed trail's length, at most: twelve entries of a few short texts each.
pub const TRAIL_BYTES_MAX: usize = 16 * 1024;

impl Story<'_> {
    /// Packs it behind what `out` holds.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let before = out.len();
        packed::put(self, out);
        if out.len() - before > TRAIL_BYTES_MAX {
            // Texts are cut before they come here, so it fits; else what is left is still a trail.
            out.truncate(before);
            let bare =
                Story { path: "".into(), host: "".into(), verb: "".into(), entries: Cow::Borrowed(&[]), ..*self };
            packed::put(&bare, out);
        }
    }

    /// Unpacks it.
    pub fn decode(bytes: &[u8]) -> Result<Story<'_>, DecodeError> {
        if bytes.len() > TRAIL_BYTES_MAX {
            return Err(DecodeError::Length);
        }
        match bytes.split_first() {
            None => Err(DecodeError::Length),
            Some((&packed::VERSION, packed)) => packed::take(packed).ok_or(DecodeError::Damaged),
            Some((version, _)) => Err(DecodeError::Version(*version)),
        }
    }
}

#[cfg(test)]
mod tests {
    use base::id::{DeploymentId, ResourceId, RestApiId, StageName};
    use proptest::prelude::*;

    use super::*;
    use crate::reason::{Answered, Authorize, Cache, Firewall, Locate, Network, Route, Validate, cut};

    fn story(entries: Vec<Entry>) -> Story<'static> {
        Story {
            request: [7; 16],
            claimed: Some([8; 16]),
            received_ns: 1_700_000_000_000_000_000,
            revision: 3,
            source_ip: "127.0.0.1".parse().unwrap(),
            verb: "GET".into(),
            host: "a.localhost".into(),
            path: "/prod/pets".into(),
            status: Some(403),
            bytes: 23,
            took_us: 180,
            entries: entries.into(),
        }
    }

    fn encoded(story: &Story<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        story.encode(&mut bytes);
        bytes
    }

    fn entry(reason: Reason) -> Entry {
        Entry { step: Step::Locate, outcome: Outcome::Refused, at_us: 12, reason }
    }

    #[test]
    fn a_trail_comes_back_as_it_went() {
        let story = story(vec![
            entry(Reason::Locate(Locate::UnknownApi { api: "x".into() })),
            entry(Reason::Network(Network::Public)),
        ]);
        let bytes = encoded(&story);
        assert!(bytes.len() < 128, "{} bytes", bytes.len());
        assert_eq!(Story::decode(&bytes), Ok(story));
    }

    /// What an answered request leaves.
    fn journey() -> Vec<Entry> {
        let answered = Answered { host: "b".into(), status: 200, latency_us: 9, request_id: Some("".into()) };
        let reasons = [
            Reason::Locate(Locate::Stage {
                api: RestApiId::parse("a1b2c3d4e5").unwrap(),
                stage: StageName::parse("prod").unwrap(),
                deployment: DeploymentId::parse("d1").unwrap(),
            }),
            Reason::Network(Network::Public),
            Reason::Firewall(Firewall::NoneAttached),
            Reason::Route(Route::Matched {
                resource: ResourceId::parse("r1").unwrap(),
                path: "/pets/{id}".into(),
                verb: "ANY".into(),
            }),
            Reason::Authorize(Authorize::OpenToAll),
            Reason::Meter(Meter::Unmetered),
            Reason::Validate(Validate::NoValidator),
            Reason::Cache(Cache::Off),
            Reason::Integrate(Integrate::Answered(answered)),
            Reason::Answer(Answer::Integration { status: 200 }),
            Reason::Record(Record::Answered),
        ];
        let entry = |(at, reason): (usize, Reason)| {
            let at_us = if at < 8 { 3 } else { at as u64 * 70 };
            Entry { step: reason.step(), outcome: Outcome::Passed, at_us, reason }
        };
        reasons.into_iter().enumerate().map(entry).collect()
    }

    #[test]
    fn every_common_decision_comes_back_as_it_went_and_takes_little() {
        let story = story(journey());
        let bytes = encoded(&story);
        assert!(bytes.len() < 160, "{} bytes", bytes.len());
        assert_eq!(Story::decode(&bytes), Ok(story));
    }

    #[test]
    fn a_decision_at_another_step_or_that_refused_comes_back_as_well() {
        for entry in journey() {
            let elsewhere = Entry { step: Step::Cache, outcome: Outcome::Refused, at_us: 0, ..entry };
            let (record, answer) = (Entry { step: Step::Record, ..elsewhere.clone() }, elsewhere);
            let story = story(vec![record, answer]);
            assert_eq!(Story::decode(&encoded(&story)), Ok(story));
        }
    }

    #[test]
    fn the_longest_texts_fit() {
        let host = cut(&"x".repeat(1000));
        let entries = vec![entry(Reason::Locate(Locate::ForeignHost { host })); ENTRIES_MAX];
        let bytes = encoded(&story(entries));
        assert_eq!(Story::decode(&bytes).expect("whole").entries.len(), ENTRIES_MAX);
    }

    #[test]
    fn what_is_no_trail_is_refused() {
        assert_eq!(Story::decode(b""), Err(DecodeError::Length));
        assert_eq!(Story::decode(&vec![packed::VERSION; TRAIL_BYTES_MAX + 1]), Err(DecodeError::Length));
        assert_eq!(Story::decode(b"\x09abc"), Err(DecodeError::Version(9)));
        let whole = encoded(&story(Vec::new()));
        for cut in 1..whole.len() {
            // Without its last part it is the trail of a request without an id of the client's.
            if cut != whole.len() - 16 {
                assert_eq!(Story::decode(&whole[..cut]), Err(DecodeError::Damaged), "cut at {cut}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_numbers_and_texts_come_back(
            numbers in any::<(i64, u64, u64, u64, u64, u64)>(), status in any::<Option<u16>>(),
            text in "\\PC{0,60}", claimed in any::<Option<[u8; 16]>>(), source_ip in any::<std::net::IpAddr>(),
            id in any::<Option<String>>(),
        ) {
            let (received_ns, revision, bytes, took_us, at_us, latency_us) = numbers;
            let mut entries = journey();
            entries[3].at_us = at_us;
            let answered = Answered { host: cut(&text), status: status.unwrap_or(0), latency_us, request_id: id.map(|id| cut(&id)) };
            entries[8].reason = Reason::Integrate(Integrate::Answered(answered));
            let (verb, host, path) = (text.as_str().into(), text.as_str().into(), text.as_str().into());
            let story = Story {
                request: [9; 16], claimed, received_ns, revision, source_ip, verb, host, path, status, bytes, took_us,
                entries: entries.into(),
            };
            let packed = encoded(&story);
            prop_assert_eq!(Story::decode(&packed), Ok(story));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Story::decode(&bytes);
            if let Some(first) = bytes.first_mut() {
                *first = packed::VERSION;
            }
            let _ = Story::decode(&bytes);
        }

        #[test]
        fn no_damage_makes_the_reader_panic(at in 1_usize..250, with in any::<u8>()) {
            let rare = entry(Reason::Locate(Locate::UnknownApi { api: "abc".into() }));
            let entries = journey().into_iter().chain([rare]).collect();
            let mut bytes = encoded(&story(entries));
            let at = at.min(bytes.len() - 1);
            bytes[at] = with;
            let _ = Story::decode(&bytes);
        }
    }
}
