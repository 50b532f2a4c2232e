//! Cookies: their names and values, from as many `Cookie` headers as there are.

use super::extracted::{Extent, Extracted, Name, Source};
use super::headers::indexed;
use super::{MatchScope, Names};
use crate::request::Request;

/// All `Cookie` headers together.
const BYTES_MAX: usize = 8192;
/// As many cookies are inspected.
const COUNT_MAX: usize = 200;

/// A cookie in its header.
struct Cookie {
    header: u16,
    /// Where its name begins and ends.
    name: (usize, usize),
    /// Where its value begins and ends.
    value: (usize, usize),
}

/// Names and values of cookies.
///
/// Pairs are parted at `;` and at their first `=`. Back ends differ in two things, and both readings are inspected: a piece
/// without `=` is a name to some and a value to others; a value in quotes may hold semicolons.
pub(super) fn all(request: &Request<'_>, names: &Names, scope: MatchScope, into: &mut Extracted) {
    let (mut bytes_left, mut cookies_left) = (BYTES_MAX, COUNT_MAX);
    for (header, received) in indexed(request) {
        if !received.name.eq_ignore_ascii_case(b"cookie") {
            continue;
        }
        let text = &received.value[..received.value.len().min(bytes_left)];
        if text.len() < received.value.len() {
            into.extent = Extent::Oversize;
        }
        bytes_left -= text.len();
        let mut start = 0;
        while start < text.len() {
            let end = memchr::memchr(b';', &text[start..]).map_or(text.len(), |found| start + found);
            if let Some(cookie) = read(text, header, start, end) {
                if cookies_left == 0 {
                    into.extent = Extent::Oversize;
                    return;
                }
                cookies_left -= 1;
                push(request, names, scope, text, &cookie, into);
            }
            start = end + 1;
        }
    }
}

fn read(text: &[u8], header: u16, start: usize, end: usize) -> Option<Cookie> {
    let (start, end) = trimmed(text, start, end);
    if start == end {
        return None;
    }
    let (name, value) = match memchr::memchr(b'=', &text[start..end]) {
        Some(found) => (trimmed(text, start, start + found), trimmed(text, start + found + 1, end)),
        None => ((start, end), (start, end)),
    };
    Some(Cookie { header, name, value })
}

fn push(request: &Request<'_>, names: &Names, scope: MatchScope, text: &[u8], cookie: &Cookie, into: &mut Extracted) {
    if !names.cookie(&text[cookie.name.0..cookie.name.1]) {
        return;
    }
    let source = Source::HeaderValue(cookie.header);
    let name = Name::Part(source, cookie.name.0 as u32, cookie.name.1 as u32);
    if scope.keys() {
        into.push(request, source, cookie.name.0, cookie.name.1, name);
    }
    if scope.values() {
        let (start, end) = cookie.value;
        into.push(request, source, start, end, name);
        if text.get(start) == Some(&b'"')
            && let Some(closing) = memchr::memchr(b'"', &text[start + 1..])
        {
            // SECURITY: what is between the quotes, as back ends read it that know them.
            into.push(request, source, start + 1, start + 1 + closing, name);
        }
    }
}

/// Without the white space at both ends.
fn trimmed(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let piece = &text[start..end];
    let left = piece.len() - piece.trim_ascii_start().len();
    (start + left, start + left + piece[left..].trim_ascii_end().len())
}
