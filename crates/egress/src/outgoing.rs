//! A request on its way over HTTP/1.1: its head and the beginning of its body in one write, then the rest as it comes.

use std::io::{self, IoSlice, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Method;
use http_body::Body as _;
use tokio::io::AsyncWrite;

use crate::error::EgressError;
use crate::head::RequestHead;
use crate::sent::{BoxError, Sent};

/// A request that is being sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Its bytes go out first: the head with its framing, later the lines between chunks.
    head: RequestHead,
    /// Where the framing begins in them.
    head_end: usize,
    /// How many of them have left.
    text_at: usize,
    /// A part of the body behind it.
    data: Bytes,
    body: Sent,
    framing: Framing,
    /// Whether it has a body where the upstream may expect none.
    doubtful: bool,
    /// Whether the body's beginning has been asked for.
    asked: bool,
    /// Whether any byte has left.
    began: bool,
    progress: Progress,
}

/// How the body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// So many bytes are still to come.
    Length(u64),
    /// In chunks; whether one has been sent, which the next line has to end.
    Chunked { open: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The source has more to say.
    Open,
    /// All of it is in `text` and `data`, or sent.
    Read,
    /// All of it is with the operating system.
    Sent,
}

/// Why a request could not be sent to its end.
#[derive(Debug)]
pub(crate) enum SendFailure {
    /// The upstream takes no more.
    Write(io::Error),
    /// The source failed, or was shorter or longer than it said. The upstream must never take it for whole.
    Source(BoxError),
}

const LONGER: &str = "the body is longer than it said";

/// Data up to this length is copied behind the text, since the kernel takes one slice faster than two.
const COPIED_BYTES_MAX: usize = 1024;

impl Outgoing {
    /// A request of which nothing is sent yet.
    pub(crate) fn new(mut head: RequestHead, body: Sent) -> Self {
        let head_end = head.bytes.len();
        let length = body.size_hint().exact();
        match length {
            // Where a body is usual, its absence is said.
            Some(0) if !matches!(head.method, Method::POST | Method::PUT | Method::PATCH) => {}
            Some(length) => {
                // Writing to memory cannot fail.
                let _ = write!(head.bytes, "Content-Length: {length}\r\n");
            }
            None => head.bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        }
        head.bytes.extend_from_slice(b"\r\n");
        let framing = length.map_or(Framing::Chunked { open: false }, Framing::Length);
        let progress = if length == Some(0) { Progress::Read } else { Progress::Open };
        let doubtful = length != Some(0) && matches!(head.method, Method::GET | Method::HEAD | Method::CONNECT);
        Self {
            head,
            head_end,
            text_at: 0,
            data: Bytes::new(),
            body,
            framing,
            doubtful,
            asked: false,
            began: false,
            progress,
        }
    }

    /// Where it goes, and its method.
    pub(crate) fn head(&self) -> &RequestHead {
        &self.head
    }

    /// Whether a connection that carried it may carry another: a body where none is usual may be left unread, and would
    /// then be taken for the next request.
    pub(crate) fn leaves_no_doubt(&self) -> bool {
        !self.doubtful
    }

    /// The same request for HTTP/2; its body is lent out with it.
    pub(crate) fn lend(&mut self) -> Result<http::Request<Sent>, EgressError> {
        if self.asked || self.began {
            return Err(EgressError::Closed("a part of the request is lost with its connection".into()));
        }
        let parts = self.head.multiplexed(self.head_end)?;
        Ok(http::Request::from_parts(parts, std::mem::replace(&mut self.body, Sent::Empty)))
    }

    /// Takes what is not sent yet, to go on with it elsewhere.
    pub(crate) fn rest(&mut self) -> Self {
        Self {
            head: self.head.take(),
            data: std::mem::take(&mut self.data),
            body: std::mem::replace(&mut self.body, Sent::Empty),
            ..*self
        }
    }

    /// Takes the body back: nothing of it was sent.
    pub(crate) fn take_back(&mut self, body: Sent) {
        self.body = body;
    }

    /// Whether any byte has left.
    pub(crate) fn has_begun(&self) -> bool {
        self.began
    }

    /// Whether every byte has left.
    pub(crate) fn is_sent(&self) -> bool {
        self.progress == Progress::Sent
    }

    /// Sends what can be sent now. Ready once everything is.
    pub(crate) fn poll_send<S>(&mut self, stream: &mut S, cx: &mut Context<'_>) -> Poll<Result<(), SendFailure>>
    where
        S: AsyncWrite + Unpin,
    {
        if self.is_sent() {
            return Poll::Ready(Ok(()));
        }
        loop {
            // The first part of the body goes out with the head, where it is at hand.
            let is_due = !self.asked || (self.head.bytes.is_empty() && self.data.is_empty());
            let mut waiting = false;
            if self.progress == Progress::Open && is_due {
                self.asked = true;
                match self.poll_fill(cx) {
                    Poll::Ready(filled) => filled.map_err(SendFailure::Source)?,
                    Poll::Pending => waiting = true,
                }
            }
            if let Err(failure) = ready!(self.poll_write(stream, cx)) {
                return Poll::Ready(Err(SendFailure::Write(failure)));
            }
            if self.progress == Progress::Read || waiting {
                // TLS may hold the last bytes back.
                ready!(Pin::new(&mut *stream).poll_flush(cx)).map_err(SendFailure::Write)?;
            }
            if self.progress == Progress::Read {
                self.progress = Progress::Sent;
                return Poll::Ready(Ok(()));
            }
            if waiting {
                return Poll::Pending;
            }
        }
    }

    /// Takes the next part of the body.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(frame) => frame?,
                None => return Poll::Ready(self.end()),
            };
            // Trailers end here.
            let Ok(data) = frame.into_data() else { continue };
            if !data.is_empty() {
                let queued = self.queue(data);
                return Poll::Ready(queued.and_then(|()| self.look_behind(cx)));
            }
        }
    }

    /// Before the last byte leaves, the source may still say that it failed, or that there is more than it said.
    fn look_behind(&mut self, cx: &mut Context<'_>) -> Result<(), BoxError> {
        while self.progress == Progress::Read && !self.body.is_end_stream() {
            let Poll::Ready(Some(frame)) = Pin::new(&mut self.body).poll_frame(cx) else { break };
            if frame?.data_ref().is_some_and(|data| !data.is_empty()) {
                return Err(LONGER.into());
            }
        }
        Ok(())
    }

    fn queue(&mut self, data: Bytes) -> Result<(), BoxError> {
        match &mut self.framing {
            Framing::Length(left) => {
                *left = left.checked_sub(data.len() as u64).ok_or(LONGER)?;
                if *left == 0 {
                    self.progress = Progress::Read;
                }
            }
            Framing::Chunked { open } => {
                let end = if std::mem::replace(open, true) { "\r\n" } else { "" };
                // Writing to memory cannot fail.
                let _ = write!(self.head.bytes, "{end}{:x}\r\n", data.len());
            }
        }
        if data.len() <= COPIED_BYTES_MAX {
            self.head.bytes.extend_from_slice(&data);
        } else {
            self.data = data;
        }
        Ok(())
    }

    /// The source has no more.
    fn end(&mut self) -> Result<(), BoxError> {
        match self.framing {
            Framing::Length(0) => {}
            Framing::Length(_) => return Err("the body is shorter than it said".into()),
            Framing::Chunked { open: false } => self.head.bytes.extend_from_slice(b"0\r\n\r\n"),
            Framing::Chunked { open: true } => self.head.bytes.extend_from_slice(b"\r\n0\r\n\r\n"),
        }
        self.progress = Progress::Read;
        Ok(())
    }

    /// Writes text and data to their end.
    fn poll_write<S>(&mut self, stream: &mut S, cx: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        while self.text_at < self.head.bytes.len() || !self.data.is_empty() {
            let text = &self.head.bytes[self.text_at..];
            let stream = Pin::new(&mut *stream);
            let written = if self.data.is_empty() {
                ready!(stream.poll_write(cx, text))?
            } else if text.is_empty() {
                ready!(stream.poll_write(cx, &self.data))?
            } else {
                ready!(stream.poll_write_vectored(cx, &[IoSlice::new(text), IoSlice::new(&self.data)]))?
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.began = true;
            let of_text = written.min(text.len());
            self.text_at += of_text;
            // INVARIANT: a write takes no more than it was given.
            self.data = self.data.slice((written - of_text).min(self.data.len())..);
        }
        self.head.bytes.clear();
        self.text_at = 0;
        Poll::Ready(Ok(()))
    }
}
