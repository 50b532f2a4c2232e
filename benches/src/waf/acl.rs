//! Web ACLs of managed groups.

use serde_json::{Value, json};
use waf::document;
use waf::testing::NOWHERE;
use waf::{Action, WebAcl, compile};

use super::wire::Wire;

/// The groups that are measured: those that look into requests.
pub const GROUPS: [&str; 9] = [
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesLinuxRuleSet",
    "AWSManagedRulesUnixRuleSet",
    "AWSManagedRulesWindowsRuleSet",
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesWordPressRuleSet",
    "AWSManagedRulesAdminProtectionRuleSet",
];

/// The three that every web application should have.
pub const THREE: [&str; 3] = [GROUPS[0], GROUPS[1], GROUPS[2]];

/// As much of a body is inspected, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A web ACL of these groups, which inspects 64 KB of a body.
pub fn of_groups(groups: &[&str]) -> WebAcl {
    of_rules(groups.iter().map(|group| json!({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}})))
}

/// The same without the Common group's limit on the length of bodies, which would end each of them before it is read.
pub fn of_groups_for_long_bodies(groups: &[&str]) -> WebAcl {
    of_rules(groups.iter().map(|group| {
        let mut statement = json!({"VendorName": "AWS", "Name": group});
        if *group == GROUPS[0] {
            statement["RuleActionOverrides"] = json!([{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]);
        }
        json!({"ManagedRuleGroupStatement": statement})
    }))
}

/// A web ACL with one rule for each statement; those that stand for a group come as the group has it, others block.
pub fn of_rules(statements: impl Iterator<Item = Value>) -> WebAcl {
    let visibility = json!({"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "m"});
    let rule = |(place, statement): (usize, Value)| {
        let group = statement.get("ManagedRuleGroupStatement").is_some();
        let (member, action) =
            if group { ("OverrideAction", json!({"None": {}})) } else { ("Action", json!({"Block": {}})) };
        json!({"Name": format!("rule-{place}"), "Priority": place, "Statement": statement, member: action,
            "VisibilityConfig": visibility})
    };
    let rules: Vec<Value> = statements.enumerate().map(rule).collect();
    let acl = json!({
        "Name": "measured",
        "DefaultAction": {"Allow": {}},
        "Rules": rules,
        "LabelNamespace": "awswaf:000000000000:webacl:measured:",
        "AssociationConfig": {"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_64"}}},
    });
    let acl = document::WebAcl::parse(&acl).expect("the document above is one of AWS's");
    compile(&acl, "measured", &NOWHERE).expect("what is measured names nothing but managed groups")
}

/// What ended a request.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// The rule.
    pub rule: String,
    /// What matched.
    pub matched: String,
}

/// Judges a request.
pub fn judge(acl: &WebAcl, wire: &Wire) -> Option<Blocked> {
    let judgement = wire.ask(BODY_BYTES_MAX, |request| acl.judge(request, &NOWHERE));
    if judgement.action == Action::Allow {
        return None;
    }
    let inside = judgement.groups.iter().filter_map(|group| group.terminating.as_ref()).next_back();
    let rule = inside.or(judgement.terminating.as_ref().map(|terminating| &terminating.matched))?;
    let matched = rule.findings.first().map(|finding| finding.matched.to_string()).unwrap_or_default();
    Some(Blocked { rule: rule.rule.to_string(), matched })
}
