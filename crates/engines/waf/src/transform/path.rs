//! Paths without detours.

use super::rewrite::{Changed, unless_equal};

/// Whether backslashes part folders too.
#[derive(Clone, Copy)]
pub(super) enum Separators {
    Slash,
    SlashAndBackslash,
}

/// Several slashes become one, `.` goes, `..` goes with the folder before it. A `..` with nothing before it stays at the
/// beginning of a relative path and goes at the root of an absolute one.
pub(super) fn normalize(value: &[u8], separators: Separators, out: &mut Vec<u8>) -> Changed {
    let separates = |byte: u8| match separators {
        Separators::Slash => byte == b'/',
        Separators::SlashAndBackslash => byte == b'/' || byte == b'\\',
    };
    if !is_suspect(value, separators) {
        return Changed::Not;
    }
    let absolute = value.first().is_some_and(|first| separates(*first));
    if absolute {
        out.push(b'/');
    }
    // INVARIANT: what stands before `kept` is no folder that a `..` could leave.
    let mut kept = out.len();
    let mut segments = value.split(|byte| separates(*byte)).peekable();
    while let Some(segment) = segments.next() {
        let closed = segments.peek().is_some();
        match segment {
            b"" | b"." => {}
            b".." if out.len() > kept => {
                out.pop();
                let folder = memchr::memrchr(b'/', &out[kept..]).map_or(kept, |slash| kept + slash + 1);
                out.truncate(folder);
            }
            b".." if absolute => {}
            folder => {
                out.extend_from_slice(folder);
                if closed {
                    out.push(b'/');
                }
                if folder == b".." {
                    kept = out.len();
                }
            }
        }
    }
    unless_equal(value, out)
}

/// Something in the path may have to change: a backslash that parts, a dot or a slash behind a slash or at the beginning.
fn is_suspect(value: &[u8], separators: Separators) -> bool {
    let backslash = match separators {
        Separators::Slash => false,
        Separators::SlashAndBackslash => memchr::memchr(b'\\', value).is_some(),
    };
    backslash
        || value.first() == Some(&b'.')
        || memchr::memchr_iter(b'/', value).any(|slash| matches!(value.get(slash + 1), Some(b'.' | b'/')))
}
