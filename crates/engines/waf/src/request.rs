//! What is judged: one request, as it was received.

use std::net::IpAddr;

/// A request as it stood on the wire; nothing is decoded. Borrowed, and cheap to make.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a [u8],
    /// The path as received, without the query.
    pub path: &'a [u8],
    /// Behind the first `?`, without it; empty where there is none.
    pub query: &'a [u8],
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: &'a str,
    /// In the client's order and case.
    pub headers: &'a [Header<'a>],
    /// The first bytes of the body.
    pub body: Body<'a>,
    /// Who connects (behind the PROXY protocol, where that is configured); never a header's word.
    pub client: IpAddr,
    /// The host that was asked for, in lower case, without its port: tokens belong to it.
    pub host: &'a str,
}

/// A header as received.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// Its name in the client's case.
    pub name: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
}

/// What is known of the body when the judge is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Body<'a> {
    /// At most as many bytes as the web ACL inspects.
    pub prefix: &'a [u8],
    /// There is more than the prefix.
    pub truncated: bool,
}
