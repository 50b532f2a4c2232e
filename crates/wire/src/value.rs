//! What every protocol decodes to and encodes from.

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A value of some shape. Structures are [`Value::Map`]s keyed by the model's member names; absent members are absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// An explicit null (JSON patch values, list holes).
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// Any integer.
    Int(i64),
    /// Any float.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A time.
    Time(Timestamp),
    /// A list.
    List(Vec<Value>),
    /// A map or structure, in order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A structure's member or a map's entry.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Blob(_)
            | Value::Time(_)
            | Value::List(_) => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Whether nothing is in it: null, an empty text, blob, list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::Blob(bytes) => bytes.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Time(_) => false,
        }
    }

    /// The value of a JSON document.
    pub fn from_json(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(flag),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
            }
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(Value::from_json).collect()),
            serde_json::Value::Object(entries) => {
                Value::Map(entries.into_iter().map(|(key, value)| (key, Value::from_json(value))).collect())
            }
        }
    }

    /// The JSON document of a value: blobs in base64, times in ISO 8601, floats that JSON lacks as text.
    pub fn into_json(self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => flag.into(),
            Value::Int(number) => number.into(),
            Value::Float(number) if number.is_finite() => number.into(),
            Value::Float(number) => float_text(number).into(),
            Value::Text(text) => text.into(),
            Value::Blob(bytes) => BASE64.encode(bytes).into(),
            Value::Time(time) => time.to_string().into(),
            Value::List(items) => items.into_iter().map(Value::into_json).collect(),
            Value::Map(entries) => entries.into_iter().map(|(key, value)| (key, value.into_json())).collect(),
        }
    }
}

/// A float as AWS writes it where there are only texts.
pub(crate) fn float_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}
