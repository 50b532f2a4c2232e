//! White space and NUL bytes.

use super::rewrite::{Changed, find_class, rewrite, unless_equal};

/// The no-break space of Latin-1, which AWS counts as white space (decimal 160).
const NO_BREAK: u8 = 0xA0;
/// The first byte of the no-break space in UTF-8.
const NO_BREAK_LEAD: u8 = 0xC2;

/// C's white space: what is trimmed.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r')
}

/// White space other than a plain space, or the no-break space's last byte.
fn is_other(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | NO_BREAK)
}

/// Runs of white space become one space.
pub(super) fn compress(value: &[u8], out: &mut Vec<u8>) -> Changed {
    if !may_compress(value) {
        return Changed::Not;
    }
    squeeze(value, out, |written| match written {
        [.., b' '] => 0,
        [..] => 1,
    })
}

/// White space goes.
pub(super) fn remove(value: &[u8], out: &mut Vec<u8>) -> Changed {
    if find_class(value, |byte| byte == b' ' || is_other(byte)).is_none() {
        return Changed::Not;
    }
    squeeze(value, out, |_| 0)
}

/// Copies all but white space, of which `spaces` says for what is written already how many spaces follow: 0 or 1.
fn squeeze(value: &[u8], out: &mut Vec<u8>, spaces: impl Fn(&[u8]) -> usize) -> Changed {
    out.resize(value.len(), 0);
    let mut written = 0;
    let mut before = 0;
    for &byte in value {
        if byte == b' ' || is_other(byte) {
            if byte == NO_BREAK && before == NO_BREAK_LEAD {
                written -= 1;
            }
            let more = spaces(&out[..written]);
            out[written] = b' ';
            written += more;
        } else {
            out[written] = byte;
            written += 1;
        }
        before = byte;
    }
    out.truncate(written);
    unless_equal(value, out)
}

/// There is white space that is no plain space, or two plain spaces stand together.
fn may_compress(value: &[u8]) -> bool {
    const WIDE: usize = 32;
    let changes = |(byte, next): (&u8, &u8)| is_other(*byte) || (*byte == b' ' && *next == b' ');
    let behind = value.get(1..).unwrap_or_default();
    let mut chunks = value.chunks(WIDE).zip(behind.chunks(WIDE));
    // Without branches inside a chunk, as elsewhere.
    value.last().is_some_and(|last| is_other(*last))
        || chunks.any(|(these, next)| these.iter().zip(next).fold(false, |found, pair| found | changes(pair)))
}

/// Which ends are trimmed.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    Both,
    Left,
    Right,
}

/// White space at the ends goes.
pub(super) fn trim(value: &[u8], ends: Ends) -> Changed {
    let first = value.iter().position(|byte| !is_space(*byte)).unwrap_or(value.len());
    let last = value.iter().rposition(|byte| !is_space(*byte)).map_or(first, |last| last + 1);
    let left = match ends {
        Ends::Both => first..last,
        Ends::Left => first..value.len(),
        Ends::Right if first == value.len() => 0..0,
        Ends::Right => 0..last,
    };
    if left == (0..value.len()) { Changed::Not } else { Changed::Within(left) }
}

/// NUL bytes go.
pub(super) fn remove_nulls(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, |rest| memchr::memchr(0, rest), |_, _| 1)
}

/// NUL bytes become spaces.
pub(super) fn replace_nulls(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(
        value,
        out,
        |rest| memchr::memchr(0, rest),
        |_, out| {
            out.push(b' ');
            1
        },
    )
}

/// Capital letters become small.
pub(super) fn lowercase(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let Some(first) = find_class(value, |byte| byte.is_ascii_uppercase()) else { return Changed::Not };
    out.extend_from_slice(value);
    out[first..].make_ascii_lowercase();
    Changed::Made
}

/// Small letters become capital.
pub(super) fn uppercase(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let Some(first) = find_class(value, |byte| byte.is_ascii_lowercase()) else { return Changed::Not };
    out.extend_from_slice(value);
    out[first..].make_ascii_uppercase();
    Changed::Made
}
