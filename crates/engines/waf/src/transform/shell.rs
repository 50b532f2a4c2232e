//! What command interpreters do not mind in a command line.

use super::rewrite::{Changed, unless_equal};
use super::space::is_space;

/// AWS's `CMD_LINE`: `\ " ' ^` go, as do spaces before `/` and `(`; `,` and `;` become spaces, several spaces one; letters
/// become small.
pub(super) fn any(value: &[u8], out: &mut Vec<u8>) -> Changed {
    for byte in value {
        match byte {
            b'\\' | b'"' | b'\'' | b'^' => {}
            b' ' | b',' | b';' | b'\t' | b'\r' | b'\n' => push_space(out),
            b'/' | b'(' => {
                if out.last() == Some(&b' ') {
                    out.pop();
                }
                out.push(*byte);
            }
            _ => out.push(byte.to_ascii_lowercase()),
        }
    }
    unless_equal(value, out)
}

/// For Unix shells: `\ " '` go, white space becomes one space and none at the ends, letters become small.
pub(super) fn unix(value: &[u8], out: &mut Vec<u8>) -> Changed {
    for byte in value {
        match byte {
            b'\\' | b'"' | b'\'' => {}
            byte if is_space(*byte) => push_space(out),
            _ => out.push(byte.to_ascii_lowercase()),
        }
    }
    trim(out);
    unless_equal(value, out)
}

/// For Windows' shells: `" ' ^` and the grave accent go, and line ends behind `^`; several backslashes become one (paths
/// stay paths), white space one space and none at the ends, letters become small.
pub(super) fn windows(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        at += 1;
        match byte {
            b'^' => match value[at..] {
                [b'\r', b'\n', ..] => at += 2,
                [b'\n', ..] => at += 1,
                [..] => {}
            },
            b'"' | b'\'' | b'`' => {}
            b'\\' if out.last() == Some(&b'\\') => {}
            byte if is_space(*byte) => push_space(out),
            _ => out.push(byte.to_ascii_lowercase()),
        }
    }
    trim(out);
    unless_equal(value, out)
}

fn push_space(out: &mut Vec<u8>) {
    if out.last() != Some(&b' ') {
        out.push(b' ');
    }
}

/// Runs are one space already.
fn trim(out: &mut Vec<u8>) {
    if out.last() == Some(&b' ') {
        out.pop();
    }
    if out.first() == Some(&b' ') {
        out.remove(0);
    }
}
