//! Reads an HTTP/1.1 request and writes an answer, with every length bounded.

use std::io::{BufRead, Error, ErrorKind, Read, Result, Write};

/// The longest line of a head or a chunk size.
const LINE_MAX: u64 = 16 * 1024;
/// The most header lines.
const HEADERS_MAX: usize = 200;
/// The largest body; the gateway itself stops at 10 MB.
const BODY_MAX: usize = 11 * 1024 * 1024;

/// A request as it was received.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// An answer with a JSON body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: &'static str,
    pub(super) body: String,
}

impl Request {
    /// Reads the next request; `None` when the client has left.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Option<Request>> {
        let first = line(reader)?;
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
        let mut request =
            Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
        loop {
            let header = line(reader)?;
            let Some((name, value)) = header.split_once(':') else { break };
            if request.headers.len() >= HEADERS_MAX {
                return Err(too_large());
            }
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        request.body = request.read_body(reader)?;
        Ok(Some(request))
    }

    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the client wants the connection closed.
    pub(super) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    fn read_body(&self, reader: &mut impl BufRead) -> Result<Vec<u8>> {
        if self.header("transfer-encoding").is_some() {
            return chunks(reader);
        }
        let length = self.header("content-length").map_or(Ok(0), str::parse).map_err(|_| invalid())?;
        exactly(reader, length)
    }
}

impl Answer {
    /// Writes the answer; a HEAD request gets no body.
    pub(super) fn write(&self, out: &mut impl Write, request: &Request) -> Result<()> {
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.status,
            self.body.len()
        );
        let body = if request.method == "HEAD" { "" } else { &self.body };
        out.write_all(format!("{head}{body}").as_bytes())
    }
}

fn chunks(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(reader)?;
        let digits = size.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16).map_err(|_| invalid())?;
        if length == 0 {
            while !line(reader)?.is_empty() {}
            return Ok(body);
        }
        if length > BODY_MAX - body.len() {
            return Err(too_large());
        }
        body.extend(exactly(reader, length)?);
        line(reader)?;
    }
}

fn exactly(reader: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    if length > BODY_MAX {
        return Err(too_large());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    reader.take(LINE_MAX).read_until(b'\n', &mut bytes)?;
    if bytes.len() as u64 == LINE_MAX {
        return Err(too_large());
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}

fn invalid() -> Error {
    Error::new(ErrorKind::InvalidData, "not an HTTP request")
}

fn too_large() -> Error {
    Error::new(ErrorKind::InvalidData, "the request is too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_no_upstream_should_trust_are_refused() {
        for hostile in [
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        ] {
            assert!(Request::read(&mut hostile.as_bytes()).is_err(), "{hostile}");
        }
    }

    #[test]
    fn a_closed_connection_is_no_request() {
        assert!(Request::read(&mut &b""[..]).unwrap().is_none());
    }
}
