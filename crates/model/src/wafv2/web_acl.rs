//! A web ACL: the rules that the requests of a stage are judged by.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html>

use base::Scope;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entity, Owned, Visibility};
use crate::Record;

/// A web ACL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebAcl {
    /// Whose it is and where.
    pub scope: Scope,
    /// Name, id, lock and tags.
    pub entity: Entity,
    /// What its rules weigh, in WCU.
    pub capacity: u32,
    /// AWS's own JSON of what decides (`Name`, `LabelNamespace`, `DefaultAction`, `Rules`, …).
    pub document: Value,
    /// What is kept of the requests that it judges.
    pub visibility: Visibility,
    /// The ARNs of the sets and rule groups that its rules name.
    pub references: Vec<String>,
}

impl Record for WebAcl {
    const TABLE: &'static str = "wafv2.web_acl";

    fn id(&self) -> String {
        self.entity.name.clone()
    }
}

impl Owned for WebAcl {
    const KIND: &'static str = "webacl";
    const TYPE: &'static str = "AWS::WAFv2::WebACL";

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }
}
