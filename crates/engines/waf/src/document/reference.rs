//! Statements that stand for the rules of a group.

use std::sync::Arc;

use serde_json::Value;

use super::statement::Depth;
use super::{ResponseBodies, RuleAction, Statement, arn, invalid, is_name, list, text};
use crate::invalid::Invalid;
use crate::strict::{Members, written};

const OVERRIDES_MAX: usize = 100;

/// The rules of a group.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleGroupReferenceStatement.html>
#[derive(Debug, Clone)]
pub struct RuleGroupReference {
    /// The group.
    pub arn: Arc<str>,
    /// What its rules do otherwise.
    pub overrides: Overrides,
}

/// What a group's rules do otherwise than the group says.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Rules that only count.
    pub excluded: Vec<Arc<str>>,
    /// Rules and their other actions.
    pub actions: Vec<(Arc<str>, RuleAction)>,
}

impl RuleGroupReference {
    pub(super) fn parse(value: &Value) -> Result<RuleGroupReference, Invalid> {
        const FIELD: &str = "RULE_GROUP_REFERENCE_STATEMENT";
        let known = ["ARN", "ExcludedRules", "RuleActionOverrides"];
        let members = Members::read(value, FIELD, "RuleGroupReferenceStatement", &known)?;
        Ok(RuleGroupReference { arn: arn(members.required("ARN")?, FIELD)?, overrides: Overrides::parse(&members)? })
    }
}

impl Overrides {
    fn parse(members: &Members<'_>) -> Result<Overrides, Invalid> {
        let mut overrides = Overrides::default();
        let entries = |name| members.get(name).map_or(Ok(&[][..]), |value| list(value, "EXCLUDED_RULE", name));
        for entry in entries("ExcludedRules")? {
            let rule = Members::read(entry, "EXCLUDED_RULE", "ExcludedRule", &["Name"])?;
            overrides.excluded.push(overrides.fresh(rule.required("Name")?, "EXCLUDED_RULE")?);
        }
        for entry in entries("RuleActionOverrides")? {
            let rule = Members::read(entry, "RULE_ACTION", "RuleActionOverride", &["Name", "ActionToUse"])?;
            let name = overrides.fresh(rule.required("Name")?, "RULE_ACTION")?;
            // Bodies belong to whom the rule belongs to; an override brings none along.
            let action = RuleAction::parse(rule.required("ActionToUse")?, &ResponseBodies::unchecked())?;
            overrides.actions.push((name, action));
        }
        if overrides.excluded.len() > OVERRIDES_MAX || overrides.actions.len() > OVERRIDES_MAX {
            return Err(invalid("EXCLUDED_RULE", "100", "at most 100 rules can be overridden"));
        }
        Ok(overrides)
    }

    /// A rule's name, not named before: two words on one rule would leave open which holds.
    fn fresh(&self, value: &Value, field: &'static str) -> Result<Arc<str>, Invalid> {
        let name: Arc<str> = text(value, field, "Name", 128, is_name)?.into();
        if self.excluded.contains(&name) || self.actions.iter().any(|(other, _)| *other == name) {
            return Err(invalid(field, &*name, "the rule is overridden more than once"));
        }
        Ok(name)
    }
}

/// The rules of a managed group.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_ManagedRuleGroupStatement.html>
#[derive(Debug, Clone)]
pub struct ManagedReference {
    /// `AWS`.
    pub vendor: Arc<str>,
    /// The group.
    pub name: Arc<str>,
    /// Which version of it; the default one where absent.
    pub version: Option<Arc<str>>,
    /// What its rules do otherwise.
    pub overrides: Overrides,
    /// Only requests that match it meet the group.
    pub scope_down: Option<Statement>,
}

impl ManagedReference {
    pub(super) fn parse(value: &Value, depth: &mut Depth) -> Result<ManagedReference, Invalid> {
        const FIELD: &str = "MANAGED_RULE_SET_STATEMENT";
        const KNOWN: [&str; 7] = [
            "VendorName",
            "Name",
            "Version",
            "ExcludedRules",
            "RuleActionOverrides",
            "ScopeDownStatement",
            "ManagedRuleGroupConfigs",
        ];
        let members = Members::read(value, FIELD, "ManagedRuleGroupStatement", &KNOWN)?;
        let versioned = |character| is_name(character) || matches!(character, '#' | ':' | '.' | '/');
        let name: Arc<str> = text(members.required("Name")?, FIELD, "Name", 128, is_name)?.into();
        if let Some(configs) = members.get("ManagedRuleGroupConfigs") {
            configurations(configs, &name)?;
        }
        let version = members.get("Version").map(|version| text(version, FIELD, "Version", 64, versioned));
        Ok(ManagedReference {
            vendor: text(members.required("VendorName")?, FIELD, "VendorName", 128, |character| {
                !character.is_control()
            })?
            .into(),
            name,
            version: version.transpose()?.map(Arc::from),
            overrides: Overrides::parse(&members)?,
            scope_down: Statement::scope_down(&members, depth)?,
        })
    }
}

/// Bot control at its common level is all there is to configure; whatever else is asked for is refused, since no rule here
/// would act on it.
fn configurations(value: &Value, group: &str) -> Result<(), Invalid> {
    const FIELD: &str = "MANAGED_RULE_GROUP_CONFIG";
    const BOT_CONTROL: &str = "AWSManagedRulesBotControlRuleSet";
    for entry in list(value, FIELD, "ManagedRuleGroupConfigs")? {
        let (_, config) = Members::read(entry, FIELD, "ManagedRuleGroupConfig", &[BOT_CONTROL])?.only()?;
        let config = Members::read(config, FIELD, BOT_CONTROL, &["InspectionLevel", "EnableMachineLearning"])?;
        let level = config.required("InspectionLevel")?;
        let reason = "only AWSManagedRulesBotControlRuleSet at InspectionLevel COMMON can be configured here";
        if group != BOT_CONTROL || level.as_str() != Some("COMMON") {
            return Err(invalid(FIELD, written(level), reason));
        }
        if config.get("EnableMachineLearning").is_some() {
            return Err(invalid(FIELD, "EnableMachineLearning", reason));
        }
    }
    Ok(())
}
