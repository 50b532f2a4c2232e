//! What would have allowed a request: the statement that would be needed, or the condition that would have to hold.

use crate::condition::{Comparison, Condition, Order, Quantifier};
use crate::evaluate::missing;
use crate::explain::Listing;
use crate::layers::{Layer, StatementRef};
use crate::record::bounded;
use crate::statement::{Lack, Statement};
use crate::{Effect, Explanation, Outcome};

/// More reasons than these are not told.
const DENIALS_MAX: usize = 3;
const CONDITIONS_MAX: usize = 3;

impl Explanation<'_> {
    /// For a denial, what would have allowed it: each part must come true.
    pub fn hint(&self) -> Option<String> {
        if self.decision.outcome == Outcome::Allow {
            return None;
        }
        let denials = self.layers.statements().filter(|(reference, statement)| {
            statement.effect == Effect::Deny && self.binds(reference.layer) && statement.check(self.request).is_ok()
        });
        let mut parts: Vec<String> =
            denials.take(DENIALS_MAX).map(|(reference, statement)| lifted(&reference, statement)).collect();
        parts.extend(missing(self.request, &self.layers).into_iter().map(|layer| self.granted(layer)));
        Some(parts.join("; and "))
    }

    /// Service control policies bind the principals of accounts only.
    fn binds(&self, layer: Layer) -> bool {
        layer != Layer::Scp || self.request.principal.account().is_some()
    }

    /// What would make a layer allow: the statement that came closest, or a new one.
    fn granted(&self, layer: Layer) -> String {
        let silent = self
            .layers
            .levels(layer)
            .into_iter()
            .filter(|level| level.iter().all(|(_, attached)| attached.policy.allowance(self.request).is_none()));
        let statements = silent.flatten().flat_map(|(layer, attached)| {
            let statements = attached.policy.statements.iter().enumerate();
            statements.map(move |(index, statement)| (StatementRef::new(layer, &attached, index), statement))
        });
        let close = statements.filter(|(_, statement)| {
            statement.effect == Effect::Allow && matches!(statement.check(self.request), Err(Lack::Condition(_)))
        });
        let closest = close.min_by_key(|(_, statement)| statement.unmet_conditions(self.request).count());
        match closest {
            Some((reference, statement)) => {
                let wishes: Vec<String> = statement
                    .unmet_conditions(self.request)
                    .take(CONDITIONS_MAX)
                    .map(|condition| wish(condition, Wish::ToHold))
                    .collect();
                format!("statement {} would allow it if {}", named(&reference), wishes.join(" and "))
            }
            None => self.new_statement(layer),
        }
    }

    fn new_statement(&self, layer: Layer) -> String {
        let (action, resource) = (bounded(self.request.action().name()), bounded(self.request.resource()));
        let article = if layer == Layer::Identity { "an" } else { "a" };
        let whom = match (layer, self.request.principal().arn()) {
            (Layer::Resource, Some(arn)) => format!(" for `{}`", bounded(&arn)),
            (Layer::Resource, None) => " for this caller".to_owned(),
            (Layer::Rcp | Layer::Scp | Layer::Endpoint | Layer::Identity | Layer::Boundary | Layer::Session, _) => {
                String::new()
            }
        };
        format!("a statement `Allow {action}` on `{resource}`{whom} in {article} {layer}")
    }
}

/// What would lift a denial.
fn lifted(reference: &StatementRef<'_>, statement: &Statement) -> String {
    let wishes: Vec<String> =
        statement.conditions.iter().take(CONDITIONS_MAX).map(|condition| wish(condition, Wish::ToFail)).collect();
    match wishes.as_slice() {
        [] => format!("statement {} not denying it", named(reference)),
        wishes => format!("statement {} would not deny it if {}", named(reference), wishes.join(" or ")),
    }
}

/// `` `OnlyOffice` of identity-based policy `a` ``.
fn named(reference: &StatementRef<'_>) -> String {
    let text = reference.to_string();
    bounded(text.strip_prefix("statement ").unwrap_or(&text))
}

/// Whether a condition is wished to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    ToHold,
    ToFail,
}

/// `` `aws:SourceIp` were in `10.0.0.0/8` ``.
fn wish(condition: &Condition, wish: Wish) -> String {
    let (comparison, quantifier, negated) = condition.comparison();
    // Of several values, all must fit where any may not, and the reverse.
    let (subject, fits) = match (quantifier, wish) {
        (Quantifier::None, Wish::ToHold) => ("", !negated),
        (Quantifier::None, Wish::ToFail) => ("", negated),
        (Quantifier::ForAllValues, Wish::ToHold) => ("every value of ", !negated),
        (Quantifier::ForAllValues, Wish::ToFail) => ("a value of ", negated),
        (Quantifier::ForAnyValue, Wish::ToHold) => ("a value of ", !negated),
        (Quantifier::ForAnyValue, Wish::ToFail) => ("every value of ", negated),
    };
    let not = if fits { "" } else { " not" };
    let key = bounded(condition.key());
    let values = Listing(condition.shown(), condition.values_count());
    let relation = match comparison {
        Comparison::Null => {
            let absent = condition.shown().iter().any(|text| text.eq_ignore_ascii_case("true")) == fits;
            return format!("`{key}` were {}", if absent { "absent" } else { "present" });
        }
        Comparison::String | Comparison::Bool | Comparison::Binary => "",
        Comparison::StringIgnoringCase => " in any case",
        Comparison::StringLike | Comparison::Arn => " like",
        Comparison::Address => " in",
        Comparison::Numeric(order) | Comparison::Date(order) => match order {
            Order::Equal => "",
            Order::Less => " less than",
            Order::LessOrEqual => " at most",
            Order::Greater => " greater than",
            Order::GreaterOrEqual => " at least",
        },
    };
    format!("{subject}`{key}` were{not}{relation} {values}")
}
