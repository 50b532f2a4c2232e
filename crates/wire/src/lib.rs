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

pub use schema::{List, Location, Map, Member, Schema, Structure, TimestampFormat};
pub use protocol::Protocol;
pub use shape::{Choice, Invalid, Item, Json, Shape};
pub use value::Value;
pub use wire_derive::Shape;
