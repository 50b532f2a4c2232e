//! Resources to snapshot and findings: the only crate that knows both sides.
//!
//! It must not know: requests, connections, who may edit what. Begin with [`World`] (what compiling makes) and
//! [`Compiler::compile`] (pure); [`load`] reads from a store's view what changed units need.

pub mod finding;
pub mod load;
pub mod compile;
mod stage;
mod method;
mod authorizer;
mod function_call;
mod integration;
mod uri;
mod mapping;
mod answers;
mod access_key;
mod api_key;
mod usage_plan;
mod principal;
mod certificate;
mod function;
mod web_acl;
pub mod configured;

pub use compile::{Compiler, World};
pub use finding::{Finding, Unit};
pub use function::runtime;
pub use load::{Everything, FunctionInput, Input, StageInput, load_changes};
pub use web_acl::{AddressLists, PlacesKnown, Reference, WebAclInput};
