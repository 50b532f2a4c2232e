//! Conditions: what is looked for in the values of an input.

use memchr::memmem::Finder;

use super::Judge;
use super::contents::mask;
use super::truth::Truth;
use crate::budget::Exhausted;
use crate::compile::{Condition, Look, place};
use crate::document::{PositionalConstraint, is_word};
use crate::field::{InvalidFallbackBehavior, OversizeHandling};
use crate::injection;

/// What a byte costs that is read as SQL or as HTML, in several contexts each; and a token of SQL.
const SQLI_STEPS: u64 = 1;
const TOKEN_STEPS: u64 = 14;
const XSS_STEPS: u64 = 6;

impl Judge<'_> {
    /// Whether a condition holds; found out once.
    pub(super) fn condition(&mut self, condition: u32) -> Truth {
        let condition = place(condition);
        if let Some(truth) = self.truths[condition] {
            return truth;
        }
        let truth = self.find_out(condition).unwrap_or(Truth::UNKNOWN);
        *self.truths[condition].insert(truth)
    }

    fn find_out(&mut self, condition: usize) -> Result<Truth, Exhausted> {
        let compiled = &self.program.conditions[condition];
        // Texts are looked for before the input is made: mostly they are not there.
        let screened = compiled.clues == 0 || self.screen(compiled.input).is_ok();
        if screened && self.possible_in(condition) == 0 {
            return Ok(Truth::NO);
        }
        let input = match self.inspected(condition)? {
            Inspected::Input(input) => input,
            Inspected::Settled(truth) => return Ok(truth),
        };
        // SECURITY: a text that was not looked for may stand there.
        if !screened {
            return Err(Exhausted);
        }
        if let Some(truth) = self.together(condition, input)? {
            return Ok(truth);
        }
        let possible = self.possible_in(condition);
        for value in 0..self.contents.count(&self.program.inputs[input]) {
            if possible & mask(value) != 0 && self.holds(condition, input, value)? {
                return Ok(Truth::YES);
            }
        }
        Ok(Truth::NO)
    }

    /// What is inspected for a condition, once it is made; or what holds without a look at it.
    pub(super) fn inspected(&mut self, condition: usize) -> Result<Inspected, Exhausted> {
        let compiled = &self.program.conditions[condition];
        let input = &self.program.inputs[compiled.input];
        let made = self.contents.make(self.program, compiled.input, &mut self.budget);
        // A part that is known to be too long needs no budget where the statement answers for it.
        if self.contents.is_oversize(input) {
            match compiled.oversize {
                OversizeHandling::Continue => {}
                OversizeHandling::Match => return Ok(Inspected::Settled(Truth::YES)),
                OversizeHandling::NoMatch => return Ok(Inspected::Settled(Truth::NO)),
            }
        }
        // SECURITY: what the budget did not suffice for is unknown, whatever its statement says of what is too long: negated, a
        // match would let pass.
        made?;
        if self.contents.is_broken(input) {
            match compiled.invalid {
                None => {}
                Some(InvalidFallbackBehavior::Match) => return Ok(Inspected::Settled(Truth::YES)),
                Some(InvalidFallbackBehavior::NoMatch) => return Ok(Inspected::Settled(Truth::NO)),
                Some(InvalidFallbackBehavior::EvaluateAsString) => {
                    let instead = input.as_string.expect("made where such a condition is");
                    self.contents.make(self.program, instead, &mut self.budget)?;
                    return Ok(Inspected::Input(instead));
                }
            }
        }
        Ok(Inspected::Input(compiled.input))
    }

    /// Expressions without texts are searched for together; the answer is that of each of them.
    fn together(&mut self, condition: usize, input: usize) -> Result<Option<Truth>, Exhausted> {
        let program = self.program;
        let Some((set, members)) = &program.inputs[input].together else { return Ok(None) };
        let asked = members.iter().any(|member| place(*member) == condition);
        if !asked || self.together[input] {
            return Ok(None);
        }
        self.together[input] = true;
        let mut found = set.none();
        for value in 0..self.contents.count(&program.inputs[input]) {
            let value = self.contents.value(program, input, value);
            if !set.add_matches(value, &mut found, &mut self.budget)? {
                return Ok(None);
            }
            if found.is_full() {
                break;
            }
        }
        for (index, member) in members.iter().enumerate() {
            // SECURITY: what is too long or broken may match such a member whatever was found in it.
            if self.looks_elsewhere(&program.conditions[place(*member)]) {
                continue;
            }
            let id = regex_automata::PatternID::must(index);
            self.truths[place(*member)].get_or_insert(Truth::of(found.contains(id)));
        }
        Ok(self.truths[condition])
    }

    /// The part is too long or no JSON, and the condition's statement does not answer by what stands in it.
    fn looks_elsewhere(&self, condition: &Condition) -> bool {
        let input = &self.program.inputs[condition.input];
        (self.contents.is_oversize(input) && condition.oversize != OversizeHandling::Continue)
            || (self.contents.is_broken(input) && condition.invalid.is_some())
    }

    fn holds(&mut self, condition: usize, input: usize, place: usize) -> Result<bool, Exhausted> {
        let value = self.contents.value(self.program, input, place);
        let spotted = |offset: usize| Spotted { condition, place, offset: offset.min(value.len()) };
        match &self.program.conditions[condition].look {
            Look::Bytes { finder, constraint } => {
                self.budget.spend(value.len() + 8, 1)?;
                Ok(place_of(finder, *constraint, value).is_some())
            }
            Look::Regex(regex) => regex.is_match(value, &mut self.budget),
            Look::Words(words) => words.is_match(value, &mut self.budget),
            Look::Size(comparison, size) => Ok(comparison.holds(u64::try_from(value.len()).unwrap_or(u64::MAX), *size)),
            Look::Sqli(sensitivity) => {
                self.budget.spend(value.len() + 8, SQLI_STEPS)?;
                let reading = injection::sqli_within(value, *sensitivity, self.budget.covers(TOKEN_STEPS));
                self.budget.spend(reading.tokens, TOKEN_STEPS)?;
                if reading.found.is_none() && reading.is_cut {
                    return Err(self.budget.exhaust());
                }
                self.spotted.extend(reading.found.map(|found| spotted(found.offset)));
                Ok(reading.found.is_some())
            }
            Look::Xss => {
                self.budget.spend(value.len() + 8, XSS_STEPS)?;
                let found = injection::xss(value);
                self.spotted.extend(found.map(|found| spotted(found.offset)));
                Ok(found.is_some())
            }
        }
    }
}

/// Where an injection was found: it takes too long to be looked for a second time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spotted {
    /// By which condition.
    pub(super) condition: usize,
    /// In which value of its input.
    pub(super) place: usize,
    /// Where it begins in the value, in bytes.
    pub(super) offset: usize,
}

/// What is inspected for a condition.
pub(super) enum Inspected {
    /// The values of this input.
    Input(usize),
    /// Nothing: this holds by itself.
    Settled(Truth),
}

/// Where a text stands in a value, if it stands where it must.
pub(super) fn place_of(finder: &Finder<'_>, constraint: PositionalConstraint, value: &[u8]) -> Option<usize> {
    let text = finder.needle();
    match constraint {
        PositionalConstraint::Exactly => (value == text).then_some(0),
        PositionalConstraint::StartsWith => value.starts_with(text).then_some(0),
        PositionalConstraint::EndsWith => value.ends_with(text).then(|| value.len() - text.len()),
        PositionalConstraint::Contains => finder.find(value),
        PositionalConstraint::ContainsWord => finder.find_iter(value).find(|at| {
            let before = at.checked_sub(1).map(|before| value[before]);
            let behind = value.get(at + text.len()).copied();
            !before.is_some_and(is_word) && !behind.is_some_and(is_word)
        }),
    }
}
