//! Address conditions: single addresses and ranges, IPv4 and IPv6.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::keys::{Typed, Value};

/// Reads `203.0.113.0/24`, `2001:db8::/32` or one address; an IPv4 range in IPv6's clothes is an IPv4 range.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    let range =
        if text.contains('/') { text.parse::<IpNet>().ok()? } else { IpNet::from(text.parse::<IpAddr>().ok()?) };
    match range {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => Ipv4Net::new(v4, v6.prefix_len() - 96).ok().map(IpNet::V4),
            None => Some(range),
        },
        IpNet::V4(_) | IpNet::V6(_) => Some(range),
    }
}

/// The address that a request's value is.
pub(crate) fn of(value: &Value) -> Option<IpAddr> {
    match &value.typed {
        Typed::Ip(address) => Some(*address),
        Typed::Text => value.text.parse::<IpAddr>().ok().map(|address| address.to_canonical()),
        Typed::Time(_) | Typed::Bool(_) | Typed::Binary(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_addresses() {
        for (range, address, holds) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.7/24", "203.0.113.1", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.5", "203.0.113.5", true),
            ("203.0.113.5", "203.0.113.6", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8::2", false),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
        ] {
            let range = parse(range).unwrap_or_else(|| panic!("{range}"));
            assert_eq!(range.contains(&address.parse::<IpAddr>().unwrap()), holds, "{range} {address}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.256",
            "10.0.0.0/-1",
            "010.0.0.1",
            "::/129",
            "localhost",
            "10.0.0.1 ",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
