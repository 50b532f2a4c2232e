//! What the judge asks of the world. Each answer is at hand: nothing here waits.

use std::net::IpAddr;
use std::time::Duration;

/// The world, as far as a web ACL may ask about it.
pub trait Facts {
    /// Where an address is; `None` where nobody knows.
    fn country(&self, address: IpAddr) -> Option<Country>;

    /// Whose network an address belongs to; `None` where nobody knows.
    fn asn(&self, address: IpAddr) -> Option<u32>;

    /// Whether an address is in one of the operator's lists: managed groups about reputation and anonymity ask for them.
    /// `None` where there is no such list; what is not known closes.
    fn is_listed(&self, list: &str, address: IpAddr) -> Option<bool>;

    /// Counts this request for an instance of a rate-based rule, and answers whether the instance is over its limit.
    /// `instance` is the rule's aggregation key as bytes (an address, or custom keys with their lengths).
    fn over_limit(&self, rule: &RateRule, instance: &[u8]) -> bool;

    /// What the request's token says of a puzzle solved or a challenge passed within `immunity`.
    fn token(&self, purpose: Purpose, immunity: Duration) -> Token;
}

/// A country, and the region in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub code: [u8; 2],
    /// ISO 3166-2's second part (`WA` of `US-WA`), padded with zeros; zeros where unknown.
    pub region: [u8; 3],
}

/// A rate-based rule, as whoever counts must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRule {
    /// Names the rule and its settings: changed settings begin to count anew.
    pub id: u64,
    /// How many requests in the window are too many.
    pub limit: u64,
    /// The window that is looked back over, in seconds: 60, 120, 300 or 600.
    pub window_s: u32,
}

/// What a token was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A person solved a puzzle.
    Captcha,
    /// A browser passed a challenge.
    Challenge,
}

/// What a request's token says. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-tokens.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Solved, and still within the immunity time.
    Valid {
        /// When, in seconds since 1970.
        solved_s: u64,
    },
    /// `TOKEN_MISSING`: none, or none for this purpose.
    Missing,
    /// `TOKEN_EXPIRED`.
    Expired,
    /// `TOKEN_INVALID`: not one of ours.
    Invalid,
    /// `TOKEN_DOMAIN_MISMATCH`.
    OtherDomain,
}
