//! Sets of addresses: read from AWS's lists, asked by binary search.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use super::invalid;
use crate::invalid::Invalid;
use crate::strict::shortened;

const FIELD: &str = "IP_ADDRESS";
const ADDRESSES_MAX: usize = 10_000;

/// Addresses. Ranges that touch are one, so that an answer costs a binary search, however the set was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IpSet {
    v4: Box<[(u32, u32)]>,
    v6: Box<[(u128, u128)]>,
}

/// `IPAddressVersion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    /// `IPV4`.
    V4,
    /// `IPV6`.
    V6,
}

impl IpVersion {
    /// Reads AWS's name.
    pub fn parse(name: &str) -> Result<IpVersion, Invalid> {
        match name {
            "IPV4" => Ok(IpVersion::V4),
            "IPV6" => Ok(IpVersion::V6),
            other => Err(invalid("IP_ADDRESS_VERSION", shortened(other), "must be IPV4 or IPV6")),
        }
    }
}

impl IpSet {
    /// Reads AWS's `Addresses`: CIDR notation throughout, all of one version, at most 10,000, and none with `/0`.
    /// <https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html>
    pub fn parse(addresses: &[String], version: IpVersion) -> Result<IpSet, Invalid> {
        if addresses.len() > ADDRESSES_MAX {
            return Err(invalid(FIELD, addresses.len().to_string(), "an IP set holds at most 10,000 addresses"));
        }
        let ranges = addresses.iter().map(|address| {
            // SECURITY: one address that nobody can read spoils the set; left out, a deny list would have a hole.
            let range = cidr(address).filter(|range| range.prefix_len() > 0);
            let range = range.filter(|range| {
                matches!((range, version), (IpNet::V4(_), IpVersion::V4) | (IpNet::V6(_), IpVersion::V6))
            });
            range.ok_or_else(|| {
                let reason = match version {
                    IpVersion::V4 => "must be IPv4 in CIDR notation, /1 to /32",
                    IpVersion::V6 => "must be IPv6 in CIDR notation, /1 to /128",
                };
                invalid(FIELD, shortened(address), reason)
            })
        });
        Ok(IpSet::of(ranges.collect::<Result<Vec<_>, _>>()?))
    }

    /// A set of these ranges, of both versions.
    pub fn of(ranges: impl IntoIterator<Item = IpNet>) -> IpSet {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match range {
                IpNet::V4(range) => v4.push((range.network().to_bits(), range.broadcast().to_bits())),
                IpNet::V6(range) => v6.push((range.network().to_bits(), range.broadcast().to_bits())),
            }
        }
        // An IPv6 range that covers mapped IPv4 addresses means these as well: connections are judged by what they are.
        let mapped = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0).to_bits();
        for &(first, last) in &v6 {
            let (first, last) = (first.max(mapped), last.min(mapped | u128::from(u32::MAX)));
            if first <= last {
                v4.push((low_half(first), low_half(last)));
            }
        }
        IpSet { v4: joined(v4, |last| last.checked_add(1)), v6: joined(v6, |last| last.checked_add(1)) }
    }

    /// The address is in it. An IPv4 address mapped to IPv6 is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => holds(&self.v4, address.to_bits()),
            IpAddr::V6(address) => holds(&self.v6, address.to_bits()),
        }
    }

    /// How many ranges it holds in memory.
    pub fn ranges(&self) -> usize {
        self.v4.len() + self.v6.len()
    }
}

/// The standard library's reading: `010.0.0.0`, which some take for octal, is no address.
fn cidr(text: &str) -> Option<IpNet> {
    let (address, prefix) = text.split_once('/')?;
    let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
    IpNet::new(address.parse().ok()?, prefix.parse().ok().filter(|_| digits)?).ok()
}

fn low_half(bits: u128) -> u32 {
    u32::try_from(bits & u128::from(u32::MAX)).expect("masked to 32 bits")
}

fn holds<T: Ord + Copy>(ranges: &[(T, T)], bits: T) -> bool {
    let behind = ranges.partition_point(|(first, _)| *first <= bits);
    behind.checked_sub(1).is_some_and(|at| bits <= ranges[at].1)
}

fn joined<T: Ord + Copy>(mut ranges: Vec<(T, T)>, next: fn(T) -> Option<T>) -> Box<[(T, T)]> {
    ranges.sort_unstable();
    let mut joined: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if next(before.1).is_none_or(|next| first <= next) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(version: IpVersion, addresses: &[&str]) -> Result<IpSet, Invalid> {
        let addresses: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
        IpSet::parse(&addresses, version)
    }

    #[test]
    fn an_address_is_in_a_set_if_one_of_its_ranges_holds_it() {
        let v4 =
            set(IpVersion::V4, &["192.0.2.44/32", "10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8", "255.0.0.0/8"]).unwrap();
        assert_eq!(v4.ranges(), 3, "ranges that touch are one");
        for (address, inside) in [
            ("192.0.2.44", true),
            ("192.0.2.43", false),
            ("192.0.2.45", false),
            ("10.0.0.0", true),
            ("11.255.255.255", true),
            ("12.0.0.0", false),
            ("9.255.255.255", false),
            ("255.255.255.255", true),
            ("::ffff:10.9.8.7", true),
            ("::10.9.8.7", false),
        ] {
            assert_eq!(v4.contains(address.parse().unwrap()), inside, "{address}");
        }
        let v6 = set(IpVersion::V6, &["2001:db8::/32", "::ffff:192.0.2.0/120"]).unwrap();
        for (address, inside) in
            [("2001:db8::1", true), ("2001:db9::", false), ("192.0.2.7", true), ("192.0.3.7", false)]
        {
            assert_eq!(v6.contains(address.parse().unwrap()), inside, "{address}");
        }
        assert!(!IpSet::default().contains("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn an_address_that_is_no_range_of_its_version_spoils_the_set() {
        for (version, address) in [
            (IpVersion::V4, "10.0.0.1"),
            (IpVersion::V4, "0.0.0.0/0"),
            (IpVersion::V4, "10.0.0.0/33"),
            (IpVersion::V4, "10.0.0/8"),
            (IpVersion::V4, "2001:db8::/32"),
            (IpVersion::V4, ""),
            (IpVersion::V4, "010.0.0.0/8"),
            (IpVersion::V6, "::/0"),
            (IpVersion::V6, "10.0.0.0/8"),
        ] {
            let good = if version == IpVersion::V4 { "192.0.2.0/24" } else { "2001:db8::/32" };
            let invalid = set(version, &[good, address]).unwrap_err();
            assert_eq!((invalid.field, &*invalid.parameter), ("IP_ADDRESS", address));
        }
        assert!(IpVersion::parse("IPV5").is_err());
        assert!(IpSet::parse(&vec!["10.0.0.0/8".to_owned(); 10_001], IpVersion::V4).is_err());
    }
}
