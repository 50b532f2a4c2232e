//! Values as JSON, in the model's order and with its wire names.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#shape-serialization>

use std::fmt::Write;

use crate::schema::Structure;
use crate::value::float_text;
use crate::{Member, Schema, TimestampFormat, Value, text, time};

/// Writes a value.
pub(crate) fn write(out: &mut String, schema: &'static Schema, value: &Value) {
    match (schema.resolve(), value) {
        (Schema::Structure(structure), Value::Map(_)) => {
            out.push('{');
            write_members(out, structure, value, |_| true);
            out.push('}');
        }
        (_, Value::Map(entries)) => {
            let inner = if let Schema::Map(map) = schema.resolve() { map.value } else { &Schema::Document };
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                separate(out, at);
                quote(out, key);
                out.push(':');
                write(out, inner, value);
            }
            out.push('}');
        }
        (_, Value::List(items)) => {
            let inner = if let Schema::List(list) = schema.resolve() { list.item } else { &Schema::Document };
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(out, at);
                write(out, inner, item);
            }
            out.push(']');
        }
        (_, Value::Null) => out.push_str("null"),
        (_, Value::Bool(flag)) => out.push_str(if *flag { "true" } else { "false" }),
        (_, Value::Int(number)) => write!(out, "{number}").expect("a String takes any text"),
        (_, Value::Float(number)) if number.is_finite() => write!(out, "{number:?}").expect("a String takes any text"),
        (_, Value::Float(number)) => quote(out, &float_text(*number)),
        (_, Value::Text(text)) => quote(out, text),
        (_, Value::Blob(_)) => quote(out, &text::print(schema, value, TimestampFormat::Default).unwrap_or_default()),
        (_, Value::Time(at)) => match text::format_of(schema).or(TimestampFormat::UnixSeconds) {
            TimestampFormat::UnixSeconds => out.push_str(&time::print(TimestampFormat::UnixSeconds, *at)),
            format => quote(out, &time::print(format, *at)),
        },
    }
}

/// Writes the members of a structure without the braces; `wanted` picks those that travel in the body. Says whether
/// there were any.
pub(crate) fn write_members(
    out: &mut String,
    structure: &'static Structure,
    value: &Value,
    wanted: impl Fn(&Member) -> bool,
) -> bool {
    let mut count = 0;
    for member in structure.members.iter().filter(|member| wanted(member)) {
        let document = matches!(member.schema.resolve(), Schema::Document);
        match value.get(member.name) {
            None => {}
            Some(Value::Null) if !document => {}
            Some(value) => {
                separate(out, count);
                quote(out, member.wire_name());
                out.push(':');
                write(out, member.schema, value);
                count += 1;
            }
        }
    }
    count > 0
}

/// Writes a text in quotes.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter < ' ' => write!(out, "\\u{:04x}", u32::from(letter)).expect("a String takes any text"),
            _ => out.push(letter),
        }
    }
    out.push('"');
}

fn separate(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_quoted_as_json(text in any::<String>()) {
            let mut out = String::new();
            quote(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).expect("JSON"), text);
        }

        #[test]
        fn any_float_is_written_as_json(number in any::<f64>()) {
            let mut out = String::new();
            write(&mut out, &Schema::Double, &Value::Float(number));
            let read: f64 = if number.is_finite() {
                crate::json_read::read(out.as_bytes()).expect("JSON");
                out.parse().expect("a float")
            } else {
                crate::text::parse_float(out.trim_matches('"')).expect("a float")
            };
            prop_assert!(read.total_cmp(&number).is_eq() || (read.is_nan() && number.is_nan()), "{}", out);
        }
    }
}
