//! Rules in their order, those of groups included.

use std::sync::Arc;

use super::answer::Terms;
use super::guard::guards;
use super::input::{Asker, Gathered};
use super::test::{Builder, Test};
use super::{Broken, Does, Ending, Needs, Program};
use crate::document::{self, Behaviour, Overrides, ResponseBodies, RuleAction, Statement};
use crate::managed;
use crate::references::References;

/// A rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Its metric's name.
    pub(crate) metric: Arc<str>,
    /// When it matches.
    pub(crate) test: Test,
    /// What it does then.
    pub(crate) then: Then,
    /// Labels that it adds, with their namespace.
    pub(crate) labels: Box<[Arc<str>]>,
    /// `REGULAR`, `RATE_BASED`, `GROUP` or `MANAGED_RULE_GROUP`.
    pub(crate) kind: &'static str,
}

/// What a rule does with a request that it matches.
#[derive(Debug)]
pub(crate) enum Then {
    /// An action of its own.
    Do {
        /// Which.
        does: Does,
        /// What it would have done, where somebody overrode it.
        overridden: Option<&'static str>,
        /// It was excluded by name.
        excluded: bool,
    },
    /// The rules of a group.
    Group {
        /// Its ARN, or `AWS#AWSManagedRulesCommonRuleSet`.
        id: Arc<str>,
        /// Its rules.
        steps: Vec<Step>,
        /// What it decides is counted only.
        count: bool,
    },
}

/// A step through a list of rules.
#[derive(Debug)]
pub(crate) enum Step {
    /// This rule.
    Visit(usize),
    /// Rules that a seen text must wake: from the first to before the last, after these inputs were scanned.
    Screen {
        /// The first rule.
        first: usize,
        /// Behind the last rule.
        behind: usize,
        /// Inputs that can wake them.
        inputs: Box<[usize]>,
    },
}

/// Builds the program of a web ACL.
pub(super) fn program(acl: &document::WebAcl, arn: &str, references: &dyn References) -> Result<Program, Broken> {
    let (making, steps, default) = Making::read(acl, arn, references)?;
    let (parts, inputs, conditions) = making.gathered.finished().ok_or_else(too_many_texts)?;
    let rules = making.rules.into_iter().map(|rule| rule.expect("every place of a list is filled"));
    Ok(Program {
        parts,
        inputs,
        conditions,
        rules: rules.collect(),
        steps,
        default,
        needs: making.needs,
        body_bytes_max: acl.body_bytes_max,
        token_domains: acl.token_domains.clone(),
    })
}

/// What the program would ask of the world; nothing is built.
pub(super) fn needs(acl: &document::WebAcl, references: &dyn References) -> Result<Needs, Broken> {
    // Where nothing is built nothing is counted, so that no name is needed.
    let (making, _, _) = Making::read(acl, "", references)?;
    if making.gathered.fits() { Ok(making.needs) } else { Err(too_many_texts()) }
}

fn too_many_texts() -> Broken {
    whole("follows rules that look for more texts than fit into memory".to_owned())
}

/// What is wrong with the web ACL as a whole.
fn whole(reason: String) -> Broken {
    Broken { rule: "Default_Action".to_owned(), reason }
}

struct Making<'a> {
    acl: &'a document::WebAcl,
    arn: &'a str,
    references: &'a dyn References,
    gathered: Gathered,
    needs: Needs,
    rules: Vec<Option<Rule>>,
}

/// Whose rules they are.
struct Home<'a> {
    own: Option<Arc<str>>,
    bodies: &'a ResponseBodies,
    /// The web ACL's rule that refers to the group.
    path: Option<&'a str>,
    overrides: Option<&'a Overrides>,
    /// Every rule that is overridden must exist.
    strict: bool,
}

impl<'a> Making<'a> {
    /// Reads all rules and what ends an evaluation that none of them ended.
    fn read(
        acl: &'a document::WebAcl,
        arn: &'a str,
        references: &'a dyn References,
    ) -> Result<(Making<'a>, Vec<Step>, Ending), Broken> {
        let mut making =
            Making { acl, arn, references, gathered: Gathered::default(), needs: Needs::default(), rules: Vec::new() };
        let home =
            Home { own: acl.label_namespace.clone(), bodies: &acl.bodies, path: None, overrides: None, strict: true };
        let steps = making.list(&acl.rules, &home)?;
        let default = Ending::of(&acl.default_action, &acl.bodies).map_err(|key| whole(missing_body(&key)))?;
        Ok((making, steps, default))
    }

    fn list(&mut self, rules: &[document::Rule], home: &Home<'_>) -> Result<Vec<Step>, Broken> {
        if let Some(overrides) = home.overrides {
            known(overrides, rules, home)?;
        }
        let first = self.rules.len();
        self.rules.resize_with(first + rules.len(), || None);
        let mut steps = Vec::new();
        for (id, rule) in (first..).zip(rules) {
            let path = home.path.map_or_else(|| rule.name.to_string(), |path| format!("{path}/{}", rule.name));
            let compiled = self.rule(rule, home, &path);
            let compiled = compiled.map_err(|fault| fault.named(&path))?;
            self.step(&mut steps, id, &compiled);
            self.rules[id] = Some(compiled);
        }
        Ok(steps)
    }

    /// Joins rules that wait for texts; any other rule stands for itself.
    fn step(&mut self, steps: &mut Vec<Step>, id: usize, rule: &Rule) {
        let guards = match rule.then {
            Then::Do { .. } => guards(&rule.test, &self.gathered),
            Then::Group { .. } => None,
        };
        let Some(guards) = guards else {
            steps.push(Step::Visit(id));
            return;
        };
        let mut inputs: Vec<usize> = guards.iter().map(|guard| self.gathered.input_of(*guard)).collect();
        for guard in guards {
            self.gathered.wakes(guard, id);
        }
        if let Some(Step::Screen { behind, inputs: before, .. }) = steps.last_mut() {
            inputs.extend_from_slice(before);
            *behind = id + 1;
            inputs.sort_unstable();
            inputs.dedup();
            *before = inputs.into();
            return;
        }
        inputs.sort_unstable();
        inputs.dedup();
        steps.push(Step::Screen { first: id, behind: id + 1, inputs: inputs.into() });
    }

    fn rule(&mut self, rule: &document::Rule, home: &Home<'_>, path: &str) -> Result<Rule, Fault> {
        // SECURITY: with account, region and scope in it, so that no other web ACL's requests count here.
        let identity = format!("{}/{path}", self.arn);
        let test = match &rule.statement {
            Statement::RuleGroup(_) => Test::Always,
            Statement::Managed(it) => match &it.scope_down {
                Some(scope) => self.builder(home, &identity).test(scope)?,
                None => Test::Always,
            },
            statement => self.builder(home, &identity).test(statement)?,
        };
        let labels = labels(rule, home)?;
        Ok(Rule {
            name: Arc::clone(&rule.name),
            metric: Arc::clone(&rule.metric),
            test,
            then: self.then(rule, home, path)?,
            labels,
            kind: match &rule.statement {
                Statement::RuleGroup(_) => "GROUP",
                Statement::Managed(_) => "MANAGED_RULE_GROUP",
                Statement::RateBased(_) => "RATE_BASED",
                _ => "REGULAR",
            },
        })
    }

    fn builder<'b>(&'b mut self, home: &'b Home<'_>, identity: &'b str) -> Builder<'b> {
        Builder {
            references: self.references,
            gathered: &mut self.gathered,
            needs: &mut self.needs,
            own: home.own.as_ref(),
            identity,
        }
    }

    fn then(&mut self, rule: &document::Rule, home: &Home<'_>, path: &str) -> Result<Then, Fault> {
        let count = match &rule.behaviour {
            Behaviour::Act(action) => return self.action(rule, action, home),
            Behaviour::Keep => false,
            Behaviour::Count => true,
        };
        let (id, group, overrides, asker) = match &rule.statement {
            Statement::RuleGroup(it) => {
                let group = self.references.rule_group(&it.arn);
                let missing = || format!("names the rule group `{}`, which does not exist", it.arn);
                (Arc::clone(&it.arn), group.ok_or_else(missing)?, &it.overrides, Asker::Own)
            }
            Statement::Managed(it) => {
                let group = managed::find(&it.vendor, &it.name, it.version.as_deref());
                let missing =
                    || format!("names the managed rule group `{}`, which there is not in this version", it.name);
                let id = format!("{}#{}", it.vendor, it.name).into();
                (id, Arc::clone(&group.ok_or_else(missing)?.rules), &it.overrides, Asker::Managed)
            }
            _ => return Err("overrides the action of a group and refers to none".to_owned().into()),
        };
        let home = Home {
            own: group.label_namespace.clone(),
            bodies: &group.bodies,
            path: Some(path),
            overrides: Some(overrides),
            strict: asker == Asker::Own,
        };
        self.gathered.asker = asker;
        let steps = self.list(&group.rules, &home).map_err(Fault::Inner)?;
        self.gathered.asker = Asker::Own;
        Ok(Then::Group { id, steps, count })
    }

    fn action(&mut self, rule: &document::Rule, action: &RuleAction, home: &Home<'_>) -> Result<Then, Fault> {
        let terms = |bodies| Terms {
            bodies,
            captcha_immunity_s: rule.captcha_immunity_s.unwrap_or(self.acl.captcha_immunity_s),
            challenge_immunity_s: rule.challenge_immunity_s.unwrap_or(self.acl.challenge_immunity_s),
        };
        let does = |action, bodies| Does::of(action, &terms(bodies)).map_err(|key| missing_body(&key));
        let own = does(action, home.bodies)?;
        let excluded = home.overrides.is_some_and(|overrides| overrides.excluded.contains(&rule.name));
        let other = home.overrides.and_then(|overrides| overrides.actions.iter().find(|(name, _)| *name == rule.name));
        let (does, overridden) = match other {
            _ if excluded => (Does::Count(Box::default()), Some(own.name())),
            // An override belongs to the web ACL, and so does its body.
            Some((_, action)) => (does(action, &self.acl.bodies)?, Some(own.name())),
            None => (own, None),
        };
        self.needs.tokens |= matches!(does, Does::Puzzle { .. });
        Ok(Then::Do { does, overridden, excluded })
    }
}

/// What is wrong with a rule, or with a rule of the group it refers to.
enum Fault {
    Own(String),
    Inner(Broken),
}

impl From<String> for Fault {
    fn from(reason: String) -> Fault {
        Fault::Own(reason)
    }
}

impl Fault {
    fn named(self, path: &str) -> Broken {
        match self {
            Fault::Own(reason) => match path.split_once('/') {
                None => Broken { rule: path.to_owned(), reason },
                Some((rule, inner)) => {
                    Broken { rule: rule.to_owned(), reason: format!("{reason} (the rule `{inner}` of its group does)") }
                }
            },
            Fault::Inner(broken) => broken,
        }
    }
}

fn missing_body(key: &str) -> String {
    format!("answers with the custom response body `{key}`, which does not exist")
}

fn labels(rule: &document::Rule, home: &Home<'_>) -> Result<Box<[Arc<str>]>, String> {
    if rule.labels.is_empty() {
        return Ok(Box::default());
    }
    let own = home.own.as_ref().ok_or("adds labels, and its label namespace is not known")?;
    Ok(rule.labels.iter().map(|label| format!("{own}{label}").into()).collect())
}

/// Rules that are overridden must exist. In a managed group AWS ignores those that do not; so is done here unless
/// the override would have closed something: what is meant to block and does not is an open door.
fn known(overrides: &Overrides, rules: &[document::Rule], home: &Home<'_>) -> Result<(), Broken> {
    let exists = |name: &Arc<str>| rules.iter().any(|rule| rule.name == *name);
    let excluded = overrides.excluded.iter().filter(|_| home.strict).find(|name| !exists(name));
    let other = overrides.actions.iter().find(|(name, action)| {
        let closes = match action {
            RuleAction::Allow(_) | RuleAction::Count(_) => false,
            RuleAction::Block(_) | RuleAction::Captcha(_) | RuleAction::Challenge(_) => true,
        };
        (home.strict || closes) && !exists(name)
    });
    match excluded.or(other.map(|(name, _)| name)) {
        None => Ok(()),
        Some(name) => Err(Broken {
            rule: home.path.unwrap_or_default().to_owned(),
            reason: format!("overrides the rule `{name}`, which the group does not have"),
        }),
    }
}
