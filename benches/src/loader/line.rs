//! A client's connection to the proxy: plain, or TLS 1.3.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::poll::{Interest, Poll, Source};
use super::stream::{Came, Stream, came, nothing_yet};
use crate::tls;

/// What TLS connections share.
#[derive(Debug)]
pub(super) struct Secure {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Secure {
    /// Asks for `host` and trusts whoever answers. Every handshake is a whole one.
    pub(super) fn new(host: &str) -> io::Result<Self> {
        let mut config = tls::trusting_anybody(&[&rustls::version::TLS13])?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self { config: Arc::new(config), name: ServerName::try_from(host.to_owned()).map_err(io::Error::other)? })
    }
}

/// One connection.
#[derive(Debug)]
pub(super) struct Line {
    stream: Stream,
    session: Option<Box<ClientConnection>>,
}

impl Line {
    /// Connects. A handshake begins with the first event.
    pub(super) fn open(port: u16, secure: Option<&Secure>, poll: &Poll, source: Source) -> io::Result<Self> {
        let session = secure.map(|secure| ClientConnection::new(Arc::clone(&secure.config), secure.name.clone()));
        let session = session.transpose().map_err(io::Error::other)?.map(Box::new);
        Ok(Self { stream: Stream::connect(port, poll, source)?, session })
    }

    /// Whether requests can be sent.
    pub(super) fn is_open(&self) -> bool {
        self.session.as_ref().is_none_or(|session| !session.is_handshaking())
    }

    /// Sends in one write, and keeps what finds no room.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(session) = &mut self.session else { return self.stream.send(bytes) };
        session.writer().write_all(bytes)?;
        self.flush()
    }

    /// Sends what is left and reads once.
    ///
    /// The buffer is larger than what one read can bring: a TLS record and less than another one.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Came> {
        if self.is_full() {
            self.flush()?;
        }
        let Some(session) = &mut self.session else { return self.stream.read(buffer) };
        match came(session.read_tls(&mut self.stream.socket))? {
            Came::Nothing => return Ok(Came::Nothing),
            Came::End => return Ok(Came::End),
            Came::Bytes(_) => {}
        }
        session.process_new_packets().map_err(io::Error::other)?;
        let read = came(session.reader().read(buffer));
        if self.is_full() {
            self.flush()?;
        }
        read
    }

    /// Waits for room where something is left to send, else for what comes.
    pub(super) fn watch(&mut self, poll: &Poll, source: Source) -> io::Result<()> {
        let interest = if self.is_full() { Interest::Writing } else { Interest::Reading };
        self.stream.watch(poll, source, interest)
    }

    fn is_full(&self) -> bool {
        match &self.session {
            Some(session) => session.wants_write(),
            None => self.stream.is_full(),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(session) = &mut self.session else { return self.stream.flush() };
        while session.wants_write() && nothing_yet(session.write_tls(&mut self.stream.socket))?.is_some() {}
        Ok(())
    }
}
