//! AWS protocols: bytes to typed values and back, and nothing else.
//!
//! It must not know: any service, any store, who calls. Begin with [`schema`] (what a shape is), [`value`] (what every
//! protocol decodes to) and [`shape`] (how a Rust type is both); then one file per protocol.

// The derive macro writes `::wire::…`; this crate's own tests use it too.
#[cfg(test)]
extern crate self as wire;

pub mod schema;
pub mod value;
pub mod shape;
pub mod protocol;
pub mod uri;
pub mod router;
pub mod json;
pub mod query;
pub mod client;
pub mod redact;
pub mod limits;

mod fields;
mod rest_json;
mod rest_xml;
mod rest;
mod header;
mod pairs;
mod text;
mod time;
mod json_read;
mod json_write;
mod xml_tree;
mod xml_read;
mod xml_write;
mod fault;

pub use protocol::{DecodeError, ErrorAnswer, Protocol, Request, Success};
pub use redact::{redact, to_json};
pub use router::{Found, Router};
pub use schema::{List, Location, Map, Member, Schema, Structure, TimestampFormat};
pub use shape::{Choice, Invalid, Item, Json, Shape};
pub use uri::{InvalidPattern, Labels, UriPattern};
pub use value::Value;
pub use wire_derive::Shape;
