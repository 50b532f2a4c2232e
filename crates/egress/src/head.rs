//! A request's head, written while it is made as it goes over HTTP/1.1.

use std::fmt;

use http::header::{HOST, HeaderName};
use http::uri::{Authority, PathAndQuery, Uri};
use http::{HeaderMap, HeaderValue, Method, Version};

use crate::error::EgressError;
use crate::key::{Key, Scheme};
use crate::trust::Trust;

/// Where a request goes, and its line and fields in order, names in the case they are given in.
///
/// INVARIANT: no name or value in it holds what could end a line, and nothing in it frames a body: the connection alone
/// says how long a body is.
pub struct RequestHead {
    pub(crate) key: Key,
    pub(crate) method: Method,
    /// Request line, `Host` and fields, each with its line end; the empty line is not there yet.
    pub(crate) bytes: Vec<u8>,
    target: std::ops::Range<usize>,
    /// Where the `Host` field begins.
    host_at: usize,
    /// Where the fields behind it begin.
    fields_at: usize,
}

/// Why a field cannot be part of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Not a token (RFC 9110, section 5.6.2).
    #[error("a header's name is malformed")]
    Name,
    /// It holds control characters.
    #[error("a header's value holds control characters")]
    Value,
    /// `Host`, which is given with the address, or what frames a body or names the connection.
    #[error("a header belongs to the connection")]
    Connection,
}

/// Room for most heads.
const ROOM: usize = 1024;

impl RequestHead {
    /// Begins the head of a request to an absolute `http` or `https` URL; its host is what `Host` says, unless `host`
    /// says otherwise.
    pub fn new(method: Method, uri: &Uri, trust: Trust, host: Option<&HeaderValue>) -> Result<Self, EgressError> {
        let key = Key::of(uri, trust)?;
        let mut bytes = Vec::with_capacity(ROOM);
        bytes.extend_from_slice(method.as_str().as_bytes());
        bytes.push(b' ');
        let target_at = bytes.len();
        let path_and_query = target_of(uri);
        if !path_and_query.starts_with('/') {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(path_and_query.as_bytes());
        let target = target_at..bytes.len();
        // SECURITY: the library lets bytes beyond ASCII into a path; in a request line, nothing but visible ASCII stands.
        if !bytes[target.clone()].iter().all(u8::is_ascii_graphic) {
            return Err(EgressError::InvalidUri);
        }
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        let host_at = bytes.len();
        bytes.extend_from_slice(b"Host: ");
        bytes.extend_from_slice(host.map_or_else(|| key.authority.as_str().as_bytes(), HeaderValue::as_bytes));
        bytes.extend_from_slice(b"\r\n");
        let fields_at = bytes.len();
        Ok(Self { key, method, bytes, target, host_at, fields_at })
    }

    /// Adds a field behind those that are there.
    pub fn add(&mut self, name: &str, value: &[u8]) -> Result<(), FieldError> {
        // SECURITY: whoever could write a line end here would write requests of their own.
        if name.is_empty() || !all(name.as_bytes(), is_token) {
            return Err(FieldError::Name);
        }
        if !all(value, is_text) {
            return Err(FieldError::Value);
        }
        if is_the_connections(name) {
            return Err(FieldError::Connection);
        }
        self.bytes.reserve(name.len() + value.len() + 4);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value);
        self.bytes.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// The fields in order, without `Host`.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        lines(&self.bytes[self.fields_at..])
    }

    /// Takes its bytes.
    pub(crate) fn take(&mut self) -> Self {
        let (bytes, target) = (std::mem::take(&mut self.bytes), self.target.clone());
        Self { key: self.key.clone(), method: self.method.clone(), bytes, target, ..*self }
    }

    /// The head of a request that is given as a whole.
    pub(crate) fn of(parts: &http::request::Parts, trust: Trust) -> Result<Self, EgressError> {
        let mut head = Self::new(parts.method.clone(), &parts.uri, trust, parts.headers.get(HOST))?;
        for (name, value) in &parts.headers {
            if !is_the_connections(name.as_str()) {
                head.add(name.as_str(), value.as_bytes()).map_err(|_| EgressError::InvalidUri)?;
            }
        }
        Ok(head)
    }

    /// The same request in HTTP/2's terms, up to where its bytes frame its body: `Host` is in its `:authority`, and names
    /// are in lower case.
    pub(crate) fn multiplexed(&self, end: usize) -> Result<http::request::Parts, EgressError> {
        let mut fields = lines(&self.bytes[self.host_at..end]);
        let host = fields.next().and_then(|(_, host)| Authority::try_from(host).ok());
        let mut headers = HeaderMap::with_capacity(16);
        for (name, value) in fields {
            // They were checked when they were added.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(match self.key.scheme {
            Scheme::Http => http::uri::Scheme::HTTP,
            Scheme::Https(_) => http::uri::Scheme::HTTPS,
        });
        uri.authority = Some(host.unwrap_or_else(|| self.key.authority.clone()));
        let target = PathAndQuery::try_from(&self.bytes[self.target.clone()]);
        uri.path_and_query = Some(target.map_err(|_| EgressError::InvalidUri)?);
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.method = self.method.clone();
        parts.uri = Uri::from_parts(uri).map_err(|_| EgressError::InvalidUri)?;
        parts.version = Version::HTTP_2;
        parts.headers = headers;
        Ok(parts)
    }
}

impl fmt::Debug for RequestHead {
    /// Without its fields: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead").field("key", &self.key).field("method", &self.method).finish_non_exhaustive()
    }
}

fn target_of(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", PathAndQuery::as_str)
}

/// Takes field lines apart that were written here.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = line.strip_suffix(b"\r")?;
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((std::str::from_utf8(&line[..colon]).ok()?, line.get(colon + 2..)?))
    })
}

/// Whether a field is not for whoever makes a request to set.
fn is_the_connections(name: &str) -> bool {
    let own = match name.len() {
        4 => "host",
        10 => "connection",
        14 => "content-length",
        17 => "transfer-encoding",
        _ => return false,
    };
    name.eq_ignore_ascii_case(own)
}

/// Without an early exit, so that the compiler may look at many bytes at once.
fn all(bytes: &[u8], fits: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, byte| all & fits(*byte))
}

/// `field-vchar`, blanks and tabs (RFC 9110, section 5.5).
fn is_text(byte: u8) -> bool {
    (byte >= b' ' || byte == b'\t') && byte != 0x7f
}

/// `tchar` (RFC 9110, section 5.6.2).
fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"!#$%&'*+-.^_`|~";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head() -> RequestHead {
        let uri = Uri::from_static("http://a.example:81/x?y");
        RequestHead::new(Method::GET, &uri, Trust::Verified, None).expect("a URL")
    }

    #[test]
    fn a_head_is_written_in_the_order_and_case_it_is_given_in() {
        let mut head = head();
        head.add("X-Mixed-Case", b"One").expect("sound");
        head.add("accept", b"*/*").expect("sound");
        let want = "GET /x?y HTTP/1.1\r\nHost: a.example:81\r\nX-Mixed-Case: One\r\naccept: */*\r\n";
        assert_eq!(std::str::from_utf8(&head.bytes).expect("text"), want);
        let fields: Vec<_> = head.fields().collect();
        assert_eq!(fields, [("X-Mixed-Case", &b"One"[..]), ("accept", b"*/*")]);
    }

    #[test]
    fn what_frames_a_body_cannot_be_added() {
        for name in ["Content-Length", "transfer-encoding", "Connection", "HOST"] {
            assert_eq!(head().add(name, b"1"), Err(FieldError::Connection), "{name}");
        }
    }

    #[test]
    fn a_path_beyond_ascii_is_no_target() {
        let uri = Uri::try_from("http://a.example/\u{e9}".as_bytes());
        let refused = |uri: Uri| RequestHead::new(Method::GET, &uri, Trust::Verified, None).is_err();
        assert!(uri.map_or(true, refused));
    }

    #[test]
    fn http2_gets_the_host_as_its_authority() {
        let uri = Uri::from_static("https://a.example/x");
        let host = HeaderValue::from_static("b.example");
        let mut head = RequestHead::new(Method::GET, &uri, Trust::Verified, Some(&host)).expect("a URL");
        head.add("X-One", b"1").expect("sound");
        let parts = head.multiplexed(head.bytes.len()).expect("sound");
        assert_eq!((parts.uri.to_string().as_str(), parts.headers.len()), ("https://b.example/x", 1));
        assert_eq!(parts.headers.get("x-one").map(HeaderValue::as_bytes), Some(&b"1"[..]));
    }

    proptest! {
        #[test]
        fn no_field_can_begin_another_line(
            name in proptest::collection::vec(any::<u8>(), 0..12),
            value in proptest::collection::vec(any::<u8>(), 0..24),
        ) {
            let mut head = head();
            let before = head.bytes.len();
            let name = String::from_utf8_lossy(&name).into_owned();
            if head.add(&name, &value).is_ok() {
                let added = &head.bytes[before..];
                prop_assert_eq!(added.iter().filter(|byte| matches!(byte, b'\r' | b'\n' | 0)).count(), 2);
                prop_assert!(added.ends_with(b"\r\n"));
                let fields: Vec<_> = head.fields().collect();
                prop_assert_eq!(fields, [(name.as_str(), &value[..])]);
            } else {
                prop_assert_eq!(head.bytes.len(), before);
            }
        }
    }
}
