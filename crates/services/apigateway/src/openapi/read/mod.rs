//! A document becomes a description. Whatever a later capability will enforce is refused by name.

mod root;
mod security;
mod authorizer;
mod path;
mod operation;
mod parameter;
mod response;
mod integration;
mod stray;

use serde_json::{Map, Value};

use super::description::Description;
use super::document::Document;
use super::report::Report;

/// Reads a whole document.
pub(crate) fn description(document: &Document, report: &mut Report) -> Description {
    let mut description = root::read(document, report);
    description.paths = path::read_all(document, &description.protection, report);
    description
}

/// Extensions begin so; one that is not known is refused, because it may be meant to protect something.
const EXTENSION: &str = "x-amazon-apigateway-";

/// Why something is refused.
const LATER: &str = "it is not enforced by this version of Portcullis yet, so it is refused";

/// An object's members; anything else has none, and is reported.
fn members<'v>(value: &'v Value, what: &str, report: &mut Report) -> Option<&'v Map<String, Value>> {
    let found = value.as_object();
    if found.is_none() {
        report.error(format!("{what} is not an object"));
    }
    found
}

/// A member's text; a number or boolean counts as its text, as YAML writes them without quotes.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A member that holds a list of texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}
