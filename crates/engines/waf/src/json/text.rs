//! Texts of JSON without their escapes.

use crate::transform::{hex_quad, push_utf8};

/// How long the escape at the beginning is; an error where it is none, which says whether the body ended in it.
pub(super) fn escape_bytes(rest: &[u8]) -> Result<usize, bool> {
    match rest.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') if hex_quad(rest, 2).is_some() => Ok(6),
        Some(b'u') => Err(rest.len() < 6 && rest[2..].iter().all(u8::is_ascii_hexdigit)),
        Some(_) => Err(false),
        None => Err(true),
    }
}

/// Appends a text without its escapes. Half a pair of surrogates becomes the replacement character, as most parsers do.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(found) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..found]);
        rest = &rest[found..];
        let bytes = match rest.get(1) {
            Some(b'u') => unicode(rest, out),
            Some(letter) => {
                out.push(match letter {
                    b'b' => 0x08,
                    b'f' => 0x0C,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                2
            }
            None => 1,
        };
        rest = &rest[bytes..];
    }
    out.extend_from_slice(rest);
}

fn unicode(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(code) = hex_quad(rest, 2) else { return 2 };
    if let 0xD800..=0xDBFF = code
        && let [b'\\', b'u', ..] = rest[6..]
        && let Some(low @ 0xDC00..=0xDFFF) = hex_quad(rest, 8)
    {
        push_utf8(out, 0x1_0000 + (u32::from(code & 0x3FF) << 10 | u32::from(low & 0x3FF)));
        return 12;
    }
    push_utf8(out, u32::from(code));
    6
}
