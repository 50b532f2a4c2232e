//! What the judge may ask about one request.

use std::net::IpAddr;
use std::time::Duration;

use waf::{Country, Facts, Purpose, RateRule, Token};

use super::Firewall;

/// The world as one request's web ACL sees it.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The node's memory.
    pub(crate) firewall: &'a Firewall,
    /// Among how many nodes limits are shared.
    pub(crate) nodes: u32,
    /// Now, on the clock that never runs backwards.
    pub(crate) now: Duration,
    /// The text of the request's token, if it brought one.
    pub(crate) token: Option<&'a str>,
    /// The host that the request is for.
    pub(crate) host: &'a str,
    /// The domains whose tokens its web ACL takes.
    pub(crate) domains: &'a [Box<str>],
    /// Whether this request counts: a question about one that nobody sent does not.
    pub(crate) counts: Counts,
}

/// Whether a request is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// It was sent.
    Yes,
    /// It is supposed.
    No,
}

impl Facts for Seen<'_> {
    fn country(&self, address: IpAddr) -> Option<Country> {
        self.firewall.places.country(address)
    }

    fn asn(&self, address: IpAddr) -> Option<u32> {
        self.firewall.places.network(address)
    }

    fn over_limit(&self, rule: &RateRule, instance: &[u8]) -> bool {
        match self.counts {
            Counts::Yes => self.firewall.rates.over(rule, instance, self.nodes, self.now),
            Counts::No => self.firewall.rates.is_over(rule, instance, self.nodes, self.now),
        }
    }

    fn token(&self, purpose: Purpose, immunity: Duration) -> Token {
        self.firewall.mint.read(self.token, purpose, immunity, self.host, self.domains)
    }
}
