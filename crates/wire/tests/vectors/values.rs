//! The vectors' parameters and results as values, and values as comparable JSON.

use serde_json::Value as Json;
use wire::{Schema, Value};

/// The value that a vector writes as `json`: blobs as plain text, times in seconds.
pub(crate) fn value(schema: &'static Schema, json: &Json) -> Value {
    match (schema.resolve(), json) {
        (Schema::Document, json) => Value::from_json(json.clone()),
        (_, Json::Null) => Value::Null,
        (Schema::Structure(structure), Json::Object(entries)) => {
            let member = |(name, json): (&String, &Json)| {
                let member = structure.members.iter().find(|member| member.name == name).expect("a known member");
                (name.clone(), value(member.schema, json))
            };
            Value::Map(entries.iter().map(member).collect())
        }
        (Schema::Map(map), Json::Object(entries)) => {
            Value::Map(entries.iter().map(|(key, json)| (key.clone(), value(map.value, json))).collect())
        }
        (Schema::List(list), Json::Array(items)) => {
            Value::List(items.iter().map(|item| value(list.item, item)).collect())
        }
        (Schema::Blob, Json::String(text)) => Value::Blob(text.clone().into_bytes()),
        (Schema::Timestamp(_), Json::Number(seconds)) => {
            let millis = (seconds.as_f64().expect("seconds") * 1000.0).round() as i64;
            Value::Time(base::Timestamp::from_millisecond(millis).expect("a time"))
        }
        (Schema::Double, Json::String(name)) => Value::Float(name.parse().expect("a float")),
        (Schema::Double, Json::Number(number)) => Value::Float(number.as_f64().expect("a float")),
        (_, json) => Value::from_json(json.clone()),
    }
}

/// JSON without nulls, empty lists and empty maps: whether those travel is a matter of taste.
pub(crate) fn bare(json: Json) -> Json {
    let full = |json: &Json| match json {
        Json::Null => false,
        Json::Array(items) => !items.is_empty(),
        Json::Object(entries) => !entries.is_empty(),
        _ => true,
    };
    match json {
        Json::Object(entries) => Json::Object(
            entries.into_iter().map(|(key, json)| (key, bare(json))).filter(|(_, json)| full(json)).collect(),
        ),
        Json::Array(items) => items.into_iter().map(bare).collect(),
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        other => other,
    }
}
