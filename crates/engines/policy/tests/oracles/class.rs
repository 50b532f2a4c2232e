//! Known disagreements: each class has a name, a reason, AWS's page, and the cases that it can explain.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::case::Case;

/// Something that an oracle does in another way than AWS says.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    /// Where AWS says it.
    pub(crate) page: &'static str,
    pub(crate) explains: fn(&Case) -> bool,
}

/// What came of all comparisons with one oracle.
#[derive(Default)]
pub(crate) struct Tally {
    compared: usize,
    explained: BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
}

/// A case must be compared so often, whatever else the oracle does not understand.
const COMPARED_MIN: usize = 5_000;

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, ours: &str, theirs: &str, classes: &[Class]) {
        self.compared += 1;
        if ours == theirs {
            return;
        }
        match classes.iter().find(|class| (class.explains)(case)) {
            Some(class) => *self.explained.entry(class.name).or_default() += 1,
            None => self.unexplained.push(format!("ours: {ours}, theirs: {theirs}: {case:?}")),
        }
    }

    /// Fails on whatever no class explains, and on classes that explain nothing any more.
    pub(crate) fn judge(&self, oracle: &str, classes: &[Class]) {
        println!("{oracle}: {} pairs compared, {:?} explained", self.compared, self.explained);
        let shown = self.unexplained.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.unexplained.is_empty(), "{} pairs, such as\n{shown}", self.unexplained.len());
        assert!(self.compared >= COMPARED_MIN, "only {} pairs were compared", self.compared);
        let explained: usize = self.explained.values().sum();
        assert!(explained * 4 < self.compared, "{explained} of {} pairs need an explanation", self.compared);
        for Class { name, why, page, .. } in classes {
            assert!(self.explained.contains_key(name), "nothing needs the class `{name}` ({why}; {page})");
        }
    }
}

/// All texts under these elements of any statement.
pub(crate) fn texts(case: &Case, elements: &[&str]) -> Vec<String> {
    let statements = case.policy["Statement"].as_array().expect("a list");
    let listed = statements.iter().flat_map(|statement| elements.iter().map(|element| &statement[*element]));
    let mut texts = Vec::new();
    listed.for_each(|value| gather(value, &mut texts));
    texts
}

fn gather(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Object(members) => members.values().for_each(|value| gather(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every operator with its key and values.
pub(crate) fn conditions(case: &Case) -> Vec<(String, String, Vec<String>)> {
    let mut conditions = Vec::new();
    for statement in case.policy["Statement"].as_array().expect("a list") {
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            for (key, value) in keys.as_object().into_iter().flatten() {
                let mut texts = Vec::new();
                gather(value, &mut texts);
                conditions.push((operator.clone(), key.clone(), texts));
            }
        }
    }
    conditions
}

/// Tells whether any statement has an element.
pub(crate) fn has(case: &Case, element: &str) -> bool {
    case.policy["Statement"].as_array().expect("a list").iter().any(|statement| statement.get(element).is_some())
}
