//! Writes an answer's head and says how its body is framed.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-6.3> (message body length), <https://www.rfc-editor.org/rfc/rfc9112#section-9.3> (persistence)

use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderValue, Method, StatusCode, Version};

use crate::fields::Fields;
use crate::head::Head;
use crate::parse::{Persistence, read_length};

/// What a request says about its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    version: Version,
    head_only: bool,
    afterwards: Afterwards,
}

/// Whether the connection serves another request afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    Keep,
    Close,
}

/// How an answer's body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// No body follows, whatever the head says of its length.
    Nothing,
    /// So many bytes are left.
    Length(u64),
    Chunked,
    /// The end of the connection ends it.
    UntilClose,
}

impl Terms {
    pub(super) fn of(head: &Head, persistence: Persistence) -> Self {
        let afterwards = match (head.version, persistence) {
            (_, Persistence::Close) | (Version::HTTP_10, Persistence::Unsaid) => Afterwards::Close,
            (_, Persistence::Unsaid | Persistence::KeepAlive) => Afterwards::Keep,
        };
        Self { version: head.version, head_only: head.method == Method::HEAD, afterwards }
    }

    /// Of a request that is refused: the last one.
    pub(super) fn last(head: Option<&Head>) -> Self {
        let head_only = head.is_some_and(|head| head.method == Method::HEAD);
        Self { version: Version::HTTP_11, head_only, afterwards: Afterwards::Close }
    }

    /// Makes this the connection's last answer.
    pub(super) fn close(&mut self) {
        self.afterwards = Afterwards::Close;
    }

    /// How a body is sent, of which the length may be known, and whether the connection can live on then.
    fn frame(self, status: StatusCode, length: Option<u64>) -> (Sending, Afterwards) {
        if self.head_only || !may_have_body(status) {
            return (Sending::Nothing, self.afterwards);
        }
        match length {
            Some(length) => (Sending::Length(length), self.afterwards),
            None if self.version == Version::HTTP_11 => (Sending::Chunked, self.afterwards),
            None => (Sending::UntilClose, Afterwards::Close),
        }
    }

    /// Writes all of the head but its date and its empty line, for a body whose length may be known.
    ///
    /// SECURITY: the framing is ours alone, whatever the headers say. No value can break out of its line: its type holds
    /// neither CR, LF nor NUL, and a name's type only token characters.
    pub(super) fn write_head(
        mut self,
        out: &mut Vec<u8>,
        status: StatusCode,
        fields: &Fields,
        length: Option<u64>,
    ) -> Framed {
        let version: &[u8] = if self.version == Version::HTTP_10 { b"HTTP/1.0 " } else { b"HTTP/1.1 " };
        out.extend_from_slice(version);
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        out.extend_from_slice(b"\r\n");
        let mut dated = Dated::No;
        for (name, value) in fields.iter() {
            if *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING {
                continue;
            }
            if *name == CONNECTION {
                // All of it that concerns us; the rest would name what only the next hop may read.
                if has_close(value) {
                    self.close();
                }
                continue;
            }
            if *name == DATE {
                dated = Dated::Yes;
            }
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        let (sending, afterwards) = self.frame(status, length);
        match (afterwards, self.version) {
            (Afterwards::Close, _) => out.extend_from_slice(b"connection: close\r\n"),
            (Afterwards::Keep, Version::HTTP_10) => out.extend_from_slice(b"connection: keep-alive\r\n"),
            (Afterwards::Keep, _) => {}
        }
        match sending {
            Sending::Length(length) => write_length(out, length),
            Sending::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
            // To HEAD, the length that GET would have; an empty body there says nothing of it.
            Sending::Nothing if may_have_body(status) => {
                if let Some(length) = length.filter(|length| *length > 0).or_else(|| announced(fields)) {
                    write_length(out, length);
                }
            }
            Sending::Nothing | Sending::UntilClose => {}
        }
        Framed { sending, afterwards, dated }
    }
}

/// What a head says of its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Framed {
    pub(super) sending: Sending,
    pub(super) afterwards: Afterwards,
    pub(super) dated: Dated,
}

/// Whether the handler has given a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    Yes,
    No,
}

/// The one length that a handler announces, where it is a number.
pub(crate) fn announced(fields: &Fields) -> Option<u64> {
    let mut lengths = fields.get_all(&CONTENT_LENGTH);
    let (length, None) = (lengths.next()?, lengths.next()) else { return None };
    read_length(length.as_bytes())
}

pub(crate) fn may_have_body(status: StatusCode) -> bool {
    !status.is_informational() && status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED
}

fn has_close(connection: &HeaderValue) -> bool {
    connection.as_bytes().split(|byte| *byte == b',').any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
}

fn write_length(out: &mut Vec<u8>, length: u64) {
    out.extend_from_slice(b"content-length: ");
    out.extend_from_slice(digits(length, &mut [0; 20]));
    out.extend_from_slice(b"\r\n");
}

/// A number in digits.
pub(crate) fn digits(number: u64, room: &mut [u8; 20]) -> &[u8] {
    let (mut at, mut rest) = (room.len(), number);
    loop {
        at -= 1;
        room[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &room[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;
    use proptest::prelude::*;

    fn terms(version: Version, method: &Method, persistence: Persistence) -> Terms {
        let raw = bytes::Bytes::from(format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n"));
        let mut head = crate::parse::parse(&raw, &crate::Limits::default()).expect("sound").head;
        head.version = version;
        Terms::of(&head, persistence)
    }

    fn head(terms: Terms, status: u16, headers: &[(&str, &str)], length: Option<u64>) -> (String, Sending, Afterwards) {
        let fields: Fields = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value")))
            .collect();
        let status = StatusCode::from_u16(status).expect("a status");
        let mut out = Vec::new();
        let framed = terms.write_head(&mut out, status, &fields, length);
        (String::from_utf8(out).expect("text"), framed.sending, framed.afterwards)
    }

    #[test]
    fn every_answer_has_one_framing() {
        let get = terms(Version::HTTP_11, &Method::GET, Persistence::Unsaid);
        let only_head = terms(Version::HTTP_11, &Method::HEAD, Persistence::Unsaid);
        let old = terms(Version::HTTP_10, &Method::GET, Persistence::Unsaid);
        let old_kept = terms(Version::HTTP_10, &Method::GET, Persistence::KeepAlive);
        for (terms, status, length, text, sending, afterwards) in [
            (get, 200, Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Sending::Length(5), Afterwards::Keep),
            (get, 200, Some(0), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", Sending::Length(0), Afterwards::Keep),
            (get, 200, None, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n", Sending::Chunked, Afterwards::Keep),
            (get, 204, Some(5), "HTTP/1.1 204 No Content\r\n", Sending::Nothing, Afterwards::Keep),
            (get, 304, None, "HTTP/1.1 304 Not Modified\r\n", Sending::Nothing, Afterwards::Keep),
            (get, 599, Some(1), "HTTP/1.1 599 \r\ncontent-length: 1\r\n", Sending::Length(1), Afterwards::Keep),
            (only_head, 200, Some(5), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Sending::Nothing, Afterwards::Keep),
            (only_head, 200, Some(0), "HTTP/1.1 200 OK\r\n", Sending::Nothing, Afterwards::Keep),
            (only_head, 200, None, "HTTP/1.1 200 OK\r\n", Sending::Nothing, Afterwards::Keep),
            (
                old,
                200,
                Some(10),
                "HTTP/1.0 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n",
                Sending::Length(10),
                Afterwards::Close,
            ),
            (old, 200, None, "HTTP/1.0 200 OK\r\nconnection: close\r\n", Sending::UntilClose, Afterwards::Close),
            (old_kept, 200, None, "HTTP/1.0 200 OK\r\nconnection: close\r\n", Sending::UntilClose, Afterwards::Close),
            (
                old_kept,
                200,
                Some(1),
                "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n",
                Sending::Length(1),
                Afterwards::Keep,
            ),
        ] {
            let got = head(terms, status, &[], length);
            assert_eq!((got.0.as_str(), got.1, got.2), (text, sending, afterwards), "{status} {length:?}");
        }
    }

    #[test]
    fn a_handler_cannot_set_the_framing_or_hold_the_connection() {
        let get = terms(Version::HTTP_11, &Method::GET, Persistence::Unsaid);
        let hostile = [
            ("content-length", "99"),
            ("content-length", "1"),
            ("transfer-encoding", "chunked"),
            ("connection", "keep-alive, x-secret"),
            ("x", "1"),
            ("x", "2"),
        ];
        let (text, ..) = head(get, 200, &hostile, Some(3));
        assert_eq!(text, "HTTP/1.1 200 OK\r\nx: 1\r\nx: 2\r\ncontent-length: 3\r\n");
        let (text, _, afterwards) = head(get, 200, &[("connection", "x, Close")], Some(0));
        assert_eq!(
            (text.as_str(), afterwards),
            ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n", Afterwards::Close)
        );
    }

    #[test]
    fn only_an_answer_to_head_may_announce_what_does_not_follow() {
        let only_head = terms(Version::HTTP_11, &Method::HEAD, Persistence::Unsaid);
        for (lengths, status, text) in [
            (&["77"][..], 200, "HTTP/1.1 200 OK\r\ncontent-length: 77\r\n"),
            (&["77", "77"], 200, "HTTP/1.1 200 OK\r\n"),
            (&["+7"], 200, "HTTP/1.1 200 OK\r\n"),
            (&["77"], 204, "HTTP/1.1 204 No Content\r\n"),
        ] {
            let headers: Vec<_> = lengths.iter().map(|length| ("content-length", *length)).collect();
            assert_eq!(head(only_head, status, &headers, Some(0)).0, text, "{lengths:?}");
        }
    }

    #[test]
    fn what_the_client_wants_of_the_connection_is_done() {
        for (version, persistence, afterwards) in [
            (Version::HTTP_11, Persistence::Unsaid, Afterwards::Keep),
            (Version::HTTP_11, Persistence::KeepAlive, Afterwards::Keep),
            (Version::HTTP_11, Persistence::Close, Afterwards::Close),
            (Version::HTTP_10, Persistence::Unsaid, Afterwards::Close),
            (Version::HTTP_10, Persistence::KeepAlive, Afterwards::Keep),
        ] {
            let terms = terms(version, &Method::GET, persistence);
            assert_eq!(head(terms, 200, &[], Some(0)).2, afterwards, "{version:?} {persistence:?}");
        }
    }

    proptest! {
        #[test]
        fn a_client_reads_exactly_the_headers_that_were_given(
            fields in prop::collection::vec(("[a-z0-9!#$%&'*+.^_`|~-]{1,12}", prop::collection::vec(any::<u8>(), 0..20)), 0..12),
            status in 200u16..1000, length in prop::option::of(any::<u64>())
        ) {
            let given: Fields = fields
                .iter()
                .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?)))
                .collect();
            let ours = ["content-length", "transfer-encoding", "connection"];
            let terms = terms(Version::HTTP_11, &Method::GET, Persistence::Unsaid);
            let status = StatusCode::from_u16(status).expect("a status");
            let mut out = Vec::new();
            terms.write_head(&mut out, status, &given, length);
            out.extend_from_slice(b"\r\n");
            let mut room = [httparse::EMPTY_HEADER; 40];
            let mut read = httparse::Response::new(&mut room);
            prop_assert_eq!(read.parse(&out), Ok(httparse::Status::Complete(out.len())));
            let theirs: Vec<_> = read.headers.iter().filter(|field| !ours.contains(&field.name)).collect();
            let mine: Vec<_> = given.iter().filter(|(name, _)| !ours.contains(&name.as_str())).collect();
            prop_assert_eq!(theirs.len(), mine.len());
            for (theirs, (name, value)) in theirs.iter().zip(mine) {
                prop_assert_eq!((theirs.name, theirs.value), (name.as_str(), value.as_bytes().trim_ascii()));
            }
            let framings = read.headers.iter().filter(|field| ours[..2].contains(&field.name)).count();
            prop_assert!(framings <= 1);
        }
    }
}
