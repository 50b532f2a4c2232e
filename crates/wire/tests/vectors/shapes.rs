//! Tables of shapes from a vector's own model, leaked so that they live as long as real ones.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value as Json;
use wire::{List, Location, Map, Member, Schema, Structure, TimestampFormat};

/// The shapes of one suite.
pub(crate) struct Shapes<'a> {
    model: &'a Json,
    structures: HashMap<String, &'static OnceLock<&'static Schema>>,
}

impl<'a> Shapes<'a> {
    /// The shapes of a suite.
    pub(crate) fn of(suite: &'a Json) -> Self {
        Self { model: &suite["shapes"], structures: HashMap::new() }
    }

    /// The table of a reference such as `{"shape": "Name"}`; nothing refers to an empty structure.
    pub(crate) fn table(&mut self, reference: &Json) -> &'static Schema {
        let Some(name) = reference["shape"].as_str() else {
            return leak(Schema::Structure(leak(Structure {
                name: "Unit",
                members: &[],
                xml_namespace: None,
                error: None,
            })));
        };
        let model = self.model;
        let shape = &model[name];
        let either = |key: &str| if reference[key].is_null() { &shape[key] } else { &reference[key] };
        let flattened = either("flattened").as_bool().unwrap_or(false);
        match shape["type"].as_str().expect("a shape has a type") {
            "structure" if shape["document"] == true => &Schema::Document,
            "structure" => self.structure(name, shape),
            "list" => leak(Schema::List(leak(List {
                item: self.table(&shape["member"]),
                item_name: text(&shape["member"]["locationName"]),
                flattened,
            }))),
            "map" => leak(Schema::Map(leak(Map {
                value: self.table(&shape["value"]),
                key_name: text(&shape["key"]["locationName"]),
                value_name: text(&shape["value"]["locationName"]),
                flattened,
            }))),
            "timestamp" => leak(Schema::Timestamp(match either("timestampFormat").as_str() {
                None => TimestampFormat::Default,
                Some("iso8601") => TimestampFormat::Iso8601,
                Some("rfc822") => TimestampFormat::Rfc822,
                Some("unixTimestamp") => TimestampFormat::UnixSeconds,
                Some(other) => panic!("unknown format {other}"),
            })),
            "string" | "character" => &Schema::String,
            "boolean" => &Schema::Boolean,
            "integer" => &Schema::Integer,
            "long" => &Schema::Long,
            "float" | "double" => &Schema::Double,
            "blob" => &Schema::Blob,
            other => panic!("unknown type {other}"),
        }
    }

    fn structure(&mut self, name: &str, shape: &Json) -> &'static Schema {
        if let Some(lock) = self.structures.get(name).copied() {
            return leak(Schema::Link(lock));
        }
        let lock: &'static OnceLock<&'static Schema> = leak(OnceLock::new());
        self.structures.insert(name.to_owned(), lock);
        let payload = shape["payload"].as_str();
        let members = shape["members"].as_object().expect("a structure has members");
        let members: Vec<Member> =
            members.iter().map(|(name, member)| self.member(name, member, payload == Some(name))).collect();
        let structure = leak(Schema::Structure(leak(Structure {
            name: leak(name.to_owned()),
            members: members.leak(),
            xml_namespace: text(&shape["xmlNamespace"]["uri"]),
            error: None,
        })));
        lock.set(structure).expect("a structure is made once");
        structure
    }

    fn member(&mut self, name: &str, member: &Json, is_payload: bool) -> Member {
        Member {
            name: leak(name.to_owned()),
            wire_name: text(&member["locationName"]),
            schema: self.table(member),
            location: match member["location"].as_str() {
                None if is_payload => Location::Payload,
                None => Location::Body,
                Some("uri") => Location::Uri,
                Some("querystring") => Location::QueryString,
                Some("header") => Location::Header,
                Some("headers") => Location::Headers,
                Some("statusCode") => Location::StatusCode,
                Some(other) => panic!("unknown location {other}"),
            },
            required: false,
            secret: false,
            xml_attribute: member["xmlAttribute"] == true,
        }
    }
}

fn text(json: &Json) -> Option<&'static str> {
    json.as_str().map(|text| -> &'static str { leak(text.to_owned()) })
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
