//! JSON in which no member stands twice: two readers must not read two values.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::{Part, Refusal};

/// Reads an object. The parser's own bound on depth holds.
pub(crate) fn object(text: &[u8], part: Part) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice::<Strict>(text) {
        Ok(Strict(Value::Object(members))) => Ok(members),
        // The visitor takes every type, so its one complaint is a member that stands there twice.
        Err(fault) if fault.classify() == Category::Data => Err(Refusal::Duplicate(part)),
        Ok(_) | Err(_) => Err(Refusal::NotJson(part)),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Seed.deserialize(deserializer).map(Self)
    }
}

#[derive(Clone, Copy)]
struct Seed;

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(value) = values.next_element_seed(Seed)? {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Seed)?;
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("twice"));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stands_once_at_any_depth() {
        let read = |text: &str| object(text.as_bytes(), Part::Claims);
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"\u0062":2}]}"#] {
            assert_eq!(read(text), Err(Refusal::Duplicate(Part::Claims)), "{text}");
        }
        for text in ["", "[]", "1", r#"{"a":1"#, r#"{"a":1}{}"#, r#"{"a":1e999}"#, "{\"a\":\"\u{1}\"}", "nul"] {
            assert_eq!(read(text), Err(Refusal::NotJson(Part::Claims)), "{text}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(read(&deep), Err(Refusal::NotJson(Part::Claims)));
        assert_eq!(object(b"{\"a\":\"\xff\"}", Part::Header), Err(Refusal::NotJson(Part::Header)));
        assert_eq!(read(r#"{"a":[1,-1,1.5,null,true,"x",{"b":{}}]}"#).map(|members| members.len()), Ok(1));
    }
}
