//! Which addresses may be reached. Judged on resolved addresses, in whatever form they are written.
//! <https://www.rfc-editor.org/rfc/rfc6890> (special-purpose addresses)

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// Ranges that are refused beyond those that always are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    no_loopback: bool,
    no_private: bool,
    denied: Vec<IpNet>,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAddress {
    /// 169.254.0.0/16, fe80::/10 and cloud metadata: instance credentials live there.
    #[error("link-local and metadata addresses are never reached")]
    LinkLocal,
    /// Unspecified, multicast, broadcast and reserved addresses.
    #[error("the address belongs to no single host")]
    NoHost,
    /// The gateway itself: a request would chase its own tail, or reach the admin side from inside.
    #[error("the gateway does not call itself")]
    OwnListener,
    /// The operator refuses loopback addresses.
    #[error("loopback addresses are refused by the egress rules")]
    Loopback,
    /// The operator refuses private networks.
    #[error("private addresses are refused by the egress rules")]
    Private,
    /// The operator refuses this range.
    #[error("the range {0} is refused by the egress rules")]
    Denied(IpNet),
}

/// A rule that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{rule}` is not `no-loopback`, `no-private`, an address or an address range")]
pub struct PolicyError {
    /// The rule as written.
    pub rule: String,
}

impl FromStr for Policy {
    type Err = PolicyError;

    /// Reads rules separated by commas. One that cannot be read refuses them all: a typo must not open a door.
    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        for rule in text.split(',').map(str::trim).filter(|rule| !rule.is_empty()) {
            match rule {
                "no-loopback" => policy.no_loopback = true,
                "no-private" => policy.no_private = true,
                range => {
                    let single = || range.parse::<IpAddr>().map(IpNet::from);
                    let range = range.parse::<IpNet>().or_else(|_| single());
                    policy.denied.push(range.map_err(|_| PolicyError { rule: rule.to_owned() })?);
                }
            }
        }
        Ok(policy)
    }
}

impl Policy {
    /// Judges a resolved address before anything is sent to it. `own` are our listeners.
    pub fn check(&self, address: SocketAddr, own: &[SocketAddr]) -> Result<(), RefusedAddress> {
        let ip = address.ip().to_canonical();
        for ip in [Some(ip), embedded(ip)].into_iter().flatten() {
            self.check_ip(ip)?;
            if own.iter().any(|listener| is_listener(*listener, ip, address.port())) {
                return Err(RefusedAddress::OwnListener);
            }
        }
        Ok(())
    }

    fn check_ip(&self, ip: IpAddr) -> Result<(), RefusedAddress> {
        if is_link_local(ip) {
            return Err(RefusedAddress::LinkLocal);
        }
        if is_no_host(ip) {
            return Err(RefusedAddress::NoHost);
        }
        if self.no_loopback && ip.is_loopback() {
            return Err(RefusedAddress::Loopback);
        }
        if self.no_private && is_private(ip) {
            return Err(RefusedAddress::Private);
        }
        match self.denied.iter().find(|range| contains(range, ip)) {
            Some(range) => Err(RefusedAddress::Denied(*range)),
            None => Ok(()),
        }
    }
}

/// Whether a connection that is open already leads back to a listener of ours on an address nobody listed.
pub(crate) fn leads_home(peer: SocketAddr, local: SocketAddr, own: &[SocketAddr]) -> bool {
    // To reach an address of this machine, the kernel takes the same address as the source.
    peer.ip() == local.ip() && own.iter().any(|own| own.ip().is_unspecified() && own.port() == peer.port())
}

fn is_listener(listener: SocketAddr, ip: IpAddr, port: u16) -> bool {
    let listens = listener.ip().to_canonical();
    listener.port() == port && (listens == ip || (listens.is_unspecified() && ip.is_loopback()))
}

/// The IPv4 address that a translated IPv6 address leads to.
fn embedded(ip: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = ip else { return None };
    let bits = v6.to_bits();
    // The 32 bits that end `behind` bits before the address's end.
    let part = |behind: u32| Some(IpAddr::V4(Ipv4Addr::from_bits((bits >> behind) as u32)));
    if bits >> 32 == 0x64_ff9b << 64 || bits >> 80 == 0x64_ff9b_0001 {
        // NAT64 (RFC 6052), and its local-use range (RFC 8215).
        part(0)
    } else if bits >> 112 == 0x2002 {
        // 6to4 (RFC 3056).
        part(80)
    } else if bits >> 32 == 0 && bits > 1 {
        // IPv4-compatible (RFC 4291, 2.5.5.1); `::` and `::1` are themselves.
        part(0)
    } else {
        None
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    /// The instance metadata service's IPv6 address.
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6 == METADATA,
    }
}

fn is_no_host(ip: IpAddr) -> bool {
    match ip {
        // 0.0.0.0/8 reaches the loopback on Linux; 240.0.0.0/4 is reserved and holds the broadcast address.
        IpAddr::V4(v4) => v4.is_multicast() || matches!(v4.octets()[0], 0 | 240..),
        IpAddr::V6(v6) => v6.is_multicast() || v6.is_unspecified(),
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        // 100.64.0.0/10 is shared by a provider's customers (RFC 6598).
        IpAddr::V4(v4) => v4.is_private() || (v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.segments()[0] & 0xffc0 == 0xfec0,
    }
}

/// Whether the range holds the address; a range written in IPv4-mapped form means IPv4.
fn contains(range: &IpNet, ip: IpAddr) -> bool {
    match (range, ip) {
        (IpNet::V6(v6), IpAddr::V4(v4)) => v6.contains(&v4.to_ipv6_mapped()),
        _ => range.contains(&ip),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use RefusedAddress as Why;

    fn check(rules: &str, address: &str) -> Result<(), Why> {
        let own = ["0.0.0.0:8443", "10.1.2.3:4566"].map(|own| own.parse().expect("an address"));
        rules.parse::<Policy>().expect("rules").check(address.parse().expect("an address"), &own)
    }

    #[test]
    fn metadata_and_nobody_are_never_reached_in_any_form() {
        for (address, why) in [
            ("169.254.169.254:80", Why::LinkLocal),
            ("[::ffff:169.254.169.254]:80", Why::LinkLocal),
            ("[::169.254.169.254]:80", Why::LinkLocal),
            ("[64:ff9b::169.254.169.254]:80", Why::LinkLocal),
            ("[64:ff9b:1::a9fe:a9fe]:80", Why::LinkLocal),
            ("[2002:a9fe:a9fe::1]:80", Why::LinkLocal),
            ("[fe80::1]:80", Why::LinkLocal),
            ("[febf::1]:80", Why::LinkLocal),
            ("[fd00:ec2::254]:80", Why::LinkLocal),
            ("0.0.0.0:80", Why::NoHost),
            ("0.1.2.3:80", Why::NoHost),
            ("[::]:80", Why::NoHost),
            ("[::ffff:0.0.0.0]:80", Why::NoHost),
            ("224.0.0.1:80", Why::NoHost),
            ("255.255.255.255:80", Why::NoHost),
            ("[ff02::1]:80", Why::NoHost),
        ] {
            assert_eq!(check("", address), Err(why), "{address}");
        }
        for address in
            ["127.0.0.1:80", "[::1]:80", "10.0.0.1:80", "192.0.2.1:443", "[2001:db8::1]:80", "[64:ff9b::8.8.8.8]:80"]
        {
            assert_eq!(check("", address), Ok(()), "{address}");
        }
    }

    #[test]
    fn our_own_listeners_are_never_reached() {
        for address in ["127.0.0.1:8443", "127.9.9.9:8443", "[::1]:8443", "10.1.2.3:4566", "[::ffff:10.1.2.3]:4566"] {
            assert_eq!(check("", address), Err(Why::OwnListener), "{address}");
        }
        assert_eq!(check("", "10.1.2.4:4566"), Ok(()));
        let own = ["0.0.0.0:8443".parse().expect("an address")];
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        assert!(leads_home(at("192.0.2.7:8443"), at("192.0.2.7:50000"), &own));
        assert!(!leads_home(at("192.0.2.7:8443"), at("192.0.2.8:50000"), &own));
        assert!(!leads_home(at("192.0.2.7:80"), at("192.0.2.7:50000"), &own));
    }

    #[test]
    fn the_operator_refuses_ranges_of_their_own() {
        let range = |text: &str| text.parse().expect("a range");
        for (rules, address, verdict) in [
            ("no-loopback", "127.0.0.1:80", Err(Why::Loopback)),
            ("no-loopback", "[::ffff:127.0.0.1]:80", Err(Why::Loopback)),
            ("no-loopback", "[::1]:80", Err(Why::Loopback)),
            ("no-loopback", "10.0.0.1:80", Ok(())),
            ("no-private, no-loopback", "172.16.0.1:80", Err(Why::Private)),
            ("no-private", "100.64.0.1:80", Err(Why::Private)),
            ("no-private", "[fd12::1]:80", Err(Why::Private)),
            ("no-private", "[64:ff9b::10.0.0.1]:80", Err(Why::Private)),
            ("no-private", "8.8.8.8:80", Ok(())),
            ("192.0.2.0/24", "192.0.2.9:80", Err(Why::Denied(range("192.0.2.0/24")))),
            ("::ffff:192.0.2.0/120", "192.0.2.9:80", Err(Why::Denied(range("::ffff:192.0.2.0/120")))),
            ("192.0.2.9", "192.0.2.9:80", Err(Why::Denied(range("192.0.2.9/32")))),
            ("192.0.2.0/24", "192.0.3.9:80", Ok(())),
        ] {
            assert_eq!(check(rules, address), verdict, "{rules} {address}");
        }
    }

    #[test]
    fn a_rule_that_cannot_be_read_refuses_them_all() {
        for rule in ["no-loopbak", "10.0.0.0/33", "example.com", "10.0.0"] {
            let error = format!("no-private,{rule}").parse::<Policy>().expect_err("no rule");
            assert_eq!(error.rule, rule);
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_judged_alike_in_every_form(bits in any::<u32>(), narrow in any::<bool>(), port in any::<u16>()) {
            // Half of them in the range that matters most.
            let v4 = Ipv4Addr::from_bits(if narrow { 0xa9fe_0000 | bits & 0xffff } else { bits });
            let wide = u128::from(v4.to_bits());
            let own = ["0.0.0.0:8443", "10.1.2.3:4566"].map(|own| own.parse().expect("an address"));
            let policy: Policy = "no-loopback,no-private,192.0.2.0/24".parse().expect("rules");
            let plain = policy.check(SocketAddr::new(v4.into(), port), &own);
            for bits in [0xffff_u128 << 32 | wide, 0x64_ff9b_u128 << 96 | wide, 0x64_ff9b_0001_u128 << 80 | wide, 0x2002_u128 << 112 | wide << 80] {
                let form = Ipv6Addr::from_bits(bits);
                prop_assert_eq!(policy.check(SocketAddr::new(form.into(), port), &own), plain, "{}", form);
            }
        }

        #[test]
        fn any_rules_are_read_or_refused(text in "(no-loopback|no-private|[0-9a-f.:/]{0,20}|\\PC{0,8}|,){0,6}") {
            let _ = text.parse::<Policy>();
        }
    }
}
