//! The explanation: for each statement of each layer, whether it applied, and if not, what it lacked first.

use std::fmt;

use crate::layers::{Layer, Layers, StatementRef};
use crate::{Attached, Decision, Effect, Outcome, RequestContext, Unmet, evaluate};

/// A decision with everything that led to it.
#[derive(Debug, Clone)]
pub struct Explanation<'a> {
    /// What was decided.
    pub decision: Decision<'a>,
    /// Every statement, in the order in which layers are asked.
    pub traces: Vec<Trace<'a>>,
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
    let mut traces = Vec::new();
    let mut add = |layer: Layer, policies: &[Attached<'a>]| {
        for attached in policies {
            for (index, effect, check) in attached.policy.checks(request) {
                let statement = StatementRef::new(layer, attached, index);
                traces.push(Trace { statement, effect, unmet: check.err() });
            }
        }
    };
    for layer in Layer::ALL {
        match layer {
            Layer::Rcp => layers.rcp.iter().for_each(|level| add(layer, level)),
            Layer::Scp => layers.scp.iter().for_each(|level| add(layer, level)),
            Layer::Endpoint => add(layer, layers.endpoint.as_slice()),
            Layer::Resource => add(layer, layers.resource.as_slice()),
            Layer::Identity => add(layer, layers.identity),
            Layer::Boundary => add(layer, layers.boundary.as_slice()),
            Layer::Session => add(layer, layers.session.unwrap_or_default()),
        }
    }
    Explanation { decision: evaluate(request, layers), traces }
}

/// `allowed by statement 1 of …`, `denied by …`, `denied, because no … allows it`.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layer = self.layer;
        match self.outcome {
            Outcome::ImplicitDeny => return write!(f, "denied, because no {layer} allows it"),
            Outcome::ExplicitDeny => f.write_str("denied by ")?,
            Outcome::Allow => f.write_str("allowed by ")?,
        }
        // What grants comes first, what merely did not limit follows.
        match self.statements().find(|statement| statement.layer == layer) {
            Some(statement) => statement.fmt(f)?,
            None => f.write_str("being the account's root user")?,
        }
        for statement in self.statements().filter(|statement| statement.layer != layer) {
            write!(f, ", {statement}")?;
        }
        Ok(())
    }
}

/// `statement 2 of … would deny, but its actions do not include this one`.
impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statement, effect, unmet } = self;
        match (effect, unmet) {
            (Effect::Allow, None) => write!(f, "{statement} allows"),
            (Effect::Deny, None) => write!(f, "{statement} denies"),
            (Effect::Allow, Some(unmet)) => write!(f, "{statement} would allow, but {unmet}"),
            (Effect::Deny, Some(unmet)) => write!(f, "{statement} would deny, but {unmet}"),
        }
    }
}
