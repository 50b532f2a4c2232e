//! `AWS_PROXY`: a function gets the whole request as one event, and answers whole.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use std::sync::Arc;

use base::limits::PAYLOAD_BYTES_MAX;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use edge::{BodyError, Held};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use snapshot::{FunctionCall, Method, ProxyFunction, Stage, Version};

use super::proxy_answer;
use crate::execution_log;
use crate::lambda::call::{Ask, draw};
use crate::lambda::event::{self, EventBody, Facts};
use crate::lambda::{Failure, Permit, Ran, invoke};
use crate::reason::{Answered, Integrate, Reason, cut};
use crate::refused::{FrontEnd, Refusal, Refused, ResponseType, Verdict};
use crate::request::Request;
use crate::steps::answer::Answer;
use crate::steps::locate::Inbound;
use crate::steps::route::Parts;
use crate::trace::TRACE_ID;
use crate::world::World;

/// Tells the function of the request, and makes an answer of what it says.
pub(super) async fn call(parts: Parts, proxy: &ProxyFunction, world: &World) -> Verdict<Answer> {
    let Parts { inbound, stage, method, parameters, caller } = parts;
    let Inbound { request, received, body, held: _held } = *inbound;
    if method.logging.payloads {
        request.notes.exchange().request_headers = execution_log::headers(&received.to_map());
    }
    let permit = Permit {
        snapshot: &world.snapshot,
        owner: stage.scope.account,
        caller: caller.as_deref(),
        now: request.received,
    };
    let version = permitted(&permit, &proxy.call, &request)?;
    let (body, _room) = whole(body, world).await?;
    let facts =
        Facts { request: &request, stage: &stage, method: &method, received: &received, parameters: &parameters };
    let media_type = received.text(CONTENT_TYPE.as_str());
    let event = Bytes::from(event::of_proxy(&facts, event_body(&body, media_type, &stage)));
    note(&proxy.call, &event, (&body, &method), &request, world);
    drop(body);
    let asking = Asking { call: &proxy.call, version: &version, timeout: proxy.timeout };
    let ran = asking.ask(event, &request, world).await.map_err(|failure| refused(failure, &proxy.call))?;
    if method.logging.payloads {
        request.notes.exchange().response_body.take(&ran.payload);
    }
    let accept = super::templates::accept(&received);
    let answer = proxy_answer::read(&ran.payload, &stage.binary_media_types, accept.as_deref());
    let mut answer = answer.map_err(|fault| malformed(&fault, &proxy.call))?;
    answer.fields.set_if_absent(&TRACE_ID, || request.trace_id.header());
    let reason = answered(&proxy.call, &ran, answer.status);
    Ok(super::passed(answer, reason))
}

/// A function that may be invoked, and how long it is waited for.
pub(super) struct Asking<'a> {
    pub(super) call: &'a FunctionCall,
    pub(super) version: &'a Arc<Version>,
    pub(super) timeout: std::time::Duration,
}

impl Asking<'_> {
    /// Invokes it.
    pub(super) async fn ask(&self, event: Bytes, request: &Request, world: &World) -> Result<Ran, Failure> {
        let ask = Ask {
            arn: Arc::clone(&self.call.arn),
            event,
            trace_id: request.trace_id.text().map(str::to_owned),
            patience: self.timeout,
        };
        invoke(&**world.handles.invoker.runner(), &*world.handles.clock, self.version, ask).await
    }
}

/// The version to run, where API Gateway may.
pub(super) fn permitted(permit: &Permit<'_>, call: &FunctionCall, request: &Request) -> Result<Arc<Version>, Refused> {
    permit.version(call, draw(request.id)).map_err(|refused| {
        // The remedy is a command, longer than what a stranger may leave in a trail; none of it is a stranger's.
        let why = refused.to_string().into();
        super::refused(ResponseType::ApiConfigurationError, Integrate::FunctionNotInvoked { why })
    })
}

/// What the trail says of a function that answered.
pub(super) fn answered(call: &FunctionCall, ran: &Ran, status: StatusCode) -> Integrate {
    Integrate::Answered(Answered {
        host: Arc::clone(&call.arn),
        status: status.as_u16(),
        latency_us: ran.took.as_micros() as u64,
        request_id: Some(ran.request_id.to_string().into()),
    })
}

/// The whole body, with its room.
pub(super) async fn whole(body: edge::Body, world: &World) -> Result<(Bytes, Held), Refused> {
    body.collect_up_to(PAYLOAD_BYTES_MAX, &world.handles.room).await.map_err(|fault| {
        let why = cut(&fault.to_string());
        let (answer, reason) = match &fault {
            BodyError::TooLarge { .. } => (FrontEnd::TOO_LARGE, Integrate::BodyTooLarge { max: PAYLOAD_BYTES_MAX }),
            BodyError::NoRoom => (FrontEnd::UNAVAILABLE, Integrate::NoRoom),
            BodyError::TooSlow => (FrontEnd::BODY_TIMEOUT, Integrate::BodyBroke { why }),
            BodyError::Broken(_) | BodyError::Source(_) => {
                (FrontEnd::of_edge(StatusCode::BAD_REQUEST), Integrate::BodyBroke { why })
            }
        };
        Refused::front_end(answer, Reason::Integrate(reason))
    })
}

fn event_body<'a>(body: &'a Bytes, media_type: Option<&str>, stage: &Stage) -> EventBody<'a> {
    if body.is_empty() {
        EventBody::None
    } else if proxy_answer::is_binary(&stage.binary_media_types, media_type) {
        EventBody::Base64(STANDARD.encode(body))
    } else {
        EventBody::Text(String::from_utf8_lossy(body))
    }
}

/// Keeps for the execution log what the function is sent.
pub(super) fn note(
    call: &FunctionCall,
    event: &[u8],
    (body, method): (&[u8], &Method),
    request: &Request,
    world: &World,
) {
    if !method.logging.info {
        return;
    }
    let region = &world.snapshot.place.region;
    let mut exchange = request.notes.exchange();
    exchange.uri = format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{}/invocations", call.arn);
    if method.logging.payloads {
        exchange.endpoint_headers = format!(
            "{{X-Amz-Source-Arn={}, Accept=application/json, x-amzn-lambda-integration-tag={}}}",
            call.source_arn,
            request.shown_id()
        );
        exchange.request_body.take(body);
        exchange.endpoint_body.take(event);
    }
}

/// What AWS answers where a function answered nothing.
pub(super) fn refused(failure: Failure, call: &FunctionCall) -> Refused {
    let function = Arc::clone(&call.arn);
    match failure {
        Failure::TimedOut { patience } => {
            let reason = Integrate::TimedOut { host: function, timeout_ms: patience.as_millis() as u64 };
            super::refused(ResponseType::IntegrationTimeout, reason)
        }
        Failure::Failed { message, request_id, took, .. } => bad_gateway(Integrate::FunctionFailed {
            function,
            message: cut(&message),
            request_id: request_id.to_string().into(),
            latency_us: took.as_micros() as u64,
        }),
        Failure::TooLarge { bytes, max } => {
            let reason = Integrate::EventTooLarge { bytes: bytes as u64, max: max as u64 };
            super::refused(ResponseType::RequestTooLarge, reason)
        }
        Failure::Throttled { why } | Failure::NotRun { why } => {
            super::refused(ResponseType::Default5xx, Integrate::FunctionNotRun { function, why })
        }
    }
}

fn malformed(fault: &proxy_answer::Fault, call: &FunctionCall) -> Refused {
    let reason = Integrate::MalformedAnswer { function: Arc::clone(&call.arn), why: cut(&fault.to_string()) };
    match fault {
        proxy_answer::Fault::Form(_) => bad_gateway(reason),
        proxy_answer::Fault::Base64 => super::refused(ResponseType::ApiConfigurationError, reason),
    }
}

fn bad_gateway(reason: Integrate) -> Refused {
    let mut response = ResponseType::Default5xx.response();
    response.status = StatusCode::BAD_GATEWAY;
    Refused { reason: Reason::Integrate(reason), refusal: Refusal::Gateway(response) }
}
