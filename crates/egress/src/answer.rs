//! Reads the head of an answer: status, fields, how its body ends, and whether its connection lives on.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>

use std::mem::MaybeUninit;

use bytes::Bytes;
use http::header::{self, CONNECTION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use http::{HeaderValue, Method, StatusCode, Version};
use httparse::{ParserConfig, Status};

/// Why an answer is not HTTP as we take it. The connection ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHttp {
    /// A status line or field that is none.
    #[error("the head is malformed")]
    Head,
    /// More than 128 KiB or 256 fields.
    #[error("the head is too large")]
    TooLarge,
    /// Another protocol, which nobody asked for.
    #[error("it switches protocols")]
    Switched,
    /// Interim answers without end.
    #[error("too many interim answers")]
    Interim,
    /// `Content-Length` that is no number, or two that differ.
    #[error("the length is malformed")]
    Length,
    /// An encoding other than `chunked`, or one beside a length.
    #[error("the transfer encoding is malformed")]
    Encoding,
    /// A chunk that is none.
    #[error("a chunk is malformed")]
    Chunk,
    /// Trailers that are none, or too many.
    #[error("the trailers are malformed")]
    Trailers,
}

/// An answer's head, in bytes.
pub(crate) const HEAD_BYTES_MAX: usize = 128 * 1024;
/// Fields of an answer's head.
const FIELDS_MAX: usize = 256;

/// An answer's header fields in the order they came in.
pub type Fields = Vec<(HeaderName, HeaderValue)>;

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// As its chunks say.
    Chunked,
    /// With the connection.
    UntilClose,
}

/// The head of a final answer.
#[derive(Debug)]
pub(crate) struct AnswerHead {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) fields: Fields,
    pub(crate) framing: Framing,
    /// Whether the upstream keeps the connection.
    pub(crate) persists: bool,
}

/// What the bytes hold so far.
#[derive(Debug)]
pub(crate) enum Read {
    /// No whole head yet.
    Partial,
    /// An interim answer of so many bytes.
    Interim(usize),
    /// A final answer's head of so many bytes.
    Final(usize, AnswerHead),
}

/// Reads the answer to a request of `method`. Header values share `bytes`.
pub(crate) fn read(bytes: &Bytes, method: &Method) -> Result<Read, NotHttp> {
    let mut room = [const { MaybeUninit::uninit() }; FIELDS_MAX];
    let mut parsed = httparse::Response::new(&mut []);
    let head_bytes = match ParserConfig::default().parse_response_with_uninit_headers(&mut parsed, bytes, &mut room) {
        Ok(Status::Complete(head_bytes)) => head_bytes,
        Ok(Status::Partial) => return Ok(Read::Partial),
        Err(httparse::Error::TooManyHeaders) => return Err(NotHttp::TooLarge),
        Err(_) => return Err(NotHttp::Head),
    };
    let version = if parsed.version == Some(0) { Version::HTTP_10 } else { Version::HTTP_11 };
    let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(NotHttp::Head)?;
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(NotHttp::Switched);
    }
    if status.is_informational() {
        return Ok(Read::Interim(head_bytes));
    }
    let mut fields = Fields::with_capacity(parsed.headers.len() + ADDED_USUALLY);
    let mut notes = Notes::default();
    for field in parsed.headers.iter() {
        let name = name_of(field.name.as_bytes())?;
        let value = HeaderValue::from_maybe_shared(bytes.slice_ref(field.value)).map_err(|_| NotHttp::Head)?;
        notes.take(&name, field.value)?;
        fields.push((name, value));
    }
    let framing = notes.framing(status, version, method)?;
    let persists = framing != Framing::UntilClose && notes.persists(version);
    Ok(Read::Final(head_bytes, AnswerHead { status, version, fields, framing, persists }))
}

/// A field's name. The usual ones are known as most servers write them; all others are judged and sought by the library.
fn name_of(name: &[u8]) -> Result<HeaderName, NotHttp> {
    Ok(match name.len() {
        4 if is_one(name, [b"Date", b"date"]) => header::DATE,
        4 if is_one(name, [b"ETag", b"etag"]) => header::ETAG,
        4 if is_one(name, [b"Vary", b"vary"]) => header::VARY,
        6 if is_one(name, [b"Server", b"server"]) => header::SERVER,
        10 if is_one(name, [b"Connection", b"connection"]) => CONNECTION,
        10 if is_one(name, [b"Set-Cookie", b"set-cookie"]) => header::SET_COOKIE,
        12 if is_one(name, [b"Content-Type", b"content-type"]) => header::CONTENT_TYPE,
        13 if is_one(name, [b"Cache-Control", b"cache-control"]) => header::CACHE_CONTROL,
        13 if is_one(name, [b"Last-Modified", b"last-modified"]) => header::LAST_MODIFIED,
        13 if is_one(name, [b"Accept-Ranges", b"accept-ranges"]) => header::ACCEPT_RANGES,
        14 if is_one(name, [b"Content-Length", b"content-length"]) => CONTENT_LENGTH,
        16 if is_one(name, [b"Content-Encoding", b"content-encoding"]) => header::CONTENT_ENCODING,
        17 if is_one(name, [b"Transfer-Encoding", b"transfer-encoding"]) => TRANSFER_ENCODING,
        _ => return HeaderName::from_bytes(name).map_err(|_| NotHttp::Head),
    })
}

/// A few comparisons of words, since the length is known.
fn is_one<const N: usize>(name: &[u8], spellings: [&[u8; N]; 2]) -> bool {
    name == spellings[0] || name == spellings[1]
}

/// How many fields whoever passes an answer on adds to it, mostly.
const ADDED_USUALLY: usize = 3;

/// What the fields say of body and connection, gathered in one pass.
#[derive(Debug, Default)]
struct Notes {
    length: Option<u64>,
    chunked: bool,
    closes: bool,
    keeps: bool,
}

impl Notes {
    /// SECURITY: what two readers might frame in two ways is no answer; the next one on the connection would not be the
    /// one to the next request.
    fn take(&mut self, name: &HeaderName, value: &[u8]) -> Result<(), NotHttp> {
        if *name == CONTENT_LENGTH {
            let length = read_length(value).ok_or(NotHttp::Length)?;
            if self.length.replace(length).is_some_and(|known| known != length) {
                return Err(NotHttp::Length);
            }
        } else if *name == TRANSFER_ENCODING {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(NotHttp::Encoding);
            }
            self.chunked = true;
        } else if *name == CONNECTION {
            for token in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                self.closes |= token.eq_ignore_ascii_case(b"close");
                self.keeps |= token.eq_ignore_ascii_case(b"keep-alive");
            }
        }
        Ok(())
    }

    fn framing(&self, status: StatusCode, version: Version, method: &Method) -> Result<Framing, NotHttp> {
        if self.chunked && (self.length.is_some() || version == Version::HTTP_10) {
            return Err(NotHttp::Encoding);
        }
        let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) || *method == Method::HEAD;
        Ok(match (bodiless, self.chunked, self.length) {
            (true, _, _) => Framing::Length(0),
            (false, true, _) => Framing::Chunked,
            (false, false, Some(length)) => Framing::Length(length),
            (false, false, None) => Framing::UntilClose,
        })
    }

    fn persists(&self, version: Version) -> bool {
        !self.closes && (version == Version::HTTP_11 || self.keeps)
    }
}

/// `1*DIGIT`: no sign, no list, no white space.
fn read_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(fields: &str) -> Result<AnswerHead, NotHttp> {
        head_of(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n"), &Method::GET)
    }

    fn head_of(text: &str, method: &Method) -> Result<AnswerHead, NotHttp> {
        match read(&Bytes::copy_from_slice(text.as_bytes()), method)? {
            Read::Final(length, head) => {
                assert_eq!(length, text.len());
                Ok(head)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_ends_in_one_way() {
        for (fields, framing) in [
            ("Content-Length: 5\r\n", Framing::Length(5)),
            ("Content-Length: 5\r\nContent-Length: 5\r\n", Framing::Length(5)),
            ("Transfer-Encoding: Chunked\r\n", Framing::Chunked),
            ("", Framing::UntilClose),
        ] {
            assert_eq!(head(fields).expect("sound").framing, framing, "{fields}");
        }
    }

    #[test]
    fn what_could_end_in_two_ways_is_refused() {
        for (fields, why) in [
            ("Content-Length: 5\r\nContent-Length: 6\r\n", NotHttp::Length),
            ("Content-Length: 5, 5\r\n", NotHttp::Length),
            ("Content-Length: +5\r\n", NotHttp::Length),
            ("Content-Length: -5\r\n", NotHttp::Length),
            ("Content-Length: 0x5\r\n", NotHttp::Length),
            ("Content-Length:\r\n", NotHttp::Length),
            ("Content-Length: 18446744073709551616\r\n", NotHttp::Length),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", NotHttp::Encoding),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", NotHttp::Encoding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", NotHttp::Encoding),
            ("Transfer-Encoding: gzip, chunked\r\n", NotHttp::Encoding),
            ("Transfer-Encoding: xchunked\r\n", NotHttp::Encoding),
            ("Transfer-Encoding: identity\r\n", NotHttp::Encoding),
            ("Content-Length: 5\r\n folded\r\n", NotHttp::Head),
            ("Content-Length : 5\r\n", NotHttp::Head),
            ("A\0: 5\r\n", NotHttp::Head),
            ("A: \0\r\n", NotHttp::Head),
            ("A: b\rc\r\n", NotHttp::Head),
        ] {
            assert_eq!(head(fields).expect_err("refused"), why, "{fields:?}");
        }
        let old = head_of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &Method::GET);
        assert_eq!(old.expect_err("refused"), NotHttp::Encoding);
        let switched = head_of("HTTP/1.1 101 Switching Protocols\r\n\r\n", &Method::GET);
        assert_eq!(switched.expect_err("refused"), NotHttp::Switched);
    }

    #[test]
    fn answers_without_a_body_have_none_whatever_they_say() {
        for (text, method) in [
            ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", Method::GET),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Method::GET),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Method::HEAD),
            ("HTTP/1.1 200 OK\r\n\r\n", Method::HEAD),
        ] {
            assert_eq!(head_of(text, &method).expect("sound").framing, Framing::Length(0), "{text}");
        }
    }

    #[test]
    fn a_connection_lives_on_where_both_say_so() {
        for (version, fields, persists) in [
            ("1.1", "Content-Length: 0\r\n", true),
            ("1.1", "Content-Length: 0\r\nConnection: x, Close\r\n", false),
            ("1.1", "Content-Length: 0\r\nConnection: keep-alive\r\nConnection: close\r\n", false),
            ("1.0", "Content-Length: 0\r\n", false),
            ("1.0", "Content-Length: 0\r\nConnection: Keep-Alive\r\n", true),
            ("1.1", "", false),
        ] {
            let text = format!("HTTP/{version} 200 OK\r\n{fields}\r\n");
            assert_eq!(head_of(&text, &Method::GET).expect("sound").persists, persists, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for name in [
            "Date",
            "ETag",
            "Vary",
            "Server",
            "Connection",
            "Set-Cookie",
            "Keep-Alive",
            "Content-Type",
            "Cache-Control",
            "Last-Modified",
            "Accept-Ranges",
            "Content-Length",
            "Content-Encoding",
            "Transfer-Encoding",
            "X-Any",
            "Data",
            "Content_Length",
            "Transfer-Encodinh",
        ] {
            for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase(), name.replacen('e', "E", 1)] {
                let theirs = HeaderName::from_bytes(name.as_bytes()).expect("a token");
                assert_eq!(name_of(name.as_bytes()).expect("a token"), theirs, "{name}");
            }
        }
        for name in ["", "a b", "Date:", "Dat\0", "\u{e9}"] {
            assert_eq!(name_of(name.as_bytes()).expect_err("refused"), NotHttp::Head, "{name:?}");
        }
    }

    #[test]
    fn more_fields_than_anybody_needs_are_refused() {
        assert!(head(&"a: b\r\n".repeat(FIELDS_MAX - 1)).is_ok());
        assert_eq!(head(&"a: b\r\n".repeat(FIELDS_MAX + 1)).expect_err("refused"), NotHttp::TooLarge);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&Bytes::from(bytes), &Method::GET);
        }

        #[test]
        fn no_spoiled_head_makes_the_reader_panic(
            at in 0usize..90,
            byte in any::<u8>(),
        ) {
            let mut text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\nX-A: b\r\nSet-Cookie: a=b; c\r\n\r\nabcde".to_vec();
            let at = at % text.len();
            text[at] = byte;
            if let Ok(Read::Final(length, _)) = read(&Bytes::from(text.clone()), &Method::GET) {
                prop_assert!(length <= text.len());
            }
        }
    }
}
