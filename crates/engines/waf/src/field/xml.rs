//! The values in an XML document: texts between tags, and what attributes are set to.

use memchr::{memchr, memchr3, memmem};

use super::extracted::{Extracted, Name, Source};
use crate::request::Request;

/// The texts and attributes of a body that says to be XML, be it well-formed or not. Comments, declarations and what is empty
/// are no values.
pub(super) fn extract(request: &Request<'_>, into: &mut Extracted) {
    let mut types = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"content-type"));
    if !types.any(|header| header.value.windows(3).any(|window| window.eq_ignore_ascii_case(b"xml"))) {
        return;
    }
    let body = request.body.prefix;
    let mut at = 0;
    while at < body.len() {
        let open = memchr(b'<', &body[at..]).map_or(body.len(), |found| at + found);
        push(request, at, open, into);
        let tag = &body[open..];
        at = if tag.starts_with(b"<!--") {
            behind(body, open + 4, b"-->")
        } else if tag.starts_with(b"<![CDATA[") {
            let end = behind(body, open + 9, b"]]>");
            let closed = if body[..end].ends_with(b"]]>") { end - 3 } else { end };
            push(request, open + 9, closed.max(open + 9).min(end), into);
            end
        } else if tag.starts_with(b"<!") || tag.starts_with(b"<?") {
            behind(body, open, b">")
        } else {
            attributes(request, open, into)
        };
    }
}

/// The quoted values of a tag; answers where it ends.
fn attributes(request: &Request<'_>, open: usize, into: &mut Extracted) -> usize {
    let body = request.body.prefix;
    let mut at = open;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &body[at..]) {
        let quote = body[at + found];
        at += found + 1;
        if quote == b'>' {
            return at;
        }
        let end = memchr(quote, &body[at..]).map_or(body.len(), |found| at + found);
        push(request, at, end, into);
        at = (end + 1).min(body.len());
    }
    body.len()
}

/// Behind the next such text.
fn behind(body: &[u8], from: usize, text: &[u8]) -> usize {
    let from = from.min(body.len());
    memmem::find(&body[from..], text).map_or(body.len(), |found| from + found + text.len())
}

fn push(request: &Request<'_>, start: usize, end: usize, into: &mut Extracted) {
    let value = &request.body.prefix[start..end];
    let start = start + value.len() - value.trim_ascii_start().len();
    let end = start + value.trim_ascii().len();
    if start < end {
        into.push(request, Source::Body, start, end, Name::None);
    }
}
