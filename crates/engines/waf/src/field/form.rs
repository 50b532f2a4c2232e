//! The fields of a form: what stands behind `=` in a URL-encoded body, and the parts of one that is sent in parts.
//! <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>, <https://www.rfc-editor.org/rfc/rfc7578>

use memchr::memmem;

use super::arguments::{Argument, part};
use super::extracted::{Extracted, Name, Source};
use crate::request::Request;

const URL_ENCODED: &[u8] = b"application/x-www-form-urlencoded";
const IN_PARTS: &[u8] = b"multipart/form-data";
/// RFC 2046, section 5.1.1.
const BOUNDARY_BYTES_MAX: usize = 70;

/// Names and values of all fields. A body that says to be something else has none: it is no form to any back end.
///
/// SECURITY: one that does not say what it is may be one, since many back ends read it so.
pub(super) fn extract(request: &Request<'_>, into: &mut Extracted) {
    let sent_as = |media_type: &'static [u8]| {
        let types = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"content-type"));
        let mut values = types.map(|header| header.value.trim_ascii_start());
        values.find(|value| value.get(..media_type.len()).is_some_and(|start| start.eq_ignore_ascii_case(media_type)))
    };
    // SECURITY: of several types nobody knows which one counts, so the body is read as all that it says to be.
    let is_typed = request.headers.iter().any(|header| header.name.eq_ignore_ascii_case(b"content-type"));
    if !is_typed || sent_as(URL_ENCODED).is_some() {
        let mut fields = std::mem::take(&mut into.arguments);
        part(request.body.prefix, &mut fields);
        for Argument { name, value } in fields.drain(..) {
            if name.0 < name.1 {
                into.push(request, Source::Body, name.0, name.1, Name::None);
            }
            into.push(request, Source::Body, value.0, value.1, Name::Part(Source::Body, name.0 as u32, name.1 as u32));
        }
        into.arguments = fields;
    }
    if let Some(boundary) = sent_as(IN_PARTS).and_then(boundary) {
        parts(request, boundary, into);
    }
}

/// The parameter `boundary`, with or without quotes.
fn boundary(content_type: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"boundary=";
    let at = content_type.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME))?;
    let value = &content_type[at + NAME.len()..];
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => &quoted[..memchr::memchr(b'"', quoted)?],
        None => value[..memchr::memchr2(b';', b',', value).unwrap_or(value.len())].trim_ascii_end(),
    };
    (1..=BOUNDARY_BYTES_MAX).contains(&value.len()).then_some(value)
}

/// Between two boundaries: headers up to an empty line, then the value. The last part may be cut off.
fn parts(request: &Request<'_>, boundary: &[u8], into: &mut Extracted) {
    let body = request.body.prefix;
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut starts = finder.find_iter(body).map(|at| at + delimiter.len()).peekable();
    while let Some(start) = starts.next() {
        let end = starts.peek().map_or(body.len(), |next| next - delimiter.len());
        let Some(head) = head_bytes(&body[start..end]) else { continue };
        if let Some((from, to)) = name(&body[start..start + head]) {
            into.push(request, Source::Body, start + from, start + to, Name::None);
        }
        // Files are what they are: texts, programs, pictures. Rules on the whole body look into them.
        if !is_file(&body[start..start + head]) {
            let value = body[start + head..end].strip_suffix(b"\n").unwrap_or(&body[start + head..end]);
            let value = value.strip_suffix(b"\r").unwrap_or(value);
            into.push(request, Source::Body, start + head, start + head + value.len(), Name::None);
        }
    }
}

/// How long a part's headers are, with the empty line behind them.
fn head_bytes(part: &[u8]) -> Option<usize> {
    let lenient = memmem::find(part, b"\n\n").map(|at| at + 2);
    let strict = memmem::find(part, b"\r\n\r\n").map(|at| at + 4);
    match (strict, lenient) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Where the name of a part stands in its headers.
fn name(head: &[u8]) -> Option<(usize, usize)> {
    const NAME: &[u8] = b"; name=\"";
    let from = head.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME))? + NAME.len();
    let length = memchr::memchr(b'"', &head[from..])?;
    (length > 0).then_some((from, from + length))
}

fn is_file(head: &[u8]) -> bool {
    const NAME: &[u8] = b"filename";
    head.windows(NAME.len()).any(|window| window.eq_ignore_ascii_case(NAME))
}
