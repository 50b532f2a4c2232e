//! Conditions: an operator, a key and the values it is compared with.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

mod operator;
mod test;
mod text;
mod number;
mod date;
mod address;

use crate::json::Node;
use crate::keys::KeyName;
use crate::malformed::cut;
use crate::pattern::{Fit, VariableKey, Variables};
use crate::{Effect, Keys, MalformedPolicy, Value};
pub(crate) use date::parse as moment;
pub(crate) use number::Decimal;
pub(crate) use operator::{Comparison, Order, Quantifier};
use operator::{Operator, WhenAbsent};
use test::Test;
pub(crate) use test::truth;

/// One key under one operator.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// The operator as written.
    written: String,
    /// The key as written.
    key: String,
    name: KeyName,
    quantifier: Quantifier,
    when_absent: WhenAbsent,
    comparison: Comparison,
    /// Whether the operator is the negation of the test.
    negated: bool,
    test: Test,
    /// The first values as written, for explanations.
    shown: Box<[Box<str>]>,
    values_count: usize,
}

/// How many values an explanation shows, and how much of each.
const SHOWN_MAX: usize = 4;
const SHOWN_CHARS_MAX: usize = 64;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Yes,
    No,
}

impl Condition {
    /// Compiles a `Condition` element: operators and keys must all hold.
    pub(crate) fn compile_all(node: Node, variables: Variables) -> Result<Vec<Self>, MalformedPolicy> {
        let mut conditions: Vec<Self> = Vec::new();
        for (written, node) in node.object("Condition")? {
            let operator = Operator::parse(&written).ok_or_else(|| {
                MalformedPolicy::syntax(format!("the condition operator `{}` is not known", cut(&written)))
            })?;
            let first = conditions.len();
            for (key, node) in node.object(&written)? {
                let condition = Self::compile(&written, operator, key, node, variables)?;
                // Names of keys have no case, so the reader of JSON could not see this double.
                if conditions[first..].iter().any(|other| other.name == condition.name) {
                    let key = cut(&condition.key);
                    return Err(MalformedPolicy::syntax(format!("`{written}` holds the key `{key}` twice")));
                }
                conditions.push(condition);
            }
        }
        Ok(conditions)
    }

    fn compile(
        written: &str,
        operator: Operator,
        key: String,
        node: Node,
        variables: Variables,
    ) -> Result<Self, MalformedPolicy> {
        let is_name = key.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
        if !is_name || key.contains(char::is_control) {
            return Err(MalformedPolicy::NoVendor(cut(&key)));
        }
        let values = node.scalars(written)?;
        let test =
            Test::compile(operator.comparison, &values, variables).map_err(|fault| match operator.comparison {
                Comparison::Date(_) => {
                    MalformedPolicy::Legacy(format!("condition `{written}` on `{}`: {fault}", cut(&key)))
                }
                Comparison::String
                | Comparison::StringIgnoringCase
                | Comparison::StringLike
                | Comparison::Numeric(_)
                | Comparison::Bool
                | Comparison::Binary
                | Comparison::Address
                | Comparison::Arn
                | Comparison::Null => MalformedPolicy::Condition { operator: cut(written), key: cut(&key), fault },
            })?;
        Ok(Self {
            written: written.to_owned(),
            name: KeyName::new(&key),
            key,
            comparison: operator.comparison,
            quantifier: operator.quantifier,
            when_absent: operator.when_absent,
            negated: operator.negated,
            test,
            shown: values.iter().take(SHOWN_MAX).map(|text| text.chars().take(SHOWN_CHARS_MAX).collect()).collect(),
            values_count: values.len(),
        })
    }

    /// Tells whether it holds for these keys.
    pub(crate) fn holds(&self, keys: &Keys) -> Held {
        let values = keys.of(&self.name);
        let holds = match &self.test {
            Test::Null(wanted) => wanted.contains(&values.is_empty()),
            Test::Text(_)
            | Test::Arn(_)
            | Test::Number(..)
            | Test::Date(..)
            | Test::Bool(_)
            | Test::Binary(_)
            | Test::Address(_) => self.holds_for(values, keys),
        };
        if holds { Held::Yes } else { Held::No }
    }

    fn holds_for(&self, values: &[Value], keys: &Keys) -> bool {
        if values.is_empty() {
            return self.compares_when_absent();
        }
        // A variable without a value matches nothing, so its negation matches everything.
        let fits = |value: &Value| self.test.fits(value, keys) == Fit::Yes;
        match self.quantifier {
            Quantifier::ForAllValues => values.iter().all(|value| fits(value) != self.negated),
            Quantifier::ForAnyValue => values.iter().any(|value| fits(value) != self.negated),
            // A negated operator holds when no value matches, however many there are.
            Quantifier::None => values.iter().any(fits) != self.negated,
        }
    }

    /// What a comparison says about a key that is absent.
    fn compares_when_absent(&self) -> bool {
        match (self.when_absent, self.quantifier) {
            (WhenAbsent::Holds, _) | (WhenAbsent::Compares, Quantifier::ForAllValues) => true,
            (WhenAbsent::Compares, Quantifier::ForAnyValue) => false,
            (WhenAbsent::Compares, Quantifier::None) => self.negated,
        }
    }

    /// Every key that it looks at, as written, and whether its absence makes a statement of this effect more permissive than some
    /// value of it could: its own key first, then those of its variables.
    pub(crate) fn keys(&self, effect: Effect) -> impl Iterator<Item = (&str, bool)> {
        let own = match &self.test {
            Test::Null(wanted) if wanted.contains(&true) && wanted.contains(&false) => false,
            Test::Null(wanted) => opens(effect, wanted.contains(&true)),
            Test::Text(_)
            | Test::Arn(_)
            | Test::Number(..)
            | Test::Date(..)
            | Test::Bool(_)
            | Test::Binary(_)
            | Test::Address(_) => opens(effect, self.compares_when_absent()),
        };
        // A variable without a value fits nothing; a default may stand for more, or for less, than a value would.
        let of_variable = move |key: VariableKey<'_>| key.has_default || opens(effect, self.negated);
        std::iter::once((self.key(), own)).chain(self.test.variables().map(move |key| (key.name, of_variable(key))))
    }

    /// The operator as written.
    pub(crate) fn operator(&self) -> &str {
        &self.written
    }

    /// The key as written.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The request's values of the key.
    pub(crate) fn given<'k>(&self, keys: &'k Keys) -> &'k [Value] {
        keys.of(&self.name)
    }

    /// The first of the policy's values, as written.
    pub(crate) fn shown(&self) -> &[Box<str>] {
        &self.shown
    }

    /// How many values the policy has.
    pub(crate) fn values_count(&self) -> usize {
        self.values_count
    }

    /// How it compares, and whether it negates that.
    pub(crate) fn comparison(&self) -> (Comparison, Quantifier, bool) {
        (self.comparison, self.quantifier, self.negated)
    }

    /// Tells whether it narrows the caller to principals by their ARN.
    pub(crate) fn names_principal_arn(&self) -> bool {
        let compares = matches!(self.test, Test::Text(_) | Test::Arn(_));
        compares
            && !self.negated
            && self.when_absent == WhenAbsent::Compares
            && self.quantifier != Quantifier::ForAllValues
            && self.name.folded() == "aws:principalarn"
    }
}

/// Whether a condition that holds, or does not, for want of a key leaves a statement of this effect more permissive.
fn opens(effect: Effect, holds: bool) -> bool {
    match effect {
        Effect::Allow => holds,
        Effect::Deny => !holds,
    }
}
