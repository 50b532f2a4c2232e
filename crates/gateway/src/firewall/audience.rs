//! Whom a token of CAPTCHA or Challenge is for: a domain of one account.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-tokens-domains.html>

/// Whose questions and tokens they are.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The account of the web ACL. SECURITY: accounts may have hosts of one domain.
    pub account: &'a str,
    /// The host that the request is for, in lower case.
    pub host: &'a str,
    /// The domains whose tokens the web ACL takes besides its hosts' own.
    pub domains: &'a [Box<str>],
}

impl<'a> Audience<'a> {
    /// The domain that a host's new tokens belong to: the longest of the web ACL's that holds it, else itself.
    pub fn domain(&self) -> &'a str {
        let holding = self.domains.iter().map(AsRef::as_ref).filter(|domain| is_within(self.host, domain));
        holding.max_by_key(|domain: &&str| domain.len()).unwrap_or(self.host)
    }

    /// Whether the web ACL takes tokens of a domain from this host.
    pub(super) fn takes(&self, domain: &str) -> bool {
        domain == self.host || (is_within(self.host, domain) && self.domains.iter().any(|known| **known == *domain))
    }
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_domains_are_shared_by_their_hosts_alone() {
        let domains: Vec<Box<str>> = ["example.test".into(), "b.example.test".into()].to_vec();
        let of = |host| Audience { account: "000000000000", host, domains: &domains };
        assert_eq!(of("a.example.test").domain(), "example.test");
        assert_eq!(of("x.b.example.test").domain(), "b.example.test");
        assert_eq!(of("notexample.test").domain(), "notexample.test");
        assert!(of("a.example.test").takes("example.test"));
        assert!(!of("notexample.test").takes("example.test"));
        assert!(!of("a.example.test").takes("test"));
        assert!(!Audience { domains: &[], ..of("a.example.test") }.takes("example.test"));
    }
}
