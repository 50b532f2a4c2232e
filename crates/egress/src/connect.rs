//! Opens connections: resolves the name, judges the addresses, connects, shakes hands.

use std::future::{Future as _, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base::Clock;
use futures_util::future::{Either, select};
use http::uri::Authority;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::unconstrained;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::Config;
use crate::error::EgressError;
use crate::key::{Key, Scheme};
use crate::policy::{RefusedAddress, leads_home};

/// An open connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Whether the handshake chose HTTP/2.
    pub(crate) fn is_h2(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        }
    }

    /// Whether nothing has come that nobody asked for, and it is open as far as the runtime has heard. Without an event
    /// since the last read there is no system call.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let mut byte = [0; 1];
        match self {
            Self::Plain(stream) => {
                stream.try_read(&mut byte).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            }
            Self::Tls(stream) => {
                let (socket, session) = stream.get_ref();
                if !session.wants_read() {
                    return false;
                }
                if socket.try_io(Interest::READABLE, || Ok(())).is_err() {
                    return true;
                }
                // What came may be a session ticket, which is for TLS alone.
                let mut buffer = ReadBuf::new(&mut byte);
                let read = poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer));
                let read = pin!(unconstrained(read));
                read.poll(&mut Context::from_waker(Waker::noop())).is_pending()
            }
        }
    }
}

/// Opens a connection to where `key` says, in the time that the settings give.
pub(crate) async fn open(key: &Key, config: &Config, clock: &dyn Clock) -> Result<Stream, EgressError> {
    let opening = std::pin::pin!(open_untimed(key, config, clock));
    match select(opening, clock.sleep(config.connect_timeout)).await {
        Either::Left((opened, _)) => opened,
        Either::Right(_) => Err(EgressError::Timeout),
    }
}

async fn open_untimed(key: &Key, config: &Config, clock: &dyn Clock) -> Result<Stream, EgressError> {
    let addresses = allowed(resolve(key).await?, config)?;
    let stream = connect(key, &addresses, config, clock).await?;
    match key.scheme {
        Scheme::Http => Ok(Stream::Plain(stream)),
        Scheme::Https(trust) => {
            let name =
                ServerName::try_from(bare_host(&key.authority).to_owned()).map_err(|_| EgressError::InvalidUri)?;
            let connector = TlsConnector::from(config.roots.config(trust).await?);
            let stream = connector.connect(name, stream).await;
            let stream = stream.map_err(|source| EgressError::Tls { host: key.authority.to_string(), source })?;
            Ok(Stream::Tls(Box::new(stream)))
        }
    }
}

/// The host without the brackets of an IPv6 literal.
fn bare_host(authority: &Authority) -> &str {
    let host = authority.host();
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

async fn resolve(key: &Key) -> Result<Vec<SocketAddr>, EgressError> {
    let host = bare_host(&key.authority);
    let port = key.authority.port_u16().unwrap_or(match key.scheme {
        Scheme::Http => 80,
        Scheme::Https(_) => 443,
    });
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|source| EgressError::Resolve { host: host.to_owned(), source })?;
    Ok(found.collect())
}

/// SECURITY: the addresses that were judged are the ones that are connected to; no name is resolved twice.
fn allowed(addresses: Vec<SocketAddr>, config: &Config) -> Result<Vec<SocketAddr>, EgressError> {
    let mut refused = None;
    let mut allowed = Vec::with_capacity(addresses.len());
    for address in addresses {
        match config.policy.check(address, &config.own) {
            Ok(()) => allowed.push(address),
            Err(why) => refused = Some(EgressError::Refused { address: address.ip(), why }),
        }
    }
    match refused {
        Some(refused) if allowed.is_empty() => Err(refused),
        _ => Ok(allowed),
    }
}

/// Tries the addresses one after another, each with its share of the time.
async fn connect(
    key: &Key,
    addresses: &[SocketAddr],
    config: &Config,
    clock: &dyn Clock,
) -> Result<TcpStream, EgressError> {
    let share = config.connect_timeout / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match connect_one(*address, share, clock).await {
            Ok(stream) => {
                check_home(&stream, config)?;
                // A request's head and a small body must not wait for each other's acknowledgement.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(EgressError::Connect { host: key.authority.to_string(), source: failure })
}

async fn connect_one(address: SocketAddr, share: Duration, clock: &dyn Clock) -> io::Result<TcpStream> {
    let connecting = std::pin::pin!(TcpStream::connect(address));
    match select(connecting, clock.sleep(share)).await {
        Either::Left((connected, _)) => connected,
        Either::Right(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn check_home(stream: &TcpStream, config: &Config) -> Result<(), EgressError> {
    let ends = stream.peer_addr().and_then(|peer| Ok((peer, stream.local_addr()?)));
    match ends {
        Ok((peer, local)) if leads_home(peer, local, &config.own) => {
            Err(EgressError::Refused { address: peer.ip(), why: RefusedAddress::OwnListener })
        }
        // A socket without ends is closed already; sending on it will say so.
        Ok(_) | Err(_) => Ok(()),
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            // The kernel takes one slice faster by itself, and most requests are one.
            Self::Plain(stream) => match slices {
                [only] => Pin::new(stream).poll_write(cx, only),
                slices => Pin::new(stream).poll_write_vectored(cx, slices),
            },
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
