//! Path and verb → resource and method. A path that two readers could read differently is refused here, after the
//! firewall has seen it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html>

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{Method as Verb, StatusCode};
use identity::Caller;
use snapshot::{Method, Stage};

use crate::lambda::event::Facts;
use crate::reason::{Reason, Route};
use crate::refused::{GatewayResponse, Passed, Refusal, Refused, ResponseType, Verdict};
use crate::request::Request;
use crate::steps::firewall::Screened;
use crate::steps::locate::Inbound;
use crate::target::Target;

/// The request is for a method that exists.
#[derive(Debug)]
pub struct Routed {
    inbound: Box<Inbound>,
    stage: Arc<Stage>,
    method: Arc<Method>,
    parameters: Parameters,
    /// Who signed, from the authorize step. Boxed, because a request is handed on from step to step.
    caller: Option<Box<Caller>>,
}

/// What the path's parameters hold: places in the normal path, so still encoded.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(Arc<str>, Range<usize>)>);

impl Parameters {
    /// Every parameter with its text as it stands in `path`.
    pub(crate) fn each<'p>(&'p self, path: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.0.iter().filter_map(|(name, range)| Some((&**name, path.get(range.clone())?)))
    }

    /// The text of a parameter as it stands in `path`.
    pub fn get<'p>(&self, name: &str, path: &'p str) -> Option<&'p str> {
        let (_, range) = self.0.iter().find(|(known, _)| **known == *name)?;
        path.get(range.clone())
    }
}

/// What a routed request consists of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) inbound: Box<Inbound>,
    pub(super) stage: Arc<Stage>,
    pub(super) method: Arc<Method>,
    pub(super) parameters: Parameters,
    pub(super) caller: Option<Box<Caller>>,
}

impl Routed {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Stage and method, to be kept while the request waits.
    pub(super) fn place(&self) -> (Arc<Stage>, Arc<Method>) {
        (Arc::clone(&self.stage), Arc::clone(&self.method))
    }

    /// The request.
    pub fn request(&self) -> &Arc<Request> {
        &self.inbound.request
    }

    /// Its headers.
    pub(super) fn received(&self) -> &edge::ReceivedHeaders {
        &self.inbound.received
    }

    /// What events tell of it.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            request: self.request(),
            stage: &self.stage,
            method: &self.method,
            received: self.received(),
            parameters: &self.parameters,
        }
    }

    /// Keeps who signed for whoever acts with their permissions.
    pub(super) fn sign(&mut self, caller: Caller) {
        self.caller = Some(Box::new(caller));
    }

    /// What is moved on to the backend.
    pub(super) fn inbound_mut(&mut self) -> &mut Inbound {
        &mut self.inbound
    }

    /// The stage.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    pub(super) fn into_parts(self) -> Parts {
        let Self { inbound, stage, method, parameters, caller } = self;
        Parts { inbound, stage, method, parameters, caller }
    }
}

/// Finds the method.
pub fn find(screened: Screened) -> Verdict<Routed> {
    let request = screened.located().request();
    if let Some(flaw) = request.target.as_ref().and_then(Target::flaw) {
        return Err(Refused::gateway(ResponseType::Default4xx, Reason::Route(Route::Flawed { flaw })));
    }
    let Some((method, parameters)) = look_up(request, screened.located().stage()) else {
        return Err(nothing_matches(screened.located().received()));
    };
    // Only this step writes it, once a request, so it is empty.
    let _ = request.notes.method.set(Arc::clone(&method));
    let reason = Reason::Route(Route::Matched {
        resource: method.resource_id.clone(),
        path: Arc::clone(&method.resource_path),
        verb: method.verb.into(),
    });
    let (inbound, stage) = screened.into_located().into_parts();
    Ok(Passed { value: Routed { inbound, stage, method, parameters, caller: None }, reason })
}

fn look_up(request: &Request, stage: &Stage) -> Option<(Arc<Method>, Parameters)> {
    let (verb, target) = (request.verb.as_ref()?, request.target.as_ref()?);
    if !is_served(verb) {
        return None;
    }
    let found = stage.routes.find(target.rest(), verb)?;
    let path = target.path();
    let place = |part: &str| {
        let at = part.as_ptr().addr().saturating_sub(path.as_ptr().addr());
        at..at + part.len()
    };
    let parameters = found.parameters.into_iter().map(|(name, part)| (name, place(part))).collect();
    Some((Arc::clone(found.method), Parameters(parameters)))
}

/// The verbs of API Gateway; `ANY` stands for these and no others.
fn is_served(verb: &Verb) -> bool {
    [Verb::GET, Verb::HEAD, Verb::POST, Verb::PUT, Verb::PATCH, Verb::DELETE, Verb::OPTIONS].contains(verb)
}

fn nothing_matches(received: &edge::ReceivedHeaders) -> Refused {
    match received.get(AUTHORIZATION.as_str()) {
        Some(value) if !is_signature(value) => Refused {
            reason: Reason::Route(Route::NothingMatchesAuthorization),
            refusal: Refusal::Gateway(incomplete_signature(value)),
        },
        Some(_) | None => {
            Refused::gateway(ResponseType::MissingAuthenticationToken, Reason::Route(Route::NothingMatches))
        }
    }
}

fn is_signature(value: &[u8]) -> bool {
    value.starts_with(b"AWS4-")
}

/// AWS reads any `Authorization` on an unknown path as a signature, and hashes what it quotes.
fn incomplete_signature(value: &[u8]) -> GatewayResponse {
    let hash = STANDARD.encode(digest(&SHA256, value));
    GatewayResponse {
        kind: ResponseType::MissingAuthenticationToken,
        status: StatusCode::FORBIDDEN,
        error_type: "IncompleteSignatureException",
        message: Some(Cow::Owned(format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{hash}'."
        ))),
    }
}
