//! The values of a field, once they are found in a request: where each stands, and what else is to be known of them.

use std::borrow::Cow;

use super::arguments::Argument;
use crate::json::{self, Broken, Frame};
use crate::request::Request;

/// The values of one field of one request. Holds no request: it can be used again and again, which saves all allocation.
///
/// A value of at most seven bytes that stands in the request twice is kept once: no statement can tell the difference.
///
/// INVARIANT: it is asked about the request it was made from.
#[derive(Debug, Default)]
pub struct Extracted {
    pub(super) entries: Vec<Entry>,
    /// Bytes that do not stand in the request as they are inspected.
    pub(super) own: Vec<u8>,
    pub(super) spare: Vec<u8>,
    pub(super) arguments: Vec<Argument>,
    pub(super) frames: Vec<Frame>,
    pub(super) extent: Extent,
    pub(super) broken: Option<Broken>,
    seen: Seen,
}

/// Whether there is more of a field than is inspected. What follows from it is the statement's to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it is inspected.
    #[default]
    Whole,
    /// There is more.
    Oversize,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    /// What is inspected.
    pub bytes: &'a [u8],
    /// Which of the field's values it is, for [`Extracted::name`].
    pub index: usize,
}

/// Where a value stands, and under which name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    source: Source,
    start: u32,
    end: u32,
    name: Name,
}

/// What a value is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Method,
    Path,
    Query,
    Body,
    /// The name of the header at this position.
    HeaderName(u16),
    /// The value of the header at this position.
    HeaderValue(u16),
    /// [`Extracted::own`].
    Own,
}

/// Where a value's name stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    None,
    /// The whole name of a header.
    Header(u16),
    /// A part of a source.
    Part(Source, u32, u32),
    /// The JSON pointer of what begins at this offset of the body.
    Pointer(u32),
}

impl Extracted {
    /// Whether there is more of the field than its values hold.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Why the body is no JSON; the values are then those before the failure. A body that is only cut off is not broken,
    /// its extent is [`Extent::Oversize`].
    pub fn broken(&self) -> Option<Broken> {
        self.broken
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// There is none: the request has no such header, argument or cookie.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The values, in the request's order.
    pub fn values<'a>(&'a self, request: &'a Request<'_>) -> impl ExactSizeIterator<Item = Value<'a>> {
        let bytes = |entry: &Entry| &self.bytes(request, entry.source)[entry.start as usize..entry.end as usize];
        self.entries.iter().enumerate().map(move |(index, entry)| Value { bytes: bytes(entry), index })
    }

    /// One value by its place in the request's order.
    pub fn value<'a>(&'a self, request: &'a Request<'_>, index: usize) -> Option<&'a [u8]> {
        let entry = self.entries.get(index)?;
        Some(&self.bytes(request, entry.source)[entry.start as usize..entry.end as usize])
    }

    /// What a value is called: a header's, an argument's or a cookie's name, or a JSON pointer; `None` for what has no name.
    /// Sought when it is asked for, which for JSON means to read the body again.
    pub fn name<'a>(&'a self, request: &'a Request<'_>, index: usize) -> Option<Cow<'a, str>> {
        match self.entries.get(index)?.name {
            Name::None => None,
            Name::Header(header) => Some(String::from_utf8_lossy(request.headers[usize::from(header)].name)),
            Name::Part(source, start, end) => {
                let name = &self.bytes(request, source)[start as usize..end as usize];
                Some(String::from_utf8_lossy(name))
            }
            Name::Pointer(offset) => json::pointer(request.body.prefix, offset as usize).map(Cow::Owned),
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.own.clear();
        self.extent = Extent::Whole;
        self.broken = None;
        self.seen = Seen::default();
    }

    /// The whole of a source, whose value is never left out.
    pub(super) fn push_whole(&mut self, request: &Request<'_>, source: Source, name: Name) {
        let end = self.bytes(request, source).len() as u32;
        self.entries.push(Entry { source, start: 0, end, name });
    }

    /// A part of a source, unless the same short value is there already.
    pub(super) fn push(&mut self, request: &Request<'_>, source: Source, start: usize, end: usize, name: Name) {
        let bytes = &self.bytes(request, source)[start..end];
        if let Some(key) = Seen::key(bytes)
            && self.seen.holds(key)
        {
            return;
        }
        self.entries.push(Entry { source, start: start as u32, end: end as u32, name });
    }

    fn bytes<'a>(&'a self, request: &'a Request<'_>, source: Source) -> &'a [u8] {
        match source {
            Source::Method => request.method,
            Source::Path => request.path,
            Source::Query => request.query,
            Source::Body => request.body.prefix,
            Source::HeaderName(header) => request.headers[usize::from(header)].name,
            Source::HeaderValue(header) => request.headers[usize::from(header)].value,
            Source::Own => &self.own,
        }
    }
}

/// Remembers some short values, so that 30,000 zeros in an array cost as much as one.
#[derive(Debug)]
struct Seen([u64; 64]);

impl Default for Seen {
    fn default() -> Seen {
        Seen([0; 64])
    }
}

impl Seen {
    /// A short value with its length as one number; never 0.
    #[inline]
    fn key(bytes: &[u8]) -> Option<u64> {
        const BYTES_MAX: usize = 7;
        let key = |bytes: &[u8]| bytes.iter().fold(bytes.len() as u64 + 1, |key, byte| key << 8 | u64::from(*byte));
        (bytes.len() <= BYTES_MAX).then(|| key(bytes))
    }

    /// Whether a value is remembered; from now on it is, in the place of another.
    fn holds(&mut self, key: u64) -> bool {
        // A multiplication spreads the key over its upper bits (Fibonacci hashing).
        let place = &mut self.0[(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as usize];
        std::mem::replace(place, key) == key
    }
}
