//! Resources of AWS WAFv2. <https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-components.html>

mod entity;
mod web_acl;
mod rule_group;
mod ip_set;
mod regex_pattern_set;
mod association;
mod logging_configuration;

pub use association::Association;
pub use entity::{Entity, Owned, Visibility};
pub use ip_set::{AddressVersion, IpSet};
pub use logging_configuration::LoggingConfiguration;
pub use regex_pattern_set::RegexPatternSet;
pub use rule_group::{PermissionPolicy, RuleGroup};
pub use web_acl::WebAcl;
