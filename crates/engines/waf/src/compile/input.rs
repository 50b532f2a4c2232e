//! Inputs and conditions, gathered from all rules so that equal ones are one.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::part::Part;
use super::texts::{Clue, TextList, Texts};
use crate::document::{ComparisonOperator, Inspected, PositionalConstraint};
use crate::field::{Field, FieldToMatch, InvalidFallbackBehavior, OversizeHandling};
use crate::injection::Sensitivity;
use crate::needles::{Needle, Needles};
use crate::regex::{Regex, RegexSet};
use crate::transform::TextTransformation;
use crate::words::Words;

/// A part of the request after some transformations.
#[derive(Debug)]
pub(crate) struct Input {
    /// Of which part.
    pub(crate) part: usize,
    /// What it is made of, and how; absent for the part as it was received.
    pub(crate) made_of: Option<(usize, TextTransformation)>,
    /// Where a body that is no JSON is inspected instead.
    pub(crate) as_string: Option<usize>,
    /// Conditions that hold by themselves where the part is too long or no JSON.
    pub(crate) by_themselves: Vec<u32>,
    /// Regular expressions without any text to look for, searched for together; and their conditions.
    pub(crate) together: Option<(RegexSet, Vec<u32>)>,
    /// AWS's names of the transformations.
    pub(crate) transformations: Box<[&'static str]>,
}

/// What a rule wants to know of an input.
#[derive(Debug)]
pub(crate) struct Condition {
    /// Which input.
    pub(crate) input: usize,
    /// What is looked for.
    pub(crate) look: Look,
    /// What holds where the part is too long.
    pub(crate) oversize: OversizeHandling,
    /// What holds where a body is no JSON.
    pub(crate) invalid: Option<InvalidFallbackBehavior>,
    /// How many clues it needs to be possible: none, or one of its texts, or one of each of its two kinds of texts.
    pub(crate) clues: usize,
    /// Rules that need not be visited before it is possible.
    pub(crate) wakes: Vec<usize>,
}

/// What is looked for in each value of an input.
#[derive(Debug)]
pub(crate) enum Look {
    /// A text.
    Bytes {
        /// The text, ready to be found.
        finder: Box<Finder<'static>>,
        /// Where it must stand.
        constraint: PositionalConstraint,
    },
    /// A regular expression.
    Regex(Arc<Regex>),
    /// One of many words at its beginning.
    Words(Arc<Words>),
    /// Its size.
    Size(ComparisonOperator, u64),
    /// An injection of SQL.
    Sqli(Sensitivity),
    /// An injection of a script.
    Xss,
}

/// Names a condition before it is made: what would be the same is made once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    Bytes(Arc<[u8]>, PositionalConstraint),
    Regex(Arc<str>),
    Words(Arc<Words>),
    Size(ComparisonOperator, u64),
    Sqli(Sensitivity),
    Xss,
}

/// Who wants to know something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Asker {
    /// The web ACL's own rules, and rule groups that somebody wrote.
    #[default]
    Own,
    /// Managed groups, which ask the same wherever they are used.
    Managed,
}

/// Gathers what rules ask for.
#[derive(Default)]
pub(super) struct Gathered {
    /// Whose rules are read.
    pub(super) asker: Asker,
    fields: Vec<Field>,
    inputs: Vec<Input>,
    conditions: Vec<Condition>,
    /// Of each condition: whether managed groups ask for it, whoever else does.
    askers: Vec<Asker>,
    /// Of each condition: the one text that it looks for, where it is no expression.
    literals: Vec<Option<Needle>>,
    known_inputs: HashMap<(usize, Option<(usize, TextTransformation)>), usize>,
    known_conditions: HashMap<(usize, OversizeHandling, Option<InvalidFallbackBehavior>, Wanted), u32>,
}

impl Gathered {
    /// An input; made if nobody asked for it before.
    pub(super) fn input(&mut self, field: &Field, steps: &[TextTransformation]) -> usize {
        let part = self.fields.iter().position(|known| known == field).unwrap_or_else(|| {
            self.fields.push(field.clone());
            self.fields.len() - 1
        });
        let mut input = self.fresh_input(part, None, steps);
        for (done, step) in steps.iter().enumerate() {
            input = self.fresh_input(part, Some((input, *step)), &steps[..=done]);
        }
        input
    }

    fn fresh_input(
        &mut self,
        part: usize,
        made_of: Option<(usize, TextTransformation)>,
        steps: &[TextTransformation],
    ) -> usize {
        *self.known_inputs.entry((part, made_of)).or_insert_with(|| {
            let names = if made_of.is_some() { steps.iter().map(|step| step.name()).collect() } else { Box::default() };
            self.inputs.push(Input {
                part,
                made_of,
                as_string: None,
                by_themselves: Vec::new(),
                together: None,
                transformations: names,
            });
            self.inputs.len() - 1
        })
    }

    /// A condition; made if nobody asked for it before.
    pub(super) fn condition(&mut self, inspected: &Inspected, wanted: Wanted, regex: Option<&Arc<Regex>>) -> u32 {
        let FieldToMatch { field, oversize, invalid } = &inspected.field;
        let input = self.input(field, inspected.chain.steps());
        let key = (input, *oversize, *invalid, wanted);
        if let Some(known) = self.known_conditions.get(&key) {
            if self.asker == Asker::Managed {
                self.askers[place(*known)] = Asker::Managed;
            }
            return *known;
        }
        let id = u32::try_from(self.conditions.len()).expect("fewer conditions than capacity has units");
        let (look, literal, clues) = look(&key.3, regex);
        if *invalid == Some(InvalidFallbackBehavior::EvaluateAsString) {
            let instead = self.input(&Field::Body, inspected.chain.steps());
            self.inputs[input].as_string = Some(instead);
        }
        if *oversize == OversizeHandling::Match || *invalid == Some(InvalidFallbackBehavior::Match) {
            self.inputs[input].by_themselves.push(id);
        }
        self.conditions.push(Condition {
            input,
            look,
            oversize: *oversize,
            invalid: *invalid,
            clues,
            wakes: Vec::new(),
        });
        self.askers.push(self.asker);
        self.literals.push(literal);
        self.known_conditions.insert(key, id);
        id
    }

    /// A rule need not be visited before this condition is possible.
    pub(super) fn wakes(&mut self, condition: u32, rule: usize) {
        self.conditions[place(condition)].wakes.push(rule);
    }

    /// A condition is possible only if a text was seen.
    pub(super) fn has_texts(&self, condition: u32) -> bool {
        self.conditions[place(condition)].clues > 0
    }

    pub(super) fn input_of(&self, condition: u32) -> usize {
        self.conditions[place(condition)].input
    }

    /// All of it; `None` if there are more texts than an automaton can hold.
    pub(super) fn finished(mut self) -> Option<(Vec<Part>, Vec<Input>, Vec<Condition>)> {
        for (id, input) in self.inputs.iter_mut().enumerate() {
            input.together = together(id, &self.conditions);
        }
        let lists = self.texts().into_iter().zip(self.beginnings());
        let texts: Option<Vec<Texts>> = lists.map(|(texts, beginnings)| Texts::new(texts, beginnings)).collect();
        let parts = self.fields.into_iter().zip(texts?).map(|(field, texts)| Part { field, texts });
        Some((parts.collect(), self.inputs, self.conditions))
    }

    /// There is an automaton for all texts.
    pub(super) fn fits(&self) -> bool {
        self.texts().iter().flatten().all(TextList::fits)
    }

    /// The texts of each part: what managed groups look for, and everything else.
    fn texts(&self) -> Vec<[TextList<'_>; 2]> {
        let mut lists: Vec<[TextList<'_>; 2]> = self.fields.iter().map(|_| Default::default()).collect();
        for (id, (condition, literal)) in (0_u32..).zip(self.conditions.iter().zip(&self.literals)) {
            let (first, second) = match &condition.look {
                Look::Regex(regex) => regex.needles().map_or((&[][..], &[][..]), |needles| {
                    (needles.first.as_slice(), needles.second.as_deref().unwrap_or_default())
                }),
                Look::Bytes { .. } | Look::Words(_) | Look::Size(..) | Look::Sqli(_) | Look::Xss => {
                    (literal.as_slice(), &[][..])
                }
            };
            for part in self.parts_of(condition) {
                let [managed, own] = &mut lists[part];
                let list = match self.askers[place(id)] {
                    Asker::Managed => managed,
                    Asker::Own => own,
                };
                for (which, texts) in (0_u32..).zip([first, second]) {
                    for text in texts {
                        list.add(text, Clue { condition: id, which });
                    }
                }
            }
        }
        lists.into_iter().map(|lists| lists.map(TextList::sorted)).collect()
    }

    /// Of each part: the lists of words that its values may begin with.
    fn beginnings(&self) -> Vec<Vec<(Arc<Words>, Clue)>> {
        let mut beginnings: Vec<Vec<_>> = self.fields.iter().map(|_| Vec::new()).collect();
        for (id, condition) in (0_u32..).zip(&self.conditions) {
            if let Look::Words(words) = &condition.look {
                for part in self.parts_of(condition) {
                    beginnings[part].push((Arc::clone(words), Clue { condition: id, which: 0 }));
                }
            }
        }
        beginnings
    }

    /// The part that a condition looks into, and what it looks into instead.
    fn parts_of(&self, condition: &Condition) -> impl Iterator<Item = usize> {
        let input = &self.inputs[condition.input];
        let instead = match condition.invalid {
            Some(InvalidFallbackBehavior::EvaluateAsString) => input.as_string,
            Some(InvalidFallbackBehavior::Match | InvalidFallbackBehavior::NoMatch) | None => None,
        };
        [Some(input.part), instead.map(|instead| self.inputs[instead].part)].into_iter().flatten()
    }
}

/// Where a condition stands in the list.
pub(crate) fn place(condition: u32) -> usize {
    usize::try_from(condition).expect("an index made from a usize")
}

/// What is looked for, its text where it is one, and how many clues it needs.
fn look(wanted: &Wanted, regex: Option<&Arc<Regex>>) -> (Look, Option<Needle>, usize) {
    match wanted {
        Wanted::Bytes(search, constraint) => {
            let finder = Box::new(Finder::new(search).into_owned());
            (Look::Bytes { finder, constraint: *constraint }, Some(Needle::anywhere(search)), 1)
        }
        Wanted::Regex(_) => {
            let regex = Arc::clone(regex.expect("a regular expression comes along with its name"));
            let clues = regex.needles().map_or(0, Needles::clues);
            (Look::Regex(regex), None, clues)
        }
        Wanted::Words(words) => (Look::Words(Arc::clone(words)), None, 1),
        Wanted::Size(comparison, size) => (Look::Size(*comparison, *size), None, 0),
        Wanted::Sqli(sensitivity) => (Look::Sqli(*sensitivity), None, 0),
        Wanted::Xss => (Look::Xss, None, 0),
    }
}

/// Regular expressions without texts share one automaton, where there is more than one and it does not grow too large.
fn together(input: usize, conditions: &[Condition]) -> Option<(RegexSet, Vec<u32>)> {
    let mut members = Vec::new();
    let mut expressions: Vec<&Regex> = Vec::new();
    for (condition, id) in conditions.iter().zip(0_u32..) {
        if let Look::Regex(regex) = &condition.look
            && condition.input == input
            && condition.clues == 0
        {
            members.push(id);
            expressions.push(regex);
        }
    }
    if members.len() < 2 {
        return None;
    }
    RegexSet::new(expressions.into_iter()).map(|set| (set, members))
}

impl Input {
    pub(super) fn memory_bytes(&self) -> usize {
        size_of::<Input>() + self.by_themselves.len() * 4 + self.transformations.len() * 16
    }
}

impl Condition {
    pub(super) fn memory_bytes(&self) -> usize {
        let look = match &self.look {
            Look::Bytes { finder, .. } => finder.needle().len() + size_of::<Finder<'_>>(),
            Look::Regex(regex) => regex.bytes(),
            Look::Words(words) => words.memory_bytes(),
            Look::Size(_, _) | Look::Sqli(_) | Look::Xss => 0,
        };
        size_of::<Condition>() + look
    }
}
