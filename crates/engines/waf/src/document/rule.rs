//! A rule: when it matches, and what it does then.

use std::sync::Arc;

use serde_json::Value;

use super::acl::{captcha_immunity, challenge_immunity};
use super::statement::{Depth, Place};
use super::{ResponseBodies, RuleAction, Statement, invalid, is_name, list, number, text};
use crate::invalid::Invalid;
use crate::label;
use crate::strict::{Members, written};

const FIELD: &str = "RULE";
/// A web ACL of 5,000 WCU cannot hold more.
const RULES_MAX: usize = 5_000;

/// A rule. <https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html>
#[derive(Debug, Clone)]
pub struct Rule {
    /// `Name`, one of its kind.
    pub name: Arc<str>,
    /// Lower comes first; one of its kind.
    pub priority: u32,
    /// When it matches.
    pub statement: Statement,
    /// What it does then.
    pub behaviour: Behaviour,
    /// Added to a request that it matches, without their namespace.
    pub labels: Vec<Arc<str>>,
    /// `VisibilityConfig.MetricName`.
    pub metric: Arc<str>,
    /// `VisibilityConfig.SampledRequestsEnabled`.
    pub sampled: bool,
    /// How long a solved puzzle counts, in seconds; the web ACL's where absent.
    pub captcha_immunity_s: Option<u32>,
    /// How long a passed challenge counts, in seconds; the web ACL's where absent.
    pub challenge_immunity_s: Option<u32>,
}

/// What a rule does with a request that it matches.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// `Action`, of a rule that stands for itself.
    Act(RuleAction),
    /// `OverrideAction.None`: what the group decided counts.
    Keep,
    /// `OverrideAction.Count`: what the group decided is counted only.
    Count,
}

/// Whose rules they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    WebAcl,
    RuleGroup,
}

/// Reads AWS's `Rules` and puts them into the order of their priorities.
pub(super) fn rules(value: Option<&Value>, bodies: &ResponseBodies, home: Home) -> Result<Vec<Rule>, Invalid> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let entries = list(value, FIELD, "Rules")?;
    if entries.len() > RULES_MAX {
        return Err(invalid(FIELD, entries.len().to_string(), "there are more rules than capacity could ever hold"));
    }
    let mut rules = entries.iter().map(|entry| Rule::parse(entry, bodies, home)).collect::<Result<Vec<_>, _>>()?;
    let mut names = std::collections::HashSet::new();
    if let Some(twin) = rules.iter().find(|rule| !names.insert(rule.name.clone())) {
        return Err(invalid(FIELD, &*twin.name, "each rule needs a name of its own"));
    }
    rules.sort_by_key(|rule| rule.priority);
    if let Some(pair) = rules.windows(2).find(|pair| pair[0].priority == pair[1].priority) {
        return Err(invalid(FIELD, pair[1].priority.to_string(), "each rule needs a priority of its own"));
    }
    Ok(rules)
}

impl Rule {
    /// Reads AWS's list of `Rules` alone, as `CheckCapacity` gets it. No custom response may name a body.
    pub fn parse_list(value: &Value) -> Result<Vec<Rule>, Invalid> {
        rules(Some(value), &ResponseBodies::unchecked(), Home::WebAcl)
    }

    fn parse(value: &Value, bodies: &ResponseBodies, home: Home) -> Result<Rule, Invalid> {
        const KNOWN: [&str; 9] = [
            "Name",
            "Priority",
            "Statement",
            "Action",
            "OverrideAction",
            "RuleLabels",
            "VisibilityConfig",
            "CaptchaConfig",
            "ChallengeConfig",
        ];
        let members = Members::read(value, FIELD, "Rule", &KNOWN)?;
        let place = match home {
            Home::WebAcl => Place::WebAclRule,
            Home::RuleGroup => Place::GroupRule,
        };
        let statement = Statement::parse(members.required("Statement")?, place, &mut Depth::default())?;
        let behaviour = behaviour(&members, &statement, bodies)?;
        let labels = match members.get("RuleLabels") {
            Some(labels) => label::rule_labels(labels)?,
            None => Vec::new(),
        };
        if !labels.is_empty() && statement.refers_to_a_group() {
            let reason = "a rule that refers to a rule group can't add labels";
            return Err(invalid(FIELD, "RuleLabels", reason));
        }
        let (metric, sampled) = visibility(members.required("VisibilityConfig")?)?;
        let priority =
            number(members.required("Priority")?, FIELD, "Priority", 0..=u64::from(i32::MAX.unsigned_abs()))?;
        Ok(Rule {
            name: text(members.required("Name")?, FIELD, "Name", 128, is_name)?.into(),
            priority: u32::try_from(priority).expect("within the bounds above"),
            statement,
            behaviour,
            labels,
            metric,
            sampled,
            captcha_immunity_s: captcha_immunity(members.get("CaptchaConfig"))?,
            challenge_immunity_s: challenge_immunity(members.get("ChallengeConfig"))?,
        })
    }
}

/// `Action` belongs to rules that stand for themselves, `OverrideAction` to those that refer to a group.
fn behaviour(members: &Members<'_>, statement: &Statement, bodies: &ResponseBodies) -> Result<Behaviour, Invalid> {
    let (action, overriding) = (members.get("Action"), members.get("OverrideAction"));
    match (statement.refers_to_a_group(), action, overriding) {
        (false, Some(action), None) => {
            let action = RuleAction::parse(action, bodies)?;
            if matches!((statement, &action), (Statement::RateBased(_), RuleAction::Allow(_))) {
                return Err(invalid("RULE_ACTION", "Allow", "a rate-based rule takes any action but Allow"));
            }
            Ok(Behaviour::Act(action))
        }
        (true, None, Some(overriding)) => override_action(overriding),
        (false, _, _) => {
            Err(invalid("RULE_ACTION", written_or_absent(action), "a rule needs Action and no OverrideAction"))
        }
        (true, _, _) => Err(invalid(
            "OVERRIDE_ACTION",
            written_or_absent(overriding),
            "a rule that refers to a rule group needs OverrideAction and no Action",
        )),
    }
}

fn override_action(value: &Value) -> Result<Behaviour, Invalid> {
    const FIELD: &str = "OVERRIDE_ACTION";
    let (name, value) = Members::read(value, FIELD, "OverrideAction", &["None", "Count"])?.only()?;
    if name == "None" {
        Members::read(value, FIELD, "None", &[])?;
        return Ok(Behaviour::Keep);
    }
    // AWS's `CountAction` may hold headers; for a group there is no single request handling that would insert them.
    Members::read(value, FIELD, "Count", &[])?;
    Ok(Behaviour::Count)
}

fn visibility(value: &Value) -> Result<(Arc<str>, bool), Invalid> {
    const FIELD: &str = "METRIC_NAME";
    const KNOWN: [&str; 3] = ["SampledRequestsEnabled", "CloudWatchMetricsEnabled", "MetricName"];
    let members = Members::read(value, FIELD, "VisibilityConfig", &KNOWN)?;
    let allowed = |character| is_name(character) || matches!(character, '#' | ':' | '.' | '/');
    let metric = text(members.required("MetricName")?, FIELD, "MetricName", 255, allowed)?;
    let flag = |name| {
        let value = members.required(name)?;
        value.as_bool().ok_or_else(|| invalid(FIELD, written(value), format!("{name} is true or false")))
    };
    flag("CloudWatchMetricsEnabled")?;
    Ok((metric.into(), flag("SampledRequestsEnabled")?))
}

fn written_or_absent(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), written)
}

/// The ARNs that rules name, each once, in their order.
pub(super) fn references(rules: &[Rule]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for rule in rules {
        rule.statement.visit(&mut |statement| {
            if let Some(arn) = statement.reference()
                && !found.contains(&arn)
            {
                found.push(arn);
            }
        });
    }
    found
}
