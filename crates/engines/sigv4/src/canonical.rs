//! The canonical request: the one text that client and server both compute from a request, and that is signed.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html#create-canonical-request>

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str::Utf8Error;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::hexadecimal::Hex;
use crate::{Algorithm, CredentialScope};

/// How the path enters the canonical request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathRule {
    /// Dot segments are resolved and empty segments removed: every service but S3.
    #[default]
    Normalized,
    /// The path counts as it was received.
    AsReceived,
}

/// The parts of a canonical request.
pub(crate) struct CanonicalRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) path_rule: PathRule,
    pub(crate) query: &'a str,
    /// Query parameters that are not part of it.
    pub(crate) left_out: &'a [&'a str],
    pub(crate) headers: &'a [(&'a str, &'a [u8])],
    /// Lower case, sorted, each once.
    pub(crate) signed_headers: &'a [String],
    /// The body's hash, or what stands in its place.
    pub(crate) payload_hash: &'a [u8],
}

impl CanonicalRequest<'_> {
    /// The text, which may hold bytes of header values that are not UTF-8.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let values: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let names: usize = self.signed_headers.iter().map(|name| name.len() + 1).sum();
        let mut text = Vec::with_capacity(128 + self.path.len() + self.query.len() + values + names);
        text.extend_from_slice(self.method.as_bytes());
        text.push(b'\n');
        write_path(&mut text, self.path, self.path_rule);
        text.push(b'\n');
        write_query(&mut text, self.query, self.left_out);
        text.push(b'\n');
        self.write_headers(&mut text);
        text.push(b'\n');
        for (index, name) in self.signed_headers.iter().enumerate() {
            if index > 0 {
                text.push(b';');
            }
            text.extend_from_slice(name.as_bytes());
        }
        text.push(b'\n');
        text.extend_from_slice(self.payload_hash);
        text
    }

    /// One line per signed header; a header that is signed but absent counts as empty.
    fn write_headers(&self, text: &mut Vec<u8>) {
        let mut headers: Vec<&(&str, &[u8])> = self.headers.iter().collect();
        // The sort is stable: values of one name keep their received order.
        headers.sort_by(|one, two| compare_names(one.0, two.0));
        let mut headers = headers.into_iter().peekable();
        for name in self.signed_headers {
            text.extend_from_slice(name.as_bytes());
            text.push(b':');
            let mut first = true;
            while let Some((given, value)) = headers.peek() {
                match compare_names(given, name) {
                    Ordering::Less => {}
                    Ordering::Equal => {
                        if !first {
                            text.push(b',');
                        }
                        first = false;
                        write_value(text, value);
                    }
                    Ordering::Greater => break,
                }
                headers.next();
            }
            text.push(b'\n');
        }
    }
}

/// What the key signs: the algorithm, the time, the scope and the canonical request's hash.
pub(crate) fn string_to_sign(
    algorithm: Algorithm,
    timestamp: &str,
    scope: &CredentialScope,
    canonical_request: &[u8],
) -> Vec<u8> {
    let mut text = Vec::with_capacity(256);
    let region = scope.region.as_deref();
    for (part, end) in [(algorithm.name(), b'\n'), (timestamp, b'\n'), (&scope.date, b'/')]
        .into_iter()
        .chain(region.map(|region| (region, b'/')))
        .chain([(scope.service.as_str(), b'/'), (&scope.terminator, b'\n')])
    {
        text.extend_from_slice(part.as_bytes());
        text.push(end);
    }
    text.extend_from_slice(Hex::sha256(canonical_request).as_bytes());
    text
}

/// Cuts a query into names and values, both still encoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Decodes one name or value of a query.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Utf8Error> {
    match decode_bytes(text) {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| error.utf8_error()),
    }
}

/// Encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    percent_encode(text.as_bytes(), UNRESERVED).to_string()
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const UNRESERVED_AND_SLASH: &AsciiSet = &UNRESERVED.remove(b'/');

/// A plus sign in a query is a space, as AWS's SDKs and services read it.
fn decode_bytes(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return Cow::Owned(percent_decode_str(&spaced).collect());
    }
    percent_decode_str(text).into()
}

/// Every service but S3 signs the path encoded twice: as it was sent, and once more.
fn write_path(text: &mut Vec<u8>, path: &str, rule: PathRule) {
    let whole = match rule {
        PathRule::Normalized if is_normal(path) => Cow::Borrowed(path),
        PathRule::Normalized => Cow::Owned(normalize(path)),
        PathRule::AsReceived if path.is_empty() => Cow::Borrowed("/"),
        PathRule::AsReceived => Cow::Borrowed(path),
    };
    for piece in percent_encode(whole.as_bytes(), UNRESERVED_AND_SLASH) {
        text.extend_from_slice(piece.as_bytes());
    }
}

/// Tells whether nothing would leave the path, as with nearly every path.
fn is_normal(path: &str) -> bool {
    path.starts_with('/') && !path.contains("//") && !path.contains("/.")
}

/// RFC 3986, section 5.2.4, and no empty segments.
fn normalize(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut last = "";
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            name => kept.push(name),
        }
        last = segment;
    }
    let mut normal = String::with_capacity(path.len() + 1);
    for segment in &kept {
        normal.push('/');
        normal.push_str(segment);
    }
    if kept.is_empty() || matches!(last, "" | "." | "..") {
        normal.push('/');
    }
    normal
}

/// Names and values decoded, encoded in the one canonical way, sorted by name and value.
fn write_query(text: &mut Vec<u8>, query: &str, left_out: &[&str]) {
    let mut parameters: Vec<(Cow<'_, str>, Cow<'_, str>)> = pairs(query)
        .map(|(name, value)| (recode(name), recode(value)))
        .filter(|(name, _)| !left_out.contains(&name.as_ref()))
        .collect();
    parameters.sort_unstable();
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
    }
}

/// A name or value in its one canonical spelling, which most have already.
fn recode(part: &str) -> Cow<'_, str> {
    if part.bytes().all(is_unreserved) {
        return Cow::Borrowed(part);
    }
    Cow::Owned(percent_encode(&decode_bytes(part), UNRESERVED).to_string())
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// A value without white space around it, and with single spaces inside.
/// SECURITY: line breaks count as spaces, so that no value can forge a line.
fn write_value(text: &mut Vec<u8>, value: &[u8]) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\r' | b'\n');
    for (index, word) in value.trim_ascii().split(is_space).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

fn compare_names(one: &str, two: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(two.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_and_empty_segments_leave_the_path() {
        for (path, normal) in [
            ("", "/"),
            ("/", "/"),
            ("//a//", "/a/"),
            ("/a/./b", "/a/b"),
            ("/a/../..", "/"),
            ("/a/b/..", "/a/"),
            ("/../../a", "/a"),
            ("/a/%2e%2e/b", "/a/%2e%2e/b"),
            ("/a/.b/..c", "/a/.b/..c"),
            ("/a/b/", "/a/b/"),
            ("a/b", "/a/b"),
            ("/a.b/c.", "/a.b/c."),
        ] {
            assert_eq!(normalize(path), normal, "{path}");
            assert!(!is_normal(path) || path == normal, "{path}");
        }
    }

    #[test]
    fn a_query_has_one_canonical_form() {
        for (query, canonical) in [
            ("", ""),
            ("a", "a="),
            ("&&a=1&", "a=1"),
            ("b=2&a=2&a=1", "a=1&a=2&b=2"),
            ("a=x+y&b=x%20y&c=x%2by", "a=x%20y&b=x%20y&c=x%2By"),
            ("a=%zz&b=%", "a=%25zz&b=%25"),
            ("a=b=c", "a=b%3Dc"),
            ("a=%ff", "a=%FF"),
            ("X-Amz-Signature=1&A=1", "A=1"),
        ] {
            let mut text = Vec::new();
            write_query(&mut text, query, &["X-Amz-Signature"]);
            assert_eq!(String::from_utf8_lossy(&text), canonical, "{query}");
        }
    }

    #[test]
    fn a_header_value_cannot_forge_a_line() {
        let mut text = Vec::new();
        write_value(&mut text, b"  a   b\r\nhost: evil\n ");
        assert_eq!(text, b"a b host: evil");
    }
}
