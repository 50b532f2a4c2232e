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
    /// HTTP/2: streams that were reset before their handlers began (rapid reset, CVE-2023-44487); an answer takes one back.
    pub pending_reset_streams_max: usize,
    /// HTTP/2: streams that were reset before they were answered; an answer takes one back. Some hundreds are a page that
    /// somebody leaves.
    pub reset_streams_max: usize,
    /// HTTP/2: resets that the client's own errors provoke ("made you reset", CVE-2025-8671).
    pub local_reset_streams_max: usize,
    /// HTTP/2: frames that bring nothing (settings, pings, empty ones and the like; CVE-2019-9512 to 9518), beyond those
    /// that requests, answers and bodies make up for.
    pub idle_frames_max: usize,
    /// HTTP/2: settings in one frame (CVE-2020-11080).
    pub settings_max: usize,
    /// HTTP/2: frames that one header block may be cut into (CVE-2024-27316).
    pub header_frames_max: usize,
    /// HTTP/2: what a stream's body may hold unread, in bytes.
    pub stream_window_bytes: u32,
    /// HTTP/2: what all bodies of a connection may hold unread, in bytes.
    pub connection_window_bytes: u32,
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
            reset_streams_max: 512,
            local_reset_streams_max: 64,
            idle_frames_max: 1024,
            settings_max: 32,
            header_frames_max: 16,
            stream_window_bytes: 256 * 1024,
            connection_window_bytes: 1024 * 1024,
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(20),
            connections_max: 65_536,
            connections_per_address_max: 16_384,
            drain_grace: Duration::from_secs(2),
            drain_timeout: Duration::from_secs(35),
        }
    }
}

/// HTTP/2: a window as a connection begins with, and the widest (RFC 9113, sections 6.9.1 and 6.9.2).
pub(crate) const WINDOW_BYTES_FIRST: u32 = 65_535;
pub(crate) const WINDOW_BYTES_MAX: u32 = 0x7fff_ffff;

/// Names and line ends of a request line, beyond its target: the longest method we read, a version, spaces.
pub(crate) const REQUEST_LINE_EXTRA: usize = 64;

impl Limits {
    /// The same limits, cut to what the readers' own bounds allow.
    pub(crate) fn checked(mut self) -> Self {
        // INVARIANT: a head's offsets fit 16 bits (`ReceivedHeaders`).
        self.url_bytes_max = self.url_bytes_max.min(24 * 1024);
        self.header_bytes_max = self.header_bytes_max.min(32 * 1024);
        self.header_count_max = self.header_count_max.min(HEADER_COUNT_MAX);
        // INVARIANT: windows are what RFC 9113, section 6.9, allows; the connection's is never less than the first one.
        self.stream_window_bytes = self.stream_window_bytes.clamp(1, WINDOW_BYTES_MAX);
        self.connection_window_bytes = self.connection_window_bytes.clamp(WINDOW_BYTES_FIRST, WINDOW_BYTES_MAX);
        self
    }

    /// HTTP/2: what is announced as the longest list of fields. Longer ones are refused in words; twice as much is more
    /// than a refusal needs to read.
    pub(crate) fn header_list_bytes(&self) -> u32 {
        2 * (self.header_bytes_max + self.url_bytes_max) as u32
    }

    /// HTTP/2: what all fields of a header block may be, decoded: a byte of it can stand for four thousand.
    pub(crate) fn unfolded_bytes_max(&self) -> usize {
        8 * self.header_block_bytes_max()
    }

    /// HTTP/2: how long a header block may be, encoded, so that it is still read to keep HPACK's table in step.
    pub(crate) fn header_block_bytes_max(&self) -> usize {
        4 * (self.header_bytes_max + self.url_bytes_max)
    }
}
