//! Comments, as SQL and C know them.

use super::rewrite::{Changed, find_class, rewrite};

/// Each `/* … */` becomes one space, one without an end too. An end without a beginning stays.
pub(super) fn replace(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let find =
        |rest: &[u8]| memchr::memchr_iter(b'*', rest).find(|at| *at > 0 && rest[at - 1] == b'/').map(|at| at - 1);
    rewrite(value, out, find, |rest, out| {
        out.push(b' ');
        let end = memchr::memchr_iter(b'/', &rest[2..]).find(|at| *at > 0 && rest[at + 1] == b'*');
        end.map_or(rest.len(), |at| at + 3)
    })
}

/// What begins and ends comments goes: `/*`, `*/`, `--`, `#`.
pub(super) fn remove_char(value: &[u8], out: &mut Vec<u8>) -> Changed {
    let find = |rest: &[u8]| find_class(rest, |byte| matches!(byte, b'/' | b'*' | b'-' | b'#'));
    rewrite(value, out, find, |rest, _| match rest {
        [b'/', b'*', ..] | [b'*', b'/', ..] | [b'-', b'-', ..] => 2,
        [b'#', ..] => 1,
        [..] => 0,
    })
}
