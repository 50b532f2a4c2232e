//! Writes an answer's head as HTTP/2 frames.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-8.1>

use std::time::Duration;

use http::StatusCode;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderName, TRANSFER_ENCODING, UPGRADE};

use crate::fields::Fields;
use crate::http1::{announced, digits, may_have_body};
use crate::http2::frame::{self, FrameHead, HEAD_BYTES, Kind, PAYLOAD_BYTES_MAX};
use crate::http2::hpack::{NO_TABLE, write_field, write_name, write_status, write_value};

/// Whether this is a connection's first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nth {
    First,
    Later,
}

/// What is answered, beside its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerHead<'a> {
    pub(super) stream: u32,
    pub(super) status: StatusCode,
    pub(super) fields: &'a Fields,
    /// How long the body is, where that is known.
    pub(super) length: Option<u64>,
    /// Whether the body is left out because the client asked for the head alone.
    pub(super) head_only: bool,
}

/// Fields that speak of an HTTP/1.1 connection, or that only we may write.
fn is_ours(name: &HeaderName) -> bool {
    *name == CONTENT_LENGTH
        || *name == CONNECTION
        || *name == TRANSFER_ENCODING
        || *name == UPGRADE
        || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}

impl AnswerHead<'_> {
    /// Whether DATA frames follow.
    pub(super) fn has_body(&self) -> bool {
        !self.head_only && may_have_body(self.status) && self.length != Some(0)
    }

    /// Writes it; `date` writes the present second.
    pub(super) fn write(&self, out: &mut Vec<u8>, nth: Nth, date: impl FnOnce(&mut Vec<u8>)) {
        let begin = out.len();
        out.extend_from_slice(&[0; HEAD_BYTES]);
        if nth == Nth::First {
            out.push(NO_TABLE);
        }
        write_status(out, self.status);
        let mut dated = false;
        for (name, value) in self.fields.iter() {
            if is_ours(name) {
                continue;
            }
            dated |= *name == DATE;
            write_field(out, name.as_str(), value.as_bytes());
        }
        // To HEAD, the length that GET would have; an empty body there says nothing of it.
        let length = match (self.head_only, may_have_body(self.status)) {
            (_, false) => None,
            (false, true) => self.length,
            (true, true) => self.length.filter(|length| *length > 0).or_else(|| announced(self.fields)),
        };
        if let Some(length) = length {
            write_name(out, "content-length");
            let mut room = [0; 20];
            write_value(out, digits(length, &mut room));
        }
        if !dated {
            write_name(out, "date");
            date(out);
        }
        self.frame(out, begin);
    }

    /// Writes the frame heads around what stands behind `begin`.
    fn frame(&self, out: &mut Vec<u8>, begin: usize) {
        let length = out.len() - begin - HEAD_BYTES;
        let ends = if self.has_body() { 0 } else { frame::END_STREAM };
        if length <= PAYLOAD_BYTES_MAX {
            let flags = ends | frame::END_HEADERS;
            let head = FrameHead { length, kind: Kind::Headers, flags, stream: self.stream };
            return out[begin..begin + HEAD_BYTES].copy_from_slice(&head.bytes());
        }
        let block = out.split_off(begin + HEAD_BYTES);
        out.truncate(begin);
        let pieces = block.chunks(PAYLOAD_BYTES_MAX);
        let last = pieces.len() - 1;
        for (number, piece) in pieces.enumerate() {
            let (kind, ends) = if number == 0 { (Kind::Headers, ends) } else { (Kind::Continuation, 0) };
            let flags = ends | if number == last { frame::END_HEADERS } else { 0 };
            frame::write(out, kind, flags, self.stream, piece);
        }
    }
}

/// The value of `date`: it is written a byte behind where its length stands.
pub(super) fn write_date(out: &mut Vec<u8>, dates: &crate::dates::Dates, now: Duration, clock: &dyn base::Clock) {
    let at = out.len();
    out.push(0);
    dates.write(out, now, clock);
    // INVARIANT: a date is 29 bytes, so its length is one.
    out[at] = (out.len() - at - 1) as u8;
}
