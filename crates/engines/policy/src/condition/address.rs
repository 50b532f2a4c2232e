//! Address conditions: single addresses and ranges, IPv4 and IPv6, however many.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::value::{Typed, Value};

/// Ranges, merged and sorted, so that a thousand are looked through in ten comparisons.
#[derive(Debug, Clone)]
pub(crate) struct AddressSet {
    v4: Box<[(u32, u32)]>,
    v6: Box<[(u128, u128)]>,
}

impl AddressSet {
    pub(crate) fn new(ranges: &[IpNet]) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match range {
                IpNet::V4(range) => v4.push((range.network().to_bits(), range.broadcast().to_bits())),
                IpNet::V6(range) => v6.push((range.network().to_bits(), range.broadcast().to_bits())),
            }
        }
        Self { v4: merged(v4), v6: merged(v6) }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => is_within(&self.v4, address.to_bits()),
            IpAddr::V6(address) => is_within(&self.v6, address.to_bits()),
        }
    }
}

/// Sorts ranges by their first address and makes one of those that overlap.
fn merged<T: Ord + Copy>(mut ranges: Vec<(T, T)>) -> Box<[(T, T)]> {
    ranges.sort_unstable();
    let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= *end => *end = last.max(*end),
            Some(_) | None => merged.push((first, last)),
        }
    }
    merged.into()
}

fn is_within<T: Ord + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    after.checked_sub(1).is_some_and(|at| address <= ranges[at].1)
}

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
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_set_holds_what_one_of_its_ranges_holds(
            ranges in prop::collection::vec((0u32..64, 24u8..=32), 0..12),
            v6 in prop::collection::vec((0u128..64, 120u8..=128), 0..12),
            address in 0u32..400,
        ) {
            let v4 = ranges.into_iter().map(|(bits, length)| IpNet::new(Ipv4Addr::from(bits * 7).into(), length).unwrap());
            let v6 = v6.into_iter().map(|(bits, length)| IpNet::new(Ipv6Addr::from(bits * 7).into(), length).unwrap());
            let ranges: Vec<IpNet> = v4.chain(v6).collect();
            let set = AddressSet::new(&ranges);
            for address in [IpAddr::from(Ipv4Addr::from(address)), IpAddr::from(Ipv6Addr::from(u128::from(address)))] {
                prop_assert_eq!(set.contains(address), ranges.iter().any(|range| range.contains(&address)));
            }
        }
    }

    #[test]
    fn the_ends_of_the_address_space_are_addresses() {
        let set = AddressSet::new(
            &["0.0.0.0/32", "255.255.255.255/32", "::/128", "ffff::/16"].map(|range| parse(range).unwrap()),
        );
        for (address, holds) in [
            ("0.0.0.0", true),
            ("0.0.0.1", false),
            ("255.255.255.254", false),
            ("255.255.255.255", true),
            ("::", true),
            ("::1", false),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true),
        ] {
            assert_eq!(set.contains(address.parse().unwrap()), holds, "{address}");
        }
        assert!(!AddressSet::new(&[]).contains("10.0.0.1".parse().unwrap()));
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
