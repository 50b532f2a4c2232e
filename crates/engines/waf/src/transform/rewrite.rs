//! How a transformation walks over a value: it copies nothing before it has something to change.

use std::ops::Range;

/// What a transformation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The value is as it was.
    Not,
    /// What is left of the value, by its bytes' positions.
    Within(Range<usize>),
    /// The result stands in the buffer.
    Made,
}

/// Rewrites the places that `find` points at. `step` is given the value from such a place on; it writes what replaces its
/// beginning and answers how many bytes that beginning has, or answers 0 and writes nothing where it leaves the byte as it is.
///
/// INVARIANT: what `step` writes differs from what it replaces; otherwise an unchanged value would be copied.
#[inline]
pub(crate) fn rewrite(
    value: &[u8],
    out: &mut Vec<u8>,
    find: impl Fn(&[u8]) -> Option<usize>,
    mut step: impl FnMut(&[u8], &mut Vec<u8>) -> usize,
) -> Changed {
    let (mut at, mut copied, mut changed) = (0, 0, false);
    while let Some(found) = find(&value[at..]) {
        at += found;
        out.extend_from_slice(&value[copied..at]);
        copied = at;
        let replaced = step(&value[at..], out);
        if replaced == 0 {
            at += 1;
        } else {
            at += replaced;
            copied = at;
            changed = true;
        }
    }
    if changed {
        out.extend_from_slice(&value[copied..]);
        Changed::Made
    } else {
        out.clear();
        Changed::Not
    }
}

/// Where the first byte of a class stands. Looks at 32 bytes at a time without a branch, which compilers turn into wide
/// instructions.
#[inline]
pub(crate) fn find_class(value: &[u8], class: impl Fn(u8) -> bool) -> Option<usize> {
    const WIDE: usize = 32;
    let mut at = 0;
    for chunk in value.chunks_exact(WIDE) {
        if chunk.iter().fold(false, |found, byte| found | class(*byte)) {
            break;
        }
        at += WIDE;
    }
    value[at..].iter().position(|byte| class(*byte)).map(|found| at + found)
}

/// The answer of a transformation that wrote before it knew whether anything changes.
pub(super) fn unless_equal(value: &[u8], out: &mut Vec<u8>) -> Changed {
    if out == value {
        out.clear();
        return Changed::Not;
    }
    Changed::Made
}

/// A hexadecimal digit's value.
#[inline]
pub(crate) fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Two hexadecimal digits at a position.
#[inline]
pub(crate) fn hex_pair(value: &[u8], at: usize) -> Option<u8> {
    Some(hex(*value.get(at)?)? << 4 | hex(*value.get(at + 1)?)?)
}

/// Four hexadecimal digits at a position.
#[inline]
pub(crate) fn hex_quad(value: &[u8], at: usize) -> Option<u16> {
    Some(u16::from(hex_pair(value, at)?) << 8 | u16::from(hex_pair(value, at + 2)?))
}

/// The byte that AWS makes of a Unicode escape: full-width forms (`FF01`–`FF5E`) become the ASCII they imitate, of all
/// others the lower byte is left.
#[inline]
pub(crate) fn narrow(code: u16) -> u8 {
    let [high, low] = code.to_be_bytes();
    if high == 0xFF && (0x01..=0x5E).contains(&low) { low + 0x20 } else { low }
}

/// Appends a code point in UTF-8, the replacement character for what is none.
pub(crate) fn push_utf8(out: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
