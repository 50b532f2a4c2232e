//! Managed rule groups: our own, under the names that AWS gives to its own.
//!
//! Each is a data file in `managed/`, written in AWS's rule language: `Name`, `Description`, `Capacity`,
//! `LabelNamespace`, `Version`, `Default` (whether it is the version that is meant where none is named), `Patterns` and
//! `Rules`. A rule's `Priority` and `VisibilityConfig` may be left out: rules come in the order of the file, and a rule's
//! metric has its name. `Tests` in a rule are for the tests alone.
//!
//! `Patterns` holds lists that several rules share: of regular expressions, and of `{Words, Then}`, where a value must begin
//! with one of the words and go on as the expression says. A rule refers to a list as to a pattern set, by
//! `arn:portcullis:patterns:{name}`, and means one statement for each entry.

mod patterns;

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use crate::document::{RuleGroup, Statement, invalid, list, number};
use crate::invalid::Invalid;
use crate::strict::{Members, written};
use patterns::Lists;

/// A managed rule group, in one version.
#[derive(Debug, Clone)]
pub struct ManagedGroup {
    /// `AWS`: rules and exclusions written for AWS's groups name this vendor.
    pub vendor: &'static str,
    /// `AWSManagedRules…`.
    pub name: Box<str>,
    /// `Version_1.0`.
    pub version: Box<str>,
    /// It is what is meant where no version is named.
    pub default_version: bool,
    /// In one sentence.
    pub description: Box<str>,
    /// What it costs, in WCU, whatever its rules would.
    pub capacity: u32,
    /// Before its labels: `awswaf:managed:aws:…:`.
    pub label_namespace: Arc<str>,
    /// What it consists of.
    pub rules: Arc<RuleGroup>,
}

const VENDOR: &str = "AWS";

/// The files, in the order in which they are listed.
const FILES: [&str; 12] = [
    include_str!("../managed/AWSManagedRulesCommonRuleSet.json"),
    include_str!("../managed/AWSManagedRulesAdminProtectionRuleSet.json"),
    include_str!("../managed/AWSManagedRulesKnownBadInputsRuleSet.json"),
    include_str!("../managed/AWSManagedRulesSQLiRuleSet.json"),
    include_str!("../managed/AWSManagedRulesLinuxRuleSet.json"),
    include_str!("../managed/AWSManagedRulesUnixRuleSet.json"),
    include_str!("../managed/AWSManagedRulesWindowsRuleSet.json"),
    include_str!("../managed/AWSManagedRulesPHPRuleSet.json"),
    include_str!("../managed/AWSManagedRulesWordPressRuleSet.json"),
    include_str!("../managed/AWSManagedRulesAmazonIpReputationList.json"),
    include_str!("../managed/AWSManagedRulesAnonymousIpList.json"),
    include_str!("../managed/AWSManagedRulesBotControlRuleSet.json"),
];

static GROUPS: LazyLock<Vec<ManagedGroup>> =
    LazyLock::new(|| FILES.iter().map(|file| ManagedGroup::read(file).expect("a test reads every file")).collect());

/// All groups, all versions.
pub fn all() -> &'static [ManagedGroup] {
    &GROUPS
}

/// One group; the default version where none is named.
pub fn find(vendor: &str, name: &str, version: Option<&str>) -> Option<&'static ManagedGroup> {
    all().iter().find(|group| {
        let versioned = version.map_or(group.default_version, |version| *group.version == *version);
        group.vendor == vendor && *group.name == *name && versioned
    })
}

impl ManagedGroup {
    /// Reads a file.
    pub(crate) fn read(file: &str) -> Result<ManagedGroup, Invalid> {
        const FIELD: &str = "MANAGED_RULE_SET";
        const KNOWN: [&str; 8] =
            ["Name", "Description", "Capacity", "LabelNamespace", "Version", "Default", "Patterns", "Rules"];
        let value: Value = serde_json::from_str(file).map_err(|error| invalid(FIELD, "file", error.to_string()))?;
        let members = Members::read(&value, FIELD, "file", &KNOWN)?;
        let text = |name| {
            let value = members.required(name)?;
            value.as_str().ok_or_else(|| invalid(FIELD, written(value), format!("{name} is a text")))
        };
        let rules = list(members.required("Rules")?, FIELD, "Rules")?;
        let rules: Vec<Value> = rules.iter().zip(0_u32..).map(|(rule, place)| completed(rule, place)).collect();
        let capacity = number(members.required("Capacity")?, FIELD, "Capacity", 1..=u64::from(u32::MAX))?;
        let capacity = u32::try_from(capacity).expect("within the bounds above");
        let group = json!({
            "Rules": rules,
            "LabelNamespace": text("LabelNamespace")?,
            "Capacity": capacity,
        });
        let lists = Lists::read(members.get("Patterns"))?;
        let mut rules = RuleGroup::parse(&group)?;
        for rule in &mut rules.rules {
            let statement = std::mem::replace(&mut rule.statement, Statement::Or(Vec::new()));
            rule.statement = lists.resolved(statement)?;
        }
        Ok(ManagedGroup {
            vendor: VENDOR,
            name: text("Name")?.into(),
            version: text("Version")?.into(),
            default_version: members.required("Default")?.as_bool().unwrap_or(false),
            description: text("Description")?.into(),
            capacity,
            label_namespace: text("LabelNamespace")?.into(),
            rules: Arc::new(rules),
        })
    }
}

/// A rule with what a file may leave out, and without what is for tests.
fn completed(rule: &Value, place: u32) -> Value {
    let mut rule = rule.clone();
    if let Value::Object(members) = &mut rule {
        members.remove("Tests");
        let name = members.get("Name").cloned().unwrap_or(Value::Null);
        members.entry("Priority").or_insert_with(|| place.into());
        members.entry("VisibilityConfig").or_insert_with(
            || json!({ "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name }),
        );
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_a_group_with_its_rules_in_their_order() {
        let rule = |name: &str| {
            json!({
                "Name": name,
                "Statement": { "RegexMatchStatement": {
                    "RegexString": "localhost",
                    "FieldToMatch": { "SingleHeader": { "Name": "host" } },
                    "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
                } },
                "Action": { "Block": {} },
                "RuleLabels": [{ "Name": "Found" }],
                "Tests": { "Good": [], "Bad": [] },
            })
        };
        let file = json!({
            "Name": "AWSManagedRulesExampleRuleSet",
            "Description": "An example.",
            "Capacity": 200,
            "LabelNamespace": "awswaf:managed:aws:example:",
            "Version": "Version_1.0",
            "Default": true,
            "Rules": [rule("Second"), rule("First")],
        });
        let group = ManagedGroup::read(&file.to_string()).unwrap();
        assert_eq!((group.vendor, &*group.name, group.capacity), ("AWS", "AWSManagedRulesExampleRuleSet", 200));
        let names: Vec<&str> = group.rules.rules.iter().map(|rule| &*rule.name).collect();
        assert_eq!(names, ["Second", "First"]);
        assert_eq!(group.rules.rules[1].priority, 1);
        assert_eq!(&*group.rules.rules[1].metric, "First");
        assert_eq!(group.rules.label_namespace.as_deref(), Some("awswaf:managed:aws:example:"));
    }

    #[test]
    fn every_file_is_read_and_each_group_has_one_default_version() {
        for file in FILES {
            ManagedGroup::read(file).unwrap();
        }
        for group in all() {
            let defaults = all().iter().filter(|other| other.name == group.name && other.default_version);
            assert_eq!(defaults.count(), 1, "{}", group.name);
            assert!(find("AWS", &group.name, Some(&group.version)).is_some());
        }
        assert!(find("AWS", "AWSManagedRulesNoSuchRuleSet", None).is_none());
        assert!(find("Other", "AWSManagedRulesCommonRuleSet", None).is_none());
    }
}
