//! A rule group: rules that several web ACLs share.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleGroup.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entity, Owned, Visibility};
use crate::Record;
use crate::iam::trust;

/// A rule group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleGroup {
    /// Name, id, lock and tags.
    pub entity: Entity,
    /// What its rules may weigh, in WCU, and what it weighs in web ACLs; set once.
    pub capacity: u32,
    /// AWS's own JSON of what decides (`Name`, `LabelNamespace`, `Capacity`, `Rules`, …).
    pub document: Value,
    /// What is kept of the requests that it judges.
    pub visibility: Visibility,
    /// The ARNs of the sets that its rules name.
    pub references: Vec<String>,
    /// Which other accounts may use it.
    pub permission_policy: Option<PermissionPolicy>,
}

/// A policy of a rule group. <https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionPolicy {
    /// As it was set: it names no resource, because it means the group.
    pub document: String,
    /// The unique ids of the users and roles that it names, by the ARNs it names them by.
    pub ids: BTreeMap<String, String>,
}

impl PermissionPolicy {
    /// The policy as it is meant: its resource is the group, and users and roles stand in it by their unique ids.
    pub fn meant(&self, group_arn: &str) -> String {
        let by_id = |named: &str| self.ids.get(named).filter(|_| named.starts_with("arn:aws:iam:")).cloned();
        let document = trust::renamed(&self.document, by_id);
        // What cannot be read stays as it is, and is read by nobody.
        let Ok(mut policy) = serde_json::from_str::<Value>(&document) else { return document };
        let statements = policy.get_mut("Statement").map(|statements| match statements {
            Value::Array(list) => list.iter_mut().collect(),
            one => vec![one],
        });
        for statement in statements.into_iter().flatten() {
            if let Value::Object(members) = statement {
                members.insert("Resource".to_owned(), Value::from(group_arn));
            }
        }
        policy.to_string()
    }
}

impl Record for RuleGroup {
    const TABLE: &'static str = "wafv2.rule_group";

    fn id(&self) -> String {
        self.entity.name.clone()
    }
}

impl Owned for RuleGroup {
    const KIND: &'static str = "rulegroup";
    const TYPE: &'static str = "AWS::WAFv2::RuleGroup";

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }
}
