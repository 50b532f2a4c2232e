//! Waking rules: a rule that waits for a text is visited only if one of its texts was seen.

use super::Judge;
use crate::budget::Exhausted;
use crate::compile::{Program, place};

/// How far an input is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screened {
    /// Nobody asked for it yet.
    Not,
    /// All that was seen in it is known.
    Done,
    /// The budget did not suffice.
    Failed,
}

/// In which values the clues of a condition were seen before anything is: everywhere, where it needs none.
pub(super) const NEEDED: [[u64; 2]; 3] = [[u64::MAX, u64::MAX], [0, u64::MAX], [0, 0]];

impl Judge<'_> {
    /// Scans inputs and wakes rules; answers `false` if the budget did not suffice, so that all rules must be visited.
    pub(super) fn screen_all(&mut self, inputs: &[usize]) -> bool {
        let mut all = true;
        for input in inputs {
            all &= self.screen(*input).is_ok();
        }
        all
    }

    /// Scans an input and wakes whoever waits for what was seen.
    pub(super) fn screen(&mut self, input: usize) -> Result<(), Exhausted> {
        match self.screened[input] {
            Screened::Not => {}
            Screened::Done => return Ok(()),
            Screened::Failed => return Err(Exhausted),
        }
        self.screened[input] = Screened::Failed;
        self.contents.seen(self.program, input, &mut self.budget)?;
        let compiled = &self.program.inputs[input];
        let broken = self.contents.is_broken(compiled);
        if broken || self.contents.is_oversize(compiled) {
            for condition in &compiled.by_themselves {
                let condition = place(*condition);
                self.possible[condition] = [u64::MAX; 2];
                wake(self.program, condition, &mut self.awake);
            }
        }
        if broken && let Some(instead) = compiled.as_string {
            self.screen(instead)?;
        }
        self.wake_by_texts(input)?;
        self.screened[input] = Screened::Done;
        Ok(())
    }

    fn wake_by_texts(&mut self, input: usize) -> Result<(), Exhausted> {
        let program = self.program;
        let part = &program.parts[program.inputs[input].part];
        for (text, values) in &self.contents.seen(program, input, &mut self.budget)?.at {
            for clue in part.texts.clues(*text) {
                let condition = place(clue.condition);
                let of = program.conditions[condition].input;
                if of != input && program.inputs[of].as_string != Some(input) {
                    continue;
                }
                let possible = &mut self.possible[condition];
                let before = possible[0] & possible[1];
                possible[place(clue.which)] |= values;
                if before == 0 && possible[0] & possible[1] != 0 {
                    wake(program, condition, &mut self.awake);
                }
            }
        }
        Ok(())
    }

    /// In which values a text of the condition was seen, as a mask; none if it is impossible.
    pub(super) fn possible_in(&self, condition: usize) -> u64 {
        let [first, second] = self.possible[condition];
        first & second
    }

    /// The next rule to be visited, from one on and before another.
    pub(super) fn next_awake(&self, from: usize, behind: usize, all: bool) -> Option<usize> {
        if all {
            return (from < behind).then_some(from);
        }
        let mut word = from / 64;
        let mut bits = self.awake.get(word)? & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            if word * 64 >= behind {
                return None;
            }
            bits = *self.awake.get(word)?;
        }
        let rule = word * 64 + usize::try_from(bits.trailing_zeros()).expect("below 64");
        (rule < behind).then_some(rule)
    }
}

/// A condition is possible: whoever waits for it is to be visited.
fn wake(program: &Program, condition: usize, awake: &mut [u64]) {
    for rule in &program.conditions[condition].wakes {
        awake[rule / 64] |= 1 << (rule % 64);
    }
}
