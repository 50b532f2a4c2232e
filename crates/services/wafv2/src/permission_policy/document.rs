//! What a permission policy may say: who may put the rule group into web ACLs, and nothing else.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html>

use std::collections::BTreeSet;

use model::wafv2::PermissionPolicy;
use policy::{Kind, Policy};
use serde_json::{Map, Value};

use crate::error::Error;

/// What every statement allows.
const NEEDED: [&str; 3] = ["wafv2:createwebacl", "wafv2:updatewebacl", "wafv2:putfirewallmanagerrulegroups"];
/// What it may allow besides.
const OPTIONAL: &str = "wafv2:getrulegroup";
const MEMBERS: [&str; 5] = ["Sid", "Effect", "Principal", "Action", "Condition"];

/// Refuses what AWS refuses, and what the engine that asks the policy cannot read or would leave open.
pub(super) fn check(policy: &PermissionPolicy, group_arn: &str) -> Result<(), Error> {
    let refused = |why: &str| Error::PermissionPolicy(format!("The policy isn't valid: {why}."));
    let document: Value = serde_json::from_str(&policy.document).map_err(|_| refused("it is not JSON"))?;
    if document["Version"] != "2012-10-17" {
        return Err(refused("its Version must be 2012-10-17"));
    }
    let statements = match &document["Statement"] {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    for one in statements {
        statement(one.as_object().ok_or_else(|| refused("a statement must be an object"))?)?;
    }
    let meant = Policy::parse(&policy.meant(group_arn), Kind::Resource).map_err(|fault| refused(&fault.to_string()))?;
    match identity::silently_open(&meant) {
        None => Ok(()),
        Some(key) => Err(refused(&format!(
            "the condition key `{key}` is never set here, so the policy would leave open what it means to close"
        ))),
    }
}

fn statement(members: &Map<String, Value>) -> Result<(), Error> {
    let refused = |why: &str| Err(Error::PermissionPolicy(format!("The policy isn't valid: {why}.")));
    if let Some(other) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return refused(&format!("a statement has no {other} here"));
    }
    if members.get("Effect") != Some(&Value::from("Allow")) {
        return refused("the Effect must be Allow");
    }
    if !members.contains_key("Principal") {
        return refused("a statement needs a Principal");
    }
    let actions = match members.get("Action") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let actions: BTreeSet<String> =
        actions.into_iter().map(|action| action.as_str().unwrap_or_default().to_ascii_lowercase()).collect();
    let known = |action: &String| NEEDED.contains(&action.as_str()) || action == OPTIONAL;
    if !NEEDED.iter().all(|needed| actions.contains(*needed)) || !actions.iter().all(known) {
        return refused(
            "the Action must be wafv2:CreateWebACL, wafv2:UpdateWebACL and wafv2:PutFirewallManagerRuleGroups, and may be wafv2:GetRuleGroup besides",
        );
    }
    Ok(())
}
