//! Flow control: what may still come is given back as it is read; what may still go is shared out, a frame a turn.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-5.2>

use std::task::Context;

use crate::handler::Handler;
use crate::http2::frame::{self, Code, FrameHead, Kind, PAYLOAD_BYTES_MAX};
use crate::http2::receive::Fault;
use crate::http2::sending::Part;
use crate::http2::session::Past;
use crate::http2::streams::{Remote, Work};
use crate::http2::{Busy, GATHERED_MAX};
use crate::limits::WINDOW_BYTES_MAX;

/// Whether others may have their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Next,
    /// The connection's window is closed for all.
    Closed,
}

impl<H: Handler> Busy<'_, H> {
    /// Gives bytes back that a stream's client may send anew; not each byte by itself.
    pub(super) fn return_window(&mut self, slot: usize, bytes: usize) {
        self.return_to_connection(bytes);
        let window = self.shared.limits.stream_window_bytes;
        let Some(stream) = self.streams.get(slot) else { return };
        stream.unreturned += bytes as u32;
        if stream.unreturned >= window.div_ceil(2) && stream.remote == Remote::Open {
            let bytes = std::mem::take(&mut stream.unreturned);
            stream.receive_window += i64::from(bytes);
            frame::write_window_update(self.out.buffer(), stream.id, bytes);
        }
    }

    /// The same for the connection alone: of streams that are gone, and of padding.
    pub(super) fn return_to_connection(&mut self, bytes: usize) {
        self.session.unreturned += bytes as u32;
        if self.session.unreturned >= self.shared.limits.connection_window_bytes / 2 {
            let bytes = std::mem::take(&mut self.session.unreturned);
            self.session.receive_window += i64::from(bytes);
            frame::write_window_update(self.out.buffer(), 0, bytes);
        }
    }

    /// The client has said with which window streams begin: that changes the open ones, too.
    pub(super) fn change_stream_windows(&mut self, window: u32) -> Result<(), Code> {
        let before = std::mem::replace(&mut self.session.stream_send_window, window);
        let more = i64::from(window) - i64::from(before);
        let mut opened = Vec::new();
        for (slot, stream) in self.streams.iter() {
            stream.send_window += more;
            if stream.send_window > i64::from(WINDOW_BYTES_MAX) {
                return Err(Code::FlowControlError);
            }
            opened.push(slot);
        }
        for slot in opened {
            self.queue(slot);
        }
        Ok(())
    }

    pub(super) fn take_window_update(&mut self, id: u32, more: u32) -> Result<(), Fault> {
        let max = i64::from(WINDOW_BYTES_MAX);
        if id == 0 {
            self.session.send_window += i64::from(more);
            return match more {
                0 => Err(Code::ProtocolError.into()),
                _ if self.session.send_window > max => Err(Code::FlowControlError.into()),
                _ => Ok(()),
            };
        }
        let Some(slot) = self.streams.find(id) else {
            return if self.session.past(id) == Past::Idle { Err(Code::ProtocolError.into()) } else { Ok(()) };
        };
        let Some(stream) = self.streams.get(slot) else { return Ok(()) };
        stream.send_window += i64::from(more);
        if more == 0 {
            return Err(Fault::Stream(id, Code::ProtocolError));
        }
        if stream.send_window > max {
            return Err(Fault::Stream(id, Code::FlowControlError));
        }
        self.queue(slot);
        Ok(())
    }

    /// Gives a stream that sends a turn.
    pub(super) fn queue(&mut self, slot: usize) {
        if let Some(stream) = self.streams.get(slot)
            && matches!(stream.work, Work::Sending(_))
            && !stream.queued
        {
            stream.queued = true;
            self.turns.push_back(slot);
        }
        debug_assert!(self.turns.len() <= self.streams.len(), "a stream that is gone has no turn");
    }

    /// Lets streams that have something to send put down a frame each, turn by turn, until enough has gathered.
    pub(super) fn gather(&mut self) {
        while self.out.len() < GATHERED_MAX
            && let Some(slot) = self.turns.pop_front()
        {
            if self.put_frame(slot) == Turn::Closed {
                break;
            }
        }
    }

    fn put_frame(&mut self, slot: usize) -> Turn {
        let Some((stream, waker)) = self.streams.with_waker(slot) else { return Turn::Next };
        stream.queued = false;
        let Work::Sending(sending) = &mut stream.work else { return Turn::Next };
        match sending.poll_part(&mut Context::from_waker(waker)) {
            Part::AtHand if stream.sent == 0 => {}
            Part::AtHand | Part::Came => stream.in_flight.progress(),
            Part::Nothing => return Turn::Next,
            Part::Unfinished(error) => {
                tracing::debug!(peer = %self.shared.facts.peer, ?error, "an answer broke off");
                let id = stream.id;
                // How it ends must not look like an end.
                self.reset(id, Code::InternalError);
                return Turn::Next;
            }
        }
        let here = sending.here();
        let room = stream.send_window.min(self.session.send_window).max(0);
        if here > 0 && room == 0 {
            if stream.send_window <= 0 {
                // Its own window gives it its next turn.
                return Turn::Next;
            }
            stream.queued = true;
            self.turns.push_front(slot);
            return Turn::Closed;
        }
        let length = here.min(PAYLOAD_BYTES_MAX).min(usize::try_from(room).unwrap_or(usize::MAX));
        let (bytes, last) = sending.take(length);
        stream.send_window -= length as i64;
        stream.sent += length as u64;
        self.session.send_window -= length as i64;
        let flags = if last { frame::END_STREAM } else { 0 };
        FrameHead { length, kind: Kind::Data, flags, stream: stream.id }.write(self.out.buffer());
        self.out.push(bytes);
        self.session.calm.of_use();
        if last {
            self.finish(slot);
        } else {
            self.queue(slot);
        }
        Turn::Next
    }
}
