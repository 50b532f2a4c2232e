//! Lists of regular expressions that the rules of a managed group share: each reference becomes its expressions.

use serde_json::{Map, Value, json};

use crate::document::invalid;
use crate::invalid::Invalid;

const FIELD: &str = "MANAGED_RULE_SET";
const SET: &str = "RegexPatternSetReferenceStatement";
const PREFIX: &str = "portcullis:patterns:";

/// The statement with one `RegexMatchStatement` for each expression of each list that it refers to. A list that is not
/// there, or that holds nothing, is refused: a rule without its patterns would let everything pass.
pub(super) fn expanded(value: &Value, lists: &Map<String, Value>) -> Result<Value, Invalid> {
    match value {
        Value::Array(values) => {
            let values = values.iter().map(|value| expanded(value, lists)).collect::<Result<_, _>>()?;
            Ok(Value::Array(values))
        }
        Value::Object(members) => {
            if let Some(Value::Object(reference)) = members.get(SET) {
                return matches(reference, lists);
            }
            let member = |(name, value): (&String, &Value)| Ok((name.clone(), expanded(value, lists)?));
            Ok(Value::Object(members.iter().map(member).collect::<Result<_, _>>()?))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
    }
}

fn matches(reference: &Map<String, Value>, lists: &Map<String, Value>) -> Result<Value, Invalid> {
    let arn = reference.get("ARN").and_then(Value::as_str).unwrap_or_default();
    let list = arn.strip_prefix(PREFIX).and_then(|name| lists.get(name)).and_then(Value::as_array);
    let list = list.filter(|list| !list.is_empty()).ok_or_else(|| invalid(FIELD, arn, "there is no such list"))?;
    let one = |expression: &Value| {
        let mut statement = reference.clone();
        statement.remove("ARN");
        statement.insert("RegexString".to_owned(), expression.clone());
        json!({ "RegexMatchStatement": statement })
    };
    match &list[..] {
        [only] => Ok(one(only)),
        several => Ok(json!({ "OrStatement": { "Statements": several.iter().map(one).collect::<Vec<_>>() } })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(name: &str) -> Value {
        json!({ "NotStatement": { "Statement": { SET: { "ARN": format!("{PREFIX}{name}"), "FieldToMatch": { "UriPath": {} } } } } })
    }

    #[test]
    fn a_reference_becomes_a_statement_for_each_expression() {
        let lists = json!({ "one": ["a"], "two": ["a", "b"], "none": [] });
        let lists = lists.as_object().unwrap();
        let regex =
            |text: &str| json!({ "RegexMatchStatement": { "FieldToMatch": { "UriPath": {} }, "RegexString": text } });
        let not = |statement: Value| json!({ "NotStatement": { "Statement": statement } });
        assert_eq!(expanded(&reference("one"), lists).unwrap(), not(regex("a")));
        let either = json!({ "OrStatement": { "Statements": [regex("a"), regex("b")] } });
        assert_eq!(expanded(&reference("two"), lists).unwrap(), not(either));
    }

    #[test]
    fn a_list_that_is_missing_or_empty_is_refused() {
        let lists = json!({ "none": [] });
        for name in ["none", "other"] {
            assert!(expanded(&reference(name), lists.as_object().unwrap()).is_err(), "{name}");
        }
    }
}
