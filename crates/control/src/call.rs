//! One AWS call, step by step: this file is the whole story.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::Response;
use identity::Identities;
use operation::{Failure, Kind, Ports, Principal};

use crate::Received;
use crate::catalog::Catalog;
use crate::flood::Flood;
use crate::publish::Publisher;
use crate::refusal::Refusal;
use crate::steps::record::{self, Ending, Home, Notes};
use crate::steps::{authenticate, authorize, decode, encode, identify, publish, run};

/// The control plane: everything a call needs.
#[derive(Debug)]
pub struct Control {
    pub(crate) catalog: Catalog,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) ports: Arc<Ports>,
    pub(crate) identities: Identities,
    pub(crate) flood: Flood,
    pub(crate) home: Home,
    pub(crate) room: edge::Room,
    /// Room for the bodies of calls that bring code.
    pub(crate) code_room: edge::Room,
}

impl Control {
    /// Answers a call; whatever happens, it is recorded first.
    pub async fn answer(&self, received: &Received) -> Response<Bytes> {
        let mut notes = Notes::default();
        // A call that panics is a call that failed: it is answered and recorded like one.
        let travelled = AssertUnwindSafe(self.travel(received, &mut notes)).catch_unwind().await;
        let refusal = match travelled {
            Ok(Ok(answer)) => return answer,
            Ok(Err(refusal)) => refusal,
            Err(_) => Refusal::Failed(Failure::Broken { what: "the call panicked".to_owned() }),
        };
        self.refused(received, &notes, refusal).await
    }

    /// Refuses a call that could not even be read; it is recorded like any other.
    pub(crate) async fn refuse(&self, received: &Received, refusal: Refusal) -> Response<Bytes> {
        self.refused(received, &Notes::default(), refusal).await
    }

    async fn refused(&self, received: &Received, notes: &Notes<'_>, refusal: Refusal) -> Response<Bytes> {
        let refusal = self.record(received, notes, refusal).await;
        log(received, &refusal);
        encode::refusal(received, notes.service, &refusal, self.publisher.world().snapshot.revision)
    }

    async fn travel<'c>(&'c self, received: &'c Received, notes: &mut Notes<'c>) -> Result<Response<Bytes>, Refusal> {
        let world = self.publisher.world();
        let identified = identify::find(&self.catalog, received).map_err(|unidentified| {
            notes.service = unidentified.service;
            unidentified.refusal
        })?;
        notes.service = Some(identified.service);
        notes.event_name = Some(identified.target.name());
        notes.read_only = identified.target.reads_only();
        let snapshot = &world.snapshot;
        let authenticated =
            authenticate::prove(identified, snapshot, &self.identities, &self.home, &mut notes.claimed_key)?;
        notes.principal = Some(authenticated.principal.clone());
        let decoded = decode::read(authenticated, &mut notes.parameters)?;
        let authorized = authorize::decide(decoded, snapshot, &self.ports, &mut notes.resources).await?;
        let mut proven = None;
        let record = |output: &wire::Value, proven: Option<&Principal>| {
            let notes = Notes { principal: proven.cloned().or_else(|| notes.principal.clone()), ..notes.clone() };
            self.success(&notes, &authorized, output)
        };
        let done = run::perform(&authorized, &self.ports, &mut proven, record).await;
        notes.principal = proven.or(notes.principal.take());
        let done = done?;
        if !done.committed {
            let entry = self.success(notes, &authorized, &done.output);
            self.ports.resources.append_audit(vec![entry]).await.map_err(Refusal::Unrecorded)?;
        }
        let published = publish::wait(done, &self.publisher).await?;
        Ok(encode::output(received, authorized.service, authorized.operation, &published))
    }

    /// The record of a call that did what it should.
    fn success(
        &self,
        notes: &Notes<'_>,
        call: &authorize::Authorized<'_>,
        output: &wire::Value,
    ) -> store_resources::AuditEntry {
        let operation = call.operation;
        let response = (operation.spec.kind == Kind::Write)
            .then(|| wire::to_json(&wire::redact(output, operation.output), operation.output));
        let made = call.prepared.made(output);
        record::entry(call.received, notes, &self.home, Ending::Done { response, made })
    }

    /// Records a refused or failed call. Where that cannot be written, the caller is told of that fault instead.
    async fn record(&self, received: &Received, notes: &Notes<'_>, refusal: Refusal) -> Refusal {
        if let Refusal::NotServedYet { .. } | Refusal::Unrecorded(_) = &refusal {
            // The first is already recorded with its write; of the second no record can be written.
            return refusal;
        }
        // SECURITY: whoever proves nothing cannot fill the trail.
        let is_of_a_stranger = match &notes.principal {
            None => refusal.is_of_a_stranger(),
            Some(principal) => matches!(principal, Principal::Unsigned { .. }),
        };
        if is_of_a_stranger && !self.flood.may_record(received.source, received.now) {
            return refusal;
        }
        let protocol = notes.service.map_or(wire::Protocol::RestJson, |service| service.protocol);
        let words = refusal.words_on_record(protocol);
        let entry = record::entry(received, notes, &self.home, Ending::Refused(&words));
        match self.ports.resources.append_audit(vec![entry]).await {
            Ok(()) => refusal,
            Err(fault) => Refusal::Unrecorded(fault),
        }
    }
}

/// Our own faults are logged in full; the caller sees the request id only.
fn log(received: &Received, refusal: &Refusal) {
    match refusal {
        Refusal::Failed(failure) if !matches!(failure, Failure::Api(_)) => {
            tracing::error!(request = %received.request_id, error = %base::with_causes(failure), "a call failed");
        }
        Refusal::Unrecorded(fault) => {
            tracing::error!(request = %received.request_id, error = %base::with_causes(fault), "a call could not be recorded and was refused");
        }
        Refusal::NotServedYet { revision } => {
            tracing::error!(request = %received.request_id, %revision, "a write is stored, but this node does not serve it yet");
        }
        Refusal::Failed(_)
        | Refusal::UnknownService { .. }
        | Refusal::UnknownOperation { .. }
        | Refusal::TooLarge
        | Refusal::Truncated
        | Refusal::NoRoom
        | Refusal::Signature(_)
        | Refusal::Undecodable(_)
        | Refusal::Invalid { .. }
        | Refusal::AccessDenied { .. }
        | Refusal::NotEnforced { .. }
        | Refusal::Busy => {}
    }
}
