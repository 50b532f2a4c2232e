//! The change itself, in AWS's JSON: the rule goes on stopping everything but requests like this one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use operation::RuleName;
use serde_json::{Value, json};

use super::decided::Decided;

/// A change of a web ACL.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exclusion {
    /// `ChangeRule`: the members of a rule that get new values; `AddRule`: a rule; `MoveRules`: rules that get another
    /// priority to make room for it.
    pub(super) json: Value,
    /// What it opens.
    pub(super) opens: String,
}

/// AWS takes search strings of so many bytes, and names of query arguments of so many characters.
const SEARCH_BYTES_MAX: usize = 200;
const ARGUMENT_CHARS_MAX: usize = 30;
/// AWS's highest priority.
const PRIORITY_MAX: i64 = i32::MAX as i64;
/// Names of rules.
const NAME_CHARS_MAX: usize = 128;

/// What else is known of a rule of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inside<'a> {
    /// The labels that it adds, with their namespaces.
    pub(super) labels: &'a [String],
    /// The rules of its group, where the group is the account's own.
    pub(super) rules: Option<&'a Value>,
}

/// The narrowest change that lets a request pass what stopped it; an error says why there is none.
pub(super) fn of(document: &Value, decided: &Decided, inside: Inside<'_>) -> Result<Exclusion, String> {
    match &decided.rule {
        None => of_default(document, decided),
        Some(RuleName { group_rule: None, rule }) => of_own(named(document, rule)?, decided),
        Some(RuleName { group_rule: Some(group_rule), rule }) => {
            Ok(of_group(document, named(document, group_rule)?, rule, decided, inside))
        }
    }
}

fn named<'d>(document: &'d Value, name: &str) -> Result<&'d Value, String> {
    rules(document)
        .find(|rule| rule["Name"] == name)
        .ok_or_else(|| format!("the web ACL has no rule `{name}` any more"))
}

/// Nothing let it pass: a rule does, for its like alone, behind all others. Before one of them it would let pass what that
/// one stops.
fn of_default(document: &Value, decided: &Decided) -> Result<Exclusion, String> {
    let last = rules(document).filter_map(priority).max();
    let behind = last.map_or(0, |last| last + 1);
    if behind > PRIORITY_MAX {
        return Err("the web ACL's last rule has the highest priority there is: none can stand behind it".to_owned());
    }
    let rule = json!({
        "Name": fresh_name(document, "allow-like-request"),
        "Priority": behind,
        "Statement": like(decided),
        "Action": { "Allow": {} },
        "VisibilityConfig": visibility("allow-like-request"),
    });
    let opens = format!("{} pass, where the default action stops them now", told(decided));
    Ok(Exclusion { json: json!({ "AddRule": rule }), opens })
}

/// The rule's own statement gets an exception.
fn of_own(rule: &Value, decided: &Decided) -> Result<Exclusion, String> {
    let statement = &rule["Statement"];
    if statement.get("RuleGroupReferenceStatement").is_some() || statement.get("ManagedRuleGroupStatement").is_some() {
        return Err(
            "the rule refers to a rule group, and the record does not tell which rule in there decided".to_owned()
        );
    }
    let narrowed = narrowed(statement, decided);
    let name = &rule["Name"];
    let opens = format!("{} pass rule `{}`, which goes on stopping all others", told(decided), text(name));
    Ok(Exclusion { json: json!({ "ChangeRule": { "Name": name, "Statement": narrowed } }), opens })
}

/// What a statement matches, but for requests like this one.
fn narrowed(statement: &Value, decided: &Decided) -> Value {
    let except = json!({ "NotStatement": { "Statement": like(decided) } });
    let Some(rate) = statement.get("RateBasedStatement") else { return all(statement, except) };
    // A rate-based statement cannot stand inside another one: what it counts is narrowed.
    let mut rate = rate.clone();
    rate["ScopeDownStatement"] = match rate.get("ScopeDownStatement").filter(|scope| !scope.is_null()) {
        Some(scope) => all(scope, except),
        None => except,
    };
    json!({ "RateBasedStatement": rate })
}

/// The rule in the group only counts; a rule behind the group acts in its place, but for requests like this one: on the
/// label that it adds, or by its own statement, where the group is the account's own. A scope-down of the group would let
/// them pass all its rules.
fn of_group(document: &Value, rule: &Value, inner: &str, decided: &Decided, inside: Inside<'_>) -> Exclusion {
    let statement = &rule["Statement"];
    let kinds = ["RuleGroupReferenceStatement", "ManagedRuleGroupStatement"];
    let kind = kinds.into_iter().find(|kind| statement.get(kind).is_some()).unwrap_or(kinds[0]);
    let mut overrides = statement[kind]["RuleActionOverrides"].as_array().cloned().unwrap_or_default();
    let action = action(&overrides, inside.rules, inner, decided.action);
    overrides.retain(|known| known["Name"] != inner);
    overrides.push(json!({ "Name": inner, "ActionToUse": { "Count": {} } }));
    let mut counting = statement.clone();
    counting[kind]["RuleActionOverrides"] = json!(overrides);
    let change = json!({ "Name": rule["Name"], "Statement": counting });
    let instead = match inside.labels.first() {
        Some(label) => Some(json!({ "LabelMatchStatement": { "Scope": "LABEL", "Key": label } })),
        None => inside.rules.and_then(|group| own_statement(group, inner)),
    };
    let Some(instead) = instead else {
        let opens = format!(
            "every request passes rule `{inner}` of `{}`, which only counts from then on: it adds no label by which requests \
             could be told apart behind it",
            text(&rule["Name"])
        );
        return Exclusion { json: json!({ "ChangeRule": change }), opens };
    };
    let name = fresh_name(document, &format!("{inner}-but-one"));
    let added = json!({
        "Name": name,
        "Priority": priority(rule).unwrap_or_default() + 1,
        "Statement": narrowed(&instead, decided),
        "Action": action,
        "VisibilityConfig": visibility(&name),
    });
    let group = text(&rule["Name"]);
    let mut opens = format!(
        "{} pass rule `{inner}` of `{group}`; rule `{name}`, which stands behind it, goes on stopping all others, and every \
         other rule judges them as before",
        told(decided)
    );
    match (allowing(&overrides, inside.rules, inner), inside.rules) {
        (Some(allowing), _) => {
            let _ = write!(opens, "; what rule `{allowing}` of `{group}` allows is not stopped any more");
        }
        (None, None) if kind == "RuleGroupReferenceStatement" => {
            let _ = write!(opens, "; what rules of `{group}` behind `{inner}` allow is not stopped any more");
        }
        (None, _) => {}
    }
    let mut json = json!({ "ChangeRule": change, "AddRule": added });
    let moved = moved(document, priority(rule).unwrap_or_default());
    if !moved.is_empty() {
        json["MoveRules"] = json!(moved);
    }
    Exclusion { json, opens }
}

/// What the rule in the group did, answers and headers included: as the web ACL overrode it, else as an own group has it. A
/// body that belongs to the group is no other's to answer with.
fn action(overrides: &[Value], group: Option<&Value>, inner: &str, kind: &str) -> Value {
    let overridden = overrides.iter().find(|known| known["Name"] == inner).map(|known| &known["ActionToUse"]);
    let own = || Some(&named(group?, inner).ok()?["Action"]);
    let is_whole = |action: &&Value| action["Block"]["CustomResponse"].get("CustomResponseBodyKey").is_none();
    let known = overridden.or_else(|| own().filter(is_whole)).filter(|action| action.get(kind).is_some());
    known.cloned().unwrap_or_else(|| json!({ kind: {} }))
}

/// A rule of the group that allows what the counting one let come so far.
fn allowing<'a>(overrides: &'a [Value], group: Option<&'a Value>, inner: &str) -> Option<&'a str> {
    let allows = |action: &Value| action.get("Allow").is_some();
    let behind = |rule: &&Value| {
        let first = group.and_then(|group| priority(named(group, inner).ok()?));
        first.is_none_or(|first| priority(rule) > Some(first))
    };
    let overridden = |name: &Value| overrides.iter().find(|known| known["Name"] == *name);
    let own = group
        .into_iter()
        .flat_map(rules)
        .filter(behind)
        .find(|rule| allows(overridden(&rule["Name"]).map_or(&rule["Action"], |known| &known["ActionToUse"])));
    let foreign = || overrides.iter().find(|known| group.is_none() && allows(&known["ActionToUse"]));
    own.or_else(foreign).map(|rule| text(&rule["Name"]))
}

/// The statement of a group's rule, where it means the same outside of its group: labels that it looks for do not, unless
/// their namespace is written with them.
fn own_statement(group: &Value, rule: &str) -> Option<Value> {
    let statement = &named(group, rule).ok()?["Statement"];
    let relative = |text: &str| !text.starts_with("awswaf:");
    (!looks_for_labels(statement, &relative)).then(|| statement.clone())
}

fn looks_for_labels(value: &Value, relative: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            let label = members.get("LabelMatchStatement").and_then(|label| label["Key"].as_str());
            let namespace = members.get("LabelNamespace").and_then(|label| label["Namespace"].as_str());
            label.or(namespace).is_some_and(relative) || members.values().any(|one| looks_for_labels(one, relative))
        }
        Value::Array(items) => items.iter().any(|one| looks_for_labels(one, relative)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Both statements; what is a conjunction already gets one more part.
fn all(statement: &Value, other: Value) -> Value {
    let mut parts = match statement["AndStatement"]["Statements"].as_array() {
        Some(parts) => parts.clone(),
        None => vec![statement.clone()],
    };
    parts.push(other);
    json!({ "AndStatement": { "Statements": parts } })
}

/// Requests with the same method and path, and the same argument.
fn like(decided: &Decided) -> Value {
    let none = json!([{ "Priority": 0, "Type": "NONE" }]);
    let bytes = |field: Value, constraint: &str, text: &[u8]| {
        json!({ "ByteMatchStatement": {
            "SearchString": STANDARD.encode(text), "FieldToMatch": field, "TextTransformations": none,
            "PositionalConstraint": constraint,
        } })
    };
    let path = decided.path.as_bytes();
    let (constraint, path) = match path.get(..SEARCH_BYTES_MAX) {
        Some(beginning) if path.len() > SEARCH_BYTES_MAX => ("STARTS_WITH", beginning),
        Some(_) | None => ("EXACTLY", path),
    };
    let mut parts = vec![
        bytes(json!({ "Method": {} }), "EXACTLY", decided.method.as_bytes()),
        bytes(json!({ "UriPath": {} }), constraint, path),
    ];
    if let Some(argument) = argument(decided) {
        parts.push(json!({ "SizeConstraintStatement": {
            "FieldToMatch": { "SingleQueryArgument": { "Name": argument } },
            "ComparisonOperator": "GE", "Size": 0, "TextTransformations": none,
        } }));
    }
    json!({ "AndStatement": { "Statements": parts } })
}

fn argument(decided: &Decided) -> Option<&str> {
    decided.argument.as_deref().filter(|name| name.chars().count() <= ARGUMENT_CHARS_MAX)
}

fn told(decided: &Decided) -> String {
    let Decided { method, path, .. } = decided;
    let beginning = if path.len() > SEARCH_BYTES_MAX { "whose path begins like " } else { "" };
    let with = argument(decided).map(|name| format!(" with the argument `{name}`")).unwrap_or_default();
    format!("requests {beginning}`{method} {path}`{with}")
}

/// A name that no rule has yet.
fn fresh_name(document: &Value, wanted: &str) -> String {
    let wanted: String = wanted.chars().take(NAME_CHARS_MAX - 4).collect();
    let names = std::iter::once(wanted.clone()).chain((2..1000).map(|n| format!("{wanted}-{n}")));
    let is_free = |name: &String| named(document, name).is_err();
    names.into_iter().find(is_free).unwrap_or(wanted)
}

/// The rules that stand in a row right behind a priority, each a place further. A rule that allows and came between a
/// group and what acts in its place would let pass what the group stops.
fn moved(document: &Value, behind: i64) -> Vec<Value> {
    let taken: BTreeMap<i64, &Value> =
        rules(document).filter_map(|rule| Some((priority(rule)?, &rule["Name"]))).collect();
    let row = (behind + 1..).map_while(|priority| Some((priority, *taken.get(&priority)?)));
    row.map(|(priority, name)| json!({ "Name": name, "Priority": priority + 1 })).collect()
}

fn rules(document: &Value) -> impl Iterator<Item = &Value> {
    document["Rules"].as_array().into_iter().flatten()
}

fn priority(rule: &Value) -> Option<i64> {
    rule["Priority"].as_i64()
}

fn visibility(metric: &str) -> Value {
    json!({ "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": metric })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
