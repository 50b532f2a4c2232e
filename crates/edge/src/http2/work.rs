//! Asks handlers for their answers, begins those, and ends streams.

use std::task::{Context, Poll};

use http::StatusCode;
use http_body::Body as _;

use crate::handler::{Answer, Handler};
use crate::http2::Busy;
use crate::http2::answer::{AnswerHead, Nth, write_date};
use crate::http2::frame::{self, Code};
use crate::http2::sending::Sending;
use crate::http2::streams::{Remote, Stream, Work};

impl<'a, H: Handler> Busy<'a, H> {
    /// Asks the streams that were woken; answers whether there were any.
    pub(super) fn work(&mut self, cx: &mut Context<'_>) -> bool {
        let mut woken = std::mem::take(&mut self.woken);
        self.streams.take_woken(&mut woken, cx);
        let any = !woken.is_empty();
        for slot in woken.drain(..) {
            self.poll_stream(slot);
            self.look_after_upload(slot);
        }
        // Nobody begins a stream meanwhile, so what is put back is the same room.
        self.woken = woken;
        any
    }

    fn poll_stream(&mut self, slot: usize) {
        let Some((stream, waker)) = self.streams.with_waker(slot) else { return };
        stream.begun = true;
        let response = match &mut stream.work {
            Work::Answering(answering) => {
                let _attended = stream.upload.as_ref().map(|upload| upload.attend());
                match answering.as_mut().poll(&mut Context::from_waker(waker)) {
                    Poll::Ready(response) => response,
                    Poll::Pending => return,
                }
            }
            Work::Sending(_) => return self.queue(slot),
            Work::Answered => return,
        };
        self.answer(slot, response);
    }

    /// Begins an answer: its head goes out, its body follows in its turns.
    pub(super) fn answer(&mut self, slot: usize, answer: Answer) {
        let Some(stream) = self.streams.get(slot) else { return };
        let mut answer = answer;
        if answer.status.is_informational() {
            // SECURITY: a client would go on waiting for the answer.
            answer = Answer::bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let Answer { status, fields, body } = answer;
        let length = if body.is_end_stream() { Some(0) } else { body.known_length() };
        let head = AnswerHead { stream: stream.id, status, fields: &fields, length, head_only: stream.head_only };
        let now = stream.in_flight.answered();
        let nth = std::mem::replace(&mut self.session.nth, Nth::Later);
        head.write(self.out.buffer(), nth, |out| write_date(out, self.dates, now, &*self.shared.clock));
        // The request's own state goes before anything is sent.
        if head.has_body() {
            stream.work = Work::Sending(Sending::new(body, length));
            self.queue(slot);
        } else {
            self.finish(slot);
        }
    }

    /// The answer is whole.
    pub(super) fn finish(&mut self, slot: usize) {
        self.session.calm.answered();
        let Some(stream) = self.streams.get(slot) else { return };
        stream.work = Work::Answered;
        match stream.remote {
            Remote::Closed => {
                let id = stream.id;
                drop(self.close(slot));
                self.session.closed.ended(id);
            }
            Remote::Open => self.look_after_upload(slot),
        }
    }

    /// Gives back what was read of a body, and ends the stream if that was all it waited for.
    pub(super) fn look_after_upload(&mut self, slot: usize) {
        let Some(stream) = self.streams.get(slot) else { return };
        let id = stream.id;
        let (read, unwanted) = match &stream.upload {
            Some(upload) => (upload.take_read(), upload.is_unwanted()),
            None => (0, true),
        };
        let answered = matches!(stream.work, Work::Answered);
        let remote = stream.remote;
        if read > 0 {
            self.return_window(slot, read);
        }
        match remote {
            Remote::Closed if answered => {
                drop(self.close(slot));
                self.session.closed.ended(id);
            }
            // The client need not send the rest (RFC 9113, section 8.1).
            Remote::Open if answered && unwanted => self.reset(id, Code::NoError),
            Remote::Closed | Remote::Open => {}
        }
    }

    /// Resets a stream, open or not.
    pub(super) fn reset(&mut self, id: u32, code: Code) {
        frame::write_reset(self.out.buffer(), id, code);
        self.session.closed.reset(id);
        if let Some(slot) = self.streams.find(id) {
            drop(self.close(slot));
        }
    }

    /// Takes a stream out, and gives back what of its body nobody will read.
    pub(super) fn close(&mut self, slot: usize) -> Option<Stream<'a>> {
        let stream = self.streams.close(slot)?;
        // SECURITY: while the connection's window is closed nobody has a turn, and those of streams that are gone would gather.
        if stream.queued {
            self.turns.retain(|queued| *queued != slot);
        }
        let unread = i64::from(self.shared.limits.stream_window_bytes) - stream.receive_window;
        let unread = unread - i64::from(stream.unreturned);
        self.return_to_connection(usize::try_from(unread).unwrap_or_default());
        Some(stream)
    }
}
