//! A management call as it arrived: whole, bounded, not yet understood.

use std::net::IpAddr;

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;
use http::{HeaderMap, Method};

/// A call with its whole body.
#[derive(Debug)]
pub struct Received {
    /// Our id for it.
    pub request_id: RequestId,
    /// When it arrived.
    pub now: Timestamp,
    /// Where it came from.
    pub source: IpAddr,
    /// Whether it came over TLS.
    pub secure: bool,
    /// The verb.
    pub method: Method,
    /// The path as received.
    pub path: String,
    /// The query string as received, without `?`.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Received {
    /// A header's text, if it is there once and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
