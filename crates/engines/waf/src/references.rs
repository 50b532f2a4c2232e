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

    /// Whether the operator has a list of addresses of this name. What stands in it may change at any time, so it is asked
    /// for with each request: [`Facts::is_listed`](crate::Facts::is_listed).
    fn has_list(&self, list: &str) -> bool;
}
