//! A TCP connection of the loader that never waits.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::poll::{Interest, Poll, Source};

/// How long the other side may take to accept.
const CONNECTING_MAX: Duration = Duration::from_secs(2);

/// What one read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// Nothing yet.
    Nothing,
    /// So many bytes, at the front of the buffer.
    Bytes(usize),
    /// The other side closed.
    End,
}

/// The connection, and what it could not send.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) socket: TcpStream,
    unsent: Vec<u8>,
    interest: Interest,
}

impl Stream {
    /// Connects to a port of this machine. It is watched for room, of which there is some: its first event comes at once.
    pub(super) fn connect(port: u16, poll: &Poll, source: Source) -> io::Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let connected = TcpStream::connect_timeout(&address, CONNECTING_MAX)
            .map_err(|error| io::Error::other(format!("cannot connect to port {port}: {error}")))?;
        Self::new(connected, poll, source, Interest::Writing)
    }

    /// Takes a connection that others opened.
    pub(super) fn accepted(socket: TcpStream, poll: &Poll, source: Source) -> io::Result<Self> {
        Self::new(socket, poll, source, Interest::Reading)
    }

    fn new(socket: TcpStream, poll: &Poll, source: Source, interest: Interest) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        poll.add(&socket, source, interest)?;
        Ok(Self { socket, unsent: Vec::new(), interest })
    }

    /// Sends in one write, and keeps what finds no room.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let sent = if self.unsent.is_empty() { nothing_yet(self.socket.write(bytes))?.unwrap_or(0) } else { 0 };
        self.unsent.extend_from_slice(&bytes[sent..]);
        Ok(())
    }

    /// Sends what found no room before.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.unsent.is_empty() {
            let sent = nothing_yet(self.socket.write(&self.unsent))?.unwrap_or(0);
            self.unsent.drain(..sent);
        }
        Ok(())
    }

    /// Whether something waits for room.
    pub(super) fn is_full(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Reads once.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Came> {
        came(self.socket.read(buffer))
    }

    /// Is told of what it waits for, where that is not as before.
    pub(super) fn watch(&mut self, poll: &Poll, source: Source, interest: Interest) -> io::Result<()> {
        if interest != self.interest {
            poll.change(&self.socket, source, interest)?;
            self.interest = interest;
        }
        Ok(())
    }
}

/// What a read that never waits brought.
pub(super) fn came(read: io::Result<usize>) -> io::Result<Came> {
    Ok(match nothing_yet(read)? {
        None => Came::Nothing,
        Some(0) => Came::End,
        Some(count) => Came::Bytes(count),
    })
}

/// That a socket is not ready is no error.
pub(super) fn nothing_yet(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}
