//! What the judge may ask about one request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;
use edge::ReceivedHeaders;
use waf::{Country, Facts, Purpose, RateRule, Token};

use super::audience::Audience;
use super::{Firewall, Provided, page};

/// The world as one request's web ACL sees it.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The node's memory.
    pub(crate) firewall: &'a Firewall,
    /// What the operator provides, as it was when the request came.
    pub(crate) provided: Guard<Arc<Provided>>,
    /// Among how many nodes limits are shared.
    pub(crate) nodes: u32,
    /// Now, on the clock that never runs backwards.
    pub(crate) now: Duration,
    /// The request's headers, which may hold tokens.
    pub(crate) received: &'a ReceivedHeaders,
    /// Whose tokens its web ACL takes.
    pub(crate) audience: Audience<'a>,
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
        self.provided.places.country(address)
    }

    fn asn(&self, address: IpAddr) -> Option<u32> {
        self.provided.places.network(address)
    }

    fn is_listed(&self, list: &str, address: IpAddr) -> Option<bool> {
        Some(self.provided.lists.get(list)?.contains(address))
    }

    fn over_limit(&self, rule: &RateRule, instance: &[u8]) -> bool {
        match self.counts {
            Counts::Yes => self.firewall.rates.over(rule, instance, self.nodes, self.now),
            Counts::No => self.firewall.rates.is_over(rule, instance, self.nodes, self.now),
        }
    }

    fn token(&self, purpose: Purpose, immunity: Duration) -> Token {
        self.firewall.mint.read(tokens(self.received), purpose, immunity, &self.audience)
    }
}

/// The texts of a request's tokens: of its headers, and of its cookies of that name. Other cookies may be no UTF-8.
fn tokens(received: &ReceivedHeaders) -> impl Iterator<Item = &str> {
    let pairs = received.get_all("cookie").flat_map(|line| line.split(|byte| *byte == b';'));
    let cookies = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(page::COOKIE.as_bytes())?.strip_prefix(b"="));
    received.get_all(page::HEADER).chain(cookies).filter_map(|text| std::str::from_utf8(text.trim_ascii()).ok())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use edge::{Head, Limits};

    use super::*;

    #[test]
    fn tokens_are_found_in_every_header_and_cookie_of_their_name_and_in_no_other() {
        let lines: [&[u8]; 5] = [
            b"Cookie: nom=Andr\xe9;aws-waf-token=one; b=2",
            b"X-Aws-Waf-Token: two",
            b"Cookie: aws-waf-token = three; aws-waf-token=four",
            b"Cookie: xaws-waf-token=five; AWS-WAF-TOKEN=six; aws-waf-token; aws-waf-token=se\xffven",
            b"X-Aws-Waf-Tokens: eight",
        ];
        let text = [b"GET / HTTP/1.1\r\nHost: a.test\r\n", &*lines.join(&b"\r\n"[..]), b"\r\n\r\n"].concat();
        let head = Head::read(&Bytes::from(text), &Limits::default()).unwrap();
        assert_eq!(tokens(&head.received).collect::<Vec<_>>(), ["two", "one", "four"]);
    }
}
