//! One HTTP/1.1 connection's wire: heads are taken off it, bodies are followed to their end, answers are put on it.
//!
//! SECURITY: what stands behind a refused head, or behind a body that broke off, is never read as a request.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::body::Body;
use crate::chunks::Chunks;
use crate::head::Head;
use crate::host::elsewhere;
use crate::http1::arriving::Arriving;
use crate::http1::outgoing::Outgoing;
use crate::parse::{Framing, Parsed, Persistence, RefusedHead, parse};
use crate::refusal::FrontEndRefusal;
use crate::scan::Scan;
use crate::shared::{Pause, Shared};
use crate::transport::Transport;

/// What is read at once while a head is waited for.
const READ_BYTES: usize = 4096;
/// What is read and thrown away of a body that nobody wants, so that its connection serves the next request.
const UNWANTED_BYTES_MAX: u64 = 64 * 1024;

/// A connection, shared by whoever serves it and by the body of the request it serves.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) shared: Arc<Shared>,
    wire: Mutex<Wire>,
}

/// The wire itself.
#[derive(Debug)]
pub(super) struct Wire {
    /// None once the connection is over.
    pub(super) transport: Option<Transport>,
    /// Received and not yet understood.
    pub(super) inbound: BytesMut,
    pub(super) place: Place,
    pub(super) interim: Interim,
    pub(super) reader: Reader,
    /// Who waits for more of the body.
    pub(super) waiting: Option<Waker>,
    /// Who serves the connection; known while a request's body is on its way.
    pub(super) owner: Option<Waker>,
}

/// Where on the stream the next byte stands.
#[derive(Debug)]
pub(super) enum Place {
    Head {
        scan: Scan,
        timed: bool,
    },
    Length(u64),
    Chunked(Chunks),
    /// Nothing is read any more.
    Closed,
}

/// What became of `Expect: 100-continue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interim {
    /// Nobody expects it, or it is sent, or it is too late.
    Settled,
    /// It is sent when the body is first read.
    Due,
    /// This is left of it.
    Sending(&'static [u8]),
}

/// Whether anybody may still read the request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Nobody,
    Body,
}

/// A sound request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) head: Head,
    pub(super) persistence: Persistence,
    pub(super) body: Body,
}

/// What comes next on a connection.
#[derive(Debug)]
pub(super) enum Next {
    Request(Box<Asked>),
    Refused(RefusedHead),
    /// Nothing for a while: buffers may be let go.
    Doze,
    /// Nothing any more.
    End,
}

/// Whether bytes of the client may be left on the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    Nothing,
    Perhaps,
}

/// How far the request's body is when its answer begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upload {
    /// Read, or short enough to be read past.
    Ended,
    /// Somebody may still read it.
    Held,
    /// Too long to be read past, or broken.
    Abandoned,
}

impl Place {
    pub(super) fn next_head() -> Self {
        Self::Head { scan: Scan::default(), timed: false }
    }
}

impl Line {
    pub(crate) fn new(transport: Transport, shared: Arc<Shared>) -> Arc<Self> {
        let wire = Wire {
            transport: Some(transport),
            inbound: BytesMut::new(),
            place: Place::next_head(),
            interim: Interim::Settled,
            reader: Reader::Nobody,
            waiting: None,
            owner: None,
        };
        Arc::new(Self { shared, wire: Mutex::new(wire) })
    }

    pub(super) fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection; gives back the socket, and says whether the client may still be sending what nobody will read.
    pub(crate) fn close(&self) -> (Option<Transport>, Unread) {
        let mut wire = self.wire();
        let place = std::mem::replace(&mut wire.place, Place::Closed);
        let unread = match place {
            Place::Head { .. } if wire.inbound.is_empty() => Unread::Nothing,
            Place::Head { .. } | Place::Length(_) | Place::Chunked(_) | Place::Closed => Unread::Perhaps,
        };
        wire.wake_reader();
        (wire.transport.take(), unread)
    }

    /// Waits for the first bytes behind a pause, without any buffer. `false` when none will come.
    pub(super) fn poll_wake(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut wire = self.wire();
        let mut room = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut room);
        let Some(transport) = &mut wire.transport else { return Poll::Ready(false) };
        match Pin::new(transport).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) => {
                wire.inbound.extend_from_slice(buffer.filled());
                Poll::Ready(!buffer.filled().is_empty())
            }
            Poll::Ready(Err(_)) => Poll::Ready(false),
            Poll::Pending if self.shared.pause() == Pause::Expired => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Waits for the next request.
    pub(super) fn poll_next(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<Next> {
        let mut wire = self.wire();
        loop {
            if !wire.inbound.is_empty()
                && let Some(next) = self.take_head(&mut wire, cx)
            {
                return Poll::Ready(next);
            }
            match wire.poll_read(READ_BYTES, cx) {
                Poll::Ready(Ok(0)) if !wire.inbound.is_empty() => {
                    return Poll::Ready(wire.refuse(FrontEndRefusal::Truncated.into()));
                }
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Next::End),
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => return self.poll_overdue(&mut wire),
            }
        }
    }

    /// Takes a whole head off the stream, if there is one.
    fn take_head(self: &Arc<Self>, wire: &mut Wire, cx: &Context<'_>) -> Option<Next> {
        let Place::Head { scan, .. } = &mut wire.place else { return Some(Next::End) };
        let found = match scan.advance(&wire.inbound, &self.shared.limits) {
            Ok(found) => found?,
            Err(refusal) => return Some(wire.refuse(refusal.into())),
        };
        wire.inbound.advance(found.start);
        let raw = wire.inbound.split_to(found.end - found.start).freeze();
        let sni = self.shared.facts.tls.as_ref().and_then(|tls| tls.sni.as_deref());
        Some(match parse(&raw, &self.shared.limits) {
            // SECURITY: what is known of a connection (its certificate, its policy) was agreed on for that name.
            Ok(Parsed { head, .. }) if sni.is_some() && head.host().is_some_and(|host| elsewhere(host, sni)) => {
                wire.refuse(RefusedHead { refusal: FrontEndRefusal::Misdirected, head: Some(Box::new(head)) })
            }
            Ok(parsed) => {
                let body = self.begin_body(wire, &parsed, cx);
                let Parsed { head, persistence, .. } = parsed;
                Next::Request(Box::new(Asked { head, persistence, body }))
            }
            Err(refused) => wire.refuse(refused),
        })
    }

    fn begin_body(self: &Arc<Self>, wire: &mut Wire, parsed: &Parsed, cx: &Context<'_>) -> Body {
        wire.interim = Interim::Settled;
        wire.place = match parsed.framing {
            Framing::Length(length) => match usize::try_from(length) {
                // All of it is here: nobody has to wait for anything.
                Ok(here) if here <= wire.inbound.len() => {
                    wire.place = Place::next_head();
                    return Body::from(wire.inbound.split_to(here).freeze());
                }
                _ => Place::Length(length),
            },
            Framing::Chunked => Place::Chunked(Chunks::default()),
        };
        if parsed.expects_continue {
            wire.interim = Interim::Due;
        }
        wire.reader = Reader::Body;
        remember(&mut wire.owner, cx);
        Body::arriving(Arriving::new(Arc::clone(self), parsed.framing))
    }

    /// No head came: what that means depends on the time.
    fn poll_overdue(&self, wire: &mut Wire) -> Poll<Next> {
        match (self.shared.pause(), wire.inbound.is_empty()) {
            (Pause::Expired, true) => Poll::Ready(Next::End),
            (Pause::Expired, false) => Poll::Ready(wire.refuse(FrontEndRefusal::HeadTimeout.into())),
            (Pause::Doze, true) => {
                wire.inbound = BytesMut::new();
                wire.waiting = None;
                Poll::Ready(Next::Doze)
            }
            (Pause::No, true) => Poll::Pending,
            (Pause::No | Pause::Doze, false) => {
                if let Place::Head { timed, .. } = &mut wire.place
                    && !*timed
                {
                    *timed = self.shared.head_begun();
                }
                Poll::Pending
            }
        }
    }

    /// Ready when the client is gone while it is being answered. Asks the kernel only when something came.
    pub(super) fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut wire = self.wire();
        let Wire { transport: Some(transport), place: Place::Head { .. }, inbound, .. } = &mut *wire else {
            // Whoever reads the body learns of it.
            return Poll::Pending;
        };
        // One request ahead is read, and no more.
        if !inbound.is_empty() {
            return Poll::Pending;
        }
        ready!(transport.poll_readable(cx));
        match ready!(wire.poll_read(READ_BYTES, cx)) {
            Ok(0) | Err(_) => Poll::Ready(()),
            Ok(_) => Poll::Pending,
        }
    }

    /// Makes room for an answer: what is left of an interim one goes first, and nobody sends another.
    pub(super) fn begin_answer(&self, out: &mut Outgoing) -> Upload {
        let mut wire = self.wire();
        match std::mem::replace(&mut wire.interim, Interim::Settled) {
            Interim::Settled => {}
            Interim::Sending(rest) => {
                out.copy(rest);
                wire.wake_reader();
            }
            // A client that was never told to go on may go on or not: whatever it sends next could be body or head.
            Interim::Due => {
                wire.wake_reader();
                return Upload::Abandoned;
            }
        }
        wire.upload()
    }

    /// Sends everything in `out`.
    pub(super) fn poll_send(&self, out: &mut Outgoing, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.wire();
        let transport = wire.transport.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        while !out.is_empty() {
            match ready!(out.poll_write(Pin::new(transport), cx))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => out.advance(written),
            }
        }
        Pin::new(transport).poll_flush(cx)
    }

    /// Whether the next byte is a head's.
    pub(super) fn is_at_head(&self) -> bool {
        matches!(self.wire().place, Place::Head { .. })
    }

    /// Reads past a body that nobody wants. `false` when it is too long, broken or too slow.
    pub(super) fn poll_skip(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut wire = self.wire();
        loop {
            match wire.upload() {
                Upload::Ended if matches!(wire.place, Place::Head { .. }) => return Poll::Ready(true),
                Upload::Ended => {}
                Upload::Held | Upload::Abandoned => return Poll::Ready(false),
            }
            match wire.poll_read(READ_BYTES, cx) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(false),
                Poll::Ready(Ok(_)) => {}
                Poll::Pending if self.shared.pause() == Pause::Expired => return Poll::Ready(false),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl Wire {
    /// Reads more into `inbound`; 0 is the end of the stream.
    pub(super) fn poll_read(&mut self, room: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let transport = self.transport.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        self.inbound.reserve(room);
        poll_read_buf(Pin::new(transport), cx, &mut self.inbound)
    }

    fn refuse(&mut self, refused: RefusedHead) -> Next {
        self.inbound = BytesMut::new();
        self.place = Place::Closed;
        Next::Refused(refused)
    }

    /// Lets whoever waits for the body look again.
    pub(super) fn wake_reader(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }

    /// How far the body is; one that nobody wants is followed as far as it is here.
    fn upload(&mut self) -> Upload {
        match (&mut self.place, self.reader) {
            (Place::Head { .. }, _) => Upload::Ended,
            (Place::Closed, _) => Upload::Abandoned,
            (_, Reader::Body) => Upload::Held,
            (Place::Length(left), Reader::Nobody) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(self.inbound.len());
                self.inbound.advance(here);
                *left -= here as u64;
                match *left {
                    0 => self.place = Place::next_head(),
                    1..=UNWANTED_BYTES_MAX => {}
                    _ => return Upload::Abandoned,
                }
                Upload::Ended
            }
            (Place::Chunked(chunks), Reader::Nobody) => {
                // Nobody knows how long it is.
                let Ok(used) = chunks.advance(&self.inbound) else {
                    self.place = Place::Closed;
                    return Upload::Abandoned;
                };
                self.inbound.advance(used);
                if !chunks.ended() {
                    return Upload::Abandoned;
                }
                self.place = Place::next_head();
                Upload::Ended
            }
        }
    }
}

/// Keeps the waker of whoever polls now.
pub(super) fn remember(waker: &mut Option<Waker>, cx: &Context<'_>) {
    match waker {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *waker = Some(cx.waker().clone()),
    }
}
