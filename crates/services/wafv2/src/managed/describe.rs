//! DescribeManagedRuleGroup: the rules of a managed rule group, and its labels.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_DescribeManagedRuleGroup.html>

use std::collections::BTreeSet;

use base::Scope as Place;
use operation::{Call, Failure, Operation, Spec};
use serde_json::json;
use waf::document::{Behaviour, Rule, RuleAction};
use wire::shape::Json;

use crate::error::declared;
use crate::shapes::{LabelSummary, Scope};
use crate::{arn, rules};

/// The operation.
pub(crate) struct DescribeManagedRuleGroup;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DescribeManagedRuleGroupRequest", upper)]
pub(crate) struct Input {
    vendor_name: String,
    name: String,
    scope: Scope,
    version_name: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DescribeManagedRuleGroupResponse", upper)]
pub(crate) struct Output {
    version_name: Option<String>,
    sns_topic_arn: Option<String>,
    capacity: Option<i64>,
    rules: Option<Vec<RuleSummary>>,
    label_namespace: Option<String>,
    available_labels: Option<Vec<LabelSummary>>,
    consumed_labels: Option<Vec<LabelSummary>>,
}

/// A rule and what it does.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct RuleSummary {
    name: Option<String>,
    action: Option<Json>,
}

impl Operation for DescribeManagedRuleGroup {
    const SPEC: Spec = Spec::read("DescribeManagedRuleGroup", "wafv2:DescribeManagedRuleGroup").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, _: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let group = super::find(&input.vendor_name, &input.name, input.version_name.as_deref())?;
        let labels = group.rules.rules.iter().flat_map(|rule| &rule.labels);
        let labels: BTreeSet<String> = labels.map(|label| format!("{}{label}", group.label_namespace)).collect();
        Ok(Output {
            version_name: Some(group.version.to_string()),
            sns_topic_arn: None,
            capacity: Some(i64::from(group.capacity)),
            rules: Some(group.rules.rules.iter().map(RuleSummary::of).collect()),
            label_namespace: Some(group.label_namespace.to_string()),
            available_labels: Some(labels.into_iter().map(LabelSummary::of).collect()),
            consumed_labels: None,
        })
    }
}

impl RuleSummary {
    fn of(rule: &Rule) -> Self {
        let action = match &rule.behaviour {
            Behaviour::Act(RuleAction::Allow(_)) => Some(json!({"Allow": {}})),
            Behaviour::Act(RuleAction::Block(_)) => Some(json!({"Block": {}})),
            Behaviour::Act(RuleAction::Count(_)) => Some(json!({"Count": {}})),
            Behaviour::Act(RuleAction::Captcha(_)) => Some(json!({"Captcha": {}})),
            Behaviour::Act(RuleAction::Challenge(_)) => Some(json!({"Challenge": {}})),
            // Rules of groups refer to no groups.
            Behaviour::Keep | Behaviour::Count => None,
        };
        Self { name: Some(rule.name.to_string()), action: action.map(Json) }
    }
}
