//! The one outbound HTTP client: pools, roots, timeouts, and which addresses may be reached.
//!
//! It must not know: the edge, integrations, AWS. No proxy is read from the environment, no redirect is followed.
//!
//! Begin with [`Egress::send`]. Each worker owns one [`Egress`] with its own connections, so no lock is ever contended. An
//! HTTP/1.1 connection has no task of its own: whoever waits for its answer drives it (`link`), which saves two wake-ups
//! a request. Addresses are judged after their names are resolved ([`Policy`]), so a name cannot be rebound behind its check.

mod client;
mod config;
mod policy;
mod error;
mod connect;
mod trust;
mod pool;
mod link;
mod sent;
mod received;

pub use client::Egress;
pub use config::{Config, ConfigError};
pub use error::EgressError;
pub use policy::{Policy, PolicyError, RefusedAddress};
pub use received::Received;
pub use trust::Trust;
