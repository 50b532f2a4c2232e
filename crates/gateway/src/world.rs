//! What one request sees of the node: one snapshot from beginning to end, and the handles that steps need.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base::{Clock, Scope};
use egress::Egress;
use identity::Identities;
use snapshot::{Freshness, Snapshot};
use telemetry::Sink;

use crate::authorizer::Grants;
use crate::firewall::Firewall;
use crate::invoke::Invoker;
use crate::metering::Metering;
use crate::tokens::Tokens;

/// The world of one request.
#[derive(Debug)]
pub struct World {
    /// What is served, at one revision.
    pub snapshot: Arc<Snapshot>,
    /// How long ago the snapshot was last confirmed, and the age that is still served, when it is older than that.
    pub stale: Option<Stale>,
    /// What the node lends.
    pub handles: Arc<Handles>,
}

/// The snapshot is too old to be served.
#[derive(Debug, Clone, Copy)]
pub struct Stale {
    /// Its age.
    pub age: Duration,
    /// The age that is still served.
    pub max: Duration,
}

/// What a node lends to all its requests, and to whoever asks about one. What is served is not among it.
///
/// INVARIANT: a step finds no snapshot here but the one in its [`World`], so a request sees one revision.
#[derive(Debug, Clone)]
pub struct Handles {
    /// The way out. Every worker has its own, with connections of its own.
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
    /// What web ACLs remember.
    pub firewall: Arc<Firewall>,
    /// Takes lines and trails without ever waiting.
    pub sink: Sink,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Whose the records of requests for no known API are: the installation's first account.
    pub installation: Scope,
}

/// What a node serves now.
#[derive(Debug, Clone)]
pub struct Served {
    /// A request sees what this holds when it arrives.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Whether that is still to be served.
    pub freshness: Freshness,
}

impl Served {
    /// The world at `now`, as the clock measures durations.
    pub(crate) fn world(&self, handles: &Arc<Handles>, now: Duration) -> World {
        let stale = self.freshness.stale_max().filter(|_| self.freshness.is_stale(now));
        World {
            snapshot: self.snapshot.load_full(),
            stale: stale.map(|max| Stale { age: self.freshness.age(now), max }),
            handles: Arc::clone(handles),
        }
    }
}
