//! Why a request got no answer, told apart by who must act.

use std::io;
use std::net::IpAddr;

use crate::answer::NotHttp;
use crate::policy::RefusedAddress;

/// Why there is no answer, or no more of it.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// Not an `http` or `https` URL with a host.
    #[error("the address is not an http or https URL with a host")]
    InvalidUri,
    /// The host's address may not be reached.
    #[error("the address {address} may not be reached")]
    Refused {
        /// The address that the host's name resolved to.
        address: IpAddr,
        /// The rule.
        #[source]
        why: RefusedAddress,
    },
    /// The host's name has no address.
    #[error("the name `{host}` does not resolve")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// No connection could be opened.
    #[error("cannot connect to `{host}`")]
    Connect {
        /// The host and port.
        host: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The TLS handshake failed, for example because the certificate is not trusted.
    #[error("the TLS handshake with `{host}` failed")]
    Tls {
        /// The host and port.
        host: String,
        /// What was wrong.
        source: io::Error,
    },
    /// The trusted roots cannot be used.
    #[error("the trusted roots cannot be used")]
    Roots(#[source] rustls::Error),
    /// The time for connecting, or for the whole request, is over.
    #[error("the request timed out")]
    Timeout,
    /// The answer has not begun in the time that the request was given.
    #[error("the answer did not begin in time")]
    Overdue,
    /// The connection broke off, or the request's own body did.
    #[error("the connection broke off")]
    Closed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What came is not HTTP.
    #[error("the answer is not HTTP")]
    NotHttp(#[from] NotHttp),
}
