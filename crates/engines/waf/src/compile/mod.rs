//! Web ACLs, ready to be asked: everything that a document names is at hand, and everything that rules share is shared.
//!
//! Rules look into *parts* of the request (the path, the body, …). A part after some transformations is an *input*; each
//! is made at most once a request, whoever asks. What a rule wants to know of an input is a *condition*; equal ones are
//! one. Most conditions need certain texts in their input: one automaton a part looks for all that managed groups want
//! to know, another one for what the web ACL's own rules do, and a rule whose texts are absent is never visited.
//!
//! Expressions and automata are made once a process: web ACLs that want the same share them.

mod part;
mod input;
mod scanner;
mod texts;
mod test;
mod rule;
mod guard;
mod answer;

pub(crate) use answer::{Does, Ending};
pub(crate) use input::{Condition, Input, Look, place};
pub(crate) use part::Part;
pub(crate) use rule::{Rule, Step, Then};
pub(crate) use test::{Key, RateTest, Test};

use std::sync::Arc;

use crate::document;
use crate::facts::{Facts, RateRule};
use crate::judge::{self, Watch};
use crate::judgement::{Judgement, RulePath, Took};
use crate::references::References;
use crate::request::Request;

/// A web ACL, ready to be asked. Immutable; a clone is a reference.
#[derive(Debug, Clone)]
pub struct WebAcl {
    pub(crate) program: Arc<Program>,
}

/// Why a web ACL cannot be enforced. It must not be left out instead: what it protects is closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{rule}` {reason}")]
pub struct Broken {
    /// The rule of the web ACL.
    pub rule: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a web ACL asks of the world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent questions, each with a name")]
pub struct Needs {
    /// Where addresses are.
    pub geo: bool,
    /// Whose networks they belong to.
    pub asn: bool,
    /// Counts of requests.
    pub rates: bool,
    /// What tokens say.
    pub tokens: bool,
}

/// Puts a web ACL together. A single thing that cannot be found or built breaks it as a whole. Its ARN tells its rate-based
/// rules from those of any other web ACL, whatever account, region or scope that stands in.
pub fn compile(document: &document::WebAcl, arn: &str, references: &dyn References) -> Result<WebAcl, Broken> {
    let program = rule::program(document, arn, references)?;
    Ok(WebAcl { program: Arc::new(program) })
}

/// What a web ACL would ask of the world, or why it could not be enforced: all that [`compile()`] finds out, without what
/// takes long about it.
pub fn check(document: &document::WebAcl, references: &dyn References) -> Result<Needs, Broken> {
    rule::needs(document, references)
}

impl WebAcl {
    /// Judges a request.
    pub fn judge(&self, request: &Request<'_>, facts: &dyn Facts) -> Judgement {
        judge::judge(&self.program, request, facts)
    }

    /// Judges a request and tells what its parts took, by a clock that answers nanoseconds.
    pub fn judge_timed(
        &self,
        request: &Request<'_>,
        facts: &dyn Facts,
        clock: &dyn Fn() -> u64,
    ) -> (Judgement, Vec<Took>) {
        judge::judge_watched(&self.program, request, facts, Watch::timing(clock))
    }

    /// Judges a request as if some rules only counted.
    pub fn judge_counting(&self, request: &Request<'_>, facts: &dyn Facts, counted: &[RulePath<'_>]) -> Judgement {
        judge::judge_watched(&self.program, request, facts, Watch::counting(counted)).0
    }

    /// What a rate-based rule counts by.
    pub fn rate_rule(&self, path: RulePath<'_>) -> Option<&RateRule> {
        match &self.rule(path)?.test {
            Test::Rate(rate) => Some(&rate.rule),
            _ => None,
        }
    }

    /// The labels that a rule adds, with their namespaces; `None` where there is no such rule.
    pub fn labels_of(&self, path: RulePath<'_>) -> Option<&[Arc<str>]> {
        Some(&self.rule(path)?.labels)
    }

    /// Its rules and those of its groups, each with the web ACL's rule that refers to its group.
    pub fn rules(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &Arc<str>)> {
        self.program.listed(&self.program.steps).flat_map(|rule| {
            let inner: &[Step] = match &rule.then {
                Then::Group { steps, .. } => steps,
                Then::Do { .. } => &[],
            };
            let inner = self.program.listed(inner).map(|inner| (Some(&rule.name), &inner.name));
            std::iter::once((None, &rule.name)).chain(inner)
        })
    }

    fn rule(&self, path: RulePath<'_>) -> Option<&Rule> {
        let Some(group_rule) = path.group_rule else { return self.program.named(&self.program.steps, path.rule) };
        match &self.program.named(&self.program.steps, group_rule)?.then {
            Then::Group { steps, .. } => self.program.named(steps, path.rule),
            Then::Do { .. } => None,
        }
    }

    /// How much of a body is inspected, in bytes.
    pub fn body_bytes_max(&self) -> usize {
        self.program.body_bytes_max
    }

    /// Some rule looks into the body.
    pub fn needs_body(&self) -> bool {
        self.program.parts.iter().any(Part::is_body)
    }

    /// What it asks of the world.
    pub fn needs(&self) -> Needs {
        self.program.needs
    }

    /// Domains whose tokens are accepted besides the request's own host.
    pub fn token_domains(&self) -> &[Box<str>] {
        &self.program.token_domains
    }

    /// About how much memory it occupies, in bytes; what it shares with others (patterns, sets of addresses) counted in.
    pub fn memory_bytes(&self) -> usize {
        self.program.memory_bytes()
    }

    /// How many rules it consists of, those of its groups counted in.
    pub fn rule_count(&self) -> usize {
        self.program.rules.len()
    }
}

/// What the judge runs.
#[derive(Debug)]
pub(crate) struct Program {
    /// Parts of requests that rules look into.
    pub(crate) parts: Vec<Part>,
    /// Parts with transformations; an input stands behind what it is made of.
    pub(crate) inputs: Vec<Input>,
    /// What rules want to know of inputs.
    pub(crate) conditions: Vec<Condition>,
    /// All rules; those of one list stand together, in their order.
    pub(crate) rules: Vec<Rule>,
    /// The web ACL's own rules.
    pub(crate) steps: Vec<Step>,
    /// What happens to a request that no rule decides.
    pub(crate) default: Ending,
    needs: Needs,
    body_bytes_max: usize,
    token_domains: Vec<Box<str>>,
}

impl Program {
    /// The rule of a list that has this name.
    fn named(&self, steps: &[Step], name: &str) -> Option<&Rule> {
        self.listed(steps).find(|rule| &*rule.name == name)
    }

    /// The rules of a list.
    fn listed(&self, steps: &[Step]) -> impl Iterator<Item = &Rule> {
        let places = steps.iter().flat_map(|step| match step {
            Step::Visit(rule) => *rule..*rule + 1,
            Step::Screen { first, behind, .. } => *first..*behind,
        });
        places.map(|place| &self.rules[place])
    }

    fn memory_bytes(&self) -> usize {
        let parts: usize = self.parts.iter().map(Part::memory_bytes).sum();
        let conditions: usize = self.conditions.iter().map(Condition::memory_bytes).sum();
        let inputs: usize = self.inputs.iter().map(Input::memory_bytes).sum();
        parts + conditions + inputs + self.rules.len() * size_of::<Rule>()
    }
}

#[cfg(test)]
mod tests;
