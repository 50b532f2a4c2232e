//! One call to a backend within the integration's timeout; what goes wrong is told apart here.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base::limits::PAYLOAD_BYTES_MAX;
use egress::{Answered, EgressError, Fields, RequestHead};
use http::{HeaderMap, HeaderValue, Method as Verb, StatusCode};
use snapshot::{HttpCall, Method, Target};

use super::Unmappable;
use super::sources::Sources;
use super::uri::Address;
use crate::body::{Download, Upload, UploadFailure, UploadState};
use crate::execution_log;
use crate::forward::is_the_hops_own;
use crate::forward::request::Mapped;
use crate::reason::{self, Integrate, Reason, cut};
use crate::refused::{FrontEnd, Refusal, Refused, ResponseType};
use crate::request::{REQUEST_ID, Request};
use crate::world::World;

/// A backend's request, ready to be sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) head: RequestHead,
    pub(super) body: Upload,
    pub(super) upload_state: UploadState,
}

/// What is known of a request that waits for its answer.
#[derive(Debug)]
pub(super) struct Waiting {
    host: Arc<str>,
    timeout: Duration,
    upload_state: UploadState,
}

/// A backend's answer, begun.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) status: StatusCode,
    pub(super) fields: Fields,
    pub(super) download: Download,
    pub(super) answered: reason::Answered,
}

/// The integration's verb, else the caller's.
fn verb(call: &HttpCall, request: &Request) -> Verb {
    call.verb.clone().or_else(|| request.verb.clone()).unwrap_or_default()
}

/// Sends a request. Its answer is for [`Waiting::take`]: the future holds nothing else, because a request is most of its
/// time in it.
pub(super) fn send(
    outgoing: Outgoing,
    call: &HttpCall,
    world: &World,
) -> (Waiting, impl Future<Output = Result<Answered, EgressError>> + Send) {
    let Outgoing { head, body, upload_state } = outgoing;
    let waiting = Waiting { host: Arc::clone(head.host()), timeout: call.timeout, upload_state };
    (waiting, world.handles.egress.call_within(head, body, call.timeout))
}

impl Waiting {
    /// Takes what came of a request.
    pub(super) fn take(
        self,
        answer: Result<Answered, EgressError>,
        method: &Method,
        request: &Request,
        clock: &Arc<dyn Clock>,
    ) -> Result<Called, Refused> {
        let Answered { status, fields, body, took, .. } = match answer {
            Ok(answered) => answered,
            Err(failure) => return Err(self.refusal(&failure)),
        };
        let Self { host, timeout, .. } = self;
        // Nobody asked for another protocol, and whatever else is no final answer has no meaning here.
        if status.is_informational() {
            return Err(bad_answer(host, "it answered with an informational status".into()));
        }
        if method.logging.payloads {
            request.notes.exchange().response_headers = execution_log::headers(&map(&fields));
        }
        let request_id = fields.iter().find(|(name, _)| *name == REQUEST_ID);
        let request_id = request_id.and_then(|(_, id)| id.to_str().ok()).map(cut);
        let latency_us = took.as_micros() as u64;
        Ok(Called {
            status,
            fields,
            download: Download::new(body, timeout, Arc::clone(clock)),
            answered: reason::Answered { host, status: status.as_u16(), latency_us, request_id },
        })
    }

    /// Tells a client that failed from a backend that did.
    fn refusal(self, failure: &EgressError) -> Refused {
        let Self { host, timeout, upload_state } = self;
        let why = cut(&base::with_causes(failure));
        // Time is over for the backend, whatever the client does.
        match upload_state.failure().filter(|_| !matches!(failure, EgressError::Overdue)) {
            Some(UploadFailure::TooLarge) => {
                let reason = Reason::Integrate(Integrate::BodyTooLarge { max: PAYLOAD_BYTES_MAX });
                return Refused::front_end(FrontEnd::TOO_LARGE, reason);
            }
            Some(UploadFailure::Broken) => {
                let answer = FrontEnd::of_edge(StatusCode::BAD_REQUEST);
                return Refused::front_end(answer, Reason::Integrate(Integrate::BodyBroke { why }));
            }
            Some(UploadFailure::TooSlow) => {
                return Refused::front_end(FrontEnd::BODY_TIMEOUT, Reason::Integrate(Integrate::BodyBroke { why }));
            }
            None => {}
        }
        match failure {
            EgressError::InvalidUri | EgressError::Refused { .. } => {
                super::refused(ResponseType::ApiConfigurationError, Integrate::Forbidden { host, why })
            }
            EgressError::Resolve { .. } => {
                super::refused(ResponseType::ApiConfigurationError, Integrate::Unresolvable { host, why })
            }
            EgressError::Tls { .. } | EgressError::Roots(_) => {
                super::refused(ResponseType::ApiConfigurationError, Integrate::Untrusted { host, why })
            }
            EgressError::Overdue => {
                let reason = Integrate::TimedOut { host, timeout_ms: timeout.as_millis() as u64 };
                super::refused(ResponseType::IntegrationTimeout, reason)
            }
            // Opening the connection has a time of its own, shorter than the integration's.
            EgressError::Timeout => {
                super::refused(ResponseType::IntegrationTimeout, Integrate::Unreachable { host, why })
            }
            EgressError::NotHttp(_) => bad_answer(host, why),
            EgressError::Connect { .. } | EgressError::Closed(_) => {
                super::refused(ResponseType::IntegrationFailure, Integrate::Unreachable { host, why })
            }
        }
    }
}

/// Headers by name.
pub(super) fn map(fields: &Fields) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for (name, value) in fields {
        headers.append(name, value.clone());
    }
    headers
}

/// Begins a backend's request.
pub(super) fn begin(
    call: &HttpCall,
    request: &Request,
    address: &Address<'_>,
    mapped: &Mapped,
    world: &World,
) -> Result<RequestHead, Refused> {
    let begun = world.handles.egress.begin(verb(call, request), address.upstream(), &address.asked, mapped.host());
    begun.map_err(|failure| {
        let why = cut(&base::with_causes(&failure));
        super::refused(ResponseType::ApiConfigurationError, Integrate::Forbidden { host: address.host().into(), why })
    })
}

/// Tells the owner's log where a request goes, and with which headers.
pub(super) fn note(head: &RequestHead, address: &Address<'_>, method: &Method, request: &Request) {
    if method.logging.info {
        let mut exchange = request.notes.exchange();
        exchange.uri = address.to_string();
        if method.logging.payloads {
            exchange.endpoint_headers = execution_log::headers(&sent(head));
        }
    }
}

/// What a backend is sent, for its log.
fn sent(head: &RequestHead) -> HeaderMap {
    let fields =
        head.fields().filter_map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_bytes(value).ok()?)));
    map(&fields.collect())
}

/// AWS answers 500 to what is no HTTP, and 504 to what is no answer.
fn bad_answer(host: Arc<str>, why: Arc<str>) -> Refused {
    let mut response = ResponseType::IntegrationFailure.response();
    response.status = StatusCode::INTERNAL_SERVER_ERROR;
    response.message = Some("Internal server error".into());
    Refused { reason: Reason::Integrate(Integrate::BadAnswer { host, why }), refusal: Refusal::Gateway(response) }
}

/// Finds what mappings set. A source without a value sets nothing.
pub(super) fn mapped_headers(call: &HttpCall, sources: &Sources<'_>) -> Result<Mapped, Unmappable> {
    let mut mapped = Vec::new();
    for (target, source) in &call.parameters {
        let Target::Header(name) = target else { continue };
        if is_the_hops_own(name) {
            continue;
        }
        let values = sources.find(source).into_iter().map(|value| HeaderValue::from_bytes(&value));
        let values = values.collect::<Result<Vec<_>, _>>();
        // SECURITY: a decoded line end in a path or query must not become a header of its own.
        let values = values.map_err(|_| Unmappable::caller("a mapped header would hold control characters"))?;
        if !values.is_empty() {
            mapped.push((name.clone(), values));
        }
    }
    Ok(Mapped(mapped))
}
