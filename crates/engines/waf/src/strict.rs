//! Reads AWS's JSON strictly: what is missing, of another type, unknown or doubled is refused with AWS's field and reason.

use serde_json::{Map, Value};

use crate::invalid::Invalid;

/// AWS's sentence for a union without a member or with several.
pub(crate) const EXACTLY_ONE: &str =
    "You have used none or multiple values for a field that requires exactly one value.";

/// An object of which every member must be read by its name.
pub(crate) struct Members<'a> {
    map: &'a Map<String, Value>,
    field: &'static str,
    parameter: &'static str,
}

impl<'a> Members<'a> {
    /// Reads an object whose members are among `known`; `field` and `parameter` are what a refusal names.
    pub(crate) fn read(
        value: &'a Value,
        field: &'static str,
        parameter: &'static str,
        known: &[&str],
    ) -> Result<Members<'a>, Invalid> {
        let Value::Object(map) = value else {
            return Err(Invalid { field, parameter: parameter.to_owned(), reason: "must be an object".to_owned() });
        };
        // Most SDKs leave out what is not set; some send `null` for it.
        if let Some(stray) = map.keys().find(|name| !known.contains(&name.as_str()) && !map[*name].is_null()) {
            return Err(Invalid {
                field,
                parameter: shortened(stray),
                reason: format!("{parameter} has no member of this name"),
            });
        }
        Ok(Members { map, field, parameter })
    }

    /// The one member that is set; a union of AWS's has exactly one.
    pub(crate) fn only(&self) -> Result<(&'a str, &'a Value), Invalid> {
        let mut set = self.map.iter().filter(|(_, value)| !value.is_null());
        match (set.next(), set.next()) {
            (Some((name, value)), None) => Ok((name, value)),
            (None, _) | (Some(_), Some(_)) => {
                Err(Invalid { field: self.field, parameter: self.parameter.to_owned(), reason: EXACTLY_ONE.to_owned() })
            }
        }
    }

    /// A member, where it is set.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A member that must be set.
    pub(crate) fn required(&self, name: &'static str) -> Result<&'a Value, Invalid> {
        self.get(name).ok_or_else(|| Invalid {
            field: self.field,
            parameter: name.to_owned(),
            reason: format!("{} requires it", self.parameter),
        })
    }
}

/// One of AWS's enumerated names.
pub(crate) fn choice<T: Copy>(value: &Value, field: &'static str, choices: &[(&str, T)]) -> Result<T, Invalid> {
    let found = value.as_str().and_then(|text| choices.iter().find(|(name, _)| *name == text));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        Invalid { field, parameter: written(value), reason: format!("must be one of {}", names.join(", ")) }
    })
}

/// A JSON value as a refusal shows it.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => shortened(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            shortened(&value.to_string())
        }
    }
}

/// At most 128 characters: a refusal is no place for a document.
pub(crate) fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 128;
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
