//! Between hyper's HTTP/2 and the handler: one request in, one answer out, counted until its last byte.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use crate::body::{Body, BodyError};
use crate::handler::{Arrived, Handler, Refused};
use crate::head::Head;
use crate::http2;
use crate::pace::Pace;
use crate::refusal::FrontEndRefusal;
use crate::shared::{InFlight, Shared};

/// Answers an HTTP/2 request.
pub(crate) async fn http2<H: Handler>(
    handler: Arc<H>,
    shared: Arc<Shared>,
    in_flight: InFlight,
    request: Request<Incoming>,
) -> Response<Outgoing> {
    let (parts, incoming) = request.into_parts();
    let sni = shared.facts.tls.as_ref().and_then(|tls| tls.sni.as_deref());
    let response = match http2::head(parts, sni, &shared.limits) {
        Ok(head) => call(&*handler, &shared, head, incoming).await,
        Err(refused) => refuse(&*handler, &shared, refused.refusal, refused.head),
    };
    response.map(|body| Outgoing { body, in_flight })
}

async fn call<H: Handler>(handler: &H, shared: &Arc<Shared>, head: Head, incoming: Incoming) -> Response<Body> {
    let body = Body::received(incoming, || Pace::new(Arc::clone(&shared.clock), Arc::clone(&shared.limits)));
    let arrived = Arrived { head, body, connection: Arc::clone(&shared.facts) };
    // A panicking request must not take the connection's other requests with it.
    match AssertUnwindSafe(async { handler.handle(arrived).await }).catch_unwind().await {
        Ok(response) => response,
        Err(_) => refuse(handler, shared, FrontEndRefusal::HandlerPanicked, None),
    }
}

fn refuse<H: Handler>(
    handler: &H,
    shared: &Arc<Shared>,
    refusal: FrontEndRefusal,
    head: Option<Box<Head>>,
) -> Response<Body> {
    handler.refused(Refused { refusal, head, connection: Arc::clone(&shared.facts) })
}

/// An answer on its way out; its request is in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct Outgoing {
    body: Body,
    in_flight: InFlight,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let at_hand = self.body.as_bytes().is_some();
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if !at_hand && polled.is_ready() {
            self.in_flight.progress();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
