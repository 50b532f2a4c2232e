//! The addresses a node answers at.

use std::net::SocketAddr;

use edge::{BindError, Listener};

use crate::data_dir::Endpoints;
use crate::settings::Settings;

/// Bound, but not yet accepting.
pub(super) struct Listeners {
    pub(super) admin: Listener,
    pub(super) gateway: Listener,
    pub(super) plain: Option<Listener>,
}

impl Listeners {
    /// Binds all of them.
    pub(super) fn bind(settings: &Settings) -> Result<Self, BindError> {
        Ok(Self {
            admin: edge::bind(settings.admin, "--admin")?,
            gateway: edge::bind(settings.gateway, "--gateway")?,
            plain: settings.plain_http.map(|address| edge::bind(address, "--plain-http")).transpose()?,
        })
    }

    /// Whether the AWS APIs are served over TLS: everywhere but on loopback.
    pub(super) fn admin_is_tls(&self) -> bool {
        !self.admin.local_addr().ip().is_loopback()
    }

    /// What `endpoints.json` says.
    pub(super) fn endpoints(&self, settings: &Settings) -> Endpoints {
        let scheme = if self.admin_is_tls() { "https" } else { "http" };
        Endpoints {
            admin: format!("{scheme}://{}", reachable(self.admin.local_addr())),
            gateway: format!("https://{}", reachable(self.gateway.local_addr())),
            plain: self.plain.as_ref().map(|plain| format!("http://{}", reachable(plain.local_addr()))),
            region: settings.region.to_string(),
            account: settings.account.to_string(),
            zone: settings.zone.clone(),
        }
    }

    /// Where this node itself listens: upstreams must not be here.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        let plain = self.plain.as_ref().map(Listener::local_addr);
        [Some(self.admin.local_addr()), Some(self.gateway.local_addr()), plain].into_iter().flatten().collect()
    }
}

/// An address that can be connected to: an unspecified one is reached by way of loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let loopback = if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
    SocketAddr::new(loopback, address.port())
}
