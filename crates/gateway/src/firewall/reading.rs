//! A body as its back end would read it: unpacked, and in UTF-8. AWS's WAF reads bytes as they come, and what is packed or in
//! an encoding of its own gets by every rule.
//!
//! What cannot be read so, because it is broken or packed in a way that is not known here, is treated as a body that is too
//! long to be read: `OversizeHandling` says what becomes of it.

mod charset;
mod coding;

use bytes::Bytes;
use edge::ReceivedHeaders;

/// As much of a body as is inspected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// At most so many bytes as the web ACL inspects; as many of each reading, where there are several.
    pub(crate) bytes: Bytes,
    /// There is more than these bytes, or nobody can tell what they say.
    pub(crate) truncated: bool,
}

/// Between two readings: the end of a line, of a field of a form, and of JSON that may stand before it.
const BETWEEN: &[u8] = b"\n&";

impl Reading {
    /// Reads the beginning of a body. `most`: so many bytes of each reading are inspected; of a longer body, at least one byte
    /// more is given.
    // SECURITY: a back end may take no notice of what headers and marks say, and read the bytes as they came. So every
    // reading is inspected, one behind the other, or a mark of two bytes would hide the text behind it.
    pub(crate) fn of(received: &ReceivedHeaders, body: &Bytes, most: usize) -> Self {
        if body.is_empty() {
            return Self::default();
        }
        let plain = Self { bytes: body.clone(), truncated: body.len() > most };
        let unpacked = coding::unpack(received, &plain, most);
        let transcoded = charset::transcode(received, unpacked.as_ref().unwrap_or(&plain));
        if unpacked.is_none() && transcoded.is_none() {
            return Self { bytes: plain.bytes.slice(..body.len().min(most)), truncated: plain.truncated };
        }
        let mut readings: Vec<Bytes> = Vec::new();
        let mut truncated = false;
        for one in [transcoded, unpacked, Some(plain)].into_iter().flatten() {
            truncated |= one.truncated || one.bytes.len() > most;
            let bytes = one.bytes.slice(..one.bytes.len().min(most));
            // What could not be read stands there as it came already.
            if !readings.contains(&bytes) {
                readings.push(bytes);
            }
        }
        Self { bytes: readings.join(BETWEEN).into(), truncated }
    }
}

#[cfg(test)]
mod tests {
    use edge::{Head, Limits};

    use super::*;

    /// The headers of a request with these lines.
    pub(super) fn headers(name: &str, values: &[&str]) -> ReceivedHeaders {
        let lines = values.iter().fold(String::new(), |lines, value| lines + name + ": " + value + "\r\n");
        let text = format!("POST / HTTP/1.1\r\nHost: a.test\r\n{lines}\r\n");
        Head::read(&Bytes::from(text), &Limits::default()).expect("a sound head").received
    }

    /// What is read of a body that comes with such headers, before anything else that it may be read as.
    pub(super) fn reading(name: &str, values: &[&str], body: &[u8], most: usize) -> (Vec<u8>, bool) {
        let read = Reading::of(&headers(name, values), &Bytes::copy_from_slice(body), most);
        let plain = &body[..body.len().min(most)];
        let first = read.bytes.strip_suffix(plain).expect("as it came, it is inspected, too");
        let first = first.strip_suffix(BETWEEN).unwrap_or(if first.is_empty() { plain } else { first });
        (first.to_vec(), read.truncated)
    }

    #[test]
    fn a_mark_or_a_header_hides_nothing_that_a_back_end_may_read_as_it_came() {
        let text = b"<script>alert(1)</script>";
        for (name, value, before) in [
            ("content-type", "text/plain", &b"a\0"[..]),
            ("content-type", "text/plain", b"\xff\xfe"),
            ("content-type", "text/plain; charset=utf-16", b""),
            ("content-type", "text/plain; charset=utf-7", b"+"),
            ("content-encoding", "gzip", b""),
        ] {
            let body = Bytes::from([before, text].concat());
            let read = Reading::of(&headers(name, &[value]), &body, 1000);
            assert!(read.bytes.windows(text.len()).any(|window| window == text), "{value} {before:?}");
        }
    }
}
