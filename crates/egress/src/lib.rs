//! The one outbound HTTP client: pools, roots, timeouts, and which addresses may be reached.
//!
//! It must not know: the edge, integrations, AWS. No proxy is read from the environment, no redirect is followed.
//!
//! Begin with [`Egress::call`]. Each worker owns one [`Egress`] with its own connections, so no lock is ever contended.
//! HTTP/1.1 is our own: `head` holds a request as it is written, `outgoing` writes it, `answer` and `chunks` read what comes
//! back. A connection has no task of its own: whoever waits for its answer drives it (`link`), with a timer that stays with
//! the connection (`alarm`). Addresses are judged after their names are resolved ([`Policy`]), so a name cannot be rebound
//! behind its check.

mod client;
mod config;
mod policy;
mod error;
mod connect;
mod trust;
mod pinned;
mod key;
mod pool;
mod target;
mod head;
mod sent;
mod outgoing;
mod alarm;
mod link;
mod answer;
mod chunks;
mod received;

pub use answer::{Fields, NotHttp};
pub use client::{Answered, Egress, Upstream};
pub use config::{Config, ConfigError};
pub use error::EgressError;
pub use head::{FieldError, FieldName, RequestHead};
pub use policy::{Policy, PolicyError, RefusedAddress};
pub use received::Received;
pub use target::{Target, TargetError};
pub use trust::Trust;
