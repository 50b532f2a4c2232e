//! Values for logs and audit records: secrets hidden by the shape itself, names as in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::{Location, Member, Schema, Value};

/// What stands where a secret was, in CloudTrail's words.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Blobs above this many bytes are named by their size: an imported document does not belong in every record.
const BLOB_BYTES_MAX: usize = 1024;

/// The value with every secret member hidden. What the schema does not know is left out, for it may be anything.
#[must_use]
pub fn redact(value: &Value, schema: &'static Schema) -> Value {
    match (schema.resolve(), value) {
        (Schema::Structure(structure), Value::Map(_)) => {
            let member = |member: &Member| {
                let value = value.get(member.name)?;
                Some((member.name.to_owned(), if member.secret { hide(value) } else { redact(value, member.schema) }))
            };
            Value::Map(structure.members.iter().filter_map(member).collect())
        }
        (Schema::Map(map), Value::Map(entries)) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), redact(value, map.value))).collect())
        }
        (Schema::List(list), Value::List(items)) => {
            Value::List(items.iter().map(|item| redact(item, list.item)).collect())
        }
        (_, value) => value.clone(),
    }
}

/// The value as JSON for people: members of the body by their wire names, others by their own; times in ISO 8601;
/// blobs in base64, or named by their size where they are long. Secrets stay hidden.
pub fn to_json(value: &Value, schema: &'static Schema) -> serde_json::Value {
    match (schema.resolve(), value) {
        (Schema::Structure(structure), Value::Map(_)) => {
            let member = |member: &Member| {
                let value = value.get(member.name).filter(|value| **value != Value::Null)?;
                let name = if member.location == Location::Body { member.wire_name() } else { member.name };
                let json = if member.secret { hide(value).into_json() } else { to_json(value, member.schema) };
                Some((name.to_owned(), json))
            };
            structure.members.iter().filter_map(member).collect()
        }
        (Schema::Map(map), Value::Map(entries)) => {
            entries.iter().map(|(key, value)| (key.clone(), to_json(value, map.value))).collect()
        }
        (Schema::List(list), Value::List(items)) => items.iter().map(|item| to_json(item, list.item)).collect(),
        (_, Value::Blob(bytes)) if bytes.len() > BLOB_BYTES_MAX => format!("({} bytes)", bytes.len()).into(),
        (_, Value::Blob(bytes)) => BASE64.encode(bytes).into(),
        (_, value) => value.clone().into_json(),
    }
}

fn hide(value: &Value) -> Value {
    if *value == Value::Null { Value::Null } else { Value::Text(HIDDEN.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use base::{Secret, Timestamp};
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, crate::Shape)]
    struct Key {
        #[shape(uri = "api_key")]
        id: String,
        value: Option<Secret<String>>,
        #[shape(secret, wire = "pass_word")]
        password: Option<String>,
        old: Option<Vec<Secret<String>>>,
        by_name: Option<BTreeMap<String, Inner>>,
        at: Option<Timestamp>,
        body: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, crate::Shape)]
    struct Inner {
        value: Secret<String>,
    }

    fn key() -> Key {
        Key {
            id: "k1".to_owned(),
            value: Some(Secret::new("hunter2".to_owned())),
            password: Some("hunter2".to_owned()),
            old: Some(vec![Secret::new("hunter2".to_owned())]),
            by_name: None,
            at: Some(Timestamp::UNIX_EPOCH),
            body: Some(vec![0; 2000]),
        }
    }

    #[test]
    fn a_secret_never_leaves_in_a_record() {
        let outer = Key {
            by_name: Some(BTreeMap::from([("a".to_owned(), Inner { value: Secret::new("hunter2".to_owned()) })])),
            ..key()
        };
        let value = outer.to_value().expect("a value");
        assert!(format!("{value:?}").contains("hunter2"));
        assert!(!format!("{:?}", redact(&value, Key::SCHEMA)).contains("hunter2"));
        assert!(!to_json(&value, Key::SCHEMA).to_string().contains("hunter2"));
    }

    #[test]
    fn a_record_reads_like_json() {
        let expected = json!({
            "id": "k1",
            "value": HIDDEN,
            "pass_word": HIDDEN,
            "old": HIDDEN,
            "at": "1970-01-01T00:00:00Z",
            "body": "(2000 bytes)",
        });
        assert_eq!(to_json(&key().to_value().expect("a value"), Key::SCHEMA), expected);
    }

    #[test]
    fn what_the_schema_does_not_know_is_left_out() {
        let value = Value::Map(vec![("stray".to_owned(), Value::Text("hunter2".to_owned()))]);
        assert_eq!(redact(&value, Key::SCHEMA), Value::Map(Vec::new()));
    }
}
