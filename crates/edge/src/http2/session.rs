//! What an HTTP/2 connection is between its requests: a socket and some numbers, and no buffer.

use std::collections::VecDeque;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::http2::answer::Nth;
use crate::http2::calm::Calm;
use crate::http2::frame::{Code, FrameHead, HEAD_BYTES, Kind, PAYLOAD_BYTES_MAX};
use crate::http2::hpack::Decoder;
use crate::limits::{Limits, WINDOW_BYTES_FIRST};
use crate::shared::{Pause, Shared};
use crate::transport::Transport;

/// What a client says first (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What is read at once, and what while a client sends more than that.
const READ_BYTES: usize = 4096;
const READ_BYTES_WIDE: usize = 16 * 1024;
/// How many closed streams are remembered; of those that we reset, so many times what may be open at once: on all of them a
/// client may have sent frames before it hears of the end.
const RESET_TIMES: usize = 2;
const ENDED_MAX: usize = 16;

/// A connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) transport: Transport,
    /// Received and not yet understood.
    pub(super) inbound: BytesMut,
    /// Whether the last read filled its room.
    wide: bool,
    place: Place,
    /// A header block that is not whole yet.
    pub(super) block: Option<Block>,
    pub(super) decoder: Decoder,
    /// How much more we may send, on all streams and on a new one.
    pub(super) send_window: i64,
    pub(super) stream_send_window: u32,
    /// How much more the client may send on all streams, and what can be given back to it.
    pub(super) receive_window: i64,
    pub(super) unreturned: u32,
    /// The client's latest stream.
    pub(super) latest: u32,
    pub(super) closed: Closed,
    pub(super) calm: Calm,
    pub(super) away: Away,
    pub(super) nth: Nth,
    /// Whether the client has taken note of our settings.
    pub(super) settled: bool,
    pub(super) liveness: Liveness,
    /// Whether half a frame was given time already since the last request.
    pub(super) timed: bool,
}

/// Where on the stream the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Preface,
    /// The first frame, which must be SETTINGS.
    Settings,
    Frames,
}

/// The pieces of a header block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) head: BlockHead,
    pub(super) bytes: Vec<u8>,
    pub(super) frames: usize,
}

/// What the frame says that begins a header block.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockHead {
    pub(super) stream: u32,
    pub(super) ends_stream: bool,
    /// Whether the stream is said to depend on itself.
    pub(super) circular: bool,
}

/// How far the client has been told to go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    No,
    /// Streams on their way are still taken.
    Announced,
    /// The last stream is named.
    Final,
}

/// What is known of whether the client lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Liveness {
    /// Nobody wants to know.
    Unwatched,
    /// It is asked when nothing was heard for a while.
    Watched { heard: bool },
    /// It was asked, and has not answered.
    Asked,
}

/// Streams that were closed lately.
#[derive(Debug)]
pub(super) struct Closed {
    /// By us: what the client sent before it heard of that is no fault of its.
    reset: VecDeque<u32>,
    /// By the client, or by both.
    ended: VecDeque<u32>,
    reset_max: usize,
}

/// What is known of a stream that is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// It has never been one.
    Idle,
    ResetByUs,
    Ended,
    /// It ended long ago, or was passed over.
    Forgotten,
}

impl Closed {
    fn new(limits: &Limits) -> Self {
        let reset_max = RESET_TIMES * limits.streams_max as usize;
        Self { reset: VecDeque::new(), ended: VecDeque::new(), reset_max }
    }

    pub(super) fn reset(&mut self, stream: u32) {
        if self.reset.len() >= self.reset_max {
            self.reset.pop_front();
        }
        self.reset.push_back(stream);
    }

    pub(super) fn ended(&mut self, stream: u32) {
        if self.ended.len() == ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back(stream);
    }
}

/// What ends a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// There is something to be read or to be said.
    Busy,
    /// The client is gone.
    Gone,
}

impl Session {
    pub(crate) fn new(transport: Transport, limits: &Limits) -> Self {
        Self {
            transport,
            inbound: BytesMut::new(),
            wide: false,
            place: Place::Preface,
            block: None,
            decoder: Decoder::default(),
            send_window: i64::from(WINDOW_BYTES_FIRST),
            stream_send_window: WINDOW_BYTES_FIRST,
            receive_window: i64::from(limits.connection_window_bytes),
            unreturned: 0,
            latest: 0,
            closed: Closed::new(limits),
            calm: Calm::default(),
            away: Away::No,
            nth: Nth::First,
            settled: false,
            liveness: Liveness::Unwatched,
            timed: false,
        }
    }

    /// Whether the client has said nothing yet.
    pub(super) fn is_new(&self) -> bool {
        self.place == Place::Preface
    }

    /// Whether no frame has begun.
    pub(super) fn is_between_frames(&self) -> bool {
        self.place == Place::Frames && self.inbound.is_empty() && self.block.is_none()
    }

    /// Lets all buffers go.
    pub(super) fn doze(&mut self) {
        self.inbound = BytesMut::new();
        self.wide = false;
        self.decoder.settle();
        self.closed.ended = VecDeque::new();
        self.closed.reset.shrink_to_fit();
    }

    /// Waits for the first bytes behind a pause, without any buffer.
    pub(super) fn poll_wake(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<Wake> {
        let mut room = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut room);
        match Pin::new(&mut self.transport).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(Wake::Gone),
            Poll::Ready(Ok(())) => {
                self.inbound.extend_from_slice(buffer.filled());
                self.heard();
                Poll::Ready(Wake::Busy)
            }
            Poll::Ready(Err(_)) => Poll::Ready(Wake::Gone),
            Poll::Pending if shared.pause() == Pause::Expired => Poll::Ready(Wake::Busy),
            Poll::Pending if !self.is_new() && self.away == Away::No && shared.draining() => Poll::Ready(Wake::Busy),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads more; 0 is the end.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let room = if self.wide { READ_BYTES_WIDE } else { READ_BYTES };
        self.inbound.reserve(room);
        let polled = poll_read_buf(Pin::new(&mut self.transport), cx, &mut self.inbound);
        if let Poll::Ready(Ok(read)) = &polled {
            self.wide = *read >= room;
            self.heard();
        }
        polled
    }

    fn heard(&mut self) {
        if self.liveness != Liveness::Unwatched {
            self.liveness = Liveness::Watched { heard: true };
        }
    }

    /// The head of the next frame, once all of the frame is here; its payload is then next.
    pub(super) fn next_frame(&mut self) -> Result<Option<FrameHead>, Code> {
        if self.place == Place::Preface {
            let here = self.inbound.len().min(PREFACE.len());
            if self.inbound[..here] != PREFACE[..here] {
                return Err(Code::ProtocolError);
            }
            if here < PREFACE.len() {
                return Ok(None);
            }
            self.inbound.advance(here);
            self.place = Place::Settings;
        }
        let Some(head) = FrameHead::read(&self.inbound) else { return Ok(None) };
        if head.length > PAYLOAD_BYTES_MAX {
            return Err(Code::FrameSizeError);
        }
        if self.place == Place::Settings && (head.kind != Kind::Settings || head.flags & 1 != 0) {
            return Err(Code::ProtocolError);
        }
        // Nothing may come between the pieces of a header block (section 6.10).
        let belongs = match &self.block {
            None => head.kind != Kind::Continuation,
            Some(block) => head.kind == Kind::Continuation && head.stream == block.head.stream,
        };
        if !belongs {
            return Err(Code::ProtocolError);
        }
        if self.inbound.len() < HEAD_BYTES + head.length {
            return Ok(None);
        }
        self.place = Place::Frames;
        self.inbound.advance(HEAD_BYTES);
        Ok(Some(head))
    }

    /// What is known of a stream that is not open.
    pub(super) fn past(&self, stream: u32) -> Past {
        // Streams with even numbers are ours, and we open none.
        if stream > self.latest || stream.is_multiple_of(2) {
            Past::Idle
        } else if self.closed.reset.contains(&stream) {
            Past::ResetByUs
        } else if self.closed.ended.contains(&stream) {
            Past::Ended
        } else {
            Past::Forgotten
        }
    }
}
