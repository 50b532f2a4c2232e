//! A request's head: method, target, and the headers in the client's own case and order.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Version};

use crate::FrontEndRefusal;
use crate::host::without_port;
use crate::limits::{Limits, REQUEST_LINE_EXTRA};

/// Method, target and headers of one request.
#[derive(Debug, Clone)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The request target, byte for byte as received.
    pub target: Target,
    /// The version the client spoke.
    pub version: Version,
    /// The headers. Over HTTP/2 `host` holds `:authority`.
    pub received: ReceivedHeaders,
    /// Header names, values, separators and line ends as received, in bytes.
    pub header_bytes: usize,
}

impl Head {
    /// Reads a whole HTTP/1.1 head, its empty line included, as one that arrives on a connection: for questions about
    /// requests that nobody sent.
    pub fn read(raw: &Bytes, limits: &Limits) -> Result<Self, FrontEndRefusal> {
        let limits = limits.clone().checked();
        let line = raw.windows(2).position(|pair| pair == b"\r\n").unwrap_or(raw.len());
        if line > limits.url_bytes_max + REQUEST_LINE_EXTRA {
            return Err(FrontEndRefusal::TargetTooLong);
        }
        if raw.len() - line > limits.header_bytes_max + "\r\n\r\n".len() {
            return Err(FrontEndRefusal::HeadersTooLarge);
        }
        crate::parse::parse(raw, &limits).map(|parsed| parsed.head).map_err(|refused| refused.refusal)
    }

    /// The host that the request is for, without its port; none only on HTTP/1.0.
    pub fn host(&self) -> Option<&str> {
        self.received.get(HOST.as_str()).and_then(|host| std::str::from_utf8(host).ok()).map(without_port)
    }
}

/// A request target: visible ASCII, with a path and perhaps a query.
#[derive(Clone)]
pub struct Target {
    raw: Arc<str>,
    /// Where the path begins: behind the authority in a target that is a whole URL.
    path: usize,
    /// Where the `?` stands, or the end.
    query: usize,
}

impl Target {
    /// Takes a target whose path begins at `path`; `None` when it holds a byte that no target may hold.
    pub(crate) fn new(raw: &[u8], path: usize) -> Option<Self> {
        // A fragment never travels (RFC 9112, section 3.2); `#` here is a parser's trap.
        // Without an early exit, so that many bytes are looked at at once.
        if !raw.iter().fold(true, |all, byte| all & (byte.is_ascii_graphic() && *byte != b'#')) {
            return None;
        }
        let query = raw[path..].iter().position(|byte| *byte == b'?').map_or(raw.len(), |at| path + at);
        Some(Self { raw: std::str::from_utf8(raw).ok()?.into(), path, query })
    }

    /// The whole target as received.
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// The path, undecoded; `/` where a URL has none.
    pub fn path(&self) -> &str {
        match &self.as_str()[self.path..self.query] {
            "" => "/",
            path => path,
        }
    }

    /// The query behind the `?`, undecoded.
    pub fn query(&self) -> Option<&str> {
        self.as_str()[self.query..].strip_prefix('?')
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The header fields as they came: one entry a line, in order, names in the client's case. Looking a few names up costs
/// less than hashing all of them, so there is no map.
#[derive(Debug, Clone, Default)]
pub struct ReceivedHeaders(Fields);

#[derive(Debug, Clone)]
enum Fields {
    /// Places in the head's bytes, which are at most 64 KiB: as they came over HTTP/1.1, decoded over HTTP/2.
    Sent { raw: Bytes, places: Vec<Place> },
    /// Those of a map, which nobody sent.
    Listed(Vec<(HeaderName, HeaderValue)>),
}

impl Default for Fields {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

/// Where a field's name and value stand, each by its beginning and its length.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) name: (u16, u16),
    pub(crate) value: (u16, u16),
}

impl ReceivedHeaders {
    /// Remembers where the fields of a parsed head stand in `raw`.
    pub(crate) fn sent(raw: &Bytes, fields: &[httparse::Header<'_>]) -> Self {
        let origin = raw.as_ptr().addr();
        // INVARIANT: a head is at most 64 KiB (`Limits::checked`), so its offsets fit.
        let place = |part: &[u8]| ((part.as_ptr().addr().saturating_sub(origin)) as u16, part.len() as u16);
        let places = fields
            .iter()
            .map(|field| Place { name: place(field.name.as_bytes()), value: place(field.value) })
            .collect();
        Self(Fields::Sent { raw: raw.clone(), places })
    }

    /// Fields that stand in `raw` at these places.
    pub(crate) fn placed(raw: Bytes, places: Vec<Place>) -> Self {
        Self(Fields::Sent { raw, places })
    }

    /// The first value of a field, by its name in any case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.get_all(name).next()
    }

    /// The first value of a field, where it is visible ASCII.
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = self.get(name)?;
        if !value.iter().all(|byte| *byte == b'\t' || (b' '..0x7f).contains(byte)) {
            return None;
        }
        std::str::from_utf8(value).ok()
    }

    /// The values of a field, by its name in any case.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(move |index| {
            let (sent, value) = self.bytes(index);
            sent.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
        })
    }

    /// The first value of a field as one that headers can hold; it shares the head's bytes.
    pub fn value(&self, name: &str) -> Option<HeaderValue> {
        let [index] = self.first_of([name]);
        self.value_at(index?)
    }

    /// Which field is the first of each name, in any case. One pass finds several faster than one each.
    pub fn first_of<const N: usize>(&self, names: [&str; N]) -> [Option<usize>; N] {
        let mut found = [None; N];
        for index in 0..self.len() {
            let (sent, _) = self.bytes(index);
            for (name, place) in names.iter().zip(&mut found) {
                if place.is_none() && sent.len() == name.len() && sent.eq_ignore_ascii_case(name.as_bytes()) {
                    *place = Some(index);
                }
            }
        }
        found
    }

    /// A field's value by its place; it shares the head's bytes.
    pub fn value_at(&self, index: usize) -> Option<HeaderValue> {
        match &self.0 {
            Fields::Sent { raw, places } => {
                let value = raw.slice_ref(part(raw, places.get(index)?.value));
                HeaderValue::from_maybe_shared(value).ok()
            }
            Fields::Listed(fields) => fields.get(index).map(|(_, value)| value.clone()),
        }
    }

    /// The same as a map.
    pub fn to_map(&self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.len());
        for index in 0..self.len() {
            // INVARIANT: a head is accepted only when names and values are sound (`parse`).
            if let (Some(name), Some(value)) = self.typed(index) {
                map.append(name, value);
            }
        }
        map
    }

    /// Sets a field in place of all that were sent by its name. A name or a value that no field may have changes nothing.
    pub fn set(&mut self, name: &HeaderName, value: &HeaderValue) {
        if let Fields::Sent { raw, places } = &mut self.0 {
            let bytes = [raw, name.as_str().as_bytes(), value.as_bytes()].concat();
            // INVARIANT: offsets have sixteen bits.
            if u16::try_from(bytes.len()).is_ok() {
                let (at, name_len, value_len) = (raw.len() as u16, name.as_str().len() as u16, value.len() as u16);
                let (sent, name) = (std::mem::replace(raw, bytes.into()), name.as_str().as_bytes());
                places.retain(|Place { name: (at, len), .. }| {
                    let known = sent.get(usize::from(*at)..usize::from(*at) + usize::from(*len));
                    known.is_none_or(|known| !known.eq_ignore_ascii_case(name))
                });
                places.push(Place { name: (at, name_len), value: (at + name_len, value_len) });
                return;
            }
        }
        let mut map = self.to_map();
        map.insert(name, value.clone());
        *self = Self::from(map);
    }

    /// Each field's name as sent and its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        (0..self.len()).map(|index| self.field(index))
    }

    /// The same, with names as bytes: whoever only compares them need not have them judged to be text.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        (0..self.len()).map(|index| self.bytes(index))
    }

    /// How many fields came.
    pub fn len(&self) -> usize {
        match &self.0 {
            Fields::Sent { places, .. } => places.len(),
            Fields::Listed(fields) => fields.len(),
        }
    }

    /// Whether no field came.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn field(&self, index: usize) -> (&str, &[u8]) {
        let (name, value) = self.bytes(index);
        (std::str::from_utf8(name).unwrap_or_default(), value)
    }

    fn bytes(&self, index: usize) -> (&[u8], &[u8]) {
        match &self.0 {
            Fields::Sent { raw, places } => {
                let Place { name, value } = places[index];
                (part(raw, name), part(raw, value))
            }
            Fields::Listed(fields) => (fields[index].0.as_str().as_bytes(), fields[index].1.as_bytes()),
        }
    }

    fn typed(&self, index: usize) -> (Option<HeaderName>, Option<HeaderValue>) {
        match &self.0 {
            Fields::Sent { .. } => (HeaderName::from_bytes(self.bytes(index).0).ok(), self.value_at(index)),
            Fields::Listed(fields) => (Some(fields[index].0.clone()), Some(fields[index].1.clone())),
        }
    }
}

/// A part of a head, by its beginning and its length.
fn part(raw: &Bytes, (at, len): (u16, u16)) -> &[u8] {
    raw.get(usize::from(at)..usize::from(at) + usize::from(len)).unwrap_or_default()
}

impl From<HeaderMap> for ReceivedHeaders {
    /// The fields of a map.
    fn from(headers: HeaderMap) -> Self {
        let mut fields: Vec<(HeaderName, HeaderValue)> = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            // Only the first of a name's values comes with the name.
            let name = name.or_else(|| fields.last().map(|(name, _)| name.clone()));
            fields.extend(name.map(|name| (name, value)));
        }
        Self(Fields::Listed(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_set_takes_the_place_of_all_of_its_name() {
        let raw = Bytes::from_static(b"GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-b: 2\r\nX-C: 3\r\n\r\n");
        let sent = crate::parse::parse(&raw, &crate::Limits::default()).expect("sound").head.received;
        let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nX-C: 3\r\nX-L: {}\r\n\r\n", "l".repeat(30_000));
        let long = crate::parse::parse(&Bytes::from(long), &crate::Limits::default()).expect("sound").head.received;
        let decoded = ReceivedHeaders::from(sent.to_map());
        for mut received in [sent, long, decoded] {
            for value in ["new".to_owned(), "n".repeat(40_000), "last".to_owned()] {
                let typed = HeaderValue::from_str(&value).expect("sound");
                received.set(&HeaderName::from_static("x-b"), &typed);
                assert_eq!(received.get_all("X-B").collect::<Vec<_>>(), [value.as_bytes()]);
                assert_eq!((received.text("x-c"), received.text("host")), (Some("3"), Some("a")));
            }
        }
    }

    #[test]
    fn a_target_is_visible_ascii_without_a_fragment() {
        for byte in 0..=u8::MAX {
            assert_eq!(Target::new(&[b'/', byte], 0).is_some(), byte.is_ascii_graphic() && byte != b'#', "{byte}");
        }
    }

    #[test]
    fn the_first_of_each_name_is_found_in_any_case() {
        let raw = Bytes::from_static(b"GET / HTTP/1.1\r\nHost: a\r\nx-b: 1\r\nX-Ab: 2\r\nX-B: 3\r\n\r\n");
        let sent = Head::read(&raw, &Limits::default()).expect("sound").received;
        let listed = ReceivedHeaders::from(sent.to_map());
        for headers in [sent, listed] {
            let found = headers.first_of(["X-B", "host", "x-none", "X-B"]).map(|at| headers.value_at(at?));
            let value = |text| Some(HeaderValue::from_static(text));
            assert_eq!(found, [value("1"), value("a"), None, value("1")]);
            assert_eq!(headers.value_at(headers.len()), None);
            assert!(headers.lines().eq(headers.iter().map(|(name, value)| (name.as_bytes(), value))));
        }
    }

    #[test]
    fn a_head_that_nobody_sent_is_judged_like_one_that_arrived() {
        let read = |text: &str| Head::read(&Bytes::copy_from_slice(text.as_bytes()), &Limits::default());
        let head = read("GET /a?b HTTP/1.1\r\nhOsT: a:80\r\nX-B: 1\r\n\r\n").expect("sound");
        assert_eq!((head.host(), head.target.path(), head.received.text("x-b")), (Some("a"), "/a", Some("1")));
        for (text, why) in [
            (String::new(), FrontEndRefusal::InvalidRequestLine),
            ("GET / HTTP/1.1\r\nHost: a\r\n".to_owned(), FrontEndRefusal::InvalidRequestLine),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(), FrontEndRefusal::RepeatedHost),
            (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(70_000)), FrontEndRefusal::TargetTooLong),
            (
                format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(70_000)),
                FrontEndRefusal::HeadersTooLarge,
            ),
        ] {
            assert_eq!(read(&text).expect_err("refused"), why, "{}", text.len());
        }
    }

    #[test]
    fn a_target_keeps_every_byte() {
        let target = Target::new(b"/a//b/..%2f?x=1?&y", 0).expect("sound");
        assert_eq!(
            (target.as_str(), target.path(), target.query()),
            ("/a//b/..%2f?x=1?&y", "/a//b/..%2f", Some("x=1?&y"))
        );
        let target = Target::new(b"http://h?q", 8).expect("sound");
        assert_eq!((target.path(), target.query()), ("/", Some("q")));
        for bad in ["/a b", "/a#b", "/\u{e9}", "/\0", "/\x7f"] {
            assert!(Target::new(bad.as_bytes(), 0).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_field_is_found_by_its_name_in_any_case() {
        let raw = Bytes::from_static(b"GET / HTTP/1.1\r\nhOsT: a:80\r\nX-B: 1\r\nx-a: \xe9\r\nX-b: 2\r\n\r\n");
        let sent = crate::parse::parse(&raw, &crate::Limits::default()).expect("sound").head;
        let decoded = ReceivedHeaders::from(sent.received.to_map());
        assert_eq!(sent.host(), Some("a"));
        for received in [&sent.received, &decoded] {
            assert_eq!(
                (received.len(), received.get("x-b"), received.text("HOST")),
                (4, Some(&b"1"[..]), Some("a:80"))
            );
            assert_eq!(received.get_all("X-B").collect::<Vec<_>>(), [b"1", b"2"]);
            assert_eq!((received.text("x-a"), received.get("x"), received.value("y")), (None, None, None));
            assert_eq!(received.value("x-a").expect("a value"), b"\xe9"[..]);
            assert_eq!(received.to_map(), sent.received.to_map());
        }
    }
}
