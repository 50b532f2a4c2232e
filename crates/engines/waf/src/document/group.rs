//! A rule group: rules that web ACLs use together.

use std::sync::Arc;

use serde_json::Value;

use super::rule::{Home, rules};
use super::{ResponseBodies, Rule, number};
use crate::invalid::Invalid;
use crate::label;
use crate::strict::Members;

const FIELD: &str = "RULE_GROUP";
const KNOWN: [&str; 11] = [
    "Name",
    "Rules",
    "CustomResponseBodies",
    "LabelNamespace",
    "Id",
    "ARN",
    "Capacity",
    "Description",
    "VisibilityConfig",
    "AvailableLabels",
    "ConsumedLabels",
];

/// A rule group as AWS's JSON has it. <https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleGroup.html>
#[derive(Debug, Clone)]
pub struct RuleGroup {
    /// Before its own labels: `awswaf:{account}:rulegroup:{name}:`. Absent where it is not known yet.
    pub label_namespace: Option<Arc<str>>,
    /// What it costs a web ACL, in WCU; its rules' own cost where it is not stated.
    pub capacity: Option<u32>,
    /// By ascending priority; none of them refers to another group.
    pub rules: Vec<Rule>,
    /// Bodies of custom responses by their keys.
    pub bodies: ResponseBodies,
}

impl RuleGroup {
    /// Reads AWS's `RuleGroup`. Members that only describe may stand in it; any other is refused.
    pub fn parse(value: &Value) -> Result<RuleGroup, Invalid> {
        let members = Members::read(value, FIELD, "RuleGroup", &KNOWN)?;
        let bodies = ResponseBodies::parse(members.get("CustomResponseBodies"))?;
        let capacity = members.get("Capacity").map(|value| number(value, FIELD, "Capacity", 1..=u64::from(u32::MAX)));
        Ok(RuleGroup {
            capacity: capacity.transpose()?.and_then(|capacity| u32::try_from(capacity).ok()),
            label_namespace: members.get("LabelNamespace").map(label::own_namespace).transpose()?,
            rules: rules(members.get("Rules"), &bodies, Home::RuleGroup)?,
            bodies,
        })
    }

    /// The ARNs it names, each once, in their order.
    pub fn references(&self) -> Vec<&str> {
        super::rule::references(&self.rules)
    }
}
