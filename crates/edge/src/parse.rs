//! Judges one whole HTTP/1.1 request head and says how its body is framed.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-6> (message body), <https://www.rfc-editor.org/rfc/rfc9112#section-3.2> (host)

use std::mem::MaybeUninit;

use base::limits::HEADER_COUNT_MAX;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, TRANSFER_ENCODING};
use http::{Method, Version};

use crate::head::{Head, ReceivedHeaders, Target};
use crate::host::{check_host, same_authority};
use crate::limits::Limits;
use crate::refusal::FrontEndRefusal;

/// How a request's body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// This many bytes, perhaps none.
    Length(u64),
    /// In chunks.
    Chunked,
}

/// A sound head and what it means for the connection.
#[derive(Debug)]
pub struct Parsed {
    /// The head for the handler.
    pub head: Head,
    /// Where the body ends.
    pub framing: Framing,
    /// What the client says about the connection's future.
    pub persistence: Persistence,
    /// Whether the client waits for `100 Continue`.
    pub expects_continue: bool,
}

/// What the client's `Connection` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Persistence {
    /// Nothing: the version decides.
    #[default]
    Unsaid,
    /// `close`.
    Close,
    /// `keep-alive`, which matters on HTTP/1.0.
    KeepAlive,
}

/// A refused head and what could be read of it.
#[derive(Debug)]
pub struct RefusedHead {
    /// Why.
    pub refusal: FrontEndRefusal,
    /// The head, where it could be taken apart at all.
    pub head: Option<Box<Head>>,
}

impl From<FrontEndRefusal> for RefusedHead {
    fn from(refusal: FrontEndRefusal) -> Self {
        Self { refusal, head: None }
    }
}

/// Reads a head that ends with its empty line.
pub fn parse(raw: &Bytes, limits: &Limits) -> Result<Parsed, RefusedHead> {
    let mut room = [const { MaybeUninit::uninit() }; HEADER_COUNT_MAX];
    let room = &mut room[..limits.header_count_max.min(HEADER_COUNT_MAX)];
    let mut request = httparse::Request::new(&mut []);
    let status = httparse::ParserConfig::default()
        .parse_request_with_uninit_headers(&mut request, raw, room)
        .map_err(|error| refusal_of(error, raw))?;
    if status != httparse::Status::Complete(raw.len()) {
        return Err(FrontEndRefusal::InvalidRequestLine.into());
    }
    let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version) else {
        return Err(FrontEndRefusal::InvalidRequestLine.into());
    };
    let version = if version == 0 { Version::HTTP_10 } else { Version::HTTP_11 };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| FrontEndRefusal::InvalidRequestLine)?;
    if target.len() > limits.url_bytes_max {
        return Err(FrontEndRefusal::TargetTooLong.into());
    }
    let (target, authority) = read_target(target.as_bytes())?;
    let fields = &*request.headers;
    let mut notes = Notes::default();
    let mut header_bytes = 0;
    for field in fields {
        // The parser has seen to both names and values; this is cheap, and values are what injections are made of.
        if field.value.iter().fold(false, |found, byte| found | is_control(*byte)) {
            return Err(FrontEndRefusal::InvalidHeaderValue.into());
        }
        notes.take(field.name.as_bytes(), field.value);
        header_bytes += field.name.len() + field.value.len() + ": \r\n".len();
    }
    let received = ReceivedHeaders::sent(raw, fields);
    let head = Head { method, target, version, received, header_bytes };
    match notes.judge(&head, authority.as_deref()) {
        Ok(framing) => Ok(Parsed {
            head,
            framing,
            persistence: notes.persistence,
            expects_continue: notes.expects_continue && version == Version::HTTP_11,
        }),
        Err(refusal) => Err(RefusedHead { refusal, head: Some(Box::new(head)) }),
    }
}

/// What the headers say that matters to the framing, gathered in one pass.
#[derive(Debug, Default)]
struct Notes<'a> {
    lengths: usize,
    length: Option<u64>,
    encodings: usize,
    chunked: bool,
    hosts: usize,
    host: &'a [u8],
    persistence: Persistence,
    expects_continue: bool,
}

impl<'a> Notes<'a> {
    fn take(&mut self, name: &[u8], value: &'a [u8]) {
        let is = |known: &HeaderName| name.eq_ignore_ascii_case(known.as_str().as_bytes());
        // No two of these names are of one length, and most names are of none of these.
        match name.len() {
            4 if is(&HOST) => {
                self.hosts += 1;
                self.host = value;
            }
            6 if is(&EXPECT) => self.expects_continue = value.eq_ignore_ascii_case(b"100-continue"),
            10 if is(&CONNECTION) => self.take_connection(value),
            14 if is(&CONTENT_LENGTH) => {
                self.lengths += 1;
                self.length = read_length(value);
            }
            17 if is(&TRANSFER_ENCODING) => {
                self.encodings += 1;
                self.chunked = value.eq_ignore_ascii_case(b"chunked");
            }
            _ => {}
        }
    }

    fn take_connection(&mut self, value: &[u8]) {
        for token in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if token.eq_ignore_ascii_case(b"close") {
                self.persistence = Persistence::Close;
            } else if token.eq_ignore_ascii_case(b"keep-alive") && self.persistence == Persistence::Unsaid {
                self.persistence = Persistence::KeepAlive;
            }
        }
    }

    /// SECURITY: whatever two parsers might read in two ways is refused, not repaired.
    fn judge(&self, head: &Head, authority: Option<&str>) -> Result<Framing, FrontEndRefusal> {
        if head.method == Method::CONNECT {
            return Err(FrontEndRefusal::MethodNotServed);
        }
        let framing = match (self.lengths, self.encodings) {
            (0, 0) => Framing::Length(0),
            (1, 0) => Framing::Length(self.length.ok_or(FrontEndRefusal::InvalidLength)?),
            (0, 1) if self.chunked && head.version == Version::HTTP_11 => Framing::Chunked,
            (0, _) => return Err(FrontEndRefusal::InvalidEncoding),
            (_, 0) => return Err(FrontEndRefusal::RepeatedLength),
            (_, _) => return Err(FrontEndRefusal::LengthAndEncoding),
        };
        match self.hosts {
            0 if head.version == Version::HTTP_10 => Ok(framing),
            0 => Err(FrontEndRefusal::MissingHost),
            1 => {
                check_host(self.host)?;
                // A host that passed is ASCII.
                let same = |authority| std::str::from_utf8(self.host).is_ok_and(|host| same_authority(authority, host));
                if authority.is_none_or(same) { Ok(framing) } else { Err(FrontEndRefusal::AuthorityDiffers) }
            }
            _ => Err(FrontEndRefusal::RepeatedHost),
        }
    }
}

/// A byte that no value may hold (RFC 9110, section 5.5).
pub(crate) fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7f
}

/// `Content-Length = 1*DIGIT`: no sign, no list, no white space.
pub(crate) fn read_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || value.len() > 19 || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Takes a target in origin form, or in absolute form with its authority.
fn read_target(raw: &[u8]) -> Result<(Target, Option<String>), FrontEndRefusal> {
    if raw.starts_with(b"/") {
        return Ok((Target::new(raw, 0).ok_or(FrontEndRefusal::InvalidTarget)?, None));
    }
    let text = std::str::from_utf8(raw).map_err(|_| FrontEndRefusal::InvalidTarget)?;
    let (scheme, rest) = text.split_once("://").ok_or(FrontEndRefusal::InvalidTarget)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(FrontEndRefusal::InvalidTarget);
    }
    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = rest[..authority_end].to_owned();
    let path = scheme.len() + "://".len() + authority_end;
    Ok((Target::new(raw, path).ok_or(FrontEndRefusal::InvalidTarget)?, Some(authority)))
}

fn refusal_of(error: httparse::Error, raw: &[u8]) -> FrontEndRefusal {
    match error {
        httparse::Error::TooManyHeaders => FrontEndRefusal::TooManyHeaders,
        _ if !has_three_parts(raw) => FrontEndRefusal::InvalidRequestLine,
        httparse::Error::HeaderName => FrontEndRefusal::InvalidHeaderName,
        // A stray CR inside a header reads as a broken line end.
        httparse::Error::HeaderValue | httparse::Error::NewLine => FrontEndRefusal::InvalidHeaderValue,
        httparse::Error::Version => FrontEndRefusal::UnsupportedVersion,
        httparse::Error::Token | httparse::Error::Status => FrontEndRefusal::InvalidRequestLine,
    }
}

/// Whether the request line is a method, a target and some `HTTP/…`.
fn has_three_parts(raw: &[u8]) -> bool {
    let line = raw.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(_), Some(_), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    version.strip_prefix(b"HTTP/").is_some_and(|version| version.first().is_some_and(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrontEndRefusal as Why;

    fn judge(head: &str) -> Result<Framing, Why> {
        let raw = Bytes::copy_from_slice(head.as_bytes());
        parse(&raw, &Limits::default()).map(|parsed| parsed.framing).map_err(|refused| refused.refusal)
    }

    #[test]
    fn one_way_to_frame_a_body_is_accepted() {
        for (lines, framing) in [
            ("Host: a\r\n", Framing::Length(0)),
            ("Host: a\r\nContent-Length: 12\r\n", Framing::Length(12)),
            ("Host: a\r\ncontent-length:  12 \r\n", Framing::Length(12)),
            ("Host: a\r\nTransfer-Encoding: chunked\r\n", Framing::Chunked),
            ("Host: a\r\nTRANSFER-ENCODING: Chunked\r\n", Framing::Chunked),
        ] {
            assert_eq!(judge(&format!("POST /x HTTP/1.1\r\n{lines}\r\n")), Ok(framing), "{lines}");
        }
    }

    #[test]
    fn whatever_two_parsers_could_read_in_two_ways_is_refused() {
        for (lines, why) in [
            ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", Why::LengthAndEncoding),
            ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", Why::LengthAndEncoding),
            ("Content-Length: 3\r\nContent-Length: 3\r\n", Why::RepeatedLength),
            ("Content-Length: 3\r\nContent-Length: 4\r\n", Why::RepeatedLength),
            ("Content-Length: 3, 3\r\n", Why::InvalidLength),
            ("Content-Length: +3\r\n", Why::InvalidLength),
            ("Content-Length: -1\r\n", Why::InvalidLength),
            ("Content-Length: 0x3\r\n", Why::InvalidLength),
            ("Content-Length: \r\n", Why::InvalidLength),
            ("Content-Length: 99999999999999999999\r\n", Why::InvalidLength),
            ("Transfer-Encoding: gzip\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: gzip, chunked\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: identity\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: xchunked\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: chunked, chunked\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Why::InvalidEncoding),
            ("Transfer-Encoding: \x0bchunked\r\n", Why::InvalidHeaderValue),
            ("Transfer-Encoding : chunked\r\n", Why::InvalidHeaderName),
            ("Content-Length\t: 3\r\n", Why::InvalidHeaderName),
            ("Content-Length\0: 3\r\n", Why::InvalidHeaderName),
            ("X: a\0b\r\n", Why::InvalidHeaderValue),
            ("X: a\rb\r\n", Why::InvalidHeaderValue),
            ("X: a\x7fb\r\n", Why::InvalidHeaderValue),
            (": x\r\n", Why::InvalidHeaderName),
            ("Host: b\r\n", Why::RepeatedHost),
        ] {
            assert_eq!(judge(&format!("POST /x HTTP/1.1\r\nHost: a\r\n{lines}\r\n")), Err(why), "{lines:?}");
        }
    }

    #[test]
    fn a_request_line_is_taken_apart_strictly() {
        for (line, why) in [
            ("GET  / HTTP/1.1", Why::InvalidRequestLine),
            ("GET /  HTTP/1.1", Why::InvalidRequestLine),
            ("GET / HTTP/1.1 ", Why::InvalidRequestLine),
            ("GET /", Why::InvalidRequestLine),
            ("GET / HTTP/2.0", Why::UnsupportedVersion),
            ("GET / HTTP/1.2", Why::UnsupportedVersion),
            ("GET * HTTP/1.1", Why::InvalidTarget),
            ("GET a/b HTTP/1.1", Why::InvalidTarget),
            ("GET /a#b HTTP/1.1", Why::InvalidTarget),
            ("GET ftp://a/ HTTP/1.1", Why::InvalidTarget),
            ("GET http://b/ HTTP/1.1", Why::AuthorityDiffers),
            ("GET http://a@b/ HTTP/1.1", Why::AuthorityDiffers),
            ("GET http://a:99/ HTTP/1.1", Why::AuthorityDiffers),
            ("CONNECT /a HTTP/1.1", Why::MethodNotServed),
            ("G\u{e9}T / HTTP/1.1", Why::InvalidRequestLine),
        ] {
            let got = judge(&format!("{line}\r\nHost: a\r\n\r\n"));
            assert_eq!(got, Err(why), "{line}");
        }
        for line in ["GET http://a/x?y HTTP/1.1", "GET https://A:443 HTTP/1.1", "PURGE //x%00/../ HTTP/1.0"] {
            assert_eq!(judge(&format!("{line}\r\nHost: a\r\n\r\n")), Ok(Framing::Length(0)), "{line}");
        }
    }

    #[test]
    fn a_host_is_named_once_and_soundly() {
        assert_eq!(judge("GET / HTTP/1.1\r\n\r\n"), Err(Why::MissingHost));
        assert_eq!(judge("GET / HTTP/1.0\r\n\r\n"), Ok(Framing::Length(0)));
        assert_eq!(judge("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Err(Why::InvalidEncoding));
        for host in ["", "a/b", "a@b", "a,b", "a b", "a:b:c", "[::1", ":80"] {
            assert_eq!(judge(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")), Err(Why::InvalidHost), "{host}");
        }
        for host in ["a.b-c_d", "a:80", "127.0.0.1:1", "[::1]:8443", "[::1]"] {
            assert!(judge(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_refused_head_is_still_shown_to_the_record() {
        let raw = Bytes::from_static(b"POST /x HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Id: 7\r\n\r\n");
        let refused = parse(&raw, &Limits::default()).expect_err("two hosts");
        let head = refused.head.expect("a head that was read");
        assert_eq!((head.target.as_str(), head.received.get("x-id")), ("/x", Some(&b"7"[..])));
    }

    #[test]
    fn names_keep_their_case_and_order() {
        let raw = Bytes::from_static(b"GET / HTTP/1.1\r\nhOsT: a\r\nX-B: 1\r\nx-a: \r\nX-b:2\r\n\r\n");
        let head = parse(&raw, &Limits::default()).expect("sound").head;
        let fields: Vec<_> = head.received.iter().map(|(name, value)| (name, value.to_vec())).collect();
        let expected = [("hOsT", &b"a"[..]), ("X-B", b"1"), ("x-a", b""), ("X-b", b"2")];
        assert_eq!(fields, expected.map(|(name, value)| (name, value.to_vec())));
        assert_eq!(head.received.get_all("x-b").count(), 2);
        assert_eq!(head.header_bytes, 9 + 8 + 7 + 8);
    }

    #[test]
    fn too_many_headers_are_refused() {
        let many = "A: b\r\n".repeat(HEADER_COUNT_MAX);
        assert_eq!(judge(&format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n")), Err(Why::TooManyHeaders));
    }
}
