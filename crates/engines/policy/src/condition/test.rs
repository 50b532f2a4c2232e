//! A condition's values, read at compile time, and the comparison with one value of a request.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::address::AddressSet;
use super::number::Decimal;
use super::operator::{Comparison, Order};
use super::text::TextPattern;
use super::{address, date};
use crate::Keys;
use crate::malformed::cut;
use crate::pattern::{Fit, VariableKey, Variables};
use crate::resource::{ResourceName, ResourcePattern};
use crate::value::{Typed, Value};

/// What a value of the request is compared with: one match is enough.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Text(Box<[TextPattern]>),
    Arn(Box<[ResourcePattern]>),
    Number(Order, Box<[Decimal]>),
    Date(Order, Box<[Timestamp]>),
    Bool(Box<[bool]>),
    Binary(Box<[Vec<u8>]>),
    Address(AddressSet),
    /// Whether the key is to be absent.
    Null(Box<[bool]>),
}

impl Test {
    /// Reads the policy's values; one that is not of the operator's type is an error, never skipped.
    pub(crate) fn compile(comparison: Comparison, values: &[String], variables: Variables) -> Result<Self, String> {
        Ok(match comparison {
            Comparison::String | Comparison::StringIgnoringCase | Comparison::StringLike => {
                Self::Text(all(values, |text| TextPattern::compile(comparison, text, variables))?)
            }
            Comparison::Arn => Self::Arn(all(values, |text| ResourcePattern::compile_arn(text, variables).ok())?),
            Comparison::Numeric(order) => Self::Number(order, all(values, Decimal::parse)?),
            Comparison::Date(order) => Self::Date(order, all(values, date::parse)?),
            Comparison::Bool => Self::Bool(all(values, truth)?),
            Comparison::Binary => Self::Binary(all(values, |text| STANDARD.decode(text).ok())?),
            Comparison::Address => Self::Address(AddressSet::new(&all(values, address::parse)?)),
            Comparison::Null => Self::Null(all(values, truth)?),
        })
    }

    /// The keys of the variables in its values.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableKey<'_>> {
        let (texts, arns): (&[TextPattern], &[ResourcePattern]) = match self {
            Self::Text(patterns) => (patterns, &[]),
            Self::Arn(patterns) => (&[], patterns),
            Self::Number(..) | Self::Date(..) | Self::Bool(_) | Self::Binary(_) | Self::Address(_) | Self::Null(_) => {
                (&[], &[])
            }
        };
        texts.iter().flat_map(TextPattern::variables).chain(arns.iter().flat_map(ResourcePattern::variables))
    }

    /// Compares one value of the request.
    pub(crate) fn fits(&self, value: &Value, keys: &Keys) -> Fit {
        let fits = match self {
            Self::Text(patterns) => patterns.iter().any(|pattern| pattern.fits(&value.text, keys) == Fit::Yes),
            Self::Arn(patterns) => {
                let name = ResourceName::new(&value.text);
                patterns.iter().any(|pattern| pattern.fits(&name, keys) == Fit::Yes)
            }
            Self::Number(order, wanted) => {
                Decimal::of(value).is_some_and(|number| wanted.iter().any(|wanted| order.holds(&number, wanted)))
            }
            Self::Date(order, wanted) => {
                date::of(value).is_some_and(|time| wanted.iter().any(|wanted| order.holds(&time, wanted)))
            }
            Self::Bool(wanted) => match value.typed {
                Typed::Bool(given) => wanted.contains(&given),
                Typed::Text => truth(&value.text).is_some_and(|given| wanted.contains(&given)),
                Typed::Ip(_) | Typed::Time(_) | Typed::Binary(_) => false,
            },
            Self::Binary(wanted) => match &value.typed {
                Typed::Binary(given) => wanted.contains(given),
                Typed::Text => STANDARD.decode(&value.text).is_ok_and(|given| wanted.contains(&given)),
                Typed::Ip(_) | Typed::Time(_) | Typed::Bool(_) => false,
            },
            Self::Address(wanted) => address::of(value).is_some_and(|address| wanted.contains(address)),
            // The key is there, since it has this value.
            Self::Null(wanted) => wanted.contains(&false),
        };
        if fits { Fit::Yes } else { Fit::No }
    }
}

fn all<T>(values: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Box<[T]>, String> {
    values.iter().map(|text| read(text).ok_or_else(|| format!("`{}` is no such value", cut(text)))).collect()
}

/// Reads `true` or `false`, in any case.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
