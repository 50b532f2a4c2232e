//! `HTTP_PROXY`: the request is passed on and the answer passed back, but for what mappings set.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html>

use std::future;
use std::sync::Arc;

use base::Clock;
use bytes::Bytes;
use edge::Held;
use egress::{Answered, EgressError};
use futures_util::FutureExt as _;
use futures_util::future::Either;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use snapshot::{HttpCall, Method};

use super::Unmappable;
use super::call::{self, Called, Outgoing, Waiting};
use super::sources::Sources;
use super::templates::DEFAULT_MEDIA_TYPE;
use super::uri::{self, Unmapped};
use crate::body::{Logged, Upload};
use crate::execution_log;
use crate::forward::request::Writer;
use crate::forward::response;
use crate::reason::Integrate;
use crate::refused::{Refused, Verdict};
use crate::request::Request;
use crate::steps::answer::{Answer, Body};
use crate::steps::locate::Inbound;
use crate::steps::route::Parts;
use crate::world::World;

/// Passes the request on and the answer back.
///
/// Not asynchronous itself: what the request is made of is let go before its answer is waited for.
pub(super) fn call(parts: Parts, call: &HttpCall, world: &World) -> impl Future<Output = Verdict<Answer>> + Send {
    match begin(parts, call, world) {
        Ok((outgoing, passing)) => {
            let (waiting, sending) = call::send(outgoing, call, world);
            Either::Left(sending.map(move |answer| passing.pass_back(answer, waiting, &world.handles.clock)))
        }
        Err(refused) => Either::Right(future::ready(Err(refused))),
    }
}

fn begin(parts: Parts, call: &HttpCall, world: &World) -> Result<(Outgoing, Passing), Refused> {
    let Parts { inbound, stage, method, parameters, .. } = parts;
    let Inbound { request, received, body, held } = *inbound;
    let payloads = method.logging.payloads;
    if payloads {
        request.notes.exchange().request_headers = execution_log::headers(&received.to_map());
    }
    let sources =
        Sources { request: &request, stage: &stage, received: &received, parameters: &parameters, response: None };
    let address = uri::build(call, &sources, Unmapped::PassedOn)?;
    let mapped = call::mapped_headers(call, &sources)?;
    let mut head = call::begin(call, &request, &address, &mapped, world)?;
    let mut writer = Writer { head: &mut head, mapped: &mapped, request: &request, stage: &stage };
    writer.pass_on(&received).map_err(Unmappable::from)?;
    call::note(&head, &address, &method, &request);

    let is_head = *head.method() == http::Method::HEAD;
    let (body, upload_state) = Upload::new(body, payloads.then(|| request.clone()));
    Ok((Outgoing { head, body, upload_state }, Passing { request, method, is_head, _held: held }))
}

/// A request that was passed on.
struct Passing {
    request: Arc<Request>,
    method: Arc<Method>,
    is_head: bool,
    /// The room of a body that is at hand is held until the backend has answered.
    _held: Held,
}

impl Passing {
    fn pass_back(
        self,
        answer: Result<Answered, EgressError>,
        waiting: Waiting,
        clock: &Arc<dyn Clock>,
    ) -> Verdict<Answer> {
        let Called { status, fields, download, answered } = waiting.take(answer, &self.method, &self.request, clock)?;
        let length =
            fields.iter().find(|(name, _)| self.is_head && name == CONTENT_LENGTH).map(|(_, length)| length.clone());
        let mut fields = response::pass_back(fields);
        // AWS names a media type on every answer of an integration.
        fields.set_if_absent(&CONTENT_TYPE, || HeaderValue::from_static(DEFAULT_MEDIA_TYPE));
        // An answer to HEAD says how long the body would be.
        if let Some(length) = length {
            fields.set(&CONTENT_LENGTH, length);
        }
        let body = if self.is_head { Body::Ready(Bytes::new()) } else { download.into_body(Logged::of(&self.method)) };
        Ok(super::passed(Answer { status, fields, body }, Integrate::Answered(answered)))
    }
}
