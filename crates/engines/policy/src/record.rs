//! A decision as it is kept: owned, bounded and serialisable, for a request's trail and for answers about it.

use serde::{Deserialize, Serialize};

use crate::keys::KeyName;
use crate::layers::{Layer, StatementRef};
use crate::{Effect, Explanation, Keys, Outcome, Trace, Unmet, Value};

/// What was decided, why, and for a denial what would have allowed it. Its words are in `Display`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Allowed or not.
    pub outcome: Outcome,
    /// The layer that granted, denied, or should have allowed.
    pub layer: Layer,
    /// The determining statements: the one that denied, or those that allowed.
    pub statements: Vec<StatementRecord>,
    /// The statements that did not apply, those that came closest when there are too many.
    pub others: Vec<TraceRecord>,
    /// How many more did not apply.
    pub others_left_off: usize,
    /// For a denial: what would have allowed it.
    pub hint: Option<String>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRecord {
    /// The kind of policy.
    pub layer: Layer,
    /// The policy's name.
    pub policy: String,
    /// The statement's place in it, from zero.
    pub index: usize,
    /// The statement's id.
    pub sid: Option<String>,
}

/// A statement that did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecord {
    /// The statement.
    pub statement: StatementRecord,
    /// What it would have done.
    pub effect: Effect,
    /// The first element that failed.
    pub failed: FailedElement,
}

/// The first element that kept a statement from applying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailedElement {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Resource` or `NotResource` holds a variable that the request has no value for.
    ResourceVariable,
    /// A condition.
    Condition {
        /// The operator as written.
        operator: String,
        /// The condition key as written.
        key: String,
        /// The first of the request's values; none when it does not have the key.
        given: Vec<String>,
        /// The first of the policy's values.
        wanted: Vec<String>,
        /// How many values the policy has.
        wanted_count: usize,
    },
}

/// More would make trails large, and nobody reads them.
const OTHERS_MAX: usize = 64;
const GIVEN_MAX: usize = 4;
const CHARS_MAX: usize = 256;

impl Explanation<'_> {
    /// The decision as it is kept.
    pub fn record(&self) -> DecisionRecord {
        self.record_with(OTHERS_MAX)
    }

    /// The same with every statement, however many there are: for answers that nobody keeps.
    pub fn whole_record(&self) -> DecisionRecord {
        self.record_with(usize::MAX)
    }

    fn record_with(&self, others_max: usize) -> DecisionRecord {
        let mut others: Vec<(&Trace<'_>, &Unmet<'_>)> =
            self.traces.iter().filter_map(|trace| Some((trace, trace.unmet.as_ref()?))).collect();
        let others_left_off = others.len().saturating_sub(others_max);
        if others_left_off > 0 {
            // The order of layers stays among those that came equally close.
            others.sort_by_key(|(_, unmet)| std::cmp::Reverse(closeness(unmet)));
            others.truncate(others_max);
        }
        let record = |(trace, unmet): (&Trace<'_>, &Unmet<'_>)| TraceRecord {
            statement: StatementRecord::from(&trace.statement),
            effect: trace.effect,
            failed: FailedElement::new(unmet, self.request.keys),
        };
        DecisionRecord {
            outcome: self.decision.outcome,
            layer: self.decision.layer,
            statements: self.decision.statements().map(StatementRecord::from).collect(),
            others: others.into_iter().map(record).collect(),
            others_left_off,
            hint: self.hint(),
        }
    }
}

/// How many elements of a statement applied.
fn closeness(unmet: &Unmet<'_>) -> u8 {
    match unmet {
        Unmet::Principal => 0,
        Unmet::Action => 1,
        Unmet::Resource | Unmet::ResourceVariable => 2,
        Unmet::Condition { .. } => 3,
    }
}

impl From<&StatementRef<'_>> for StatementRecord {
    fn from(statement: &StatementRef<'_>) -> Self {
        let StatementRef { layer, policy, index, sid } = *statement;
        Self { layer, policy: bounded(policy), index, sid: sid.map(bounded) }
    }
}

impl FailedElement {
    fn new(unmet: &Unmet<'_>, keys: &Keys) -> Self {
        match unmet {
            Unmet::Principal => Self::Principal,
            Unmet::Action => Self::Action,
            Unmet::Resource => Self::Resource,
            Unmet::ResourceVariable => Self::ResourceVariable,
            Unmet::Condition { operator, key, wanted, wanted_count, .. } => {
                let given = keys.of(&KeyName::new(key));
                Self::Condition {
                    operator: bounded(operator),
                    key: bounded(key),
                    given: given.iter().take(GIVEN_MAX).map(|Value { text, .. }| bounded(text)).collect(),
                    wanted: wanted.iter().map(|text| bounded(text)).collect(),
                    wanted_count: *wanted_count,
                }
            }
        }
    }
}

/// The beginning of a text. SECURITY: much of it is a stranger's, and will be printed: no control character stays.
pub(crate) fn bounded(text: &str) -> String {
    text.chars()
        .take(CHARS_MAX)
        .map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char })
        .collect()
}
