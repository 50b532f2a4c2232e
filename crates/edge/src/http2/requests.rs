//! Makes streams of header blocks: which may begin one, which end one, and which are too late.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-5.1>

use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use futures_util::FutureExt as _;
use http::Method;

use crate::body::Body;
use crate::handler::{Answer, Arrived, Handler, Refused};
use crate::head::Head;
use crate::http2::Busy;
use crate::http2::arriving::{self, Arriving, Upload};
use crate::http2::fields::{self, Asked, Trailers};
use crate::http2::frame::{Code, END_STREAM, FrameHead, HEAD_BYTES, Kind, PAYLOAD_BYTES_MAX};
use crate::http2::receive::Fault;
use crate::http2::session::{Away, BlockHead, Past};
use crate::http2::streams::{Remote, Stream, Work};
use crate::parse::RefusedHead;
use crate::refusal::FrontEndRefusal;

/// Where a whole header block is.
#[derive(Debug)]
pub(super) enum Pieces {
    /// At this place of the frame that is next, which is so long.
    Next {
        at: Range<usize>,
        length: usize,
    },
    Joined(Vec<u8>),
}

/// What a header block is for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// It begins a stream.
    Request,
    /// It ends the body of one.
    Trailers(usize),
    /// It is only read to keep the table in step.
    Nothing,
    /// The same, and then the stream is reset.
    Reset(Code),
}

impl<H: Handler> Busy<'_, H> {
    /// Takes a whole block.
    pub(super) fn take_block(&mut self, head: BlockHead, pieces: Pieces) -> Result<(), Fault> {
        let purpose = self.purpose(head)?;
        let session = &mut *self.session;
        let joined;
        let (block, length) = match pieces {
            Pieces::Next { at, length } => (&session.inbound[at], length),
            Pieces::Joined(bytes) => {
                joined = bytes;
                (&joined[..], 0)
            }
        };
        let limits = &self.shared.limits;
        let (mut asked, mut trailers) = (Asked::Malformed, Trailers::Sound);
        if let Purpose::Request = purpose {
            let sni = self.shared.facts.tls.as_ref().and_then(|tls| tls.sni.as_deref());
            asked = fields::read_request(&mut session.decoder, block, sni, limits)?;
        } else {
            trailers = fields::read_trailers(&mut session.decoder, block, limits)?;
        }
        session.inbound.advance(length);
        match purpose {
            Purpose::Request if head.circular => Err(Fault::Stream(head.stream, Code::ProtocolError)),
            Purpose::Request => self.begin(head, asked),
            // Trailers that do not end the stream would be a second head.
            Purpose::Trailers(slot) => match trailers {
                Trailers::Sound if head.ends_stream && !head.circular => self.end_by_trailers(slot, head.stream),
                Trailers::Sound | Trailers::Malformed => Err(Fault::Stream(head.stream, Code::ProtocolError)),
            },
            Purpose::Nothing => Ok(self.session.calm.idle_frame(&self.shared.limits)?),
            Purpose::Reset(code) => Err(Fault::Stream(head.stream, code)),
        }
    }

    fn purpose(&mut self, head: BlockHead) -> Result<Purpose, Fault> {
        if let Some(slot) = self.streams.find(head.stream) {
            return Ok(match self.streams.get(slot).map(|stream| stream.remote) {
                Some(Remote::Open) => Purpose::Trailers(slot),
                Some(Remote::Closed) | None => Purpose::Reset(Code::StreamClosed),
            });
        }
        match self.session.past(head.stream) {
            Past::Idle => {}
            Past::ResetByUs => return Ok(Purpose::Nothing),
            Past::Ended => return Err(Code::StreamClosed.into()),
            // A stream that was passed over is closed, and never was one (section 5.1.1).
            Past::Forgotten => return Err(Code::ProtocolError.into()),
        }
        // What comes behind the last stream that was named is not taken, and the client knows.
        if self.session.away == Away::Final {
            return Ok(Purpose::Nothing);
        }
        self.session.latest = head.stream;
        self.session.timed = false;
        if self.streams.len() < self.shared.limits.streams_max as usize {
            return Ok(Purpose::Request);
        }
        if self.session.settled {
            return Ok(Purpose::Reset(Code::RefusedStream));
        }
        // It cannot know how many there may be: no fault of its.
        self.reset(head.stream, Code::RefusedStream);
        Ok(Purpose::Nothing)
    }

    fn begin(&mut self, block: BlockHead, asked: Asked) -> Result<(), Fault> {
        match asked {
            Asked::Malformed => Err(Fault::Stream(block.stream, Code::ProtocolError)),
            Asked::Request { length: Some(1..), .. } if block.ends_stream => {
                Err(Fault::Stream(block.stream, Code::ProtocolError))
            }
            Asked::Request { head, length } => {
                self.ask(block, head, length);
                Ok(())
            }
            Asked::Refused(RefusedHead { refusal, head }) => {
                let head_only = head.as_deref().is_some_and(|head| head.method == Method::HEAD);
                let slot = self.open(block, head_only, None);
                let response = self.refusal(refusal, head);
                self.answer(slot, response);
                Ok(())
            }
        }
    }

    /// Opens a stream; nothing is done for it yet.
    fn open(&mut self, block: BlockHead, head_only: bool, length: Option<u64>) -> usize {
        let (slot, _) = self.streams.next_slot();
        self.streams.open(
            slot,
            Stream {
                id: block.stream,
                work: Work::Answered,
                begun: false,
                remote: if block.ends_stream { Remote::Closed } else { Remote::Open },
                upload: None,
                length_left: length,
                receive_window: i64::from(self.shared.limits.stream_window_bytes),
                unreturned: 0,
                send_window: i64::from(self.session.stream_send_window),
                sent: 0,
                queued: false,
                head_only,
                in_flight: self.shared.begin(),
            },
        );
        slot
    }

    /// Asks the handler; it begins once the frames that are here are taken.
    fn ask(&mut self, block: BlockHead, head: Head, length: Option<u64>) {
        let slot = self.open(block, head.method == Method::HEAD, length);
        let body = self.begin_body(slot, block, length);
        let (handler, connection) = (self.handler, Arc::clone(&self.shared.facts));
        let refuse = {
            let connection = Arc::clone(&connection);
            move |_| handler.refused(Refused { refusal: FrontEndRefusal::HandlerPanicked, head: None, connection })
        };
        // A panicking request must not take the connection's other requests with it.
        let answering = AssertUnwindSafe(async move { handler.handle(Arrived { head, body, connection }).await })
            .catch_unwind()
            .map(|answered| answered.unwrap_or_else(refuse));
        if let Some(stream) = self.streams.get(slot) {
            stream.work = Work::Answering(Box::pin(answering));
        }
        self.woken.push(slot);
    }

    fn begin_body(&mut self, slot: usize, block: BlockHead, length: Option<u64>) -> Body {
        if block.ends_stream {
            return Body::empty();
        }
        if let Some(whole) = self.take_whole_body(block.stream, length) {
            if let Some(stream) = self.streams.get(slot) {
                stream.remote = Remote::Closed;
            }
            return Body::from(whole);
        }
        let Some((stream, waker)) = self.streams.with_waker(slot) else { return Body::empty() };
        // INVARIANT: what all streams have read and not told is less than half of the connection's window, so that it never
        // stays closed.
        let limits = &self.shared.limits;
        let share = limits.connection_window_bytes / limits.streams_max.max(1);
        let told_at = share.min(limits.stream_window_bytes) / 2;
        let upload = Upload::new(waker.clone(), told_at.max(1) as usize);
        stream.upload = Some(Arc::clone(&upload));
        Body::framed(Arriving::new(upload, length, self.shared))
    }

    /// A body that stands behind its head in one frame, and all of it here: nobody has to wait for anything.
    fn take_whole_body(&mut self, stream: u32, announced: Option<u64>) -> Option<Bytes> {
        let head = FrameHead::read(&self.session.inbound)?;
        let whole = FrameHead { length: head.length, kind: Kind::Data, flags: END_STREAM, stream };
        let window = i64::from(self.shared.limits.stream_window_bytes).min(self.session.receive_window);
        if head != whole
            || self.session.inbound.len() < HEAD_BYTES + head.length
            || announced.is_some_and(|announced| announced != head.length as u64)
            || head.length > PAYLOAD_BYTES_MAX
            || head.length as i64 > window
        {
            return None;
        }
        self.session.inbound.advance(HEAD_BYTES);
        let bytes = arriving::take(&mut self.session.inbound, 0..head.length, head.length);
        self.session.receive_window -= head.length as i64;
        self.return_to_connection(head.length);
        Some(bytes)
    }

    pub(super) fn refusal(&self, refusal: FrontEndRefusal, head: Option<Box<Head>>) -> Answer {
        self.handler.refused(Refused { refusal, head, connection: Arc::clone(&self.shared.facts) })
    }

    fn end_by_trailers(&mut self, slot: usize, id: u32) -> Result<(), Fault> {
        let left = self.streams.get(slot).and_then(|stream| stream.length_left);
        if left.is_some_and(|left| left > 0) {
            return Err(Fault::Stream(id, Code::ProtocolError));
        }
        self.end_request(slot);
        Ok(())
    }

    /// The client has sent all of a request.
    pub(super) fn end_request(&mut self, slot: usize) {
        let Some(stream) = self.streams.get(slot) else { return };
        stream.remote = Remote::Closed;
        if let Some(upload) = &stream.upload {
            upload.end();
        }
        self.look_after_upload(slot);
    }
}
