//! One HTTP/1.1 connection, driven by whoever waits for its answer instead of by a task of its own.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Context;

use http::{Request, Response};
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
    /// Gone once the connection has ended.
    connection: Option<Connection<TokioIo<Stream>, Sent>>,
}

impl Link {
    pub(crate) async fn over(stream: Stream) -> Result<Box<Self>, EgressError> {
        let mut builder = Builder::new();
        builder.max_buf_size(BUFFER_MAX).max_headers(HEADERS_MAX);
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(EgressError::Closed)?;
        Ok(Box::new(Self { sender, connection: Some(connection) }))
    }

    /// Reads and writes what can be read and written now.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let std::task::Poll::Ready(ended) = connection.poll_without_shutdown(cx)
        {
            if let Err(error) = ended {
                tracing::debug!(%error, "an upstream connection broke off");
            }
            self.connection = None;
        }
    }

    /// Whether it can carry a request: open, and done with the one before.
    pub(crate) fn is_free(&mut self, cx: &mut Context<'_>) -> bool {
        self.drive(cx);
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn exchange(
        &mut self,
        request: Request<Sent>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Sent>>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let connection = &mut self.connection;
        poll_fn(|cx| {
            if let Some(open) = connection
                && open.poll_without_shutdown(cx).is_ready()
            {
                *connection = None;
            }
            answer.as_mut().poll(cx)
        })
        .await
    }
}
