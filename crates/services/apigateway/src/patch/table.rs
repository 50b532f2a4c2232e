//! A resource's table of what PATCH may change, and AWS's words for everything else.

use super::{Op, PatchOperation, Pointer};
use crate::error::Error;

/// What may be changed of a resource. `P` names its properties.
#[derive(Debug)]
pub(crate) struct Table<P: 'static> {
    /// How refusals are worded.
    pub(crate) tone: Tone,
    /// The allowed pairs of path and operation.
    pub(crate) rules: &'static [Rule<P>],
}

/// AWS words refusals in two ways, depending on the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// `Invalid patch path /x`: APIs, methods, integrations and their responses.
    Terse,
    /// Names what would be allowed: resources, deployments, the account.
    Listing,
}

/// A path, such as `/name` or `/requestModels/{content_type}`, and what may be done to it.
#[derive(Debug)]
pub(crate) struct Rule<P> {
    /// Literal segments; a last one in braces stands for any name.
    pub(crate) path: &'static str,
    /// What may be done.
    pub(crate) edits: &'static [Edit],
    /// What it changes.
    pub(crate) property: P,
}

/// What may be done to a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Sets an entry, new or not.
    Add,
    /// Takes it away.
    Remove,
    /// Sets it anew.
    Replace,
}

/// Only `replace`.
pub(crate) const REPLACE: &[Edit] = &[Edit::Replace];
/// `replace`, and `remove` to clear.
pub(crate) const REPLACE_REMOVE: &[Edit] = &[Edit::Replace, Edit::Remove];
/// Everything, for maps and lists.
pub(crate) const ADD_REMOVE_REPLACE: &[Edit] = &[Edit::Add, Edit::Remove, Edit::Replace];

/// A change that the table allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change<P> {
    /// What is changed.
    pub(crate) property: P,
    /// How.
    pub(crate) edit: Edit,
    /// The entry's name, for maps and lists; else empty.
    pub(crate) name: String,
    /// The new value; absent, null and empty are the same to AWS.
    pub(crate) value: Option<String>,
}

/// What PATCH takes of a resource, for the test that holds every path to a verdict.
#[cfg(test)]
pub(crate) trait Patches {
    /// Each path with what may be done to it.
    fn rows() -> Vec<(&'static str, &'static [Edit])>;
}

impl<P> Table<P> {
    /// Each path with what may be done to it.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> Vec<(&'static str, &'static [Edit])> {
        self.rules.iter().map(|rule| (rule.path, rule.edits)).collect()
    }
}

impl<P: Copy> Table<P> {
    /// Reads a whole list, in its order.
    pub(crate) fn read(&self, operations: &[PatchOperation]) -> Result<Vec<Change<P>>, Error> {
        operations.iter().map(|operation| self.read_one(operation)).collect()
    }

    /// Reads one operation.
    pub(crate) fn read_one(&self, operation: &PatchOperation) -> Result<Change<P>, Error> {
        let Some(path) = operation.path.as_deref() else { return Err(Error::bad_request("Invalid patch path null")) };
        let op = operation.op.ok_or_else(|| Error::bad_request("Invalid patch operation specified: null"))?;
        let pointer = Pointer::parse(path);
        let found = pointer.as_ref().and_then(|pointer| self.rules.iter().find_map(|rule| rule.matches(pointer)));
        let Some((rule, name)) = found else { return Err(self.unknown(path, op)) };
        let edit = Edit::of(op).filter(|edit| rule.edits.contains(edit));
        let Some(edit) = edit else { return Err(self.unsupported(path, op, rule)) };
        let value = operation.value.clone().filter(|value| !value.is_empty());
        Ok(Change { property: rule.property, edit, name, value })
    }

    fn unknown(&self, path: &str, op: Op) -> Error {
        match self.tone {
            Tone::Terse => Error::bad_request(format!("Invalid patch path {path}")),
            Tone::Listing => self.listing(path, op),
        }
    }

    fn unsupported(&self, path: &str, op: Op, rule: &Rule<P>) -> Error {
        match self.tone {
            Tone::Terse => {
                let allowed: Vec<_> = rule.edits.iter().map(|edit| edit.as_str()).collect();
                Error::bad_request(format!(
                    "Invalid patch operation specified. Must be one of: [{}]",
                    allowed.join(", ")
                ))
            }
            Tone::Listing => self.listing(path, op),
        }
    }

    // The two spaces are AWS's own.
    fn listing(&self, path: &str, op: Op) -> Error {
        let fits = |rule: &&Rule<P>| Edit::of(op).is_some_and(|edit| rule.edits.contains(&edit));
        let allowed: Vec<_> = self.rules.iter().filter(fits).map(|rule| rule.path).collect();
        let advice = if allowed.is_empty() {
            "Please choose supported operations".to_owned()
        } else {
            format!("Must be one of: [{}]", allowed.join(", "))
        };
        Error::bad_request(format!("Invalid patch path  '{path}' specified for op '{}'. {advice}", op.as_str()))
    }
}

impl<P> Rule<P> {
    /// A row of a table.
    pub(crate) const fn new(path: &'static str, edits: &'static [Edit], property: P) -> Self {
        Self { path, edits, property }
    }

    /// Whether the pointer is this rule's, and the name it holds.
    fn matches(&self, pointer: &Pointer) -> Option<(&Self, String)> {
        let mut wanted = self.path.split('/').skip(1);
        let mut name = String::new();
        for segment in &pointer.0 {
            let wanted = wanted.next()?;
            if wanted.starts_with('{') && !segment.is_empty() {
                name.clone_from(segment);
            } else if wanted != segment {
                return None;
            }
        }
        if wanted.next().is_some() { None } else { Some((self, name)) }
    }
}

impl Edit {
    fn of(op: Op) -> Option<Self> {
        match op {
            Op::Add => Some(Edit::Add),
            Op::Remove => Some(Edit::Remove),
            Op::Replace => Some(Edit::Replace),
            Op::Move | Op::Copy | Op::Test => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Edit::Add => "add",
            Edit::Remove => "remove",
            Edit::Replace => "replace",
        }
    }
}

impl<P> Change<P> {
    /// The value as a flag. AWS takes whatever is not `true` for false.
    pub(crate) fn flag(&self) -> bool {
        self.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The value, or nothing where it is taken away.
    pub(crate) fn optional(self) -> Option<String> {
        if self.edit == Edit::Remove { None } else { self.value }
    }

    /// The value, or an empty text.
    pub(crate) fn text(self) -> String {
        self.value.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Property {
        Name,
        Model,
    }

    const RULES: &[Rule<Property>] = &[
        Rule::new("/name", REPLACE, Property::Name),
        Rule::new("/models/{content_type}", ADD_REMOVE_REPLACE, Property::Model),
    ];
    const TERSE: Table<Property> = Table { tone: Tone::Terse, rules: RULES };
    const LISTING: Table<Property> = Table {
        tone: Tone::Listing,
        rules: &[Rule::new("/parentId", REPLACE, Property::Name), Rule::new("/pathPart", REPLACE, Property::Name)],
    };

    fn operation(op: Op, path: &str, value: Option<&str>) -> PatchOperation {
        PatchOperation { op: Some(op), path: Some(path.to_owned()), value: value.map(str::to_owned), from: None }
    }

    fn refusal(table: &Table<Property>, op: Op, path: &str) -> String {
        table.read(&[operation(op, path, None)]).expect_err("it is refused").to_string()
    }

    #[test]
    fn an_allowed_pair_becomes_a_change() {
        let changes = TERSE.read(&[operation(Op::Add, "/models/application~1json", Some("Empty"))]);
        let name = "application/json".to_owned();
        let change = Change { property: Property::Model, edit: Edit::Add, name, value: Some("Empty".to_owned()) };
        assert_eq!(changes, Ok(vec![change]));
    }

    #[test]
    fn everything_else_is_refused_in_the_words_aws_uses() {
        for (table, op, path, message) in [
            (&TERSE, Op::Add, "/name", "Invalid patch operation specified. Must be one of: [replace]"),
            (&TERSE, Op::Copy, "/name", "Invalid patch operation specified. Must be one of: [replace]"),
            (&TERSE, Op::Replace, "/models", "Invalid patch path /models"),
            (&TERSE, Op::Replace, "/models/", "Invalid patch path /models/"),
            (&TERSE, Op::Add, "/models/application/json", "Invalid patch path /models/application/json"),
            (&TERSE, Op::Replace, "name", "Invalid patch path name"),
            (
                &LISTING,
                Op::Replace,
                "/invalid",
                "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
            ),
            (
                &LISTING,
                Op::Remove,
                "/pathPart",
                "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
            ),
        ] {
            assert_eq!(refusal(table, op, path), message);
        }
    }

    #[test]
    fn one_bad_operation_refuses_the_whole_list() {
        let list = [operation(Op::Replace, "/name", Some("a")), operation(Op::Replace, "/nope", None)];
        assert!(TERSE.read(&list).is_err());
    }
}
