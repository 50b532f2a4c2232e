//! Counts connections, in all and by address, and turns away what is too many.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Limits;

/// Why a connection never became a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TurnedAway {
    /// The node holds as many connections as it may.
    #[error("too many connections")]
    TooMany,
    /// The address holds as many connections as it may.
    #[error("too many connections from one address")]
    TooManyFromAddress,
    /// The TLS handshake took too long.
    #[error("the TLS handshake did not finish in time")]
    HandshakeTimeout,
    /// The TLS handshake failed: wrong version, no common cipher, or not TLS at all.
    #[error("the TLS handshake failed")]
    HandshakeFailed,
}

/// The count of open connections.
#[derive(Debug)]
pub(crate) struct Admission {
    total_max: usize,
    per_address_max: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            total_max: limits.connections_max,
            per_address_max: limits.connections_per_address_max,
            counts: Mutex::default(),
        }
    }

    /// Counts one more connection from `address`, until the permit is dropped.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, TurnedAway> {
        let address = network(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.total >= self.total_max {
            return Err(TurnedAway::TooMany);
        }
        let here = counts.by_address.entry(address).or_default();
        if *here >= self.per_address_max {
            return Err(TurnedAway::TooManyFromAddress);
        }
        *here += 1;
        counts.total += 1;
        Ok(Permit { admission: Arc::clone(self), address })
    }
}

/// The right of one connection to be open.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total = counts.total.saturating_sub(1);
        if let Some(here) = counts.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

/// One IPv6 client owns a whole /64, so that is what is counted.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_connection_makes_room_for_another() {
        let limits = Limits { connections_max: 3, connections_per_address_max: 2, ..Limits::default() };
        let admission = Arc::new(Admission::new(&limits));
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let first = admission.admit(ip("2001:db8::1")).expect("room");
        let _second = admission.admit(ip("2001:db8::2")).expect("room");
        assert_eq!(admission.admit(ip("2001:db8::3")).expect_err("one network"), TurnedAway::TooManyFromAddress);
        let _other = admission.admit(ip("127.0.0.1")).expect("room");
        assert_eq!(admission.admit(ip("127.0.0.2")).expect_err("full"), TurnedAway::TooMany);
        drop(first);
        assert!(admission.admit(ip("2001:db8::3")).is_ok());
    }
}
