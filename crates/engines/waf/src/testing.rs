//! For tests and measurements, here and elsewhere: a world in which everything is said beforehand.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::document::{IpSet, RegexPatterns, RuleGroup};
use crate::{Country, Facts, Purpose, RateRule, References, Token};

/// Answers everything alike, whoever asks; [`NOWHERE`] is the one to change.
#[derive(Debug, Clone)]
pub struct World {
    /// Where every address is.
    pub country: Option<Country>,
    /// Whose network every address belongs to.
    pub asn: Option<u32>,
    /// Whether everybody is over every limit.
    pub over_limit: bool,
    /// What every request's token says.
    pub token: Token,
    /// Whether an address is in a list; `None` where there is no such list.
    pub is_listed: fn(&str, IpAddr) -> Option<bool>,
    /// What every ARN of an IP set names.
    pub ip_set: Option<Arc<IpSet>>,
    /// What every ARN of a rule group names.
    pub rule_group: Option<Arc<RuleGroup>>,
}

/// Nothing is there, and nobody knows anything.
pub const NOWHERE: World = World {
    country: None,
    asn: None,
    over_limit: false,
    token: Token::Missing,
    is_listed: |_, _| None,
    ip_set: None,
    rule_group: None,
};

impl Facts for World {
    fn country(&self, _: IpAddr) -> Option<Country> {
        self.country
    }

    fn asn(&self, _: IpAddr) -> Option<u32> {
        self.asn
    }

    fn is_listed(&self, list: &str, address: IpAddr) -> Option<bool> {
        (self.is_listed)(list, address)
    }

    fn over_limit(&self, _: &RateRule, _: &[u8]) -> bool {
        self.over_limit
    }

    fn token(&self, _: Purpose, _: Duration) -> Token {
        self.token
    }
}

impl References for World {
    fn ip_set(&self, _: &str) -> Option<Arc<IpSet>> {
        self.ip_set.clone()
    }

    fn regex_patterns(&self, _: &str) -> Option<Arc<RegexPatterns>> {
        None
    }

    fn rule_group(&self, _: &str) -> Option<Arc<RuleGroup>> {
        self.rule_group.clone()
    }

    fn has_list(&self, list: &str) -> bool {
        (self.is_listed)(list, IpAddr::from([0, 0, 0, 0])).is_some()
    }
}
