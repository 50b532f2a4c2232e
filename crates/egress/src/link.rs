//! One HTTP/1.1 connection, driven by whoever waits for its answer instead of by a task of its own.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::uri::Authority;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_util::rt::TokioIo;

use crate::connect::Stream;
use crate::error::EgressError;
use crate::sent::Sent;

/// An answer's head, and hyper's read buffer, in bytes.
const BUFFER_MAX: usize = 128 * 1024;
/// Header fields of one answer.
const HEADERS_MAX: usize = 256;

/// A connection that carries one request at a time.
#[derive(Debug)]
pub(crate) struct Link {
    sender: SendRequest<Sent>,
    /// The `Host` of requests that name none; names are compared without case, so it is every such request's.
    host: HeaderValue,
    /// Gone once the connection has ended.
    connection: Option<Connection<TokioIo<Stream>, Sent>>,
}

impl Link {
    pub(crate) async fn over(stream: Stream, authority: &Authority) -> Result<Box<Self>, EgressError> {
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| EgressError::InvalidUri)?;
        let mut builder = Builder::new();
        builder.max_buf_size(BUFFER_MAX).max_headers(HEADERS_MAX);
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(EgressError::Closed)?;
        Ok(Box::new(Self { sender, host, connection: Some(connection) }))
    }

    /// The host it leads to, as a header.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Reads and writes what can be read and written now.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(ended) = connection.poll_without_shutdown(cx)
        {
            if let Err(error) = ended {
                tracing::debug!(%error, "an upstream connection broke off");
            }
            self.connection = None;
        }
    }

    /// Polls what the connection fills, driving it where nothing is there yet.
    ///
    /// `poll` is never given the waker of `cx`: only driving fills what it waits for, and that happens here. The connection
    /// is driven without it first, and with it only before waiting, because otherwise its channels would wake the very
    /// task that is driving it, and every request would be polled twice over.
    pub(crate) fn poll_filled<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let mut quiet = Context::from_waker(Waker::noop());
        if let Poll::Ready(filled) = poll(&mut quiet) {
            return Poll::Ready(filled);
        }
        self.drive(&mut quiet);
        if let Poll::Ready(filled) = poll(&mut quiet) {
            return Poll::Ready(filled);
        }
        self.drive(cx);
        poll(&mut quiet)
    }

    /// Whether it can carry another request: open as far as anybody has seen, and done with the one before.
    pub(crate) fn is_free(&mut self) -> bool {
        if !self.sender.is_ready() {
            // Nobody waits for a connection without a request, so nobody is to be woken.
            self.drive(&mut Context::from_waker(Waker::noop()));
        }
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Sends a request and waits for the head of its answer. hyper looks first whether the upstream has closed the
    /// connection meanwhile, and gives the request back if so.
    pub(crate) async fn exchange(
        &mut self,
        request: Request<Sent>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Sent>>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let mut begun = false;
        poll_fn(|cx| {
            if !std::mem::replace(&mut begun, true) {
                // No answer is there before the request is sent.
                self.drive(cx);
                return answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
            self.poll_filled(cx, |quiet| answer.as_mut().poll(quiet))
        })
        .await
    }
}
