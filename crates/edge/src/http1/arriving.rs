//! A request's body on its way: read off the connection only as fast as somebody asks for it, from whichever task.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWrite as _;

use crate::body::BodyError;
use crate::http1::line::{Interim, Line, Place, Reader, Wire, remember};
use crate::pace::Pace;
use crate::parse::Framing;

/// What is read of a body at once.
const READ_BYTES: usize = 16 * 1024;
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The body of the request that a connection serves. While there is one that has not ended, the connection serves no other.
#[derive(Debug)]
pub(crate) struct Arriving {
    line: Arc<Line>,
    pace: Pace,
    /// What is left, where that is known.
    left: Option<u64>,
    /// Whether it is over, well or not: the connection may have gone on since.
    over: bool,
}

/// A part of a body.
struct Part {
    data: Bytes,
    last: bool,
}

impl Arriving {
    pub(super) fn new(line: Arc<Line>, framing: Framing) -> Self {
        let left = match framing {
            Framing::Length(length) => Some(length),
            Framing::Chunked => None,
        };
        let pace = Pace::new(Arc::clone(&line.shared.clock), Arc::clone(&line.shared.limits));
        Self { line, pace, left, over: false }
    }

    pub(crate) fn left(&self) -> Option<u64> {
        if self.over { Some(0) } else { self.left }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// The next bytes, paced.
    pub(crate) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let polled = self.line.wire().poll_body(cx);
        match polled {
            Poll::Ready(Ok(Part { data, last })) => {
                self.over = last;
                self.pace.received(data.len());
                if let Some(left) = &mut self.left {
                    *left -= data.len() as u64;
                }
                Poll::Ready(if data.is_empty() { None } else { Some(Ok(data)) })
            }
            Poll::Ready(Err(error)) => {
                self.over = true;
                Poll::Ready(Some(Err(BodyError::Broken(error.into()))))
            }
            Poll::Pending => {
                ready!(self.pace.poll_wait(cx));
                self.over = true;
                self.line.wire().abandon(cx);
                Poll::Ready(Some(Err(BodyError::TooSlow)))
            }
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.over {
            let mut wire = self.line.wire();
            wire.reader = Reader::Nobody;
            wire.waiting = None;
        }
    }
}

impl Wire {
    /// The next part of the body; an error is its end.
    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Part>> {
        let polled = self.poll_part(cx);
        match &polled {
            Poll::Ready(Ok(Part { last: false, .. })) => {}
            Poll::Ready(Ok(Part { last: true, .. })) => {
                self.place = Place::next_head();
                self.wake_owner(cx);
            }
            Poll::Ready(Err(_)) => self.abandon(cx),
            // The socket wakes one task only: whoever takes it over wakes this one.
            Poll::Pending => remember(&mut self.waiting, cx),
        }
        polled
    }

    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Part>> {
        // A client that sends already does not wait to be told.
        if self.interim == Interim::Due && !self.inbound.is_empty() {
            self.interim = Interim::Settled;
        }
        loop {
            if let Some(part) = self.take_part()? {
                return Poll::Ready(Ok(part));
            }
            ready!(self.poll_interim(cx))?;
            if ready!(self.poll_read(READ_BYTES, cx))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// Takes what is here of the body; `None` asks for more.
    fn take_part(&mut self) -> io::Result<Option<Part>> {
        match &mut self.place {
            Place::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(self.inbound.len());
                if here == 0 {
                    return Ok(None);
                }
                *left -= here as u64;
                let last = *left == 0;
                Ok(Some(Part { data: self.inbound.split_to(here).freeze(), last }))
            }
            Place::Chunked(chunks) => {
                let piece =
                    chunks.next(&self.inbound).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
                self.inbound.advance(piece.framing);
                if piece.data == 0 {
                    let end = Part { data: Bytes::new(), last: true };
                    return Ok(chunks.ended().then_some(end));
                }
                Ok(Some(Part { data: self.inbound.split_to(piece.data).freeze(), last: false }))
            }
            // INVARIANT: a body that has not ended is the one that the connection is at, so the connection is over.
            Place::Head { .. } | Place::Closed => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Tells a client that waits for it to go on.
    fn poll_interim(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.interim == Interim::Settled {
            return Poll::Ready(Ok(()));
        }
        let transport = self.transport.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        loop {
            match self.interim {
                Interim::Settled => return Poll::Ready(Ok(())),
                Interim::Due => self.interim = Interim::Sending(CONTINUE),
                Interim::Sending([]) => {
                    ready!(Pin::new(&mut *transport).poll_flush(cx))?;
                    self.interim = Interim::Settled;
                }
                Interim::Sending(rest) => {
                    let written = ready!(Pin::new(&mut *transport).poll_write(cx, rest))?;
                    self.interim = Interim::Sending(&rest[written..]);
                }
            }
        }
    }

    /// Nothing is read off the connection any more.
    fn abandon(&mut self, cx: &Context<'_>) {
        self.place = Place::Closed;
        self.wake_owner(cx);
    }

    /// From here on it is the connection's owner who must hear of the socket, not whoever read the body.
    fn wake_owner(&mut self, cx: &Context<'_>) {
        self.reader = Reader::Nobody;
        self.waiting = None;
        if let Some(owner) = &self.owner
            && !owner.will_wake(cx.waker())
        {
            owner.wake_by_ref();
        }
    }
}
