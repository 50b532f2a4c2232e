//! What is known of a connection: its two ends, its TLS, when it was accepted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use base::Timestamp;

/// One accepted connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Counts connections since the process started.
    pub id: u64,
    /// The client's address; an IPv4 address is never written as an IPv6 one.
    pub peer: SocketAddr,
    /// Our address.
    pub local: SocketAddr,
    /// When it was accepted.
    pub accepted: Timestamp,
    /// What the TLS handshake agreed on; none over plain HTTP.
    pub tls: Option<TlsFacts>,
}

/// What a TLS handshake agreed on.
#[derive(Debug, Clone)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`, as AWS writes it.
    pub version: &'static str,
    /// The cipher suite's IANA name.
    pub cipher_suite: &'static str,
    /// The key exchange group, such as `X25519MLKEM768`.
    pub key_exchange: &'static str,
    /// The server name the client asked for, in lower case.
    pub sni: Option<Box<str>>,
    /// The protocol chosen.
    pub alpn: Alpn,
    /// Whether a session ticket shortened the handshake.
    pub resumed: bool,
}

/// The protocol a TLS connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpn {
    /// HTTP/2.
    H2,
    /// HTTP/1.1, chosen or because the client offered nothing.
    Http11,
}

impl Connection {
    /// A connection that was accepted at `accepted`.
    pub(crate) fn new(peer: SocketAddr, local: SocketAddr, accepted: Timestamp) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            peer: canonical(peer),
            local: canonical(local),
            accepted,
            tls: None,
        }
    }
}

/// Writes an IPv4-mapped IPv6 address as the IPv4 address it is, so that rules on addresses see one form.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
