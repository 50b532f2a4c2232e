//! Judging: one walk through the rules in their order.
//!
//! What the budget leaves unknown closes: a rule that blocks acts on it, a rule that allows does not, and a label that
//! was not seen may have been missed.

mod truth;
mod contents;
mod screen;
mod condition;
mod origin;
mod rate;
mod finding;
mod watch;

use std::sync::Arc;

use crate::budget::{Budget, MEMORY_MAX, STEPS_MAX};
use crate::compile::{Does, Ending, Program, Rule, Step, Test, Then};
use crate::facts::{Facts, Token};
use crate::judgement::{Action, Group, Inserted, Judgement, Matched, Terminating, Took};
use crate::label::LabelMatch;
use crate::request::Request;
use condition::Spotted;
use contents::Contents;
use screen::{NEEDED, Screened};
use truth::Truth;
pub(crate) use watch::Watch;

pub use rate::address_of;

/// Judges a request by a web ACL.
pub(crate) fn judge(program: &Program, request: &Request<'_>, facts: &dyn Facts) -> Judgement {
    judge_within(program, request, facts, Budget::new(STEPS_MAX, MEMORY_MAX)).0
}

/// The same, watched.
pub(crate) fn judge_watched<'a>(
    program: &'a Program,
    request: &'a Request<'a>,
    facts: &'a dyn Facts,
    watch: Watch<'a>,
) -> (Judgement, Vec<Took>) {
    let mut judge = Judge::new(program, request, facts, Budget::new(STEPS_MAX, MEMORY_MAX));
    judge.watch = watch;
    let (judgement, _, took) = judge.run();
    (judgement, took)
}

/// The same within another budget; answers what is left of it as well.
pub(crate) fn judge_within(
    program: &Program,
    request: &Request<'_>,
    facts: &dyn Facts,
    budget: Budget,
) -> (Judgement, Budget) {
    let (judgement, budget, _) = Judge::new(program, request, facts, budget).run();
    (judgement, budget)
}

struct Judge<'a> {
    program: &'a Program,
    request: &'a Request<'a>,
    facts: &'a dyn Facts,
    budget: Budget,
    contents: Contents<'a>,
    /// How far each input is scanned.
    screened: Vec<Screened>,
    /// Inputs whose expressions without texts were searched for together.
    together: Vec<bool>,
    /// What is known of each condition already.
    truths: Vec<Option<Truth>>,
    /// For each condition and each clue it needs: in which values that was seen, as a mask.
    possible: Vec<[u64; 2]>,
    /// Rules of which a condition is possible.
    awake: Vec<u64>,
    /// Injections that were found.
    spotted: Vec<Spotted>,
    labels: Vec<Arc<str>>,
    inserted: Vec<Inserted>,
    groups: Vec<Group>,
    watch: Watch<'a>,
}

/// What rules of one list had to say.
#[derive(Default)]
struct Found {
    others: Vec<Matched>,
}

/// A rule ended the evaluation of its list.
struct Ended {
    action: Action,
    matched: Matched,
    kind: &'static str,
}

impl<'a> Judge<'a> {
    fn new(program: &'a Program, request: &'a Request<'a>, facts: &'a dyn Facts, budget: Budget) -> Judge<'a> {
        Judge {
            program,
            request,
            facts,
            budget,
            contents: Contents::new(program, request),
            screened: vec![Screened::Not; program.inputs.len()],
            together: vec![false; program.inputs.len()],
            truths: vec![None; program.conditions.len()],
            possible: program.conditions.iter().map(|condition| NEEDED[condition.clues]).collect(),
            awake: vec![0; program.rules.len().div_ceil(64)],
            spotted: Vec::new(),
            labels: Vec::new(),
            inserted: Vec::new(),
            groups: Vec::new(),
            watch: Watch::default(),
        }
    }

    fn run(mut self) -> (Judgement, Budget, Vec<Took>) {
        let mut found = Found::default();
        let ended = self.walk(&self.program.steps, Truth::YES, &mut found);
        let (action, terminating) = match ended {
            Some(Ended { action, matched, kind }) => (action, Some(Terminating { matched, kind })),
            None => (self.default_action(), None),
        };
        let judgement = Judgement {
            action,
            terminating,
            others: found.others,
            groups: self.groups,
            inserted: self.inserted,
            oversize: self.contents.oversize(self.program),
            exhausted: self.budget.exhausted(),
            labels: self.labels,
        };
        (judgement, self.budget, self.watch.took)
    }

    /// Walks through a list of rules; `scope` is what is known of the scope that they stand in.
    fn walk(&mut self, steps: &'a [Step], scope: Truth, found: &mut Found) -> Option<Ended> {
        for step in steps {
            match step {
                Step::Visit(rule) => {
                    let ended = self.visit(&self.program.rules[*rule], scope, found);
                    if ended.is_some() {
                        return ended;
                    }
                }
                Step::Screen { first, behind, inputs } => {
                    let began = self.watch.begin();
                    let all = !self.screen_all(inputs);
                    self.watch.end(None, began);
                    let mut next = *first;
                    while let Some(rule) = self.next_awake(next, *behind, all) {
                        let ended = self.visit(&self.program.rules[rule], scope, found);
                        if ended.is_some() {
                            return ended;
                        }
                        next = rule + 1;
                    }
                }
            }
        }
        None
    }

    fn visit(&mut self, rule: &'a Rule, scope: Truth, found: &mut Found) -> Option<Ended> {
        let began = self.watch.begin();
        let ended = self.apply(rule, scope, found);
        self.watch.end(Some(rule), began);
        ended
    }

    fn apply(&mut self, rule: &'a Rule, scope: Truth, found: &mut Found) -> Option<Ended> {
        let truth = self.test(&rule.test).and(scope);
        if !truth.may_hold() {
            return None;
        }
        match &rule.then {
            Then::Do { does, overridden, excluded } => {
                // What is not known is no reason to let a request pass.
                if !truth.holds() && matches!(does, Does::Allow(_)) {
                    return None;
                }
                let mut matched = self.matched(rule, does.name());
                (matched.overridden, matched.excluded) = (*overridden, *excluded);
                if truth.holds() {
                    self.add_labels(&rule.labels);
                }
                if self.watch.counts(rule) {
                    matched.overridden = Some(matched.action);
                    matched.action = "COUNT";
                    found.others.push(matched);
                    return None;
                }
                self.act(does, matched, rule.kind, truth, found)
            }
            Then::Group { id, steps, count } => self.group(rule, id, steps, *count, truth, found),
        }
    }

    fn act(
        &mut self,
        does: &Does,
        mut matched: Matched,
        kind: &'static str,
        truth: Truth,
        found: &mut Found,
    ) -> Option<Ended> {
        let action = match does {
            Does::Allow(headers) => {
                self.insert(headers);
                Action::Allow
            }
            Does::Block(answered) => Action::Block(answered.clone()),
            Does::Count(headers) => {
                self.insert_proven(headers, truth);
                found.others.push(matched);
                return None;
            }
            Does::Puzzle { purpose, immunity, inserted } => {
                let token = self.facts.token(*purpose, *immunity);
                matched.token = Some((*purpose, token));
                if let Token::Valid { .. } = token {
                    self.insert_proven(inserted, truth);
                    found.others.push(matched);
                    return None;
                }
                Action::Interrupt { purpose: *purpose, token }
            }
        };
        Some(Ended { action, matched, kind })
    }

    /// The rules of a group, and what the web ACL's rule makes of what they decide.
    fn group(
        &mut self,
        rule: &'a Rule,
        id: &Arc<str>,
        steps: &'a [Step],
        count: bool,
        scope: Truth,
        found: &mut Found,
    ) -> Option<Ended> {
        let mut inner = Found::default();
        let before = self.watch.enter(rule);
        let ended = self.walk(steps, scope, &mut inner);
        self.watch.leave(before);
        if ended.is_none() && inner.others.is_empty() {
            return None;
        }
        self.groups.push(Group {
            rule: Arc::clone(&rule.name),
            id: Arc::clone(id),
            terminating: ended.as_ref().map(|ended| ended.matched.clone()),
            others: inner.others,
        });
        let ended = ended?;
        let mut matched = ended.matched;
        (matched.rule, matched.metric) = (Arc::clone(&rule.name), Arc::clone(&rule.metric));
        (matched.overridden, matched.excluded) = (None, false);
        if count {
            matched.overridden = Some(matched.action);
            matched.action = "COUNT";
            found.others.push(matched);
            return None;
        }
        Some(Ended { action: ended.action, matched, kind: rule.kind })
    }

    fn matched(&mut self, rule: &'a Rule, action: &'static str) -> Matched {
        Matched {
            rule: Arc::clone(&rule.name),
            action,
            overridden: None,
            excluded: false,
            token: None,
            metric: Arc::clone(&rule.metric),
            limited: match &rule.test {
                Test::Rate(rate) => Some(Box::new(self.limited(rate))),
                _ => None,
            },
            findings: self.findings(&rule.test),
        }
    }

    fn default_action(&mut self) -> Action {
        match &self.program.default {
            Ending::Allow(headers) => {
                self.insert(headers);
                Action::Allow
            }
            Ending::Block(answered) => Action::Block(answered.clone()),
        }
    }

    /// Where several rules insert the same header, the last one's value is it.
    fn insert(&mut self, headers: &[Inserted]) {
        for header in headers {
            self.inserted.retain(|other| other.name != header.name);
            self.inserted.push(header.clone());
        }
    }

    /// Inserts what tells a back end that a rule matched.
    // SECURITY: what is not known to match must not look as if it were; labels are kept so as well.
    fn insert_proven(&mut self, headers: &[Inserted], truth: Truth) {
        if truth.holds() {
            self.insert(headers);
        }
    }

    fn add_labels(&mut self, labels: &[Arc<str>]) {
        for label in labels {
            if !self.labels.contains(label) {
                self.labels.push(Arc::clone(label));
            }
        }
    }

    /// What is known of a statement; from left to right, and no further than it takes.
    fn test(&mut self, test: &'a Test) -> Truth {
        match test {
            Test::Always => Truth::YES,
            Test::Condition(condition) => self.condition(*condition),
            Test::IpSet(set, forwarded) => self.ip_set(set, forwarded.as_ref()),
            Test::List(list, forwarded) => self.list(list, forwarded.as_ref()),
            Test::Geo(countries, forwarded) => self.geo(countries, forwarded.as_ref()),
            Test::Asn(numbers, forwarded) => self.asn(numbers, forwarded.as_ref()),
            Test::Label(wanted, own) => self.label(wanted, own),
            Test::Rate(rate) => self.rate(rate),
            Test::And(several) => {
                let mut sum = Truth::YES;
                for one in several {
                    sum = sum.and(self.test(one));
                    if sum == Truth::NO {
                        break;
                    }
                }
                sum
            }
            Test::Or(several) => {
                let mut sum = Truth::NO;
                for one in several {
                    sum = sum.or(self.test(one));
                    if sum == Truth::YES {
                        break;
                    }
                }
                sum
            }
            Test::Not(one) => !self.test(one),
        }
    }

    fn label(&self, wanted: &LabelMatch, own: &str) -> Truth {
        let found = self.labels.iter().find(|label| wanted.holds(label, own));
        match found {
            // Where an unknown statement stood before one about places, this one may not have been asked at all.
            Some(label) if self.budget.exhausted() && origin::is_of_place(label) => Truth::UNKNOWN,
            Some(_) => Truth::YES,
            None if self.budget.exhausted() => Truth::UNKNOWN,
            None => Truth::NO,
        }
    }
}

#[cfg(test)]
mod tests;
