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
    pub(crate) fn settle(&mut self, cx: &mut Context<'_>) {
        if self.incoming.is_end_stream() {
            self.release(cx);
        }
    }

    fn release(&mut self, cx: &mut Context<'_>) {
        if let Some(Lease { mut link, pool, key }) = self.lease.take()
            && link.is_free(cx)
        {
            pool.keep_link(key, link);
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = EgressError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EgressError>>> {
        let mut polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if polled.is_pending()
            && let Some(lease) = &mut self.lease
        {
            // Asking told the connection that we want more; now it may read it.
            lease.link.drive(cx);
            polled = Pin::new(&mut self.incoming).poll_frame(cx);
        }
        match &polled {
            Poll::Ready(None) => self.release(cx),
            Poll::Ready(Some(Ok(_))) => self.settle(cx),
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
