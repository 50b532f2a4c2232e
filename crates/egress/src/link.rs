//! One HTTP/1.1 connection, driven by whoever waits for its answer instead of by a task of its own.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use base::Clock;
use bytes::{Buf as _, Bytes, BytesMut};
use http::Method;

use crate::alarm::Alarm;
use crate::answer::{self, AnswerHead, HEAD_BYTES_MAX, NotHttp, Read};
use crate::connect::Stream;
use crate::error::EgressError;
use crate::outgoing::{Outgoing, SendFailure};

/// What is read at once of an answer's beginning: most answers are whole in it.
const FIRST_READ_BYTES: usize = 4 * 1024;
/// Interim answers before the final one.
const INTERIM_MAX: u8 = 8;

/// A connection that carries one request at a time.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) stream: Stream,
    /// What was read and not yet taken. It holds no memory while the connection is kept.
    buffer: BytesMut,
    /// When its last request began.
    pub(crate) used: Duration,
    /// Set by the first request that must be answered in time, and kept for those behind it.
    alarm: Option<Alarm>,
}

/// The time of a request, on its client's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time<'a> {
    pub(crate) clock: &'a dyn Clock,
    pub(crate) began: Duration,
    /// By when its answer must have begun.
    pub(crate) end: Option<Duration>,
}

impl Time<'_> {
    /// How long it has taken.
    pub(crate) fn taken(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.began)
    }
}

/// An answer's head, and what came with it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: AnswerHead,
    pub(crate) ahead: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nothing of the request was sent: another connection may carry it.
    NotSent(io::Error),
    /// The upstream may have acted on it.
    Broken(EgressError),
}

impl Link {
    /// A connection that was just opened.
    pub(crate) fn over(stream: Stream, now: Duration, alarm: Option<Alarm>) -> Self {
        Self { stream, buffer: BytesMut::new(), used: now, alarm }
    }

    /// Whether nothing has come while nobody asked for anything.
    ///
    /// SECURITY: a byte that is here before the request would be read as the beginning of its answer.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.buffer.is_empty() && self.stream.is_quiet()
    }

    /// Sends a request and waits for the head of its answer. An answer may come before all of the request is sent.
    pub(crate) async fn exchange(&mut self, outgoing: &mut Outgoing, time: Time<'_>) -> Result<Answer, Failed> {
        let mut interim = 0;
        poll_fn(|cx| match (self.poll_exchange(outgoing, &mut interim, cx), time.end) {
            (Poll::Pending, Some(end)) => self.poll_alarm(end, time.clock, cx).map(Err),
            (Poll::Pending, None) => Poll::Pending,
            (Poll::Ready(answer), _) => {
                if let Some(alarm) = &self.alarm {
                    alarm.rest();
                }
                Poll::Ready(answer)
            }
        })
        .await
    }

    fn poll_alarm(&mut self, end: Duration, clock: &dyn Clock, cx: &mut Context<'_>) -> Poll<Failed> {
        let alarm = self.alarm.get_or_insert_default();
        alarm.poll(end, clock, cx).map(|()| Failed::Broken(EgressError::Overdue))
    }

    fn poll_exchange(
        &mut self,
        outgoing: &mut Outgoing,
        interim: &mut u8,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Answer, Failed>> {
        let mut unwritable = None;
        if !outgoing.is_sent()
            && let Poll::Ready(Err(failure)) = outgoing.poll_send(&mut self.stream, cx)
        {
            match failure {
                SendFailure::Source(error) => return Poll::Ready(Err(Failed::Broken(EgressError::Closed(error)))),
                SendFailure::Write(error) if !outgoing.has_begun() => return Poll::Ready(Err(Failed::NotSent(error))),
                // An upstream that reads no further may have said why.
                SendFailure::Write(error) => unwritable = Some(error),
            }
        }
        // SECURITY: what comes before the request has begun is no answer to it.
        if !outgoing.has_begun() {
            return Poll::Pending;
        }
        loop {
            let before = self.buffer.len();
            let failure = match (self.poll_fill(cx, FIRST_READ_BYTES), unwritable.take()) {
                (Poll::Pending, None) => return Poll::Pending,
                (Poll::Ready(Ok(0)), None) => io::ErrorKind::UnexpectedEof.into(),
                (Poll::Ready(Ok(0)) | Poll::Pending, Some(error)) | (Poll::Ready(Err(error)), _) => error,
                (Poll::Ready(Ok(_)), kept) => {
                    unwritable = kept;
                    let taken = self.take_answer(before, &outgoing.head().method, interim);
                    match taken.map_err(|why| Failed::Broken(why.into()))? {
                        Some(answer) => return Poll::Ready(Ok(answer)),
                        None => continue,
                    }
                }
            };
            return Poll::Ready(Err(Failed::Broken(EgressError::Closed(failure.into()))));
        }
    }

    /// Takes the final answer's head off what was read, once it is whole. `known` bytes were looked at before.
    fn take_answer(&mut self, known: usize, method: &Method, interim: &mut u8) -> Result<Option<Answer>, NotHttp> {
        // A head that drips must not be read anew for every drop.
        if known > 0 && !holds_empty_line(&self.buffer[known.saturating_sub(2)..]) {
            return if self.buffer.len() > HEAD_BYTES_MAX { Err(NotHttp::TooLarge) } else { Ok(None) };
        }
        let mut bytes = std::mem::take(&mut self.buffer).freeze();
        loop {
            match bytes.first() {
                None => return Ok(None),
                // The reader would skip empty lines without end.
                Some(b'\r' | b'\n') => return Err(NotHttp::Head),
                Some(_) => {}
            }
            match answer::read(&bytes, method)? {
                Read::Final(head_bytes, _) | Read::Interim(head_bytes) if head_bytes > HEAD_BYTES_MAX => {
                    return Err(NotHttp::TooLarge);
                }
                Read::Final(head_bytes, head) => {
                    bytes.advance(head_bytes);
                    return Ok(Some(Answer { head, ahead: bytes }));
                }
                Read::Interim(_) if *interim == INTERIM_MAX => return Err(NotHttp::Interim),
                Read::Interim(head_bytes) => {
                    *interim += 1;
                    bytes.advance(head_bytes);
                }
                Read::Partial if bytes.len() > HEAD_BYTES_MAX => return Err(NotHttp::TooLarge),
                Read::Partial => {
                    self.buffer = bytes.into();
                    return Ok(None);
                }
            }
        }
    }

    /// Reads what is there behind what was read before.
    fn poll_fill(&mut self, cx: &mut Context<'_>, room: usize) -> Poll<io::Result<usize>> {
        if self.buffer.capacity() - self.buffer.len() < room / 4 {
            self.buffer.reserve(room);
        }
        tokio_util::io::poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.buffer)
    }

    /// Reads more of a body; `ahead` is what is left of it and not yet taken. None at the connection's end.
    pub(crate) fn poll_more(
        &mut self,
        ahead: &mut Bytes,
        room: usize,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<usize>>> {
        if !ahead.is_empty() {
            self.buffer.reserve(ahead.len() + room);
            self.buffer.extend_from_slice(&std::mem::take(ahead));
        }
        let read = match self.poll_fill(cx, room) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(read) => read?,
        };
        *ahead = self.buffer.split().freeze();
        Poll::Ready(Ok((read > 0).then_some(read)))
    }

    /// Lets go of the memory that a kept connection has no use for.
    pub(crate) fn rest(&mut self) {
        // Most answers took it along.
        if self.buffer.capacity() > 0 {
            self.buffer = BytesMut::new();
        }
    }
}

/// Whether a head can end in these bytes.
fn holds_empty_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
