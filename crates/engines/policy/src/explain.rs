//! The explanation: for each statement of each layer, whether it applied, and if not, what it lacked first. All words
//! about decisions are here; what would have changed them is in `hint.rs`.

use std::fmt;

use crate::layers::{Layer, Layers, StatementRef};
use crate::{
    Decision, DecisionRecord, Effect, FailedElement, Outcome, RequestContext, StatementRecord, TraceRecord, Unmet,
    evaluate,
};

/// A decision with everything that led to it.
#[derive(Debug, Clone)]
pub struct Explanation<'a> {
    /// What was decided.
    pub decision: Decision<'a>,
    /// Every statement, in the order in which layers are asked.
    pub traces: Vec<Trace<'a>>,
    pub(crate) request: &'a RequestContext<'a>,
    pub(crate) layers: Layers<'a>,
}

/// What became of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The statement.
    pub statement: StatementRef<'a>,
    /// What it does when it applies.
    pub effect: Effect,
    /// What it lacked first; `None` when it applied.
    pub unmet: Option<Unmet<'a>>,
}

/// Decides as [`evaluate`] does, and tells why. It costs more; use it only when somebody asks.
pub fn explain<'a>(request: &'a RequestContext<'a>, layers: &Layers<'a>) -> Explanation<'a> {
    let traces = layers.statements().map(|(reference, statement)| {
        let unmet = statement.check(request).err().map(|lack| lack.told(request.keys));
        Trace { statement: reference, effect: statement.effect, unmet }
    });
    Explanation { decision: evaluate(request, layers), traces: traces.collect(), request, layers: *layers }
}

/// `allowed by statement 1 of …`, `denied by …`, `denied, because no … allows it`.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statements = || self.statements().map(|statement| (statement.layer, statement));
        verdict(f, self.outcome, self.layer, statements)
    }
}

/// The verdict, and for a denial what would have allowed it.
impl fmt::Display for DecisionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statements = || self.statements.iter().map(|statement| (statement.layer, statement));
        verdict(f, self.outcome, self.layer, statements)?;
        match &self.hint {
            Some(hint) => write!(f, "; what would have allowed it: {hint}"),
            None => Ok(()),
        }
    }
}

fn verdict<T: fmt::Display, I: Iterator<Item = (Layer, T)>>(
    f: &mut fmt::Formatter<'_>,
    outcome: Outcome,
    layer: Layer,
    statements: impl Fn() -> I,
) -> fmt::Result {
    match outcome {
        Outcome::ImplicitDeny => return write!(f, "denied, because no {layer} allows it"),
        Outcome::ExplicitDeny => f.write_str("denied by ")?,
        Outcome::Allow => f.write_str("allowed by ")?,
    }
    // What grants comes first, what merely did not limit follows.
    match statements().find(|(of, _)| *of == layer) {
        Some((_, statement)) => statement.fmt(f)?,
        None => f.write_str("being the account's root user")?,
    }
    for (_, statement) in statements().filter(|(of, _)| *of != layer) {
        write!(f, ", {statement}")?;
    }
    Ok(())
}

/// `statement 2 of identity-based policy `admin``.
impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        statement(f, self.layer, self.policy, self.index, self.sid)
    }
}

impl fmt::Display for StatementRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        statement(f, self.layer, &self.policy, self.index, self.sid.as_deref())
    }
}

fn statement(f: &mut fmt::Formatter<'_>, layer: Layer, policy: &str, index: usize, sid: Option<&str>) -> fmt::Result {
    match sid {
        Some(sid) => write!(f, "statement `{sid}` of {layer} `{policy}`"),
        None => write!(f, "statement {} of {layer} `{policy}`", index + 1),
    }
}

/// `statement 2 of … would deny, but its actions do not include this one`.
impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statement, effect, unmet } = self;
        match (effect, unmet) {
            (Effect::Allow, None) => write!(f, "{statement} allows"),
            (Effect::Deny, None) => write!(f, "{statement} denies"),
            (effect, Some(unmet)) => write!(f, "{statement} would {}, but {unmet}", verb(*effect)),
        }
    }
}

impl fmt::Display for TraceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statement, effect, failed } = self;
        write!(f, "{statement} would {}, but {failed}", verb(*effect))
    }
}

fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    }
}

const PRINCIPAL: &str = "its principals do not include the caller";
const ACTION: &str = "its actions do not include this one";
const RESOURCE: &str = "its resources do not include this one";
const RESOURCE_VARIABLE: &str = "its resource holds a variable without a value";

impl fmt::Display for Unmet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal => f.write_str(PRINCIPAL),
            Self::Action => f.write_str(ACTION),
            Self::Resource => f.write_str(RESOURCE),
            Self::ResourceVariable => f.write_str(RESOURCE_VARIABLE),
            Self::Condition { operator, key, key_is_present: true, .. } => {
                write!(f, "its condition `{operator}` on `{key}` does not hold")
            }
            Self::Condition { operator, key, key_is_present: false, .. } => {
                write!(f, "its condition `{operator}` on `{key}` does not hold: the request has no such key")
            }
        }
    }
}

/// As [`Unmet`], with the values on both sides.
impl fmt::Display for FailedElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal => f.write_str(PRINCIPAL),
            Self::Action => f.write_str(ACTION),
            Self::Resource => f.write_str(RESOURCE),
            Self::ResourceVariable => f.write_str(RESOURCE_VARIABLE),
            Self::Condition { operator, key, given, wanted, wanted_count } => {
                write!(f, "its condition `{operator}` on `{key}` does not hold: ")?;
                match given.as_slice() {
                    [] => f.write_str("the request has no such key")?,
                    given => write!(f, "the request has {}", Listing(given, given.len()))?,
                }
                write!(f, ", the policy {}", Listing(wanted, *wanted_count))
            }
        }
    }
}

/// `` `a`, `b` or 3 more``; the number is of all there are.
pub(crate) struct Listing<'a, T>(pub(crate) &'a [T], pub(crate) usize);

impl<T: AsRef<str>> fmt::Display for Listing<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(shown, count) = self;
        let more = count.saturating_sub(shown.len());
        for (place, text) in shown.iter().enumerate() {
            let before = match place {
                0 => "",
                _ if place + 1 == shown.len() && more == 0 => " or ",
                _ => ", ",
            };
            write!(f, "{before}`{}`", text.as_ref())?;
        }
        match (shown.len(), more) {
            (0, _) => f.write_str("nothing"),
            (_, 0) => Ok(()),
            (_, more) => write!(f, " or {more} more"),
        }
    }
}
