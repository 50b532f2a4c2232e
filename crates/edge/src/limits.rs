//! Every limit of the edge, with its reason.

use std::time::Duration;

use base::limits::{HEADER_BYTES_MAX, HEADER_COUNT_MAX, URL_BYTES_MAX};

/// What a client may cost before it is refused or let go.
#[derive(Debug, Clone)]
pub struct Limits {
    /// A TLS handshake, from accept to the first encrypted byte.
    pub handshake_timeout: Duration,
    /// What a client may send before its handshake is done, in bytes. A ClientHello with post-quantum keys is about 2 KB.
    pub handshake_bytes_max: usize,
    /// A request head, from its first byte, or from accept on a new connection, to its last.
    pub head_timeout: Duration,
    /// A kept connection without a request.
    pub idle_timeout: Duration,
    /// A request that makes no progress at all: above the longest integration and a stream's longest pause (AWS: five minutes).
    pub stall_timeout: Duration,
    /// The request target, in bytes.
    pub url_bytes_max: usize,
    /// Header names, values, separators and line ends, in bytes.
    pub header_bytes_max: usize,
    /// Header fields; at most [`HEADER_COUNT_MAX`].
    pub header_count_max: usize,
    /// The longest wait for the next bytes of a body.
    pub body_idle_timeout: Duration,
    /// What a body's sender must deliver for each second that we wait for it, in bytes.
    pub body_rate_min: u32,
    /// Waiting that a body's sender is granted beyond its rate.
    pub body_grace: Duration,
    /// HTTP/2: requests at once on one connection.
    pub streams_max: u32,
    /// HTTP/2: streams that were reset before we accepted them (rapid reset, CVE-2023-44487).
    pub pending_reset_streams_max: usize,
    /// HTTP/2: resets that the client's own errors provoke ("made you reset", CVE-2025-8671).
    pub local_reset_streams_max: usize,
    /// HTTP/2: how often a connection is asked whether it lives.
    pub ping_interval: Duration,
    /// HTTP/2: how long the answer may take.
    pub ping_timeout: Duration,
    /// Connections in all.
    pub connections_max: usize,
    /// Connections of one IPv4 address or one IPv6 /64 network.
    pub connections_per_address_max: usize,
    /// Drain: how long an open connection without a request may still begin one.
    pub drain_grace: Duration,
    /// Drain: when the running requests are cut off; above the longest integration.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(10),
            handshake_bytes_max: 64 * 1024,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            stall_timeout: Duration::from_secs(330),
            url_bytes_max: URL_BYTES_MAX,
            header_bytes_max: HEADER_BYTES_MAX,
            header_count_max: HEADER_COUNT_MAX,
            body_idle_timeout: Duration::from_secs(20),
            body_rate_min: 512,
            body_grace: Duration::from_secs(10),
            streams_max: 128,
            pending_reset_streams_max: 20,
            local_reset_streams_max: 64,
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(20),
            connections_max: 65_536,
            connections_per_address_max: 16_384,
            drain_grace: Duration::from_secs(2),
            drain_timeout: Duration::from_secs(35),
        }
    }
}

/// Names and line ends of a request line, beyond its target: the longest method we read, a version, spaces.
pub(crate) const REQUEST_LINE_EXTRA: usize = 64;

impl Limits {
    /// The same limits, cut to what the readers' own bounds allow.
    pub(crate) fn checked(mut self) -> Self {
        // INVARIANT: a head's offsets fit 16 bits (`ReceivedHeaders`).
        self.url_bytes_max = self.url_bytes_max.min(24 * 1024);
        self.header_bytes_max = self.header_bytes_max.min(32 * 1024);
        self.header_count_max = self.header_count_max.min(HEADER_COUNT_MAX);
        self
    }
}
