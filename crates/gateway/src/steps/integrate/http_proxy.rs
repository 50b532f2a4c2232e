//! `HTTP_PROXY`: the request is passed on and the answer passed back, but for what mappings set.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html>

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use snapshot::HttpCall;

use super::Unmappable;
use super::call::{self, Called, Outgoing};
use super::sources::Sources;
use super::templates::DEFAULT_MEDIA_TYPE;
use super::uri::{self, Unmapped};
use crate::body::{Logged, Upload};
use crate::execution_log;
use crate::forward::request::Writer;
use crate::forward::response;
use crate::reason::Integrate;
use crate::refused::Verdict;
use crate::steps::answer::{Answer, Body};
use crate::steps::locate::Inbound;
use crate::steps::route::Parts;
use crate::world::World;

/// Passes the request on and the answer back.
pub(super) async fn call(parts: Parts, call: &HttpCall, world: &World) -> Verdict<Answer> {
    let Parts { inbound, stage, method, parameters, .. } = parts;
    // The room of a body that is at hand is held until the backend has answered.
    let Inbound { request, received, body, held: _held } = *inbound;
    let payloads = method.logging.payloads;
    if payloads {
        request.notes.exchange().request_headers = execution_log::headers(&received.to_map());
    }
    let sources =
        Sources { request: &request, stage: &stage, received: &received, parameters: &parameters, response: None };
    let uri = uri::build(call, &sources, Unmapped::PassedOn)?;
    let mapped = call::mapped_headers(call, &sources)?;
    let verb = call::verb(call, &request);
    let is_head = verb == http::Method::HEAD;
    let mut head = call::begin(call, verb, &uri, &mapped)?;
    let mut writer = Writer { head: &mut head, mapped: &mapped, request: &request, stage: &stage };
    writer.pass_on(&received).map_err(Unmappable::from)?;

    let (upload, upload_state) = Upload::new(body, payloads.then(|| request.clone()));
    let outgoing = Outgoing { uri, head, body: upload, upload_state };
    let Called { status, fields, download, answered } = call::send(outgoing, call, &method, &request, world).await?;

    let length = fields.iter().find(|(name, _)| is_head && name == CONTENT_LENGTH).map(|(_, length)| length.clone());
    let mut fields = response::pass_back(fields);
    // AWS names a media type on every answer of an integration.
    fields.set_if_absent(&CONTENT_TYPE, || HeaderValue::from_static(DEFAULT_MEDIA_TYPE));
    // An answer to HEAD says how long the body would be.
    if let Some(length) = length {
        fields.set(&CONTENT_LENGTH, length);
    }
    let body = if is_head { Body::Ready(Bytes::new()) } else { download.into_body(Logged::of(&method)) };
    Ok(super::passed(Answer { status, fields, body }, Integrate::Answered(answered)))
}
