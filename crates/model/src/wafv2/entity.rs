//! What web ACLs, rule groups, IP sets and regex pattern sets have in common: a name, an id, a lock, tags.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACLSummary.html>

use std::collections::BTreeMap;

use base::Scope;
use serde::{Deserialize, Serialize};

use crate::Record;

/// The common part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its name, unique among its kind in the account and region; it never changes.
    pub name: String,
    /// AWS's id, a UUID; another one whenever the name is given anew.
    pub id: String,
    /// What it is for; empty where nobody said.
    pub description: String,
    /// Changes with each change: who brings an older one is refused.
    pub lock_token: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A record that is such an entity. Its record's id is its name.
pub trait Owned: Record {
    /// What stands in its ARN, such as `webacl`.
    const KIND: &'static str;
    /// What CloudTrail calls it, such as `AWS::WAFv2::WebACL`.
    const TYPE: &'static str;

    /// The common part.
    fn entity(&self) -> &Entity;

    /// The common part, to change it.
    fn entity_mut(&mut self) -> &mut Entity;

    /// Its ARN.
    fn arn(&self, scope: &Scope) -> String {
        Self::arn_of(scope, &self.entity().name, &self.entity().id)
    }

    /// The ARN that a name and an id make.
    fn arn_of(scope: &Scope, name: &str, id: &str) -> String {
        format!("arn:aws:wafv2:{}:{}:regional/{}/{name}/{id}", scope.region, scope.account, Self::KIND)
    }
}

/// What is counted and kept of the requests that something decides. <https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    /// Whether some of the requests are kept, for `GetSampledRequests`.
    pub sampled_requests: bool,
    /// Whether they are counted.
    pub metrics: bool,
    /// The name they are counted under.
    pub metric_name: String,
}
