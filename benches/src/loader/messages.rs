//! Where HTTP/1.1 messages end that come in pieces, or several at once.
//!
//! It reads what the two proxies send and no more: a body has a `Content-Length` or is absent. Anything else is refused rather
//! than guessed.

use std::io;

/// Bytes of a head before it is refused.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// A message that has ended, by its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// A request.
    Request,
    /// An answer and its status.
    Answer(u16),
}

/// Reads one connection's messages.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// What came of a head that has not ended.
    head: Vec<u8>,
    /// A message whose head has ended, and the bytes its body lacks.
    begun: Option<(Message, usize)>,
}

impl Reader {
    /// Takes bytes off the front until a message ends; none when they end first.
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> io::Result<Option<Message>> {
        let (message, lacking) = match self.begun.take() {
            Some(begun) => begun,
            None => match self.begin(bytes)? {
                Some(begun) => begun,
                None => return Ok(None),
            },
        };
        let (_, rest) = bytes.split_at(lacking.min(bytes.len()));
        let lacking = lacking - (bytes.len() - rest.len());
        *bytes = rest;
        if lacking > 0 {
            self.begun = Some((message, lacking));
            return Ok(None);
        }
        Ok(Some(message))
    }

    fn begin(&mut self, bytes: &mut &[u8]) -> io::Result<Option<(Message, usize)>> {
        // The usual case: a whole head at once, read where it lies.
        if self.head.is_empty()
            && let Some(length) = head_length(bytes)
        {
            let (head, rest) = bytes.split_at(length);
            *bytes = rest;
            return parse(head).map(Some);
        }
        // The end may lie across what came before.
        let searched = self.head.len().saturating_sub(END.len() - 1);
        let before = self.head.len();
        self.head.extend_from_slice(bytes);
        let Some(length) = head_length(&self.head[searched..]) else {
            *bytes = &[];
            return if self.head.len() > HEAD_BYTES_MAX { Err(refused("a head has no end")) } else { Ok(None) };
        };
        *bytes = &bytes[searched + length - before..];
        let begun = parse(&self.head[..searched + length]);
        self.head.clear();
        begun.map(Some)
    }
}

const END: &[u8] = b"\r\n\r\n";

fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(END.len()).position(|window| window == END).map(|start| start + END.len())
}

/// The message, and the bytes of its body.
fn parse(head: &[u8]) -> io::Result<(Message, usize)> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.next().unwrap_or_default();
    let message = match first.strip_prefix(b"HTTP/1.1 ") {
        Some(rest) => {
            Message::Answer(rest.get(..3).and_then(number).ok_or_else(|| refused("an answer has no status"))?)
        }
        None => Message::Request,
    };
    let mut length = None;
    for line in lines {
        if let Some(value) = value_of(line, b"content-length") {
            length = Some(number(value).ok_or_else(|| refused("a `Content-Length` is no number"))?);
        } else if value_of(line, b"transfer-encoding").is_some() {
            return Err(refused("a message has a `Transfer-Encoding`, which the loader does not read"));
        }
    }
    match (message, length) {
        (_, Some(length)) => Ok((message, length)),
        (Message::Request | Message::Answer(100..200 | 204 | 304), None) => Ok((message, 0)),
        (Message::Answer(_), None) => Err(refused("an answer tells no length")),
    }
}

fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    // Most lines have no colon in that place, and are not compared.
    let (own, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    own.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET /a HTTP/1.1\r\nHost: b\r\n\r\n";
    const POST: &str = "POST /a HTTP/1.1\r\ncontent-length:5\r\n\r\n\r\n\r\n!";
    const OK: &str = "HTTP/1.1 200 OK\r\nServer: c\r\nContent-Length: 3\r\n\r\nxyz";
    const EMPTY: &str = "HTTP/1.1 304 Not Modified\r\nServer: c\r\n\r\n";
    const ANGRY: &str = "HTTP/1.1 502 Bad Gateway\r\nCONTENT-LENGTH: 0\r\n\r\n";

    /// What ends when it comes in pieces of every size.
    fn check(text: &str, expected: &[Message]) {
        for piece in 1..=text.len() {
            let mut reader = Reader::default();
            let mut ended = Vec::new();
            for mut bytes in text.as_bytes().chunks(piece) {
                while let Some(message) = reader.next(&mut bytes).unwrap() {
                    ended.push(message);
                }
                assert!(bytes.is_empty(), "in pieces of {piece}");
            }
            assert_eq!(ended, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn requests_end_however_they_come() {
        check(GET, &[Message::Request]);
        check(POST, &[Message::Request]);
        check(&[GET, POST, GET].concat(), &[Message::Request; 3]);
    }

    #[test]
    fn answers_end_however_they_come() {
        check(OK, &[Message::Answer(200)]);
        check(EMPTY, &[Message::Answer(304)]);
        check(&[OK, ANGRY, EMPTY, OK].concat(), &[200, 502, 304, 200].map(Message::Answer));
    }

    #[test]
    fn half_a_message_has_not_ended() {
        for text in [GET, POST, OK] {
            check(&text[..text.len() - 1], &[]);
        }
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for text in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 soon\r\nContent-Length: 0\r\n\r\n",
            &"x".repeat(HEAD_BYTES_MAX + 1),
        ] {
            assert!(Reader::default().next(&mut text.as_bytes()).is_err(), "{text:.60}");
        }
    }
}
