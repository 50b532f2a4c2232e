//! Base64, hexadecimal, and the digests.

use super::rewrite::{Changed, hex_pair, rewrite};

/// Each byte's six bits of base64, 255 for what is none. <https://www.rfc-editor.org/rfc/rfc4648#section-4>
const SIX_BITS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [255; 256];
    let mut index = 0;
    while index < alphabet.len() {
        table[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    table
};

/// Base64 up to the first byte that is none, padding included. A value that does not begin so stays as it is, and is
/// inspected so.
pub(super) fn base64(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let end = value.iter().position(|byte| SIX_BITS[usize::from(*byte)] == 255).unwrap_or(value.len());
    join(value[..end].iter().map(|byte| SIX_BITS[usize::from(*byte)]), value, out)
}

/// Base64 of all bytes that are such; others are skipped.
pub(super) fn base64_ext(value: &[u8], out: &mut Vec<u8>) -> Changed {
    join(value.iter().map(|byte| SIX_BITS[usize::from(*byte)]).filter(|bits| *bits != 255), value, out)
}

fn join(sextets: impl Iterator<Item = u8>, value: &[u8], out: &mut Vec<u8>) -> Changed {
    out.reserve(value.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0_u32, 0);
    for sextet in sextets {
        bits = bits << 6 | u32::from(sextet);
        held += 1;
        if held == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, held) = (0, 0);
        }
    }
    // Two sextets hold one byte, three hold two; one holds none.
    match held {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    if out.is_empty() { Changed::Not } else { Changed::Made }
}

/// Pairs of hexadecimal digits up to the first that is none. A value that does not begin so stays as it is.
pub(super) fn hex(value: &[u8], out: &mut Vec<u8>) -> Changed {
    out.extend((0..value.len() / 2).map_while(|pair| hex_pair(value, 2 * pair)));
    if out.is_empty() { Changed::Not } else { Changed::Made }
}

/// `0x414243`, wherever it stands, becomes `ABC`; an odd digit at the end stays.
pub(super) fn sql_hex(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let find = |rest: &[u8]| {
        memchr::memchr2_iter(b'x', b'X', rest).find(|at| *at > 0 && rest[at - 1] == b'0').map(|at| at - 1)
    };
    rewrite(value, out, find, |rest, out| {
        let before = out.len();
        out.extend((1..rest.len() / 2).map_while(|pair| hex_pair(rest, 2 * pair)));
        match out.len() - before {
            0 => 0,
            bytes => 2 + 2 * bytes,
        }
    })
}

/// The digest's 16 bytes.
pub(super) fn md5(value: &[u8], out: &mut Vec<u8>) -> Changed {
    use md5::Digest;
    out.extend_from_slice(&md5::Md5::digest(value));
    Changed::Made
}

/// The digest's 32 bytes.
pub(super) fn sha256(value: &[u8], out: &mut Vec<u8>) -> Changed {
    out.extend_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, value).as_ref());
    Changed::Made
}
