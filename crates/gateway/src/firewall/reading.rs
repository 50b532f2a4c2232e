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
    /// At most so many bytes as the web ACL inspects.
    pub(crate) bytes: Bytes,
    /// There is more than these bytes, or nobody can tell what they say.
    pub(crate) truncated: bool,
}

impl Reading {
    /// Reads the beginning of a body. `most`: so many bytes are inspected; of a longer body, at least one byte more is given.
    pub(crate) fn of(received: &ReceivedHeaders, body: &Bytes, most: usize) -> Self {
        if body.is_empty() {
            return Self::default();
        }
        let plain = Self { bytes: body.clone(), truncated: body.len() > most };
        let unpacked = coding::unpack(received, plain, most);
        let mut read = charset::transcode(received, unpacked);
        if read.bytes.len() > most {
            read.bytes.truncate(most);
            read.truncated = true;
        }
        read
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

    /// What is read of a body that comes with such headers.
    pub(super) fn reading(name: &str, values: &[&str], body: &[u8], most: usize) -> (Vec<u8>, bool) {
        let read = Reading::of(&headers(name, values), &Bytes::copy_from_slice(body), most);
        (read.bytes.to_vec(), read.truncated)
    }
}
