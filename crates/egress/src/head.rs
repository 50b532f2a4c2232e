//! A request's head, written while it is made as it goes over HTTP/1.1.

use std::fmt;
use std::sync::Arc;

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
    pub(crate) key: Arc<Key>,
    pub(crate) method: Method,
    /// Request line, `Host` and fields, each with its line end; the empty line is not there yet.
    pub(crate) bytes: Vec<u8>,
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

/// The name of a field that requests are given by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldName(&'static str);

impl FieldName {
    /// A name that anybody may set. Given for a constant, it is judged when that is compiled.
    ///
    /// # Panics
    ///
    /// Where [`RequestHead::add`] would refuse it.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty() && !is_the_connections(bytes), "a name for others to set");
        let mut at = 0;
        while at < bytes.len() {
            assert!(is_token(bytes[at]), "a token");
            at += 1;
        }
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Room for most heads.
const ROOM: usize = 1024;
/// What ends the request line.
const VERSION: &[u8] = b" HTTP/1.1\r\n";

impl RequestHead {
    /// Begins the head of a request to an absolute `http` or `https` URL; its host is what `Host` says, unless `host`
    /// says otherwise.
    pub fn new(method: Method, uri: &Uri, trust: Trust, host: Option<&HeaderValue>) -> Result<Self, EgressError> {
        Self::begin(Key::of(uri, trust)?, method, uri.path_and_query().map_or("/", PathAndQuery::as_str), host)
    }

    /// Begins the head of a request to where `key` says.
    pub(crate) fn begin(
        key: Arc<Key>,
        method: Method,
        target: &str,
        host: Option<&HeaderValue>,
    ) -> Result<Self, EgressError> {
        // SECURITY: the library lets bytes beyond ASCII into a path; in a request line, nothing but visible ASCII stands.
        if !all(target.as_bytes(), |byte| byte.is_ascii_graphic()) {
            return Err(EgressError::InvalidUri);
        }
        let mut bytes = Vec::with_capacity(ROOM);
        bytes.extend_from_slice(method.as_str().as_bytes());
        bytes.push(b' ');
        if !target.starts_with('/') {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(target.as_bytes());
        bytes.extend_from_slice(VERSION);
        let host_at = bytes.len();
        bytes.extend_from_slice(b"Host: ");
        bytes.extend_from_slice(host.map_or_else(|| key.authority.as_str().as_bytes(), HeaderValue::as_bytes));
        bytes.extend_from_slice(b"\r\n");
        let fields_at = bytes.len();
        Ok(Self { key, method, bytes, host_at, fields_at })
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The host it goes to, without a port.
    pub fn host(&self) -> &Arc<str> {
        &self.key.host
    }

    /// Adds a field behind those that are there.
    pub fn add(&mut self, name: &[u8], value: &[u8]) -> Result<(), FieldError> {
        // SECURITY: whoever could write a line end here would write requests of their own.
        if name.is_empty() || !all(name, is_token) {
            return Err(FieldError::Name);
        }
        if is_the_connections(name) {
            return Err(FieldError::Connection);
        }
        self.put(name, value)
    }

    /// Adds a field whose name was judged before there was a request.
    pub fn add_known(&mut self, name: FieldName, value: &[u8]) -> Result<(), FieldError> {
        self.put(name.0.as_bytes(), value)
    }

    fn put(&mut self, name: &[u8], value: &[u8]) -> Result<(), FieldError> {
        // SECURITY: as with the name.
        if !is_value(value) {
            return Err(FieldError::Value);
        }
        self.bytes.reserve(name.len() + value.len() + 4);
        self.bytes.extend_from_slice(name);
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
        let bytes = std::mem::take(&mut self.bytes);
        Self { key: Arc::clone(&self.key), method: self.method.clone(), bytes, ..*self }
    }

    /// The head of a request that is given as a whole.
    pub(crate) fn of(parts: &http::request::Parts, trust: Trust) -> Result<Self, EgressError> {
        let mut head = Self::new(parts.method.clone(), &parts.uri, trust, parts.headers.get(HOST))?;
        for (name, value) in &parts.headers {
            match head.add(name.as_str().as_bytes(), value.as_bytes()) {
                Ok(()) | Err(FieldError::Connection) => {}
                Err(FieldError::Name | FieldError::Value) => return Err(EgressError::InvalidUri),
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
        let target = self.method.as_str().len() + 1..self.host_at - VERSION.len();
        let target = PathAndQuery::try_from(&self.bytes[target]);
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

/// Takes field lines apart that were written here.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = line.strip_suffix(b"\r")?;
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((std::str::from_utf8(&line[..colon]).ok()?, line.get(colon + 2..)?))
    })
}

/// Whether a field is not for whoever makes a request to set.
const fn is_the_connections(name: &[u8]) -> bool {
    let own: &[u8] = match name.len() {
        4 => b"host",
        10 => b"connection",
        14 => b"content-length",
        17 => b"transfer-encoding",
        _ => return false,
    };
    // Most others of their lengths begin with another letter.
    name[0] | 0x20 == own[0] && name.eq_ignore_ascii_case(own)
}

/// Without an early exit, so that the compiler may look at many bytes at once.
fn all(bytes: &[u8], fits: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, byte| all & fits(*byte))
}

/// Whether all of it may stand in a value. Eight bytes are looked at together; the last eight overlap with those before.
fn is_value(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks();
    let unusual = words.iter().fold(0, |unusual, word| unusual | unusual_bytes(*word));
    let last = match bytes.last_chunk() {
        _ if rest.is_empty() => 0,
        Some(word) => unusual_bytes(*word),
        None => {
            let mut word = [b' '; 8];
            word.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
            unusual_bytes(word)
        }
    };
    // Among them only tabs are sound.
    unusual | last == 0 || all(bytes, is_text)
}

/// Not zero where a byte is below a blank, or is the last one of ASCII.
fn unusual_bytes(word: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let word = u64::from_ne_bytes(word);
    let deletes = word ^ (ONES * 0x7f);
    // A byte that is less than what is taken from it borrows; only such a one can make the next borrow wrongly.
    ((word.wrapping_sub(ONES * 0x20) & !word) | (deletes.wrapping_sub(ONES) & !deletes)) & (ONES * 0x80)
}

/// `field-vchar`, blanks and tabs (RFC 9110, section 5.5).
fn is_text(byte: u8) -> bool {
    (byte >= b' ' || byte == b'\t') && byte != 0x7f
}

/// `tchar` (RFC 9110, section 5.6.2).
const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

static TOKEN: [bool; 256] = alphanumeric_and(b"!#$%&'*+-.^_`|~");

/// Which bytes are ASCII letters, digits or one of `marks`.
pub(crate) const fn alphanumeric_and(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
}

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
        head.add(b"X-Mixed-Case", b"One").expect("sound");
        head.add_known(FieldName::new("accept"), b"*/*").expect("sound");
        let want = "GET /x?y HTTP/1.1\r\nHost: a.example:81\r\nX-Mixed-Case: One\r\naccept: */*\r\n";
        assert_eq!(std::str::from_utf8(&head.bytes).expect("text"), want);
        let fields: Vec<_> = head.fields().collect();
        assert_eq!(fields, [("X-Mixed-Case", &b"One"[..]), ("accept", b"*/*")]);
    }

    #[test]
    fn what_frames_a_body_cannot_be_added() {
        for name in ["Content-Length", "transfer-encoding", "Connection", "HOST"] {
            assert_eq!(head().add(name.as_bytes(), b"1"), Err(FieldError::Connection), "{name}");
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
        head.add(b"X-One", b"1").expect("sound");
        let parts = head.multiplexed(head.bytes.len()).expect("sound");
        assert_eq!((parts.uri.to_string().as_str(), parts.headers.len()), ("https://b.example/x", 1));
        assert_eq!(parts.headers.get("x-one").map(HeaderValue::as_bytes), Some(&b"1"[..]));
    }

    #[test]
    fn no_value_of_a_known_name_can_begin_another_line() {
        for value in [&b"a\r\nb: c"[..], b"a\n", b"\r", b"a\0b", b"\x7f"] {
            let mut head = head();
            let before = head.bytes.len();
            assert_eq!(head.add_known(FieldName::new("X-A"), value), Err(FieldError::Value), "{value:?}");
            assert_eq!(head.bytes.len(), before);
        }
    }

    #[test]
    fn a_known_name_is_judged_like_any_other() {
        for name in ["", "a b", "a:", "a\r\nb", "\u{e9}", "Host", "connection", "Content-Length", "TRANSFER-ENCODING"] {
            assert!(std::panic::catch_unwind(|| FieldName::new(name)).is_err(), "{name:?}");
        }
        assert_eq!(FieldName::new("X-Forwarded-For").as_str(), "X-Forwarded-For");
    }

    proptest! {
        #[test]
        fn a_value_is_judged_byte_by_byte(
            mut value in proptest::collection::vec(any::<u8>().prop_map(|byte| byte | 0x20), 0..40),
            at in any::<proptest::sample::Index>(),
            byte in any::<u8>(),
        ) {
            if !value.is_empty() {
                let at = at.index(value.len());
                value[at] = byte;
            }
            prop_assert_eq!(is_value(&value), value.iter().all(|byte| is_text(*byte)));
        }

        #[test]
        fn no_field_can_begin_another_line(
            name in proptest::collection::vec(any::<u8>(), 0..12),
            value in proptest::collection::vec(any::<u8>(), 0..24),
        ) {
            let mut head = head();
            let before = head.bytes.len();
            if head.add(&name, &value).is_ok() {
                let added = &head.bytes[before..];
                prop_assert_eq!(added.iter().filter(|byte| matches!(byte, b'\r' | b'\n' | 0)).count(), 2);
                prop_assert!(added.ends_with(b"\r\n"));
                let fields: Vec<_> = head.fields().collect();
                prop_assert_eq!(fields, [(std::str::from_utf8(&name).expect("a token"), &value[..])]);
            } else {
                prop_assert_eq!(head.bytes.len(), before);
            }
        }
    }
}
