//! Stands between the socket and hyper on HTTP/1.1: reads each head itself, and follows each body to its end.
//!
//! SECURITY: hyper gets a head of our own making that holds nothing but the framing, and of a refused request it gets a
//! stand-in whose answer closes the connection. What a client sends behind a refused head is never read as a request.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::{Method, Version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::chunks::Chunks;
use crate::parse::{Framing, Parsed, Persistence, parse};
use crate::refusal::FrontEndRefusal;
use crate::scan::Scan;
use crate::shared::{Captured, Shared};

/// One read while waiting for a head; on the stack, so that an idle connection holds no buffer of ours.
const READ_BYTES: usize = 4096;
/// What hyper hears of a request without a body.
const BARE_HEAD: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
/// What hyper hears instead of a refused request.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";

/// The reading side of one HTTP/1.1 connection.
#[derive(Debug)]
pub(crate) struct Guard<T> {
    inner: T,
    shared: Arc<Shared>,
    /// Received and not yet understood.
    inbound: BytesMut,
    /// Our own head, not yet taken by hyper.
    outbound: Bytes,
    place: Place,
    /// Whether hyper was told of an end that is only a pause.
    asleep: bool,
}

#[derive(Debug)]
enum Place {
    Head {
        scan: Scan,
        timed: bool,
    },
    Length(u64),
    Chunked(Chunks),
    /// A refused request: nothing behind it is read as one.
    Closed,
}

impl Place {
    fn next_head() -> Self {
        Self::Head { scan: Scan::default(), timed: false }
    }

    /// Follows a body through `bytes`, which hyper is about to get; answers how many of them are the body's.
    fn follow(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (used, ended) = match self {
            Self::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= here as u64;
                (here, *left == 0)
            }
            Self::Chunked(chunks) => match chunks.advance(bytes) {
                Ok(used) => (used, chunks.ended()),
                Err(error) => {
                    *self = Self::Closed;
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
            },
            Self::Head { .. } | Self::Closed => (0, false),
        };
        if ended {
            *self = Self::next_head();
        }
        Ok(used)
    }
}

impl<T> Guard<T> {
    pub(crate) fn new(inner: T, shared: Arc<Shared>) -> Self {
        Self {
            inner,
            shared,
            inbound: BytesMut::new(),
            outbound: Bytes::new(),
            place: Place::next_head(),
            asleep: false,
        }
    }

    /// Gives back the socket, and says whether the client may still be sending what nobody will read.
    pub(crate) fn into_inner(self) -> (T, Unread) {
        match self.place {
            Place::Head { .. } if self.inbound.is_empty() => (self.inner, Unread::Nothing),
            Place::Head { .. } | Place::Length(_) | Place::Chunked(_) | Place::Closed => (self.inner, Unread::Perhaps),
        }
    }

    /// Whether the last end that hyper saw was only a pause.
    pub(crate) fn asleep(&self) -> bool {
        self.asleep
    }

    fn refuse(&mut self, captured: Captured) {
        self.shared.capture(captured);
        self.outbound = Bytes::from_static(STAND_IN);
        self.inbound = BytesMut::new();
        self.place = Place::Closed;
    }

    /// Takes a whole head off the stream, if there is one.
    fn take_head(&mut self) -> Progress {
        let Place::Head { scan, .. } = &mut self.place else { return Progress::Done };
        match scan.advance(&self.inbound, &self.shared.limits) {
            Ok(None) => return Progress::NeedsMore,
            Ok(Some(found)) => {
                self.inbound.advance(found.start);
                let raw = self.inbound.split_to(found.end - found.start).freeze();
                if self.inbound.is_empty() {
                    self.inbound = BytesMut::new();
                }
                match parse(&raw, &self.shared.limits) {
                    Ok(parsed) => self.accept(parsed),
                    Err(refused) => self.refuse(refused.into()),
                }
            }
            Err(refusal) => self.refuse(Captured::Refused { refusal, head: None }),
        }
        Progress::Done
    }

    fn accept(&mut self, parsed: Parsed) {
        self.outbound = head_for_hyper(&parsed);
        self.place = match parsed.framing {
            Framing::Length(0) => Place::next_head(),
            Framing::Length(length) => Place::Length(length),
            Framing::Chunked => Place::Chunked(Chunks::default()),
        };
        self.shared.capture(Captured::Sound(Box::new(parsed.head)));
    }
}

/// What taking a head came to.
enum Progress {
    NeedsMore,
    Done,
}

/// Whether bytes of the client may be left on the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    Nothing,
    Perhaps,
}

/// The head that hyper reads: method class, version, framing and what the client says about the connection.
fn head_for_hyper(parsed: &Parsed) -> Bytes {
    let Parsed { head, framing, persistence, expects_continue } = parsed;
    let plain = head.method != Method::HEAD && head.version == Version::HTTP_11;
    if plain && *framing == Framing::Length(0) && *persistence == Persistence::Unsaid && !expects_continue {
        return Bytes::from_static(BARE_HEAD);
    }
    let method = if head.method == Method::HEAD { "HEAD" } else { "POST" };
    let version = if head.version == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" };
    let framing = match framing {
        Framing::Length(0) => String::new(),
        Framing::Length(length) => format!("content-length: {length}\r\n"),
        Framing::Chunked => "transfer-encoding: chunked\r\n".to_owned(),
    };
    let connection = match persistence {
        Persistence::Unsaid => "",
        Persistence::Close => "connection: close\r\n",
        Persistence::KeepAlive => "connection: keep-alive\r\n",
    };
    let expect = if *expects_continue { "expect: 100-continue\r\n" } else { "" };
    Bytes::from(format!("{method} / {version}\r\n{framing}{connection}{expect}\r\n"))
}

impl<T: AsyncRead + Unpin> Guard<T> {
    /// Reads what the next head needs. `Ready(true)` is the end of the stream.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut room = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer))?;
        self.inbound.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().is_empty()))
    }

    /// Waits for a head. `Ready(true)` ends the connection without a word: nobody asked for anything.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if !self.inbound.is_empty()
                && let Progress::Done = self.take_head()
            {
                return Poll::Ready(Ok(false));
            }
            match self.poll_more(cx)? {
                Poll::Ready(false) => {}
                Poll::Ready(true) if self.inbound.is_empty() => return Poll::Ready(Ok(true)),
                Poll::Ready(true) => {
                    self.refuse(Captured::Refused { refusal: FrontEndRefusal::Truncated, head: None });
                    return Poll::Ready(Ok(false));
                }
                Poll::Pending => return self.poll_overdue_head(),
            }
        }
    }

    /// Waits for the first bytes behind a pause, without hyper and its buffers. `false` when none will come.
    pub(crate) async fn wake(&mut self) -> io::Result<bool> {
        self.asleep = false;
        std::future::poll_fn(|cx| match self.poll_more(cx)? {
            Poll::Ready(ended) => Poll::Ready(Ok(!ended)),
            Poll::Pending if self.shared.expired() => Poll::Ready(Ok(false)),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    fn poll_overdue_head(&mut self) -> Poll<io::Result<bool>> {
        if self.inbound.is_empty() && self.shared.dozing() && !self.shared.expired() {
            self.asleep = true;
            return Poll::Ready(Ok(true));
        }
        if self.shared.expired() {
            if self.inbound.is_empty() {
                return Poll::Ready(Ok(true));
            }
            self.refuse(Captured::Refused { refusal: FrontEndRefusal::HeadTimeout, head: None });
            return Poll::Ready(Ok(false));
        }
        if let Place::Head { timed, .. } = &mut self.place
            && !*timed
            && !self.inbound.is_empty()
        {
            *timed = self.shared.head_begun();
        }
        Poll::Pending
    }

    fn poll_body(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.inbound.is_empty() {
            let here = self.inbound.len().min(buffer.remaining());
            let used = self.place.follow(&self.inbound[..here])?;
            buffer.put_slice(&self.inbound[..used]);
            self.inbound.advance(used);
            if self.inbound.is_empty() {
                self.inbound = BytesMut::new();
            }
            return Poll::Ready(Ok(()));
        }
        let start = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        let used = match self.place.follow(&buffer.filled()[start..]) {
            Ok(used) => used,
            Err(error) => {
                buffer.set_filled(start);
                return Poll::Ready(Err(error));
            }
        };
        self.inbound.extend_from_slice(&buffer.filled()[start + used..]);
        buffer.set_filled(start + used);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Guard<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let guard = self.get_mut();
        if guard.outbound.is_empty() {
            match guard.place {
                Place::Closed => return Poll::Pending,
                Place::Length(_) | Place::Chunked(_) => return guard.poll_body(cx, buffer),
                Place::Head { .. } => {
                    if ready!(guard.poll_head(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
        let here = guard.outbound.len().min(buffer.remaining());
        buffer.put_slice(&guard.outbound.split_to(here));
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Guard<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// hyper is done; whether the connection is too, its driver decides.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::clock::ManualClock;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use crate::connection::Connection;
    use crate::limits::Limits;
    use crate::shared::Overdue;

    fn guarded() -> (Guard<DuplexStream>, DuplexStream, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(base::Timestamp::UNIX_EPOCH));
        let address = "127.0.0.1:1".parse().expect("an address");
        let facts = Connection::new(address, address, base::Timestamp::UNIX_EPOCH);
        let shared = Shared::new(facts, Arc::new(Limits::default()), Arc::clone(&clock) as Arc<dyn base::Clock>);
        let (ours, theirs) = tokio::io::duplex(1024);
        (Guard::new(ours, shared), theirs, clock)
    }

    #[tokio::test]
    async fn an_idle_connection_lets_hyper_go_and_wakes_for_the_next_request() {
        let (mut guard, mut client, clock) = guarded();
        let mut room = [0; 256];
        for _ in 0..3 {
            client.write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
            assert!(guard.wake().await.expect("bytes"));
            let read = guard.read(&mut room).await.expect("a head");
            assert_eq!(&room[..read], BARE_HEAD, "hyper sees nothing of the client's");
            let (captured, in_flight) = guard.shared.begin_captured();
            assert!(matches!(captured, Some(Captured::Sound(head)) if head.target.as_str() == "/x"));
            drop(in_flight);
            clock.advance(Duration::from_secs(1));
            assert_eq!(guard.shared.overdue(), Some(Overdue::Doze));
            assert_eq!(guard.read(&mut room).await.expect("an end"), 0);
            assert!(guard.asleep());
        }
        clock.advance(Limits::default().idle_timeout);
        assert_eq!(guard.shared.overdue(), Some(Overdue::Head));
        assert!(!guard.wake().await.expect("an end"));
    }

    #[tokio::test]
    async fn half_a_head_is_no_pause() {
        let (mut guard, mut client, clock) = guarded();
        client.write_all(b"GET /x HTT").await.expect("it takes bytes");
        assert!(guard.wake().await.expect("bytes"));
        let mut room = [0; 256];
        assert!(futures_util::future::poll_immediate(guard.read(&mut room)).await.is_none());
        clock.advance(Limits::default().head_timeout);
        assert_eq!(guard.shared.overdue(), Some(Overdue::Head));
        let read = guard.read(&mut room).await.expect("a stand-in");
        assert_eq!(&room[..read], STAND_IN);
        let refused = guard.shared.begin_captured().0;
        assert!(matches!(refused, Some(Captured::Refused { refusal: FrontEndRefusal::HeadTimeout, .. })));
    }
}
