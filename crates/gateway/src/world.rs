//! What one request sees of the node: one snapshot from beginning to end, and the handles that steps need.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use egress::Egress;
use identity::Identities;
use snapshot::Snapshot;

use crate::authorizer::Grants;
use crate::invoke::Invoker;
use crate::tokens::Tokens;

use crate::metering::Metering;

/// The world of one request.
#[derive(Debug)]
pub struct World {
    /// What is served, at one revision.
    pub snapshot: Arc<Snapshot>,
    /// How long ago the snapshot was last confirmed, and the age that is still served, when it is older than that.
    pub stale: Option<Stale>,
    /// The way out.
    pub egress: Egress,
    /// Finds out who signed.
    pub identities: Arc<Identities>,
    /// Room for bodies that a step has to read whole.
    pub room: edge::Room,
    /// Proves the tokens that calls bring.
    pub tokens: Arc<Tokens>,
    /// Runs functions.
    pub invoker: Invoker,
    /// The answers of authorizers that still count.
    pub grants: Arc<Grants>,
    /// Meters calls.
    pub metering: Arc<Metering>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// The snapshot is too old to be served.
#[derive(Debug, Clone, Copy)]
pub struct Stale {
    /// Its age.
    pub age: Duration,
    /// The age that is still served.
    pub max: Duration,
}
