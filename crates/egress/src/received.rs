//! An answer's body: reading it drives its connection, and its end gives the connection back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::error::EgressError;
use crate::link::Link;
use crate::pool::{Key, Pool};

/// An answer's body as it arrives. Dropped before its end, it closes its HTTP/1.1 connection or resets its HTTP/2 stream.
#[derive(Debug)]
pub struct Received {
    incoming: Incoming,
    /// None over HTTP/2, and once the body has ended.
    lease: Option<Lease>,
}

/// A connection on loan from a pool.
#[derive(Debug)]
struct Lease {
    link: Box<Link>,
    pool: Arc<Pool>,
    key: Key,
}

impl Received {
    pub(crate) fn multiplexed(incoming: Incoming) -> Self {
        Self { incoming, lease: None }
    }

    pub(crate) fn over(incoming: Incoming, link: Box<Link>, pool: Arc<Pool>, key: Key) -> Self {
        Self { incoming, lease: Some(Lease { link, pool, key }) }
    }

    /// Gives the connection back when the body has ended.
    pub(crate) fn settle(&mut self) {
        if self.incoming.is_end_stream() {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some(Lease { mut link, pool, key }) = self.lease.take()
            && link.is_done()
        {
            pool.keep_link(key, link);
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = EgressError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EgressError>>> {
        let this = &mut *self;
        let incoming = &mut this.incoming;
        let polled = match &mut this.lease {
            // Asking tells the connection that we want more; then it may read it.
            Some(lease) => lease.link.poll_filled(cx, |quiet| Pin::new(&mut *incoming).poll_frame(quiet)),
            None => Pin::new(incoming).poll_frame(cx),
        };
        match &polled {
            Poll::Ready(None) => self.release(),
            Poll::Ready(Some(Ok(_))) => self.settle(),
            Poll::Ready(Some(Err(_))) => self.lease = None,
            Poll::Pending => {}
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(EgressError::Closed)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
