//! What the files of managed groups may say and nobody else: fields that AWS does not have, and lists that several rules share.
//!
//! SECURITY: the reader of rules knows nothing of these names. They become what they mean only here, where a group's own rules
//! are put together; in anybody else's they are a header that no request has and a set that does not exist.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::document::{Pattern, RegexMatch, RegexPatternSetMatch, Statement, WordsMatch, invalid};
use crate::field::Field;
use crate::invalid::Invalid;
use crate::strict::Members;
use crate::words::Words;

const FIELD: &str = "MANAGED_RULE_SET";
/// Before the name of a list.
const PREFIX: &str = "arn:portcullis:patterns:";

/// Headers that stand for fields of ours: a colon ends a header's name, so no request can have them.
const FIELDS: [(&str, Field); 2] =
    [("portcullis:body-values", Field::BodyValues), ("portcullis:argument-names", Field::ArgumentNames)];

/// The lists of a group.
pub(super) struct Lists(HashMap<String, Vec<Entry>>);

/// What a list holds.
enum Entry {
    Pattern(Pattern),
    Words(Arc<Words>),
}

impl Lists {
    /// Reads `Patterns`: lists of expressions, and of `{Words, Then}`. Words are parted by spaces; behind one of them follows what
    /// `Then` says.
    pub(super) fn read(value: Option<&Value>) -> Result<Lists, Invalid> {
        let empty = Map::new();
        let lists = value.and_then(Value::as_object).unwrap_or(&empty);
        let read = |(name, list): (&String, &Value)| {
            let entries = list.as_array().filter(|list| !list.is_empty());
            // A rule without its patterns would let everything pass.
            let entries = entries.ok_or_else(|| invalid(FIELD, name, "a list holds an expression or more"))?;
            Ok((name.clone(), entries.iter().map(entry).collect::<Result<_, _>>()?))
        };
        Ok(Lists(lists.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// The statement with what its references and fields mean: a reference becomes one statement for each entry.
    pub(super) fn resolved(&self, statement: Statement) -> Result<Statement, Invalid> {
        statement.replaced(&|mut statement| {
            if let Some(inspected) = statement.inspected_mut()
                && let Field::SingleHeader(name) = &inspected.field.field
                && let Some((_, field)) = FIELDS.iter().find(|(known, _)| **known == **name)
            {
                inspected.field.field = field.clone();
            }
            match statement {
                Statement::RegexPatternSet(it) => self.entries(&it),
                other => Ok(other),
            }
        })
    }

    fn entries(&self, it: &RegexPatternSetMatch) -> Result<Statement, Invalid> {
        let list = it.arn.strip_prefix(PREFIX).and_then(|name| self.0.get(name));
        let list = list.ok_or_else(|| invalid(FIELD, &*it.arn, "there is no such list"))?;
        let mut statements: Vec<Statement> = list.iter().map(|entry| entry.statement(it)).collect();
        Ok(match statements.len() {
            1 => statements.swap_remove(0),
            _ => Statement::Or(statements),
        })
    }
}

impl Entry {
    fn statement(&self, it: &RegexPatternSetMatch) -> Statement {
        let inspected = it.inspected.clone();
        match self {
            Entry::Pattern(pattern) => Statement::RegexMatch(RegexMatch { inspected, pattern: pattern.clone() }),
            Entry::Words(words) => Statement::Words(WordsMatch { inspected, words: Arc::clone(words) }),
        }
    }
}

fn entry(value: &Value) -> Result<Entry, Invalid> {
    if let Some(source) = value.as_str() {
        return Ok(Entry::Pattern(Pattern::of_managed_group(source)?));
    }
    let members = Members::read(value, FIELD, "Patterns", &["Words", "Then"])?;
    let lines = match members.required("Words")? {
        Value::Array(lines) => lines.iter().map(Value::as_str).collect::<Option<Vec<&str>>>(),
        other => other.as_str().map(|line| vec![line]),
    };
    let lines = lines.ok_or_else(|| invalid(FIELD, "Words", "words are texts"))?;
    let words: Vec<&str> = lines.iter().flat_map(|line| line.split_ascii_whitespace()).collect();
    let then = members.required("Then")?.as_str().ok_or_else(|| invalid(FIELD, "Then", "an expression is a text"))?;
    let words = Words::new(&words, Pattern::of_managed_group(then)?);
    words.map(|words| Entry::Words(Arc::new(words))).map_err(|reason| invalid(FIELD, "Words", reason))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::RuleGroup;

    fn statement(value: &Value) -> Statement {
        let visibility = json!({"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m"});
        let rule = json!({"Name": "rule", "Priority": 0, "Statement": value, "Action": {"Block": {}},
            "VisibilityConfig": visibility});
        RuleGroup::parse(&json!({"Rules": [rule]})).unwrap().rules.swap_remove(0).statement
    }

    fn reference(list: &str, field: &Value) -> Statement {
        let none = json!([{"Priority": 0, "Type": "NONE"}]);
        let set = json!({"ARN": format!("{PREFIX}{list}"), "FieldToMatch": field, "TextTransformations": none});
        statement(&json!({"NotStatement": {"Statement": {"RegexPatternSetReferenceStatement": set}}}))
    }

    fn written(statement: &Statement) -> String {
        match statement {
            Statement::Not(one) => format!("not {}", written(one)),
            Statement::Or(several) => several.iter().map(written).collect::<Vec<_>>().join(" or "),
            Statement::RegexMatch(it) => format!("{:?} ~ {}", it.inspected.field.field, it.pattern.source),
            Statement::Words(it) => format!("{:?} begins", it.inspected.field.field),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_reference_becomes_a_statement_for_each_entry() {
        let lists = json!({ "one": ["a"], "two": ["a", {"Words": ["bb cc", "dd"], "Then": "e"}] });
        let lists = Lists::read(Some(&lists)).unwrap();
        let resolved = |list| lists.resolved(reference(list, &json!({"UriPath": {}}))).map(|it| written(&it));
        assert_eq!(resolved("one").unwrap(), "not UriPath ~ a");
        assert_eq!(resolved("two").unwrap(), "not UriPath ~ a or UriPath begins");
        assert!(resolved("none").is_err());
    }

    #[test]
    fn lists_that_hold_nothing_that_can_be_found_are_refused() {
        for list in [
            json!([]),
            json!("a"),
            json!([1]),
            json!(["("]),
            json!([{"Words": "aa"}]),
            json!([{"Then": "a"}]),
            json!([{"Words": "", "Then": "a"}]),
            json!([{"Words": [1], "Then": "a"}]),
            json!([{"Words": "aa", "Then": "("}]),
            json!([{"Words": "aa", "Then": "b", "Else": "c"}]),
        ] {
            assert!(Lists::read(Some(&json!({ "list": list }))).is_err(), "{list}");
        }
    }

    #[test]
    fn fields_of_ours_are_meant_in_managed_groups_alone() {
        let lists = Lists::read(Some(&json!({ "list": ["a"] }))).unwrap();
        for (name, field) in &FIELDS {
            let written_so = json!({"SingleHeader": {"Name": name}});
            let Statement::Not(anybodys) = reference("list", &written_so) else { panic!("it was negated") };
            let Statement::RegexPatternSet(anybodys) = *anybodys else { panic!("it referred to a list") };
            assert_eq!(anybodys.inspected.field.field, Field::SingleHeader((*name).into()));
            let ours = lists.resolved(reference("list", &written_so)).unwrap();
            assert_eq!(written(&ours), format!("not {field:?} ~ a"));
        }
    }
}
