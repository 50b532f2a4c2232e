//! How a Rust type is a shape: its schema, and the way to and from [`Value`].

use std::collections::BTreeMap;

use base::{Secret, Timestamp};

pub use crate::fields::{Fields, Members};
use crate::{List, Map, Schema, TimestampFormat, Value};

/// Why a value does not fit a shape. `path` names the member, such as `patchOperations.1.op`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A required member is absent.
    #[error("missing required member `{path}`")]
    Missing {
        /// Where.
        path: String,
    },
    /// The value has another type or form.
    #[error("`{path}` is not a valid {expected}")]
    Mismatch {
        /// Where.
        path: String,
        /// What was expected, in AWS's words.
        expected: &'static str,
    },
}

impl Invalid {
    /// Puts `outer` before the path.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        let join = |path: String| if path.is_empty() { outer.to_owned() } else { format!("{outer}.{path}") };
        match self {
            Invalid::Missing { path } => Invalid::Missing { path: join(path) },
            Invalid::Mismatch { path, expected } => Invalid::Mismatch { path: join(path), expected },
        }
    }

    /// A value of another type.
    pub fn expected(expected: &'static str) -> Self {
        Invalid::Mismatch { path: String::new(), expected }
    }
}

/// A type that travels. Structures derive it: `#[derive(wire::Shape)]`.
pub trait Shape: Sized {
    /// The type's table.
    const SCHEMA: &'static Schema;
    /// Reads a decoded value. `None` means that the member was absent or null.
    fn from_value(value: Option<Value>) -> Result<Self, Invalid>;
    /// The value to encode; `None` leaves the member out.
    fn to_value(&self) -> Option<Value>;
    /// Whether a structure must have this member; an `Option` is not required.
    const REQUIRED: bool = true;
    /// Whether it is a secret or holds one where an audit record could not tell; such members are hidden there.
    const SECRET: bool = false;
}

pub(crate) fn present(value: Option<Value>) -> Result<Value, Invalid> {
    match value {
        None | Some(Value::Null) => Err(Invalid::Missing { path: String::new() }),
        Some(value) => Ok(value),
    }
}

macro_rules! scalar {
    ($type:ty, $schema:expr, $expected:literal, $read:pat => $take:expr, $write:expr) => {
        impl Shape for $type {
            const SCHEMA: &'static Schema = &$schema;
            fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
                match present(value)? {
                    $read => $take,
                    _ => Err(Invalid::expected($expected)),
                }
            }
            fn to_value(&self) -> Option<Value> {
                let write: fn(&Self) -> Value = $write;
                Some(write(self))
            }
        }
    };
}

scalar!(bool, Schema::Boolean, "boolean", Value::Bool(flag) => Ok(flag), |flag| Value::Bool(*flag));
scalar!(i32, Schema::Integer, "integer",
    Value::Int(number) => i32::try_from(number).map_err(|_| Invalid::expected("integer")),
    |number| Value::Int(i64::from(*number)));
scalar!(i64, Schema::Long, "long", Value::Int(number) => Ok(number), |number| Value::Int(*number));
scalar!(String, Schema::String, "string", Value::Text(text) => Ok(text), |text| Value::Text(text.clone()));
scalar!(Vec<u8>, Schema::Blob, "blob", Value::Blob(bytes) => Ok(bytes), |bytes| Value::Blob(bytes.clone()));
scalar!(Timestamp, Schema::Timestamp(TimestampFormat::Default), "timestamp",
    Value::Time(time) => Ok(time), |time| Value::Time(*time));

impl Shape for Secret<String> {
    const SCHEMA: &'static Schema = &Schema::String;
    const SECRET: bool = true;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        String::from_value(value).map(Secret::new)
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Text(self.expose().clone()))
    }
}

impl Shape for f64 {
    const SCHEMA: &'static Schema = &Schema::Double;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        match present(value)? {
            Value::Float(number) => Ok(number),
            Value::Int(number) => Ok(number as f64),
            _ => Err(Invalid::expected("double")),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }
}

impl<T: Shape> Shape for Option<T> {
    const SCHEMA: &'static Schema = T::SCHEMA;
    const REQUIRED: bool = false;
    const SECRET: bool = T::SECRET;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::from_value(Some(value)).map(Some),
        }
    }
    fn to_value(&self) -> Option<Value> {
        self.as_ref().and_then(T::to_value)
    }
}

/// What may stand in a list: everything but a byte, because bytes are a blob and no list.
pub trait Item: Shape {}
impl Item for String {}
impl Item for Secret<String> {}
impl Item for bool {}
impl Item for i32 {}
impl Item for i64 {}
impl Item for f64 {}
impl Item for Timestamp {}
impl Item for Vec<u8> {}
impl Item for Json {}
impl<T: Item> Item for Vec<T> {}
impl<T: Item> Item for Option<T> {}
impl<T: Item> Item for Box<T> {}
impl<T: Shape> Item for BTreeMap<String, T> {}

impl<T: Shape> Shape for Box<T> {
    const SCHEMA: &'static Schema = T::SCHEMA;
    const REQUIRED: bool = T::REQUIRED;
    const SECRET: bool = T::SECRET;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        T::from_value(value).map(Box::new)
    }
    fn to_value(&self) -> Option<Value> {
        T::to_value(self)
    }
}

/// Any JSON, for members that the model calls documents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Json(pub serde_json::Value);

impl Shape for Json {
    const SCHEMA: &'static Schema = &Schema::Document;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        present(value).map(|value| Json(value.into_json()))
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::from_json(self.0.clone()))
    }
}

impl<T: Item> Shape for Vec<T> {
    const SCHEMA: &'static Schema = &Schema::List(&List { item: T::SCHEMA, item_name: None, flattened: false });
    const SECRET: bool = T::SECRET;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        let Value::List(values) = present(value)? else { return Err(Invalid::expected("list")) };
        let item = |(index, value)| T::from_value(Some(value)).map_err(|fault| fault.within(&format!("{index}")));
        values.into_iter().enumerate().map(item).collect()
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::List(self.iter().map(|item| item.to_value().unwrap_or_default()).collect()))
    }
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    const SCHEMA: &'static Schema =
        &Schema::Map(&Map { value: T::SCHEMA, key_name: None, value_name: None, flattened: false });
    const SECRET: bool = T::SECRET;
    fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
        let Value::Map(entries) = present(value)? else { return Err(Invalid::expected("map")) };
        let entry = |(key, value): (String, Value)| {
            T::from_value(Some(value)).map_err(|fault| fault.within(&key)).map(|value| (key, value))
        };
        entries.into_iter().map(entry).collect()
    }
    fn to_value(&self) -> Option<Value> {
        let entry = |(key, value): (&String, &T)| (key.clone(), value.to_value().unwrap_or_default());
        Some(Value::Map(self.iter().map(entry).collect()))
    }
}

/// An enum whose variants are texts on the wire. It is derived together with [`Shape`].
pub trait Choice: Sized {
    /// All texts, in the order of the variants.
    const TEXTS: &'static [&'static str];
    /// The variant's text.
    fn as_text(&self) -> &'static str;
    /// The variant of a text.
    fn from_text(text: &str) -> Option<Self>;
}

/// Reads a [`Choice`]; for the derive macro.
pub fn choose<T: Choice>(value: Option<Value>, expected: &'static str) -> Result<T, Invalid> {
    let value = present(value)?;
    value.as_text().and_then(T::from_text).ok_or(Invalid::expected(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, Structure};

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    enum Op {
        #[shape("add")]
        Add,
        #[shape("remove")]
        Remove,
    }

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    struct Patch {
        op: Op,
        path: String,
        value: Option<String>,
    }

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    #[shape(name = "UpdateStageRequest")]
    struct Update {
        #[shape(uri = "restapi_id")]
        rest_api_id: String,
        #[shape(query = "limit")]
        limit: Option<i32>,
        #[shape(default)]
        patch_operations: Vec<Patch>,
        #[shape(default, flattened, item = "entry")]
        names: Vec<String>,
        #[shape(flattened, key = "k")]
        tags: Option<BTreeMap<String, String>>,
        #[shape(timestamp = "iso8601")]
        at: Option<Timestamp>,
        #[shape(payload, secret)]
        body: Option<Vec<u8>>,
        nested: Option<BTreeMap<String, BTreeMap<String, bool>>>,
        numbers: Option<Vec<i64>>,
        free: Option<Json>,
        r#type: Option<Box<Patch>>,
    }

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    #[shape(upper, error = "NotFoundException", status = 404, xml_namespace = "urn:x")]
    struct NotFound {
        message: String,
        event_id: Option<String>,
        #[shape(rename = "ARN", wire = "arn")]
        arn: Option<String>,
    }

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    struct Nothing;

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    struct Empty {}

    fn structure<T: Shape>() -> &'static Structure {
        match T::SCHEMA {
            Schema::Structure(structure) => structure,
            other => panic!("{other:?} is no structure"),
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
        Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    #[test]
    fn a_struct_becomes_a_table_of_members() {
        let update = structure::<Update>();
        assert_eq!(update.name, "UpdateStageRequest");
        let row = |name: &str| update.members.iter().find(|member| member.name == name).expect("the member");
        assert_eq!((row("restApiId").location, row("restApiId").wire_name()), (Location::Uri, "restapi_id"));
        assert!(row("restApiId").required && !row("limit").required && !row("patchOperations").required);
        assert!(row("body").secret && row("body").location == Location::Payload);
        assert!(matches!(row("at").schema, Schema::Timestamp(TimestampFormat::Iso8601)));
        assert!(matches!(row("names").schema, Schema::List(List { item_name: Some("entry"), flattened: true, .. })));
        assert!(matches!(row("tags").schema, Schema::Map(Map { key_name: Some("k"), flattened: true, .. })));
        assert!(matches!(row("type").schema, Schema::Structure(Structure { name: "Patch", .. })));
        let refusal = structure::<NotFound>();
        assert_eq!((refusal.error, refusal.xml_namespace), (Some(("NotFoundException", 404)), Some("urn:x")));
        let names: Vec<_> = refusal.members.iter().map(|member| (member.name, member.wire_name())).collect();
        assert_eq!(names, [("Message", "Message"), ("EventId", "EventId"), ("ARN", "arn")]);
    }

    #[test]
    fn a_struct_travels_there_and_back() {
        let patch = Patch { op: Op::Remove, path: "/a".to_owned(), value: None };
        let update = Update {
            rest_api_id: "abc".to_owned(),
            limit: Some(5),
            patch_operations: vec![patch.clone()],
            names: Vec::new(),
            tags: Some(BTreeMap::from([("k".to_owned(), "v".to_owned())])),
            at: Some(Timestamp::UNIX_EPOCH),
            body: Some(b"bytes".to_vec()),
            nested: Some(BTreeMap::from([("a".to_owned(), BTreeMap::from([("b".to_owned(), true)]))])),
            numbers: Some(vec![1, 2]),
            free: Some(Json(serde_json::json!({"x": [1, null, "y"]}))),
            r#type: Some(Box::new(patch)),
        };
        let value = update.to_value().expect("a structure has a value");
        assert_eq!(value.get("names"), None);
        assert_eq!(Update::from_value(Some(value)), Ok(update));
        assert_eq!(Nothing::from_value(Nothing.to_value()), Ok(Nothing));
        assert_eq!(Empty::from_value(Empty {}.to_value()), Ok(Empty {}));
    }

    #[test]
    fn a_misfit_names_the_member() {
        let patch = map([("op", text("add")), ("path", text("/a"))]);
        let of = |second: Value| {
            map([("restApiId", text("abc")), ("patchOperations", Value::List(vec![patch.clone(), second]))])
        };
        for (value, expected) in [
            (map([]), "missing required member `restApiId`"),
            (map([("restApiId", Value::Int(1))]), "`restApiId` is not a valid string"),
            (of(map([("op", text("add"))])), "missing required member `patchOperations.1.path`"),
            (of(map([("op", text("steal"))])), "`patchOperations.1.op` is not a valid value of [add, remove]"),
            (of(Value::Null), "missing required member `patchOperations.1`"),
        ] {
            assert_eq!(Update::from_value(Some(value)).map_err(|fault| fault.to_string()), Err(expected.to_owned()));
        }
    }

    #[test]
    fn a_choice_knows_its_texts() {
        assert_eq!(Op::TEXTS, ["add", "remove"]);
        assert_eq!((Op::Add.as_text(), Op::from_text("remove"), Op::from_text("Add")), ("add", Some(Op::Remove), None));
    }
}
