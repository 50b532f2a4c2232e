//! Single values as text: in labels, query strings, headers, forms and XML elements.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::value::float_text;
use crate::{Invalid, Schema, TimestampFormat, Value, time};

/// Reads a single value; `otherwise` is the place's own format of times.
pub(crate) fn parse(schema: &'static Schema, text: &str, otherwise: TimestampFormat) -> Result<Value, Invalid> {
    match schema.resolve() {
        Schema::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Invalid::expected("boolean")),
        },
        Schema::Integer => {
            text.parse::<i32>().map(|number| Value::Int(number.into())).map_err(|_| Invalid::expected("integer"))
        }
        Schema::Long => text.parse().map(Value::Int).map_err(|_| Invalid::expected("long")),
        Schema::Double => parse_float(text).map(Value::Float),
        Schema::String | Schema::Enum(_) => Ok(Value::Text(text.to_owned())),
        Schema::Blob => parse_blob(text).map(Value::Blob),
        Schema::Timestamp(format) => time::parse(format.or(otherwise), text).map(Value::Time),
        Schema::Document | Schema::List(_) | Schema::Map(_) | Schema::Structure(_) | Schema::Link(_) => {
            Err(Invalid::expected("single value"))
        }
    }
}

/// Writes a single value; lists and maps have no text.
pub(crate) fn print(schema: &'static Schema, value: &Value, otherwise: TimestampFormat) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(float_text(*number)),
        Value::Text(text) => Some(text.clone()),
        Value::Blob(bytes) => Some(BASE64.encode(bytes)),
        Value::Time(at) => Some(time::print(format_of(schema).or(otherwise), *at)),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// Reads a float where it is written as text, with AWS's three names for what is no number.
pub(crate) fn parse_float(text: &str) -> Result<f64, Invalid> {
    let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    match text {
        "NaN" => Ok(f64::NAN),
        "Infinity" => Ok(f64::INFINITY),
        "-Infinity" => Ok(f64::NEG_INFINITY),
        // Rust also reads `inf` and `nan`, which are not AWS's names.
        _ if text.bytes().all(numeric) => text.parse().map_err(|_| Invalid::expected("double")),
        _ => Err(Invalid::expected("double")),
    }
}

/// Reads bytes from base64.
pub(crate) fn parse_blob(text: &str) -> Result<Vec<u8>, Invalid> {
    BASE64.decode(text).map_err(|_| Invalid::expected("base64 blob"))
}

/// The format a schema asks of times.
pub(crate) fn format_of(schema: &'static Schema) -> TimestampFormat {
    if let Schema::Timestamp(format) = schema.resolve() { *format } else { TimestampFormat::Default }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use TimestampFormat::Iso8601;

    #[test]
    fn texts_become_what_the_schema_says() {
        for (schema, text, value) in [
            (&Schema::Boolean, "true", Value::Bool(true)),
            (&Schema::Integer, "-7", Value::Int(-7)),
            (&Schema::Long, "9223372036854775807", Value::Int(i64::MAX)),
            (&Schema::Double, "1.5", Value::Float(1.5)),
            (&Schema::Double, "-Infinity", Value::Float(f64::NEG_INFINITY)),
            (&Schema::String, " a ", Value::Text(" a ".to_owned())),
            (&Schema::Blob, "dmFsdWU=", Value::Blob(b"value".to_vec())),
        ] {
            assert_eq!(parse(schema, text, Iso8601), Ok(value.clone()), "{text}");
            assert_eq!(print(schema, &value, Iso8601).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (schema, text) in [
            (&Schema::Boolean, "True"),
            (&Schema::Boolean, ""),
            (&Schema::Integer, "2147483648"),
            (&Schema::Integer, "1.0"),
            (&Schema::Long, "9223372036854775808"),
            (&Schema::Double, "inf"),
            (&Schema::Double, "nan"),
            (&Schema::Double, ""),
            (&Schema::Blob, "dmFsdWU"),
            (&Schema::Blob, "*"),
            (&Schema::Document, "{}"),
        ] {
            assert!(parse(schema, text, Iso8601).is_err(), "{schema:?} {text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_invalid(text in "[-+0-9.eENaInfinityT:Z, ]{0,40}|\\PC{0,40}") {
            static SCHEMAS: [Schema; 7] = [
                Schema::Boolean, Schema::Integer, Schema::Long, Schema::Double, Schema::String, Schema::Blob,
                Schema::Timestamp(TimestampFormat::Default),
            ];
            for schema in &SCHEMAS {
                for format in [TimestampFormat::Iso8601, TimestampFormat::Rfc822, TimestampFormat::UnixSeconds] {
                    if let Ok(value) = parse(schema, &text, format) {
                        prop_assert!(print(schema, &value, format).is_some());
                    }
                }
            }
        }
    }
}
