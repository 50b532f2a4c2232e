//! `HTTP`: what mappings and templates make of the request is sent, and what they make of the answer is returned.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html>

use bytes::Bytes;
use edge::Fields;
use egress::FieldName;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use snapshot::{HttpIntegration, IntegrationAnswer};

use super::Unmappable;
use super::call::{self, Called, Outgoing};
use super::sources::Sources;
use super::templates::{self, DEFAULT_MEDIA_TYPE};
use super::uri::{self, Unmapped};
use crate::body::{Logged, Upload};
use crate::forward::request::Writer;
use crate::forward::response;
use crate::reason::Integrate;
use crate::refused::{ResponseType, Verdict};
use crate::steps::answer::{Answer, Body};
use crate::steps::route::Parts;
use crate::trace::TRACE_ID;
use crate::world::World;
use crate::{execution_log, steps::locate::Inbound};

/// What a backend is told of the gateway's own accord.
const ACCEPT: FieldName = FieldName::new("Accept");
const USER_AGENT: FieldName = FieldName::new("User-Agent");
const MEDIA_TYPE: FieldName = FieldName::new("Content-Type");

/// Maps the request, calls, and maps the answer.
pub(super) async fn call(parts: Parts, integration: &HttpIntegration, world: &World) -> Verdict<Answer> {
    let Parts { inbound, stage, method, parameters, .. } = parts;
    // The room of a body that is at hand is held until the backend has answered.
    let Inbound { request, received, body, held: _held } = *inbound;
    let call = &integration.call;
    let payloads = method.logging.payloads;
    if payloads {
        request.notes.exchange().request_headers = execution_log::headers(&received.to_map());
    }
    let template = templates::for_request(&integration.templates, integration.passthrough, &received)?;
    let sources =
        Sources { request: &request, stage: &stage, received: &received, parameters: &parameters, response: None };
    let address = uri::build(call, &sources, Unmapped::Dropped)?;
    let mapped = call::mapped_headers(call, &sources)?;

    let mut head = call::begin(call, &request, &address, &mapped, world)?;
    let agent = format!("AmazonAPIGateway_{}", stage.api_id);
    let media_type = match template {
        Some((media_type, _)) => media_type.as_bytes(),
        None => received.get(CONTENT_TYPE.as_str()).unwrap_or(DEFAULT_MEDIA_TYPE.as_bytes()),
    };
    let mut writer = Writer { head: &mut head, mapped: &mapped, request: &request, stage: &stage };
    let own = [(ACCEPT, DEFAULT_MEDIA_TYPE.as_bytes()), (USER_AGENT, agent.as_bytes()), (MEDIA_TYPE, media_type)];
    writer.begin(&own).map_err(Unmappable::from)?;
    call::note(&head, &address, &method, &request);

    let body = match template {
        Some((_, text)) => edge::Body::from(Bytes::copy_from_slice(text.as_bytes())),
        None => body,
    };
    if payloads && let Some((_, text)) = template {
        request.notes.exchange().endpoint_body.take(text.as_bytes());
    }
    let logged = (payloads && template.is_none()).then(|| request.clone());
    let (body, upload_state) = Upload::new(body, logged);
    let (waiting, sending) = call::send(Outgoing { head, body, upload_state }, call, world);
    let called = waiting.take(sending.await, &method, &request, &world.handles.clock)?;

    let Some(selected) = integration.selection.find(called.status.as_str()) else {
        let reason = Integrate::NoResponseFits { status: called.status.as_u16() };
        return Err(super::refused(ResponseType::ApiConfigurationError, reason));
    };
    let Called { fields, download, answered, .. } = called;
    let headers = call::map(&fields);
    let sources = Sources { response: Some(&headers), ..sources };
    let accept = templates::accept(&received);
    let mut answer = answer(selected, &sources, accept.as_deref(), Some(download.into_body(Logged::of(&method))));
    answer.fields.set_if_absent(&TRACE_ID, || request.trace_id.header());
    Ok(super::passed(answer, Integrate::Answered(answered)))
}

/// Makes the answer that an integration response describes; its body is the template's, else the backend's.
pub(super) fn answer(
    selected: &IntegrationAnswer,
    sources: &Sources<'_>,
    accept: Option<&str>,
    body: Option<Body>,
) -> Answer {
    let mut fields = Fields::with_capacity(selected.headers.len() + 6);
    for (name, source) in &selected.headers {
        for value in sources.find(source) {
            // A value that no header can hold is left out, as AWS does.
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                response::set_mapped(&mut fields, name, value);
            }
        }
    }
    let template = templates::for_answer(&selected.templates, accept);
    let media_type = template.map_or(&selected.method.media_type, |(media_type, _)| media_type);
    if let Ok(media_type) = HeaderValue::from_str(media_type) {
        fields.set_if_absent(&CONTENT_TYPE, || media_type);
    }
    let body = match (template, body) {
        (Some((_, text)), _) => Body::Ready(Bytes::copy_from_slice(text.as_bytes())),
        (None, Some(body)) => body,
        (None, None) => Body::Ready(Bytes::new()),
    };
    Answer { status: selected.method.status, fields, body }
}
