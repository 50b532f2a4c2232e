//! Where a request comes from: the connection's address, or one that a header names.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::Judge;
use super::truth::Truth;
use crate::document::{ForwardedIp, ForwardedIpPosition, ForwardedIpSet, IpSet};
use crate::request::Request;

/// Of more addresses than this, `ANY` looks at the last ones.
const ADDRESSES_MAX: usize = 10;

/// What labels of places begin with.
const CLIENT: &str = "awswaf:clientip:geo:";
const FORWARDED: &str = "awswaf:forwardedip:geo:";

/// A label that a statement about places adds.
pub(super) fn is_of_place(label: &str) -> bool {
    label.starts_with(CLIENT) || label.starts_with(FORWARDED)
}

/// Whose address it is.
pub(super) enum Origin {
    /// This one.
    Address(IpAddr),
    /// The header is not there.
    Absent,
    /// The header holds no valid address where one is looked for.
    Invalid,
}

impl Judge<'_> {
    pub(super) fn ip_set(&self, set: &IpSet, forwarded: Option<&ForwardedIpSet>) -> Truth {
        self.is_among(forwarded, |address| Truth::of(set.contains(address)))
    }

    pub(super) fn list(&self, list: &str, forwarded: Option<&ForwardedIpSet>) -> Truth {
        self.is_among(forwarded, |address| self.facts.is_listed(list, address).map_or(Truth::UNKNOWN, Truth::of))
    }

    /// Whether the address is among some, or one of those that a header names.
    fn is_among(&self, forwarded: Option<&ForwardedIpSet>, among: impl Fn(IpAddr) -> Truth) -> Truth {
        let Some(ForwardedIpSet { header, position }) = forwarded else { return among(self.request.client) };
        let addresses = addresses(self.request, &header.name);
        let looked_at = match position {
            ForwardedIpPosition::First => addresses.get(..1),
            ForwardedIpPosition::Last => addresses.len().checked_sub(1).map(|last| &addresses[last..]),
            ForwardedIpPosition::Any => Some(&addresses[addresses.len().saturating_sub(ADDRESSES_MAX)..]),
        };
        let looked_at = looked_at.unwrap_or(&[]);
        if looked_at.is_empty() {
            return Truth::ABSENT;
        }
        let found = looked_at.iter().flatten().map(|address| among(*address)).fold(Truth::NO, Truth::or);
        found.or(Truth::of(looked_at.contains(&None) && header.fallback_matches))
    }

    /// Writes where the address is on the request, whatever is asked.
    pub(super) fn geo(&mut self, countries: &[[u8; 2]], forwarded: Option<&ForwardedIp>) -> Truth {
        if let Origin::Address(address) = self.origin(forwarded) {
            let found = self.facts.country(address);
            let whose = if forwarded.is_some() { FORWARDED } else { CLIENT };
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned();
            // AWS writes XX where nobody knows.
            let code = found.map_or_else(|| "XX".to_owned(), |country| text(&country.code));
            let region = found.map_or_else(|| "XX".to_owned(), |country| text(&country.region));
            self.add_labels(&[format!("{whose}country:{code}").into()]);
            if !region.is_empty() {
                self.add_labels(&[format!("{whose}region:{code}-{region}").into()]);
            }
        }
        self.is_in(countries, forwarded)
    }

    /// Whether the address is in one of these countries.
    pub(super) fn is_in(&self, countries: &[[u8; 2]], forwarded: Option<&ForwardedIp>) -> Truth {
        match self.origin(forwarded) {
            Origin::Address(address) => {
                Truth::of(self.facts.country(address).is_some_and(|country| countries.contains(&country.code)))
            }
            Origin::Absent => Truth::ABSENT,
            Origin::Invalid => Truth::of(forwarded.is_some_and(|header| header.fallback_matches)),
        }
    }

    pub(super) fn asn(&self, numbers: &[u32], forwarded: Option<&ForwardedIp>) -> Truth {
        match self.origin(forwarded) {
            // AWS counts what nobody knows as network 0.
            Origin::Address(address) => Truth::of(numbers.contains(&self.facts.asn(address).unwrap_or(0))),
            Origin::Absent => Truth::ABSENT,
            Origin::Invalid => Truth::of(forwarded.is_some_and(|header| header.fallback_matches)),
        }
    }

    /// The connection's address, or the first one of a header.
    pub(super) fn origin(&self, forwarded: Option<&ForwardedIp>) -> Origin {
        let Some(header) = forwarded else { return Origin::Address(self.request.client) };
        match addresses(self.request, &header.name).first() {
            None => Origin::Absent,
            Some(None) => Origin::Invalid,
            Some(Some(address)) => Origin::Address(*address),
        }
    }
}

/// The addresses that a header lists, over all its lines; what is none stands in its place all the same.
fn addresses(request: &Request<'_>, name: &str) -> Vec<Option<IpAddr>> {
    let lines = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name.as_bytes()));
    lines.flat_map(|line| line.value.split(|byte| *byte == b',')).map(address).collect()
}

/// An address, with a port or in brackets as some proxies write it.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    let bare = IpAddr::from_str(text).or_else(|_| SocketAddr::from_str(text).map(|address| address.ip()));
    bare.ok().or_else(|| IpAddr::from_str(text.strip_prefix('[')?.strip_suffix(']')?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_write_addresses_in_several_ways() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            (" 192.0.2.1\t", Some("192.0.2.1")),
            ("192.0.2.1:8080", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("unknown", None),
            ("", None),
            ("192.0.2", None),
            ("192.0.2.01", None),
        ] {
            assert_eq!(address(text.as_bytes()), expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }
}
