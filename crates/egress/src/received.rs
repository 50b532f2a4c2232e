//! An answer's body: reading it drives its connection, and its end gives the connection back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

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
    /// What was read of it while looking whether all of it is here.
    ahead: Option<Result<Frame<Bytes>, EgressError>>,
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
        Self { incoming, ahead: None, lease: None }
    }

    pub(crate) fn over(incoming: Incoming, link: Box<Link>, pool: Arc<Pool>, key: Key) -> Self {
        Self { incoming, ahead: None, lease: Some(Lease { link, pool, key }) }
    }

    /// The whole body, where it came together with its head; then nothing is left. It never waits.
    pub fn take_whole(&mut self) -> Option<Bytes> {
        let length = self.size_hint().exact()?;
        if length == 0 {
            return Some(Bytes::new());
        }
        match Pin::new(&mut *self).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if data.len() as u64 == length => Some(data),
                Ok(data) => {
                    self.ahead = Some(Ok(Frame::data(data)));
                    None
                }
                Err(other) => {
                    self.ahead = Some(Ok(other));
                    None
                }
            },
            Poll::Ready(Some(Err(error))) => {
                self.ahead = Some(Err(error));
                None
            }
            Poll::Ready(None) | Poll::Pending => None,
        }
    }

    /// Gives the connection back when the body has ended.
    pub(crate) fn settle(&mut self) {
        if self.incoming.is_end_stream() {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some(Lease { mut link, pool, key }) = self.lease.take()
            && link.is_free()
        {
            pool.keep_link(key, link);
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = EgressError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EgressError>>> {
        if let Some(frame) = self.ahead.take() {
            return Poll::Ready(Some(frame));
        }
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
        self.ahead.is_none() && self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.incoming.size_hint();
        match (&self.ahead, hint.exact()) {
            (Some(Ok(frame)), Some(rest)) => {
                SizeHint::with_exact(rest + frame.data_ref().map_or(0, |data| data.len() as u64))
            }
            _ => hint,
        }
    }
}
