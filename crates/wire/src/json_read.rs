//! JSON from strangers: first any JSON within limits, then the values a schema asks for.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#shape-serialization>

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use crate::fault::Unreadable;
use crate::limits::{DEPTH_MAX, VALUES_MAX};
use crate::schema::Structure;
use crate::{Invalid, Member, Schema, TimestampFormat, Value, text, time};

/// Reads any JSON. A name that stands twice is refused, because two readers could take different ones.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Unreadable> {
    let budget = Cell::new(VALUES_MAX);
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let tree = Tree { budget: &budget, depth: 0 };
    let value = tree.deserialize(&mut source).and_then(|value| source.end().map(|()| value));
    value.map_err(|fault| Unreadable::syntax(format!("the body is not valid JSON: {fault}")))
}

/// Reads the members of a structure from a JSON object; `wanted` picks those that travel in the body.
pub(crate) fn read_members(
    structure: &'static Structure,
    bytes: &[u8],
    wanted: impl Fn(&Member) -> bool,
) -> Result<Vec<(String, Value)>, Unreadable> {
    match read(bytes)? {
        Value::Map(entries) => Ok(fit_members(structure, entries, wanted)?),
        _ => Err(Unreadable::syntax("the body is not a JSON object")),
    }
}

/// Turns JSON into what the schema says.
pub(crate) fn fit(schema: &'static Schema, value: Value) -> Result<Value, Invalid> {
    match (schema.resolve(), value) {
        (Schema::Document, value) => Ok(value),
        (_, Value::Null) => Ok(Value::Null),
        (Schema::Boolean, Value::Bool(flag)) => Ok(Value::Bool(flag)),
        (Schema::Integer, Value::Int(number)) if i32::try_from(number).is_ok() => Ok(Value::Int(number)),
        (Schema::Long, Value::Int(number)) => Ok(Value::Int(number)),
        (Schema::Double, Value::Float(number)) => Ok(Value::Float(number)),
        (Schema::Double, Value::Int(number)) => Ok(Value::Float(number as f64)),
        // Only the three names of what is no number are texts.
        (Schema::Double, Value::Text(name)) if !name.contains(|letter: char| letter.is_ascii_digit()) => {
            text::parse_float(&name).map(Value::Float)
        }
        (Schema::String | Schema::Enum(_), Value::Text(text)) => Ok(Value::Text(text)),
        (Schema::Blob, Value::Text(base64)) => text::parse_blob(&base64).map(Value::Blob),
        (Schema::Timestamp(format), value) => fit_time(*format, value),
        (Schema::List(list), Value::List(items)) => {
            let item = |(at, item): (usize, Value)| fit(list.item, item).map_err(|fault| fault.within(&at.to_string()));
            items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::List)
        }
        (Schema::Map(map), Value::Map(entries)) => {
            let entry = |(key, value): (String, Value)| match fit(map.value, value) {
                Ok(value) => Ok((key, value)),
                Err(fault) => Err(fault.within(&key)),
            };
            entries.into_iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
        }
        (Schema::Structure(structure), Value::Map(entries)) => {
            fit_members(structure, entries, |_| true).map(Value::Map)
        }
        (schema, _) => Err(Invalid::expected(schema.kind())),
    }
}

fn fit_members(
    structure: &'static Structure,
    entries: Vec<(String, Value)>,
    wanted: impl Fn(&Member) -> bool,
) -> Result<Vec<(String, Value)>, Invalid> {
    let mut members = Vec::new();
    for (key, value) in entries {
        let named = |member: &&Member| member.wire_name() == key && wanted(member);
        // Unknown members are left out: newer clients know more than we do.
        let Some(member) = structure.members.iter().find(named) else { continue };
        match fit(member.schema, value).map_err(|fault| fault.within(member.name))? {
            Value::Null if !matches!(member.schema.resolve(), Schema::Document) => {}
            value => members.push((member.name.to_owned(), value)),
        }
    }
    Ok(members)
}

fn fit_time(format: TimestampFormat, value: Value) -> Result<Value, Invalid> {
    let format = format.or(TimestampFormat::UnixSeconds);
    match (format, value) {
        (TimestampFormat::UnixSeconds, Value::Int(seconds)) => time::from_seconds(seconds as f64),
        (TimestampFormat::UnixSeconds, Value::Float(seconds)) => time::from_seconds(seconds),
        (TimestampFormat::Iso8601 | TimestampFormat::Rfc822, Value::Text(text)) => time::parse(format, &text).ok(),
        _ => None,
    }
    .map(Value::Time)
    .ok_or(Invalid::expected("timestamp"))
}

/// Unfolds JSON while it counts depth and values.
struct Tree<'b> {
    budget: &'b Cell<usize>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        let left = self.budget.get().checked_sub(1);
        self.budget.set(left.ok_or_else(|| D::Error::custom(format!("more than {VALUES_MAX} values")))?);
        source.deserialize_any(self)
    }
}

impl Tree<'_> {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom(format!("more than {DEPTH_MAX} levels")));
        }
        Ok(Tree { budget: self.budget, depth: self.depth + 1 })
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = source.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        while let Some(key) = source.next_key::<String>()? {
            let value = source.next_value_seed(self.deeper()?)?;
            entries.push((key, value));
        }
        let mut seen = HashSet::with_capacity(entries.len());
        if let Some((twice, _)) = entries.iter().find(|(key, _)| !seen.insert(key.as_str())) {
            let twice: String = twice.chars().take(64).collect();
            return Err(A::Error::custom(format!("`{twice}` stands twice in one object")));
        }
        drop(seen);
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(json: &str) -> String {
        read(json.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn hostile_json_is_refused_in_one_line() {
        let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
        let wide = format!("[{}0]", "0,".repeat(VALUES_MAX));
        for (json, reason) in [
            (r#"{"a":1,"a":2}"#, "`a` stands twice in one object"),
            (r#"{"x":{"b":1,"\u0062":2}}"#, "`b` stands twice in one object"),
            (deep.as_str(), "more than 64 levels"),
            (wide.as_str(), "more than 100000 values"),
            ("{} {}", "trailing characters"),
            ("{", "EOF while parsing an object"),
            ("nule", "expected ident"),
            ("\"\u{1}\"", "control character"),
        ] {
            let message = refusal(json);
            assert!(message.contains(reason) && !message.contains('\n'), "{message}");
        }
        assert!(read(b"\"\xff\"").is_err());
    }

    #[test]
    fn values_fit_their_schema_or_are_refused() {
        for (schema, json, fits) in [
            (&Schema::Integer, "2147483647", true),
            (&Schema::Integer, "2147483648", false),
            (&Schema::Integer, "1.5", false),
            (&Schema::Integer, "\"1\"", false),
            (&Schema::Long, "9223372036854775808", false),
            (&Schema::Double, "1", true),
            (&Schema::Double, "\"NaN\"", true),
            (&Schema::Double, "\"1.0\"", false),
            (&Schema::String, "1", false),
            (&Schema::Blob, "\"dmFsdWU=\"", true),
            (&Schema::Blob, "\"*\"", false),
            (&Schema::Timestamp(TimestampFormat::Default), "1.5", true),
            (&Schema::Timestamp(TimestampFormat::Default), "\"2024-01-01T00:00:00Z\"", false),
            (&Schema::Timestamp(TimestampFormat::Iso8601), "\"2024-01-01T00:00:00Z\"", true),
            (&Schema::Timestamp(TimestampFormat::Default), "1e400", false),
            (&Schema::Boolean, "null", true),
            (&Schema::Document, "[null]", true),
        ] {
            let fitted = read(json.as_bytes()).ok().map(|value| fit(schema, value));
            assert_eq!(matches!(fitted, Some(Ok(_))), fits, "{schema:?} {json}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_near_json_is_answered(json in r#"[\[\]{}",:0-9eE.\\ua-c -]{0,200}"#) {
            let _ = read(json.as_bytes());
        }
    }
}
