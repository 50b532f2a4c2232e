//! Transformations in the order in which a statement applies them.

use serde_json::Value;

use super::TextTransformation;
use crate::invalid::Invalid;
use crate::strict::{Members, choice, written};

const FIELD: &str = "TEXT_TRANSFORMATION";

/// At most as many in one statement, as AWS has it.
pub(crate) const TRANSFORMATIONS_MAX: usize = 10;

/// What a statement applies to a value before it inspects it, by ascending priority. Equal chains do equal work, so that
/// a chain can be the key under which the work is kept: `NONE` is left out.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_TextTransformation.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain(Box<[TextTransformation]>);

impl Chain {
    /// Reads AWS's `TextTransformations`: one to ten, each with a priority of its own.
    pub fn parse(value: &Value) -> Result<Chain, Invalid> {
        let names = TextTransformation::ALL.map(|transformation| (transformation.name(), transformation));
        let steps = by_priority(value, FIELD, "TextTransformations", &names)?;
        if steps.is_empty() {
            let reason = "at least one text transformation is required; NONE leaves a value as it is";
            return Err(refusal("TextTransformations".to_owned(), reason));
        }
        Ok(Chain::of(&steps))
    }

    /// A chain of these, in this order.
    pub fn of(steps: &[TextTransformation]) -> Chain {
        Chain(steps.iter().copied().filter(|step| *step != TextTransformation::None).collect())
    }

    /// What is applied, in order; without `NONE`.
    pub fn steps(&self) -> &[TextTransformation] {
        &self.0
    }

    /// AWS's names in their order.
    pub fn names(&self) -> Box<[&'static str]> {
        self.0.iter().map(|step| step.name()).collect()
    }
}

/// Reads a list of `{Priority, Type}` and puts it into the order of its priorities.
pub(crate) fn by_priority<T: Copy>(
    value: &Value,
    field: &'static str,
    parameter: &'static str,
    names: &[(&str, T)],
) -> Result<Vec<T>, Invalid> {
    let invalid = |parameter: String, reason: &str| Invalid { field, parameter, reason: reason.to_owned() };
    let Value::Array(entries) = value else { return Err(invalid(parameter.to_owned(), "must be a list")) };
    if entries.len() > TRANSFORMATIONS_MAX {
        return Err(invalid(entries.len().to_string(), "a statement takes at most 10 transformations"));
    }
    let mut steps: Vec<(i64, T)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let members = Members::read(entry, field, "TextTransformation", &["Priority", "Type"])?;
        let written_priority = members.required("Priority")?;
        let priority = written_priority
            .as_i64()
            .filter(|priority| (0..=i64::from(i32::MAX)).contains(priority))
            .ok_or_else(|| invalid(written(written_priority), "a priority is a whole number from 0"))?;
        if steps.iter().any(|(other, _)| *other == priority) {
            return Err(invalid(priority.to_string(), "each transformation of a statement needs its own priority"));
        }
        steps.push((priority, choice(members.required("Type")?, field, names)?));
    }
    steps.sort_by_key(|(priority, _)| *priority);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

fn refusal(parameter: String, reason: &str) -> Invalid {
    Invalid { field: FIELD, parameter, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn transformations_are_applied_by_ascending_priority_and_none_is_nothing() {
        let written = json!([
            { "Priority": 7, "Type": "LOWERCASE" },
            { "Priority": 0, "Type": "URL_DECODE" },
            { "Priority": 3, "Type": "NONE" },
        ]);
        let chain = Chain::parse(&written).unwrap();
        assert_eq!(chain.steps(), [TextTransformation::UrlDecode, TextTransformation::Lowercase]);
        assert_eq!(*chain.names(), ["URL_DECODE", "LOWERCASE"]);
        assert_eq!(Chain::parse(&json!([{ "Priority": 1, "Type": "NONE" }])).unwrap(), Chain::default());
    }

    #[test]
    fn what_is_wrong_with_transformations_is_named() {
        let eleven: Vec<Value> = (0..11).map(|priority| json!({ "Priority": priority, "Type": "NONE" })).collect();
        let cases = [
            (json!([]), "TextTransformations", "at least one"),
            (json!({}), "TextTransformations", "must be a list"),
            (json!(["NONE"]), "TextTransformation", "must be an object"),
            (json!([{ "Type": "NONE" }]), "Priority", "requires it"),
            (json!([{ "Priority": 0 }]), "Type", "requires it"),
            (json!([{ "Priority": -1, "Type": "NONE" }]), "-1", "a whole number"),
            (json!([{ "Priority": 1.5, "Type": "NONE" }]), "1.5", "a whole number"),
            (json!([{ "Priority": "1", "Type": "NONE" }]), "1", "a whole number"),
            (json!([{ "Priority": 2_147_483_648_i64, "Type": "NONE" }]), "2147483648", "a whole number"),
            (json!([{ "Priority": 1, "Type": "ROT13" }]), "ROT13", "must be one of NONE, "),
            (json!([{ "Priority": 1, "Type": "lowercase" }]), "lowercase", "must be one of"),
            (json!([{ "Priority": 1, "Type": 5 }]), "5", "must be one of"),
            (json!([{ "Priority": 1, "Type": "NONE", "Key": 1 }]), "Key", "no member of this name"),
            (
                json!([{ "Priority": 1, "Type": "NONE" }, { "Priority": 1, "Type": "MD5" }]),
                "1",
                "needs its own priority",
            ),
            (Value::Array(eleven), "11", "at most 10"),
        ];
        for (written, parameter, reason) in cases {
            let invalid = Chain::parse(&written).unwrap_err();
            assert_eq!(invalid.field, "TEXT_TRANSFORMATION", "{written}");
            assert_eq!(invalid.parameter, parameter, "{written}");
            assert!(invalid.reason.contains(reason), "{written}: {}", invalid.reason);
        }
    }
}
