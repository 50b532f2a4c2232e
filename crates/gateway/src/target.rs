//! The one parse of a request's target: `raw` for signatures and the firewall, `normal` for everything else.
//! <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>
//!
//! Plain dot segments are resolved and `//` counts as `/`, as AWS does. Nothing is decoded: `%2F` inside a segment is
//! data and stays so until the backend. What could be read in two ways has a [`Flaw`] and is refused.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// A request's target, read once.
#[derive(Debug, Clone)]
pub struct Target {
    raw: edge::Target,
    /// Where it differs from what was received: most paths are their own.
    normal: Option<String>,
    flaw: Option<Flaw>,
}

/// Why a path is refused once the firewall has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flaw {
    /// Decoded once it holds a `.` or `..` segment, split at `/` or `\`.
    HiddenDotSegment,
    /// Decoded once it holds a NUL.
    Nul,
    /// Decoded once it is no UTF-8, such as an overlong `/`.
    InvalidUtf8,
    /// A `%` without two hexadecimal digits.
    BadEscape,
    /// It does not begin with `/`.
    NotAPath,
}

impl Target {
    /// Reads a target.
    pub fn read(raw: edge::Target) -> Self {
        let (normal, flaw) = normalise(raw.path());
        let normal = match normal {
            Cow::Borrowed(_) => None,
            Cow::Owned(normal) => Some(normal),
        };
        Self { raw, normal, flaw }
    }

    /// As received.
    pub fn raw(&self) -> &edge::Target {
        &self.raw
    }

    /// The normal path, stage included; it always begins with `/`.
    pub fn path(&self) -> &str {
        self.normal.as_deref().unwrap_or_else(|| self.raw.path())
    }

    /// The query as received.
    pub fn query(&self) -> Option<&str> {
        self.raw.query()
    }

    /// What makes it unfit to be served.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// The first segment, where the default host's paths name the stage.
    pub fn first_segment(&self) -> &str {
        let path = &self.path()[1..];
        path.bytes().position(|byte| byte == b'/').map_or(path, |end| &path[..end])
    }

    /// Where the path behind the first segment begins.
    pub fn rest_at(&self) -> usize {
        1 + self.first_segment().len()
    }

    /// The path behind the first segment; `/` where there is none.
    pub fn rest(&self) -> &str {
        match &self.path()[self.rest_at()..] {
            "" => "/",
            rest => rest,
        }
    }
}

/// Resolves a path and looks for what two readers could read differently. The result begins with `/`, holds only what a
/// URI's path may hold, and is its own normal form.
pub fn normalise(path: &str) -> (Cow<'_, str>, Option<Flaw>) {
    let normal = if is_normal(path) { Cow::Borrowed(path) } else { Cow::Owned(resolve(path)) };
    let flaw = if path.starts_with('/') { find_flaw(&normal) } else { Some(Flaw::NotAPath) };
    (normal, flaw)
}

/// Whether nothing has to be resolved: most paths.
fn is_normal(path: &str) -> bool {
    let mut previous = b' ';
    path.starts_with('/')
        && path.bytes().all(|byte| {
            let plain = !(previous == b'/' && matches!(byte, b'/' | b'.')) && is_path_byte(byte);
            previous = byte;
            plain
        })
}

fn resolve(path: &str) -> String {
    let mut normal = String::with_capacity(path.len() + 1);
    let mut open = false;
    for segment in path.split('/') {
        open = match segment {
            "" | "." => true,
            ".." => {
                normal.truncate(normal.rfind('/').unwrap_or(0));
                true
            }
            segment => {
                normal.push('/');
                push_encoded(segment, &mut normal);
                false
            }
        };
    }
    if open || normal.is_empty() {
        normal.push('/');
    }
    normal
}

/// Writes `text` with percent escapes for the bytes that a URI's path may not hold; escapes in it stay.
fn push_encoded(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if is_path_byte(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// `pchar`, `/` and the `%` of an escape (RFC 3986, section 3.3).
fn is_path_byte(byte: u8) -> bool {
    PATH_BYTES[usize::from(byte)]
}

static PATH_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"-._~!$&'()*+,;=:@/%";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

fn find_flaw(normal: &str) -> Option<Flaw> {
    if !normal.bytes().any(|byte| matches!(byte, b'%' | b';')) {
        return None;
    }
    if has_bad_escape(normal.as_bytes()) {
        return Some(Flaw::BadEscape);
    }
    let Ok(decoded) = percent_decode_str(normal).decode_utf8() else {
        return Some(Flaw::InvalidUtf8);
    };
    if decoded.contains('\0') {
        return Some(Flaw::Nul);
    }
    hides_dot_segment(&decoded).then_some(Flaw::HiddenDotSegment)
}

fn has_bad_escape(bytes: &[u8]) -> bool {
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'%' && !(is_hex(at + 1) && is_hex(at + 2)))
}

/// Whether some backend would climb: a `.` or `..` between slashes of either kind, parameters (`..;x`) left aside.
pub(crate) fn hides_dot_segment(decoded: &str) -> bool {
    decoded.split(['/', '\\']).any(|segment| matches!(segment.split(';').next(), Some("." | "..")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_paths_are_resolved() {
        for (path, normal) in [
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a//b", "/a/b"),
            ("//a///b//", "/a/b/"),
            ("/a/./b/", "/a/b/"),
            ("/a/../b", "/b"),
            ("/a/b/..", "/a/"),
            ("/../../a", "/a"),
            ("/a/.", "/a/"),
            ("/a/.b", "/a/.b"),
            ("/a/...", "/a/..."),
            ("/a%2Fb/%2f", "/a%2Fb/%2f"),
            ("/a|b\"{c}", "/a%7Cb%22%7Bc%7D"),
            ("/a\\b", "/a%5Cb"),
            ("/%252e%252e/a", "/%252e%252e/a"),
        ] {
            assert_eq!(normalise(path), (Cow::Borrowed(normal), None), "{path}");
        }
    }

    #[test]
    fn what_two_readers_read_differently_has_a_flaw() {
        for (path, flaw) in [
            ("/a/%2e%2e/b", Flaw::HiddenDotSegment),
            ("/a/..%2fb", Flaw::HiddenDotSegment),
            ("/a/..%5cb", Flaw::HiddenDotSegment),
            ("/a/..\\b", Flaw::HiddenDotSegment),
            ("/a/x%2f..", Flaw::HiddenDotSegment),
            ("/a/%2e", Flaw::HiddenDotSegment),
            ("/a/..;x=y/b", Flaw::HiddenDotSegment),
            ("/a/.%3b/b", Flaw::HiddenDotSegment),
            ("/a%00", Flaw::Nul),
            ("/a/%c0%af", Flaw::InvalidUtf8),
            ("/%c0%ae%c0%ae/", Flaw::InvalidUtf8),
            ("/%ff", Flaw::InvalidUtf8),
            ("/%", Flaw::BadEscape),
            ("/%2", Flaw::BadEscape),
            ("/%zz", Flaw::BadEscape),
            ("*", Flaw::NotAPath),
            ("", Flaw::NotAPath),
        ] {
            assert_eq!(normalise(path).1, Some(flaw), "{path}");
        }
    }

    proptest! {
        #[test]
        fn normal_form_is_its_own(path in "[/.%\\\\a-c;2eEfF5cC0\u{e9}{ ]{0,40}") {
            let (once, _) = normalise(&path);
            prop_assert!(once.starts_with('/'));
            prop_assert!(once.len() <= path.len() * 3 + 1, "it does not grow beyond its escapes");
            prop_assert!(once.bytes().all(is_path_byte));
            let (twice, flaw) = normalise(&once);
            prop_assert_eq!(&twice, &once);
            if flaw.is_none() {
                let decoded = percent_decode_str(&once).decode_utf8().expect("no flaw");
                prop_assert!(!hides_dot_segment(&decoded));
            }
        }

        #[test]
        fn no_path_makes_it_panic(path in any::<String>()) {
            let _ = normalise(&path);
        }
    }
}
