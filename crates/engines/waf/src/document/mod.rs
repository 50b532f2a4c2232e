//! AWS's rule documents, read into typed trees; what AWS would refuse is refused here, in AWS's terms.
//!
//! Begin with [`WebAcl`]. A document names other things (sets of addresses and patterns, rule groups) by their ARNs;
//! `compile` puts them together.

mod acl;
mod group;
mod rule;
mod action;
mod response;
mod statement;
mod matching;
mod origin;
mod rate;
mod reference;
mod ip_set;
mod pattern;
mod dialect;
mod countries;

pub use acl::WebAcl;
pub use action::{DefaultAction, InsertedHeader, RuleAction};
pub use group::RuleGroup;
pub use ip_set::{IpSet, IpVersion};
pub(crate) use matching::is_word;
pub use matching::{
    ByteMatch, ComparisonOperator, Inspected, PositionalConstraint, RegexMatch, RegexPatternSetMatch, SizeConstraint,
    SqliMatch, WordsMatch, XssMatch,
};
pub(crate) use origin::LIST_PREFIX;
pub use origin::{AsnMatch, ForwardedIp, ForwardedIpPosition, ForwardedIpSet, GeoMatch, IpSetMatch};
pub use pattern::{Pattern, RegexPatterns};
pub use rate::{Aggregation, CustomKey, RateBased};
pub use reference::{ManagedReference, Overrides, RuleGroupReference};
pub use response::{CustomResponse, Headers, ResponseBodies, ResponseBody};
pub use rule::{Behaviour, Rule};
pub use statement::Statement;

use serde_json::Value;

use crate::invalid::Invalid;
use crate::strict::written;

/// A refusal in AWS's terms.
pub(crate) fn invalid(field: &'static str, parameter: impl Into<String>, reason: impl Into<String>) -> Invalid {
    Invalid { field, parameter: parameter.into(), reason: reason.into() }
}

/// A list; absent is refused before.
pub(crate) fn list<'a>(value: &'a Value, field: &'static str, parameter: &'static str) -> Result<&'a [Value], Invalid> {
    match value {
        Value::Array(entries) => Ok(entries),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(invalid(field, parameter, "must be a list"))
        }
    }
}

/// A text of 1 to `characters_max` characters, each of which `allowed` lets pass.
pub(crate) fn text(
    value: &Value,
    field: &'static str,
    parameter: &'static str,
    characters_max: usize,
    allowed: fn(char) -> bool,
) -> Result<String, Invalid> {
    let Value::String(text) = value else { return Err(invalid(field, parameter, "must be a string")) };
    let characters = text.chars().count();
    if characters == 0 || characters > characters_max || !text.chars().all(allowed) {
        let reason = format!("{parameter} has 1 to {characters_max} characters of those that AWS allows in it");
        return Err(invalid(field, written(value), reason));
    }
    Ok(text.clone())
}

/// A whole number within bounds.
pub(crate) fn number(
    value: &Value,
    field: &'static str,
    parameter: &'static str,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<u64, Invalid> {
    value.as_u64().filter(|number| bounds.contains(number)).ok_or_else(|| {
        let reason = format!("{parameter} is a whole number from {} to {}", bounds.start(), bounds.end());
        invalid(field, written(value), reason)
    })
}

/// What AWS's names of entities are made of.
pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// An ARN, or one of the operator's lists inside the product's own groups.
pub(crate) fn arn(value: &Value, field: &'static str) -> Result<std::sync::Arc<str>, Invalid> {
    const CHARACTERS: std::ops::RangeInclusive<usize> = 20..=2048;
    let text = text(value, field, "ARN", *CHARACTERS.end(), |character| !character.is_whitespace())?;
    if text.len() < *CHARACTERS.start() || !text.starts_with("arn:") {
        return Err(invalid(field, written(value), "the ARN isn't valid"));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests;
