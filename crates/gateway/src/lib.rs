//! One request, step by step: from its head to its record.
//!
//! It must not know: stored configuration (`model`, `store-resources`), AWS's management protocols, sockets. It sees
//! configuration only as a [`snapshot::Snapshot`]. Begin with `journey.rs`, which is the whole story, then [`steps`] in
//! their order; [`Gateway`] is what the edge calls.
//!
//! A journey that skips a step does not compile, because only the step before makes the evidence it asks for:
//!
//! ```compile_fail,E0308
//! use gateway::steps::{network::Admitted, route};
//! fn without_the_firewall(admitted: Admitted) {
//!     let _ = route::find(admitted);
//! }
//! ```
//!
//! Nor can the evidence be made up:
//!
//! ```compile_fail,E0451
//! use gateway::steps::{firewall::Screened, network::Admitted};
//! fn pretend(admitted: Admitted) -> Screened {
//!     Screened { admitted }
//! }
//! ```

mod journey;
pub mod steps;
pub mod world;
pub mod request;
pub mod target;
pub mod trail;
pub mod tokens;
pub mod reason;
pub mod explain;
mod what_if;
pub mod invoke;
mod authorizer;
mod lambda;
pub mod metering;
pub mod quotas;
pub mod refused;
pub mod context;
mod access_log;
mod execution_log;
mod forward;
mod body;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base::{Clock, Scope};
use egress::Egress;
use http::Response;
use identity::Identities;
use snapshot::{Freshness, Snapshot};
use telemetry::Sink;

use crate::metering::Metering;
use crate::request::Request;
use crate::steps::locate::Inbound;
use crate::steps::record::{self, Desk, Recording};
use crate::steps::{Step, answer};
use crate::tokens::Tokens;
use crate::trail::Outcome;
use crate::world::{Stale, World};

pub use authorizer::Grants;
pub use invoke::{EventQueue, EventWorker, Invoker, NoFunctions, Runner};
pub use lambda::permission::hints as function_hints;
pub use steps::authorize::Openness;
pub use what_if::Explainer;

/// Answers the requests of API traffic. One value a worker: each has its own connections to the backends.
#[derive(Debug)]
pub struct Gateway {
    snapshot: Arc<ArcSwap<Snapshot>>,
    freshness: Freshness,
    egress: Egress,
    identities: Arc<Identities>,
    room: edge::Room,
    tokens: Arc<Tokens>,
    invoker: Invoker,
    grants: Arc<Grants>,
    metering: Arc<Metering>,
    desk: Arc<Desk>,
}

/// What all gateways of a node share.
#[derive(Debug, Clone)]
pub struct Shared {
    /// What is served; a request sees what this holds when it arrives.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Whether that is still to be served.
    pub freshness: Freshness,
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
    /// Takes lines and trails.
    pub sink: Sink,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Whose the records of requests for no known API are.
    pub installation: Scope,
}

impl Gateway {
    /// A gateway with its own way out.
    pub fn new(shared: Shared, egress: Egress) -> Self {
        let Shared {
            snapshot,
            freshness,
            identities,
            room,
            tokens,
            invoker,
            grants,
            metering,
            sink,
            clock,
            installation,
        } = shared;
        let desk = Arc::new(Desk { sink, clock, installation });
        Self { snapshot, freshness, egress, identities, room, tokens, invoker, grants, metering, desk }
    }

    /// The world at `now`, as the clock measures durations.
    fn world(&self, now: Duration) -> World {
        let stale = self.freshness.stale_max().filter(|_| self.freshness.is_stale(now));
        World {
            snapshot: self.snapshot.load_full(),
            stale: stale.map(|max| Stale { age: self.freshness.age(now), max }),
            egress: self.egress.clone(),
            identities: Arc::clone(&self.identities),
            room: self.room.clone(),
            tokens: Arc::clone(&self.tokens),
            invoker: self.invoker.clone(),
            grants: Arc::clone(&self.grants),
            metering: Arc::clone(&self.metering),
            clock: Arc::clone(&self.desk.clock),
        }
    }
}

impl edge::Handler for Gateway {
    async fn handle(&self, arrived: edge::Arrived) -> Response<edge::Body> {
        let edge::Arrived { head, body, connection } = arrived;
        let request = Arc::new(Request::new(Some(&head), connection, &*self.desk.clock));
        let world = self.world(request.started);
        let recording = Recording::begin(&self.desk, &request, world.snapshot.revision);
        let inbound = Box::new(Inbound { request, received: head.received, body, held: edge::Held::default() });
        journey::begin(inbound, world, recording).await
    }

    fn refused(&self, refused: edge::Refused) -> Response<edge::Body> {
        let edge::Refused { refusal, head, connection } = refused;
        let request = Arc::new(Request::new(head.as_deref(), connection, &*self.desk.clock));
        let mut recording = Recording::begin(&self.desk, &request, self.snapshot.load().revision);
        let refused = record::front_end_refusal(refusal);
        recording.trail.note(Step::Locate, Outcome::Refused, refused.reason.clone());
        let composed = answer::compose(Err(refused), &request);
        let answer = recording.trail.pass(Step::Answer, composed);
        recording.follow(answer)
    }
}
