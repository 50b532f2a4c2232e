//! Finds where a request head ends, looking at each received byte once.
//!
//! Line ends are CRLF and nothing else: a bare LF is where parsers begin to disagree (RFC 9112, sections 2.2 and 11.2).

use crate::limits::{Limits, REQUEST_LINE_EXTRA};
use crate::refusal::FrontEndRefusal;

/// Empty lines that may stand before a request line (RFC 9112, section 2.2, asks for one).
const LEADING_LINES_MAX: usize = 2;

/// How far a head has been looked at.
#[derive(Debug, Default)]
pub struct Scan {
    /// Everything before this has been looked at.
    looked: usize,
    /// Where the line begins that is not ended yet.
    line: usize,
    /// Where the request line begins, behind empty lines.
    start: usize,
    /// Where the headers begin, once the request line is whole.
    headers: Option<usize>,
}

/// A head found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Where the request line begins.
    pub start: usize,
    /// Behind the empty line.
    pub end: usize,
}

impl Scan {
    /// Looks at what was added to `bytes`; answers once the head is whole.
    pub fn advance(&mut self, bytes: &[u8], limits: &Limits) -> Result<Option<Found>, FrontEndRefusal> {
        while let Some(at) = memchr::memchr(b'\n', &bytes[self.looked..]).map(|at| self.looked + at) {
            let line = bytes[self.line..at].strip_suffix(b"\r").ok_or(FrontEndRefusal::BareLineFeed)?;
            let next = at + 1;
            match (line.first(), self.headers) {
                (None, None) => {
                    self.start = next;
                    if next > 2 * LEADING_LINES_MAX {
                        return Err(FrontEndRefusal::InvalidRequestLine);
                    }
                }
                (None, Some(headers)) => {
                    self.check(next, headers, limits)?;
                    return Ok(Some(Found { start: self.start, end: next }));
                }
                (Some(_), None) => self.headers = Some(next),
                (Some(b' ' | b'\t'), Some(_)) => return Err(FrontEndRefusal::ObsoleteFold),
                (Some(_), Some(_)) => {}
            }
            self.looked = next;
            self.line = next;
        }
        self.looked = bytes.len();
        match self.headers {
            Some(headers) => self.check(bytes.len(), headers, limits)?,
            None => self.check_request_line(bytes, limits)?,
        }
        Ok(None)
    }

    fn check(&self, end: usize, headers: usize, limits: &Limits) -> Result<(), FrontEndRefusal> {
        if headers - self.start > limits.url_bytes_max + REQUEST_LINE_EXTRA {
            return Err(FrontEndRefusal::TargetTooLong);
        }
        // The empty line that ends the head belongs to no header.
        if end - headers > limits.header_bytes_max + 2 {
            return Err(FrontEndRefusal::HeadersTooLarge);
        }
        Ok(())
    }

    /// Judges the beginning of a request line, so that a TLS handshake on a plain port is not waited for.
    fn check_request_line(&self, bytes: &[u8], limits: &Limits) -> Result<(), FrontEndRefusal> {
        let line = &bytes[self.line..];
        if line.len() > limits.url_bytes_max + REQUEST_LINE_EXTRA {
            return Err(FrontEndRefusal::TargetTooLong);
        }
        match line.first() {
            Some(b'\r') if line.len() > 1 => Err(FrontEndRefusal::InvalidRequestLine),
            Some(byte) if !byte.is_ascii_graphic() && *byte != b'\r' => Err(FrontEndRefusal::InvalidRequestLine),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(bytes: &[u8]) -> Result<Option<Found>, FrontEndRefusal> {
        Scan::default().advance(bytes, &Limits::default())
    }

    #[test]
    fn a_head_ends_behind_its_empty_line() {
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest"), Ok(Some(Found { start: 0, end: 27 })));
        assert_eq!(scan(b"\r\nGET / HTTP/1.1\r\n\r\n"), Ok(Some(Found { start: 2, end: 20 })));
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\r\n"), Ok(None));
        assert_eq!(scan(b""), Ok(None));
        assert_eq!(scan(b"\r"), Ok(None));
    }

    #[test]
    fn a_line_that_does_not_end_with_crlf_is_refused() {
        assert_eq!(scan(b"GET / HTTP/1.1\nHost: a\r\n\r\n"), Err(FrontEndRefusal::BareLineFeed));
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\n\r\n"), Err(FrontEndRefusal::BareLineFeed));
        assert_eq!(scan(b"GET / HTTP/1.1\r\nHost: a\r\n\n"), Err(FrontEndRefusal::BareLineFeed));
        assert_eq!(scan(b"\nGET / HTTP/1.1\r\n\r\n"), Err(FrontEndRefusal::BareLineFeed));
        assert_eq!(scan(b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"), Err(FrontEndRefusal::ObsoleteFold));
        assert_eq!(scan(b"GET / HTTP/1.1\r\n\tA: b\r\n\r\n"), Err(FrontEndRefusal::ObsoleteFold));
        assert_eq!(scan(b"\r\n\r\n\r\nGET"), Err(FrontEndRefusal::InvalidRequestLine));
        assert_eq!(scan(b"\x16\x03\x01"), Err(FrontEndRefusal::InvalidRequestLine));
    }

    #[test]
    fn a_head_may_come_byte_by_byte() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let mut scan = Scan::default();
        for end in 0..head.len() {
            assert_eq!(scan.advance(&head[..end], &Limits::default()), Ok(None), "{end}");
        }
        assert_eq!(scan.advance(head, &Limits::default()), Ok(Some(Found { start: 0, end: head.len() })));
    }

    #[test]
    fn a_head_without_end_is_refused_at_the_limit() {
        let long = format!("GET /{}", "a".repeat(20_000));
        assert_eq!(scan(long.as_bytes()), Err(FrontEndRefusal::TargetTooLong));
        let large = format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(20_000));
        assert_eq!(scan(large.as_bytes()), Err(FrontEndRefusal::HeadersTooLarge));
    }
}
