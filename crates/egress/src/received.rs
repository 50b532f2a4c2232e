//! An answer's body: reading it drives its connection, and its end gives the connection back.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::answer::{Framing, NotHttp};
use crate::chunks::{Chunks, Piece};
use crate::error::EgressError;
use crate::key::Key;
use crate::link::Link;
use crate::outgoing::{Outgoing, SendFailure};
use crate::pool::Pool;

/// An answer's body as it arrives. Dropped before its end, it closes its HTTP/1.1 connection or resets its HTTP/2 stream.
#[derive(Debug)]
pub struct Received(Kind);

#[derive(Debug)]
enum Kind {
    /// All of it is here, and nothing is left of its connection.
    Whole(Bytes),
    /// Over HTTP/1.1.
    Arriving(Box<Arriving>),
    /// Over HTTP/2.
    Multiplexed(Box<Multiplexed>),
}

#[derive(Debug)]
struct Multiplexed {
    incoming: Incoming,
    /// What was read of it while looking whether all of it is here.
    ahead: Option<Result<Frame<Bytes>, EgressError>>,
}

/// A body on its way, and the connection it arrives on.
#[derive(Debug)]
pub(crate) struct Arriving {
    /// None once the body has ended.
    pub(crate) link: Option<Box<Link>>,
    /// What was read of it and not yet taken.
    pub(crate) ahead: Bytes,
    pub(crate) body: State,
    /// The rest of the request, where the answer came first.
    pub(crate) outgoing: Option<Outgoing>,
    /// Where the connection goes if it can carry another request.
    pub(crate) home: Option<(Arc<Pool>, Arc<Key>)>,
    /// How much is read at once.
    pub(crate) room: usize,
}

/// Where in a body the next byte stands.
#[derive(Debug)]
pub(crate) enum State {
    Length(u64),
    Chunked(Chunks),
    UntilClose,
    Ended,
}

/// What is read of a body at once, at first and at most.
pub(crate) const ROOM_MIN: usize = 8 * 1024;
const ROOM_MAX: usize = 64 * 1024;

impl Received {
    pub(crate) fn multiplexed(incoming: Incoming) -> Self {
        Self(Kind::Multiplexed(Box::new(Multiplexed { incoming, ahead: None })))
    }

    pub(crate) fn whole(body: Bytes) -> Self {
        Self(Kind::Whole(body))
    }

    pub(crate) fn arriving(arriving: Arriving) -> Self {
        Self(Kind::Arriving(Box::new(arriving)))
    }

    /// The whole body, where it came together with its head; then nothing is left. It never waits.
    pub fn take_whole(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Kind::Whole(body) => Some(std::mem::take(body)),
            Kind::Arriving(_) => None,
            Kind::Multiplexed(body) => body.take_whole(),
        }
    }
}

impl Multiplexed {
    fn take_whole(&mut self) -> Option<Bytes> {
        let length = self.incoming.size_hint().exact().filter(|_| self.ahead.is_none())?;
        if length == 0 {
            return Some(Bytes::new());
        }
        let polled = Pin::new(&mut self.incoming).poll_frame(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(frame)) = polled else { return None };
        match frame.map_err(closed).map(Frame::into_data) {
            Ok(Ok(data)) if data.len() as u64 == length => return Some(data),
            Ok(Ok(data)) => self.ahead = Some(Ok(Frame::data(data))),
            Ok(Err(other)) => self.ahead = Some(Ok(other)),
            Err(error) => self.ahead = Some(Err(error)),
        }
        None
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EgressError>>> {
        match self.ahead.take() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.incoming).poll_frame(cx).map(|frame| frame.map(|frame| frame.map_err(closed))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.ahead, self.incoming.size_hint().exact()) {
            (Some(Ok(frame)), Some(rest)) => {
                SizeHint::with_exact(rest + frame.data_ref().map_or(0, |data| data.len() as u64))
            }
            _ => self.incoming.size_hint(),
        }
    }
}

fn closed(error: hyper::Error) -> EgressError {
    EgressError::Closed(error.into())
}

/// The whole body, where all of it is in the bytes that came with its head; then those behind it are left.
pub(crate) fn whole(framing: Framing, ahead: &mut Bytes) -> Option<Bytes> {
    match framing {
        Framing::Length(length) => {
            let length = usize::try_from(length).ok().filter(|length| *length <= ahead.len())?;
            Some(ahead.split_to(length))
        }
        Framing::Chunked => whole_chunks(ahead),
        Framing::UntilClose => None,
    }
}

fn whole_chunks(ahead: &mut Bytes) -> Option<Bytes> {
    // Most chunked answers that are whole have one chunk; what is not whole is taken apart later, from its beginning.
    let (mut chunks, mut rest) = (Chunks::new(), ahead.clone());
    let (mut only, mut joined) = (Bytes::new(), BytesMut::new());
    loop {
        match chunks.next(&mut rest) {
            Ok(Piece::Data(data)) if only.is_empty() => only = data,
            Ok(Piece::Data(data)) => {
                if joined.is_empty() {
                    joined.extend_from_slice(&only);
                }
                joined.extend_from_slice(&data);
            }
            Ok(Piece::End) => break,
            Ok(Piece::Missing) | Err(_) => return None,
        }
    }
    *ahead = rest;
    Some(if joined.is_empty() { only } else { joined.freeze() })
}

impl From<Framing> for State {
    fn from(framing: Framing) -> Self {
        match framing {
            Framing::Length(0) => Self::Ended,
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunks::new()),
            Framing::UntilClose => Self::UntilClose,
        }
    }
}

impl Arriving {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, EgressError>>> {
        let polled = self.poll_next(cx);
        if let Poll::Ready(Some(Err(_))) = &polled {
            // It ends here, and so does the connection.
            (self.body, self.link, self.home) = (State::Ended, None, None);
        }
        polled
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, EgressError>>> {
        self.send_on(cx)?;
        loop {
            match self.next_piece()? {
                Piece::Data(data) => return Poll::Ready(Some(Ok(data))),
                Piece::End => {
                    self.end();
                    return Poll::Ready(None);
                }
                Piece::Missing => {}
            }
            let Some(link) = &mut self.link else { return Poll::Ready(None) };
            // A little more than is missing, so that a read tells whether anything stands behind it.
            let room = match self.body {
                State::Length(left) => usize::try_from(left).unwrap_or(ROOM_MAX).saturating_add(64).min(self.room),
                State::Chunked(_) | State::UntilClose | State::Ended => self.room,
            };
            let read = ready!(link.poll_more(&mut self.ahead, room, cx));
            match (read.map_err(|error| EgressError::Closed(error.into()))?, &self.body) {
                (Some(read), _) if read >= self.room => self.room = (self.room * 2).min(ROOM_MAX),
                (Some(_), _) => {}
                (None, State::UntilClose) => {
                    self.end();
                    return Poll::Ready(None);
                }
                (None, _) => {
                    let early = io::Error::from(io::ErrorKind::UnexpectedEof);
                    return Poll::Ready(Some(Err(EgressError::Closed(early.into()))));
                }
            }
        }
    }

    /// Goes on with the request whose answer came first: the upstream may need it for the rest of its answer.
    fn send_on(&mut self, cx: &mut Context<'_>) -> Result<(), EgressError> {
        let (Some(outgoing), Some(link)) = (&mut self.outgoing, &mut self.link) else { return Ok(()) };
        match outgoing.poll_send(&mut link.stream, cx) {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => self.outgoing = None,
            Poll::Ready(Err(SendFailure::Source(error))) => return Err(EgressError::Closed(error)),
            // An upstream that has answered need not read on; but its connection carries no other request.
            Poll::Ready(Err(SendFailure::Write(_))) => (self.outgoing, self.home) = (None, None),
        }
        Ok(())
    }

    /// Takes what is here.
    fn next_piece(&mut self) -> Result<Piece, NotHttp> {
        match &mut self.body {
            State::Ended => Ok(Piece::End),
            State::Chunked(chunks) => chunks.next(&mut self.ahead),
            State::Length(_) | State::UntilClose if self.ahead.is_empty() => Ok(Piece::Missing),
            State::UntilClose => Ok(Piece::Data(std::mem::take(&mut self.ahead))),
            State::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(self.ahead.len());
                *left -= here as u64;
                let data = self.ahead.split_to(here);
                if *left == 0 {
                    self.end();
                }
                Ok(Piece::Data(data))
            }
        }
    }

    /// The body has ended: its connection is given back where it can carry another request.
    fn end(&mut self) {
        self.body = State::Ended;
        if let (Some(link), Some((pool, key)), None, true) =
            (self.link.take(), self.home.take(), self.outgoing.take(), self.ahead.is_empty())
        {
            pool.keep_link(&key, link);
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = EgressError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EgressError>>> {
        match &mut self.0 {
            Kind::Whole(body) if body.is_empty() => Poll::Ready(None),
            Kind::Whole(body) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(body))))),
            Kind::Arriving(arriving) => arriving.poll_data(cx).map(|data| data.map(|data| data.map(Frame::data))),
            Kind::Multiplexed(body) => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(body) => body.is_empty(),
            Kind::Arriving(arriving) => matches!(arriving.body, State::Ended),
            Kind::Multiplexed(body) => body.ahead.is_none() && body.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(body) => SizeHint::with_exact(body.len() as u64),
            Kind::Arriving(arriving) => match arriving.body {
                State::Length(left) => SizeHint::with_exact(left),
                State::Ended => SizeHint::with_exact(0),
                State::Chunked(_) | State::UntilClose => SizeHint::default(),
            },
            Kind::Multiplexed(body) => body.size_hint(),
        }
    }
}
