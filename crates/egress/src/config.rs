//! What the client may do and trust; made once, shared by every worker's client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::policy::Policy;
use crate::trust::Roots;

/// A private root that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The text holds no certificate in PEM, or one that is no root.
    #[error("the private root is not a certificate in PEM")]
    PrivateRoot,
}

/// The client's settings. Cloning shares the trusted roots.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) policy: Policy,
    pub(crate) own: Arc<[SocketAddr]>,
    pub(crate) roots: Arc<Roots>,
    /// How long opening a connection may take, its TLS handshake included.
    pub connect_timeout: Duration,
    /// Kept connections to one host, for each client.
    pub idle_per_host_max: usize,
    /// Kept connections in all, for each client; and hosts, each of which may have one over HTTP/2 besides.
    pub idle_max: usize,
    /// How long a connection is kept without a request.
    pub idle_timeout: Duration,
}

impl Config {
    /// Settings with the system's roots, which are read when the first upstream over TLS is called, and perhaps `private_root`
    /// besides. `own` are the addresses we listen on.
    pub fn new(policy: Policy, own: Vec<SocketAddr>, private_root: Option<&str>) -> Result<Self, ConfigError> {
        Ok(Self {
            policy,
            own: own.into(),
            roots: Arc::new(Roots::new(private_root)?),
            connect_timeout: Duration::from_secs(5),
            idle_per_host_max: 128,
            idle_max: 1024,
            // Below the 60 s after which most servers close, so that we seldom meet a closing door.
            idle_timeout: Duration::from_secs(50),
        })
    }

    /// The same settings for servers that must be known to the system, or by the SHA-1 of a certificate in their chain; the
    /// private root does not count for them. Without any thumbprint nothing changes.
    #[must_use]
    pub fn pinned(self, thumbprints: Vec<[u8; 20]>) -> Self {
        if thumbprints.is_empty() { self } else { Self { roots: Arc::new(self.roots.pinned(thumbprints)), ..self } }
    }
}
