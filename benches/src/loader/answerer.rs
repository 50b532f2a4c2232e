//! The upstream of every proxy under test: 1 KiB for each request.

use std::io::{self, ErrorKind};
use std::net::TcpListener;

use super::messages::{Message, Reader};
use super::poll::{Interest, Poll, Source};
use super::stream::{Came, Stream};

/// Bytes of an answer's body.
const BODY_BYTES: usize = 1024;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 4096;

/// Where it listens, and who is connected.
#[derive(Debug)]
pub(super) struct Answerer {
    listener: TcpListener,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    answer: Vec<u8>,
}

#[derive(Debug)]
struct Connection {
    stream: Stream,
    reader: Reader,
}

impl Answerer {
    /// Listens on a port of its own.
    pub(super) fn listen(poll: &Poll) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        // The standard library asks for a shorter queue; asking again lengthens it.
        rustix::net::listen(&listener, BACKLOG)?;
        listener.set_nonblocking(true)?;
        poll.add(&listener, Source::Listener, Interest::Reading)?;
        // As nginx answers; nobody reads the date.
        let head = format!(
            "HTTP/1.1 200 OK\r\nServer: upstream\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n\
             Content-Length: {BODY_BYTES}\r\nConnection: keep-alive\r\n\r\n"
        );
        let answer = [head.as_bytes(), &[b'x'; BODY_BYTES]].concat();
        Ok(Self { listener, connections: Vec::new(), free: Vec::new(), answer })
    }

    /// The port.
    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// Takes everybody who waits.
    pub(super) fn accept(&mut self, poll: &Poll) -> io::Result<()> {
        loop {
            let socket = match self.listener.accept() {
                Ok((socket, _)) => socket,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // Somebody who gave up while waiting, or a signal.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted) => continue,
                Err(error) => return Err(error),
            };
            let place = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            let stream = Stream::accepted(socket, poll, Source::Upstream(place))?;
            self.connections[place] = Some(Connection { stream, reader: Reader::default() });
        }
    }

    /// Answers what came on a connection. One that closes, or says what is no request, is forgotten: its proxy will notice.
    pub(super) fn ready(&mut self, place: usize, poll: &Poll, buffer: &mut [u8]) {
        let Some(connection) = &mut self.connections[place] else { return };
        if !matches!(connection.exchange(&self.answer, buffer), Ok(Kept::Open))
            || connection.watch(poll, Source::Upstream(place)).is_err()
        {
            self.connections[place] = None;
            self.free.push(place);
        }
    }
}

/// Whether a connection stays.
#[derive(Debug, PartialEq, Eq)]
enum Kept {
    Open,
    Closed,
}

impl Connection {
    fn exchange(&mut self, answer: &[u8], buffer: &mut [u8]) -> io::Result<Kept> {
        self.stream.flush()?;
        if self.stream.is_full() {
            return Ok(Kept::Open);
        }
        let mut bytes = match self.stream.read(buffer)? {
            Came::Nothing => return Ok(Kept::Open),
            Came::End => return Ok(Kept::Closed),
            Came::Bytes(count) => &buffer[..count],
        };
        while let Some(message) = self.reader.next(&mut bytes)? {
            match message {
                Message::Request => self.stream.send(answer)?,
                Message::Answer(_) => return Ok(Kept::Closed),
            }
        }
        Ok(Kept::Open)
    }

    fn watch(&mut self, poll: &Poll, source: Source) -> io::Result<()> {
        let interest = if self.stream.is_full() { Interest::Writing } else { Interest::Reading };
        self.stream.watch(poll, source, interest)
    }
}
