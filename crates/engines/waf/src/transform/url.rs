//! Percent encoding, with Microsoft's `%uHHHH`, and UTF-8 written in it.

use super::rewrite::{Changed, find_class, hex_pair, hex_quad, narrow, rewrite};

/// `%41`, and `+` for a space. What is no encoding stays.
pub(super) fn decode(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, find, plain)
}

/// The same with `%u0041`.
pub(super) fn decode_uni(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, find, |rest, out| {
        if let [b'%', b'u' | b'U', ..] = rest
            && let Some(code) = hex_quad(rest, 2)
        {
            out.push(narrow(code));
            return 6;
        }
        plain(rest, out)
    })
}

fn find(value: &[u8]) -> Option<usize> {
    memchr::memchr2(b'%', b'+', value)
}

fn plain(rest: &[u8], out: &mut Vec<u8>) -> usize {
    if rest[0] == b'+' {
        out.push(b' ');
        return 1;
    }
    let Some(byte) = hex_pair(rest, 1) else { return 0 };
    out.push(byte);
    3
}

/// Sequences of UTF-8 become `%u00e9`. Sequences that are longer than they need be are read too: that is what makes
/// `C0 AF` visible as `%u002f`.
pub(super) fn utf8_to_unicode(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(
        value,
        out,
        |rest| find_class(rest, |byte| byte >= 0xC0),
        |rest, out| {
            let Some((code, length)) = sequence(rest) else { return 0 };
            out.extend_from_slice(b"%u");
            let digits = if code > 0xF_FFFF {
                6
            } else if code > 0xFFFF {
                5
            } else {
                4
            };
            for digit in (0..digits).rev() {
                out.push(b"0123456789abcdef"[(code >> (4 * digit) & 0xF) as usize]);
            }
            length
        },
    )
}

/// The code and the length of a sequence of two to four bytes.
fn sequence(rest: &[u8]) -> Option<(u32, usize)> {
    let (mut code, length) = match rest[0] {
        lead @ 0xC0..=0xDF => (u32::from(lead & 0x1F), 2),
        lead @ 0xE0..=0xEF => (u32::from(lead & 0x0F), 3),
        lead @ 0xF0..=0xF7 => (u32::from(lead & 0x07), 4),
        _ => return None,
    };
    for byte in rest.get(1..length)? {
        if byte & 0xC0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3F);
    }
    Some((code, length))
}
