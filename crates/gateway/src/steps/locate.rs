//! Host → API, first path segment → stage. What names neither is answered before anything else is looked at.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html>

use std::sync::Arc;

use base::limits::PAYLOAD_BYTES_MAX;
use snapshot::{Api, Stage, StageUnit};

use crate::reason::{Locate, Reason, cut};
use crate::refused::{FrontEnd, Passed, Refused, Verdict};
use crate::request::Request;
use crate::steps::record::Owner;
use crate::world::World;

/// A request as it comes in: its facts, and what is moved on to the backend.
#[derive(Debug)]
pub struct Inbound {
    /// Its facts.
    pub request: Arc<Request>,
    /// Its headers.
    pub received: edge::ReceivedHeaders,
    /// Its body.
    pub body: edge::Body,
    /// The room of a body that a step had to read whole.
    pub held: edge::Held,
}

/// The request is for a stage that is served.
#[derive(Debug)]
pub struct Located {
    /// Boxed, because it is handed on from step to step.
    inbound: Box<Inbound>,
    stage: Arc<Stage>,
}

impl Located {
    /// The request.
    pub fn request(&self) -> &Arc<Request> {
        &self.inbound.request
    }

    /// The stage.
    pub fn stage(&self) -> &Arc<Stage> {
        &self.stage
    }

    pub(super) fn into_parts(self) -> (Box<Inbound>, Arc<Stage>) {
        (self.inbound, self.stage)
    }

    pub(super) fn received(&self) -> &edge::ReceivedHeaders {
        &self.inbound.received
    }

    pub(super) fn body(&self) -> &edge::Body {
        &self.inbound.body
    }

    pub(super) fn body_mut(&mut self) -> &mut edge::Body {
        &mut self.inbound.body
    }

    pub(super) fn received_mut(&mut self) -> &mut edge::ReceivedHeaders {
        &mut self.inbound.received
    }

    pub(super) fn held_mut(&mut self) -> &mut edge::Held {
        &mut self.inbound.held
    }
}

/// Finds the stage that the request is for, and whose the records are.
pub fn place(inbound: Box<Inbound>, world: &World, owner: &mut Owner) -> Verdict<Located> {
    if let Some(stale) = world.stale {
        let reason = Locate::StaleSnapshot { age_s: stale.age.as_secs(), max_s: stale.max.as_secs() };
        return Err(refused(FrontEnd::UNAVAILABLE, reason));
    }
    let api = api(&inbound.request, world)?;
    let stage = stage(&inbound.request, api).inspect_err(|_| *owner = Owner::Account(api.scope.clone()))?;
    *owner = Owner::Stage(Arc::clone(stage));
    if stage.default_endpoint_disabled {
        return Err(refused(FrontEnd::FORBIDDEN, Locate::EndpointDisabled { api: api.id.clone() }));
    }
    if let Some(bytes) = inbound.body.known_length().filter(|bytes| *bytes > PAYLOAD_BYTES_MAX) {
        let reason = Locate::BodyTooLarge { bytes, max: PAYLOAD_BYTES_MAX };
        return Err(refused(FrontEnd::TOO_LARGE, reason));
    }
    let reason = Reason::Locate(Locate::Stage {
        api: stage.api_id.clone(),
        stage: stage.name.clone(),
        deployment: stage.deployment_id.clone(),
    });
    Ok(Passed { value: Located { inbound, stage: Arc::clone(stage) }, reason })
}

fn api<'w>(request: &Request, world: &'w World) -> Result<&'w Arc<Api>, Refused> {
    let Some(host) = request.host.as_deref() else {
        return Err(refused(FrontEnd::FORBIDDEN, Locate::NoHost));
    };
    let Some(name) = world.snapshot.place.api_of(host) else {
        return Err(refused(FrontEnd::FORBIDDEN, Locate::ForeignHost { host: cut(host) }));
    };
    // Hosts are compared without regard to case; ids are lower-case.
    let known = match world.snapshot.apis.get(name) {
        None if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            world.snapshot.apis.get(name.to_ascii_lowercase().as_str())
        }
        known => known,
    };
    known.ok_or_else(|| refused(FrontEnd::FORBIDDEN, Locate::UnknownApi { api: cut(name) }))
}

fn stage<'w>(request: &Request, api: &'w Api) -> Result<&'w Arc<Stage>, Refused> {
    let segment = request.target.as_ref().map_or("", |target| target.first_segment());
    let name = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    match api.stages.get_key_value(name.as_ref()) {
        Some((_, StageUnit::Ready(stage))) => Ok(stage),
        Some((name, StageUnit::Broken { why })) => {
            let reason = Locate::BrokenStage { api: api.id.clone(), stage: name.clone(), why: cut(why) };
            Err(refused(FrontEnd::INTERNAL, reason))
        }
        None => {
            let reason = Locate::UnknownStage { api: api.id.clone(), stage: cut(&name) };
            Err(refused(FrontEnd::FORBIDDEN, reason))
        }
    }
}

fn refused(answer: FrontEnd, reason: Locate) -> Refused {
    Refused::front_end(answer, Reason::Locate(reason))
}
