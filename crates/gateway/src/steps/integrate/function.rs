//! `AWS` with a function: the body or a template is its event, and what it answers is mapped back.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html>

use base::id::RequestId;
use bytes::Bytes;
use functions::Invocation;
use http::{HeaderMap, StatusCode};
use operation::NotInvoked;
use serde::de::IgnoredAny;
use snapshot::{FunctionIntegration, IntegrationAnswer, Target};

use super::http::answer;
use super::proxy_function::{Asking, answered, note, permitted, refused, whole};
use super::sources::Sources;
use super::{Unmappable, templates};
use crate::execution_log;
use crate::lambda::{Failure, Permit};
use crate::reason::{Integrate, cut};
use crate::refused::{Refused, ResponseType, Verdict};
use crate::request::Request;
use crate::steps::answer::{Answer, Body};
use crate::steps::locate::Inbound;
use crate::steps::route::Parts;
use crate::trace::TRACE_ID;
use crate::world::World;

/// Maps the request, invokes, and maps the answer.
pub(super) async fn call(parts: Parts, integration: &FunctionIntegration, world: &World) -> Verdict<Answer> {
    let Parts { inbound, stage, method, parameters, caller } = parts;
    let Inbound { request, received, body, held: _held } = *inbound;
    let call = &integration.call;
    if method.logging.payloads {
        request.notes.exchange().request_headers = execution_log::headers(&received.to_map());
    }
    let permit = Permit {
        snapshot: &world.snapshot,
        owner: stage.scope.account,
        caller: caller.as_deref(),
        now: request.received,
    };
    let version = permitted(&permit, call, &request)?;
    let template = templates::for_request(&integration.templates, integration.passthrough, &received)?;
    let sources =
        Sources { request: &request, stage: &stage, received: &received, parameters: &parameters, response: None };
    let mode = mode(integration, &sources)?;
    let (sent, _room) = whole(body, world).await?;
    let event = match template {
        Some((_, text)) => Bytes::copy_from_slice(text.as_bytes()),
        None => sent.clone(),
    };
    let event = event_of(event)?;
    note(call, &event, (&sent, &method), &request, world);
    drop(sent);
    let outcome = match mode {
        Mode::RequestResponse => {
            Asking { call, version: &version, timeout: integration.timeout }.ask(event, &request, world).await
        }
        Mode::Event => {
            later(integration, event, &request, world).await?;
            let selected = integration.selection.default.as_ref().ok_or_else(nothing_fits)?;
            let accept = templates::accept(&received);
            let answer = mapped(selected, &sources, accept.as_deref(), Bytes::new());
            return Ok(super::passed(answer, Integrate::Queued { function: call.arn.clone() }));
        }
    };
    let (selected, payload, reason) = match outcome {
        Ok(ran) => {
            let reason = answered(call, &ran, StatusCode::OK);
            (integration.selection.default.as_ref(), ran.payload, reason)
        }
        Err(Failure::Failed { message, payload, request_id, took }) => {
            let selected = integration.selection.find(&message);
            let reason = Integrate::FunctionFailed {
                function: call.arn.clone(),
                message: cut(&message),
                request_id: request_id.to_string().into(),
                latency_us: took.as_micros() as u64,
            };
            (selected, payload, reason)
        }
        Err(failure) => return Err(refused(failure, call)),
    };
    let selected = selected.ok_or_else(nothing_fits)?;
    if method.logging.payloads {
        request.notes.exchange().response_body.take(&payload);
    }
    let headers = HeaderMap::new();
    let sources = Sources { response: Some(&headers), ..sources };
    let accept = templates::accept(&received);
    Ok(super::passed(mapped(selected, &sources, accept.as_deref(), payload), reason))
}

fn mapped(selected: &IntegrationAnswer, sources: &Sources<'_>, accept: Option<&str>, payload: Bytes) -> Answer {
    let mut answer = answer(selected, sources, accept, Some(Body::Ready(payload)));
    answer.fields.set_if_absent(&TRACE_ID, || sources.request.trace_id.header());
    answer
}

fn nothing_fits() -> Refused {
    super::refused(ResponseType::ApiConfigurationError, Integrate::NoResponseFits { status: 200 })
}

/// Whether the function's answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    RequestResponse,
    Event,
}

const INVOCATION_TYPE: &str = "x-amz-invocation-type";

/// What `integration.request.header.X-Amz-Invocation-Type` says.
fn mode(integration: &FunctionIntegration, sources: &Sources<'_>) -> Result<Mode, Unmappable> {
    let named = integration.parameters.iter().find_map(|(target, source)| match target {
        Target::Header(name) if name.as_str() == INVOCATION_TYPE => Some(source),
        Target::Header(_) | Target::Query(_) | Target::Path(_) => None,
    });
    let value = named.and_then(|source| sources.find(source).pop());
    match value.as_deref() {
        None | Some(b"RequestResponse") => Ok(Mode::RequestResponse),
        Some(b"Event") => Ok(Mode::Event),
        Some(_) => Err(Unmappable::caller("X-Amz-Invocation-Type is neither RequestResponse nor Event")),
    }
}

/// Lambda takes JSON; nothing at all is an empty event.
fn event_of(body: Bytes) -> Result<Bytes, Refused> {
    if body.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    if serde_json::from_slice::<IgnoredAny>(&body).is_ok() {
        return Ok(body);
    }
    let mut response = ResponseType::BadRequestBody.response();
    response.message = Some("Could not parse request body into json".into());
    let reason = Integrate::Unmappable { why: "a function's event is JSON, and the body is none".into() };
    Err(Refused {
        reason: crate::reason::Reason::Integrate(reason),
        refusal: crate::refused::Refusal::Gateway(response),
    })
}

/// Leaves an event to be run later: nobody waits for what the function answers.
async fn later(
    integration: &FunctionIntegration,
    event: Bytes,
    request: &Request,
    world: &World,
) -> Result<(), Refused> {
    let call = &integration.call;
    let invocation = Invocation {
        request_id: RequestId::random(),
        invoked_arn: call.arn.clone(),
        payload: event,
        trace_id: request.trace_id.text().map(str::to_owned),
        client_context: None,
        patience: None,
    };
    let qualifier = call.qualifier.as_deref().map(str::to_owned);
    world.handles.invoker.later(call.function.clone(), qualifier, invocation).await.map_err(|why| match why {
        NotInvoked::TooLarge { bytes, max } => refused(Failure::TooLarge { bytes, max }, call),
        NotInvoked::Missing | NotInvoked::Throttled { .. } | NotInvoked::Broken { .. } | NotInvoked::Fault { .. } => {
            refused(Failure::NotRun { why: cut(&why.to_string()) }, call)
        }
    })
}
