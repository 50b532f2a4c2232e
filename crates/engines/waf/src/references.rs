//! What a document names and does not contain.

use std::sync::Arc;

use crate::document::{IpSet, RegexPatterns, RuleGroup};

/// The things that documents name. Whoever holds them answers; `None` breaks the web ACL that asks.
pub trait References {
    /// An IP set by its ARN.
    fn ip_set(&self, arn: &str) -> Option<Arc<IpSet>>;

    /// A regex pattern set by its ARN.
    fn regex_patterns(&self, arn: &str) -> Option<Arc<RegexPatterns>>;

    /// A rule group by its ARN.
    fn rule_group(&self, arn: &str) -> Option<Arc<RuleGroup>>;

    /// One of the operator's lists of addresses by its name: managed groups about reputation and anonymity ask for them.
    fn addresses(&self, list: &str) -> Option<Arc<IpSet>>;
}
