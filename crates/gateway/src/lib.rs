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
pub mod trace;
pub mod target;
pub mod trail;
pub mod tokens;
mod remembered;
pub mod reason;
pub mod explain;
mod what_if;
pub mod invoke;
pub mod firewall;
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

use crate::request::Request;
use crate::steps::locate::Inbound;
use crate::steps::record::{self, Recording};
use crate::steps::{Step, answer};
use crate::trail::Outcome;

pub use authorizer::Grants;
pub use invoke::{EventParts, EventQueue, EventWorker, Invoker, NoFunctions, Runner};
pub use lambda::permission::hints as function_hints;
pub use steps::authorize::Openness;
pub use what_if::Explainer;
pub use world::{Handles, Served};

/// Answers the requests of API traffic. One value a worker: each has its own way out among its handles.
#[derive(Debug)]
pub struct Gateway {
    /// What requests see.
    pub served: Served,
    /// What they may use.
    pub handles: Arc<Handles>,
}

impl edge::Handler for Gateway {
    fn handle(&self, arrived: edge::Arrived) -> impl Future<Output = edge::Answer> + Send {
        let edge::Arrived { head, body, connection } = arrived;
        let request = Arc::new(Request::new(Some(&head), connection, &*self.handles.clock));
        let world = self.served.world(&self.handles, request.started);
        let recording = Recording::begin(&self.handles, &request, world.snapshot.revision);
        let inbound = Box::new(Inbound { request, received: head.received, body, held: edge::Held::default() });
        journey::begin(inbound, world, recording)
    }

    fn refused(&self, refused: edge::Refused) -> edge::Answer {
        let edge::Refused { refusal, head, connection } = refused;
        let request = Arc::new(Request::new(head.as_deref(), connection, &*self.handles.clock));
        let mut recording = Recording::begin(&self.handles, &request, self.served.snapshot.load().revision);
        let refused = record::front_end_refusal(refusal);
        recording.trail.note(Step::Locate, Outcome::Refused, refused.reason.clone());
        let composed = answer::compose(Err(refused), &request);
        let answer = recording.trail.pass(Step::Answer, composed);
        recording.follow(answer)
    }
}
