//! The head of a request as it came over the wire, borrowed.

use crate::refusal::{Incomplete, Refusal};

/// What a signature is computed over, unchanged: nothing here was decoded, merged or normalised.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The method.
    pub method: &'a str,
    /// The path before any decoding, without the query.
    pub path: &'a str,
    /// The query before any decoding, without the question mark.
    pub query: &'a str,
    /// All header fields in received order. `host` is among them; HTTP/2 takes it from `:authority`.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> Received<'a> {
    /// All values of a header field.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let headers = self.headers;
        headers.iter().filter(move |(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The one value of a header field as text; two of them are refused, since two readers could each choose another.
    pub(crate) fn only_text(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.values(name);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Refusal::Incomplete(Incomplete::Duplicate(name)));
        }
        let text = std::str::from_utf8(value).map_err(|_| Refusal::Incomplete(Incomplete::NotText(name)))?;
        Ok(Some(text.trim()))
    }
}
