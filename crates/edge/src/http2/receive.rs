//! Takes frames as they come: which are sound where they stand, and what they change.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-6>

use std::io;
use std::ops::Range;
use std::task::{Context, Poll};

use bytes::Buf as _;

use crate::handler::Handler;
use crate::http2::calm::TooMuch;
use crate::http2::frame::{self, ACK, Code, END_HEADERS, END_STREAM, FrameHead, Kind, PADDED, PRIORITY, number};
use crate::http2::hpack::Unread;
use crate::http2::requests::Pieces;
use crate::http2::session::{Block, BlockHead, Past};
use crate::http2::streams::{Remote, Work};
use crate::http2::{Busy, WAITING_MAX, settings};

/// What breaks the protocol, and what it takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Connection(Code),
    Stream(u32, Code),
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::Connection(code)
    }
}

impl From<TooMuch> for Fault {
    fn from(TooMuch: TooMuch) -> Self {
        Self::Connection(Code::EnhanceYourCalm)
    }
}

impl From<Unread> for Fault {
    fn from(unread: Unread) -> Self {
        Self::Connection(match unread {
            Unread::Malformed => Code::CompressionError,
            Unread::Bomb => Code::EnhanceYourCalm,
        })
    }
}

impl<H: Handler> Busy<'_, H> {
    /// Reads once, and takes the frames that are whole; answers whether anything came. The connection's end is an error:
    /// it takes its requests with it.
    pub(super) fn receive(&mut self, cx: &mut Context<'_>) -> io::Result<bool> {
        if self.ending.is_some() || self.out.len() >= WAITING_MAX {
            return Ok(false);
        }
        if !std::mem::take(&mut self.unread) {
            match self.session.poll_read(cx)? {
                Poll::Ready(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Poll::Ready(_) => {}
                Poll::Pending => return Ok(false),
            }
        }
        while self.ending.is_none() {
            let taken = match self.session.next_frame() {
                Ok(None) => break,
                Ok(Some(head)) => self.take(head),
                Err(code) => Err(code.into()),
            };
            if let Err(fault) = taken {
                self.fail(fault);
            }
        }
        Ok(true)
    }

    /// Ends what a fault concerns.
    pub(super) fn fail(&mut self, fault: Fault) {
        match fault {
            Fault::Connection(code) => self.say_goodbye(code),
            Fault::Stream(stream, code) => {
                self.reset(stream, code);
                // SECURITY: a stream that we reset is no longer counted, but what it began has cost us its beginning.
                if self.session.calm.provoked(&self.shared.limits).is_err() {
                    self.say_goodbye(Code::EnhanceYourCalm);
                }
            }
        }
    }

    /// Takes a frame whose payload is next.
    fn take(&mut self, head: FrameHead) -> Result<(), Fault> {
        match head.kind {
            Kind::Data => return self.take_data(head),
            Kind::Headers => return self.take_headers(head),
            Kind::Continuation => return self.take_continuation(head),
            Kind::PushPromise => return Err(Code::ProtocolError.into()),
            Kind::Priority
            | Kind::Reset
            | Kind::Settings
            | Kind::Ping
            | Kind::GoAway
            | Kind::WindowUpdate
            | Kind::Unknown(_) => {}
        }
        let taken = self.take_small(head);
        self.session.inbound.advance(head.length);
        taken?;
        Ok(self.session.calm.idle_frame(&self.shared.limits)?)
    }

    /// Takes a frame that brings nothing but numbers.
    fn take_small(&mut self, head: FrameHead) -> Result<(), Fault> {
        let payload = &self.session.inbound[..head.length];
        match head.kind {
            Kind::Settings => self.take_settings(head),
            Kind::Ping | Kind::GoAway if head.stream != 0 => Err(Code::ProtocolError.into()),
            Kind::Ping => {
                let payload = *payload.as_array().ok_or(Code::FrameSizeError)?;
                self.take_ping(head.flags, payload);
                Ok(())
            }
            // The client opens no more streams; it would only name those that we open.
            Kind::GoAway if head.length < 8 => Err(Code::FrameSizeError.into()),
            Kind::Priority if head.stream == 0 => Err(Code::ProtocolError.into()),
            Kind::Priority => match payload.as_array::<5>() {
                Some([on @ .., _weight]) if number(*on) == head.stream => {
                    Err(self.fault_of(head.stream, Code::ProtocolError))
                }
                Some(_) => Ok(()),
                None => Err(self.fault_of(head.stream, Code::FrameSizeError)),
            },
            Kind::Reset if head.length == 4 => self.take_reset(head.stream),
            Kind::WindowUpdate => {
                let more = number(*payload.as_array().ok_or(Code::FrameSizeError)?);
                self.take_window_update(head.stream, more)
            }
            Kind::Reset => Err(Code::FrameSizeError.into()),
            Kind::GoAway | Kind::Unknown(_) | Kind::Data | Kind::Headers | Kind::PushPromise | Kind::Continuation => {
                Ok(())
            }
        }
    }

    /// A stream's fault, where there is a stream that can be reset.
    fn fault_of(&self, stream: u32, code: Code) -> Fault {
        if self.streams.find(stream).is_some() { Fault::Stream(stream, code) } else { Fault::Connection(code) }
    }

    fn take_settings(&mut self, head: FrameHead) -> Result<(), Fault> {
        if head.stream != 0 {
            return Err(Code::ProtocolError.into());
        }
        if head.has(ACK) {
            self.session.settled = true;
            return if head.length == 0 { Ok(()) } else { Err(Code::FrameSizeError.into()) };
        }
        let payload = &self.session.inbound[..head.length];
        if let Some(window) = settings::read_theirs(payload, self.shared.limits.settings_max)? {
            self.change_stream_windows(window)?;
        }
        frame::write(self.out.buffer(), Kind::Settings, ACK, 0, &[]);
        Ok(())
    }

    fn take_reset(&mut self, stream: u32) -> Result<(), Fault> {
        let Some(slot) = self.streams.find(stream) else {
            return if self.session.past(stream) == Past::Idle { Err(Code::ProtocolError.into()) } else { Ok(()) };
        };
        let Some(open) = self.close(slot) else { return Ok(()) };
        self.session.closed.ended(stream);
        match open.work {
            Work::Answered => Ok(()),
            Work::Answering(_) if !open.begun => Ok(self.session.calm.reset_at_once(&self.shared.limits)?),
            Work::Answering(_) | Work::Sending(_) => Ok(self.session.calm.reset(&self.shared.limits)?),
        }
    }

    fn take_headers(&mut self, head: FrameHead) -> Result<(), Fault> {
        // Streams with even numbers would be ours.
        if head.stream.is_multiple_of(2) {
            return Err(Code::ProtocolError.into());
        }
        let payload = &self.session.inbound[..head.length];
        let mut fragment = 0..head.length;
        if head.has(PADDED) {
            fragment = frame::without_padding(payload).ok_or(Code::ProtocolError)?;
        }
        let mut circular = false;
        if head.has(PRIORITY) {
            let [on @ .., _weight] = payload[fragment.clone()].first_chunk::<5>().ok_or(Code::FrameSizeError)?;
            circular = number(*on) == head.stream;
            fragment.start += 5;
        }
        let block = BlockHead { stream: head.stream, ends_stream: head.has(END_STREAM), circular };
        if head.has(END_HEADERS) {
            return self.take_block(block, Pieces::Next { at: fragment, length: head.length });
        }
        let bytes = payload[fragment].to_vec();
        self.session.block = Some(Block { head: block, bytes, frames: 1 });
        self.session.inbound.advance(head.length);
        Ok(())
    }

    /// SECURITY: a block without end would be held without end (CVE-2024-27316).
    fn take_continuation(&mut self, head: FrameHead) -> Result<(), Fault> {
        let limits = &self.shared.limits;
        let Some(mut block) = self.session.block.take() else { return Err(Code::ProtocolError.into()) };
        block.frames += 1;
        if block.frames > limits.header_frames_max || block.bytes.len() + head.length > limits.header_block_bytes_max()
        {
            return Err(Code::EnhanceYourCalm.into());
        }
        block.bytes.extend_from_slice(&self.session.inbound[..head.length]);
        self.session.inbound.advance(head.length);
        if head.has(END_HEADERS) {
            return self.take_block(block.head, Pieces::Joined(block.bytes));
        }
        self.session.block = Some(block);
        Ok(())
    }

    fn take_data(&mut self, head: FrameHead) -> Result<(), Fault> {
        if head.stream == 0 {
            return Err(Code::ProtocolError.into());
        }
        self.session.receive_window -= head.length as i64;
        if self.session.receive_window < 0 {
            return Err(Code::FlowControlError.into());
        }
        let mut data = 0..head.length;
        if head.has(PADDED) {
            data = frame::without_padding(&self.session.inbound[..head.length]).ok_or(Code::ProtocolError)?;
        }
        let Some(slot) = self.streams.find(head.stream) else {
            self.session.inbound.advance(head.length);
            self.return_to_connection(head.length);
            return match self.session.past(head.stream) {
                Past::Idle => Err(Code::ProtocolError.into()),
                Past::Ended => Err(Code::StreamClosed.into()),
                Past::Forgotten => Err(Fault::Stream(head.stream, Code::StreamClosed)),
                Past::ResetByUs => Ok(self.session.calm.idle_frame(&self.shared.limits)?),
            };
        };
        self.take_body(slot, head, data)
    }

    /// Takes a part of an open stream's body, which stands at `data` of the frame.
    fn take_body(&mut self, slot: usize, head: FrameHead, data: Range<usize>) -> Result<(), Fault> {
        let Some(stream) = self.streams.get(slot) else { return Ok(()) };
        stream.receive_window -= head.length as i64;
        let (length, ends) = (data.len() as u64, head.has(END_STREAM));
        let judged = match (stream.remote, stream.length_left) {
            (Remote::Closed, _) => Err(Code::StreamClosed),
            _ if stream.receive_window < 0 => Err(Code::FlowControlError),
            (Remote::Open, Some(left)) if length > left || (ends && length != left) => Err(Code::ProtocolError),
            (Remote::Open, left) => {
                stream.length_left = left.map(|left| left - length);
                Ok(())
            }
        };
        let upload = stream.upload.as_ref().filter(|_| judged.is_ok());
        let returned = if let Some(upload) = upload {
            upload.push(&mut self.session.inbound, data, head.length);
            head.length - length as usize
        } else {
            self.session.inbound.advance(head.length);
            head.length
        };
        // A stream that is reset gives back all that it took.
        judged.map_err(|code| Fault::Stream(head.stream, code))?;
        self.return_window(slot, returned);
        if length == 0 && !ends {
            self.session.calm.idle_frame(&self.shared.limits)?;
        } else {
            self.session.calm.of_use();
        }
        if ends {
            self.end_request(slot);
        } else {
            self.look_after_upload(slot);
        }
        Ok(())
    }
}
