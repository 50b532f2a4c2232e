//! Which questions were answered before, so that nobody answers one twice.

use std::collections::HashSet;

use super::mint::{PATIENCE_S, SKEW_S};

/// Answers that are remembered in each of the two generations: some 18 MB where both are full.
const TRIED_MAX: usize = 500_000;
/// How long a generation takes up answers: as long as a question that was issued by a faster clock may be answered.
const GENERATION_S: u64 = PATIENCE_S + SKEW_S;

/// The nonces of questions that were answered, in two generations.
#[derive(Debug)]
pub(super) struct Tried {
    since_s: u64,
    now: HashSet<u64>,
    before: HashSet<u64>,
    /// What was issued until then may have been answered by somebody who is forgotten.
    forgotten_s: u64,
    max: usize,
}

impl Default for Tried {
    fn default() -> Self {
        Self::of(TRIED_MAX)
    }
}

impl Tried {
    fn of(max: usize) -> Self {
        Self { since_s: 0, now: HashSet::new(), before: HashSet::new(), forgotten_s: 0, max }
    }

    /// Whether a question that was issued then was not answered before; from now on it was.
    // SECURITY: memory is bounded, and what was forgotten is not taken. Who answers without end shortens the time that others
    // have to answer, and closes the door on nobody who asks anew.
    pub(super) fn first(&mut self, nonce: u64, issued_s: u64, now_s: u64) -> bool {
        if now_s + SKEW_S < self.since_s {
            // The clock was set back: what it said before is no measure any more.
            self.since_s = now_s;
            self.forgotten_s = self.forgotten_s.min(now_s);
        }
        if now_s.saturating_sub(self.since_s) > GENERATION_S || self.now.len() >= self.max {
            // The older generation answered until the younger one began.
            self.forgotten_s = self.since_s;
            self.before = std::mem::take(&mut self.now);
            self.since_s = now_s;
        }
        issued_s > self.forgotten_s && !self.before.contains(&nonce) && self.now.insert(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    #[test]
    fn a_question_is_answered_once_for_as_long_as_it_may_be_answered() {
        for second in 0..2 * GENERATION_S {
            let mut tried = Tried::default();
            assert!(tried.first(1, NOW, NOW));
            assert!(tried.first(2, NOW + second, NOW + second));
            for later in [0, 1, SKEW_S, PATIENCE_S + SKEW_S] {
                assert!(!tried.first(2, NOW + second, NOW + second + later), "{second} {later}");
            }
        }
    }

    #[test]
    fn a_flood_of_answers_takes_no_memory_reopens_no_question_and_closes_the_door_on_nobody() {
        let mut tried = Tried::of(100);
        assert!(tried.first(1, NOW, NOW + 1));
        for nonce in 10..1_000 {
            tried.first(nonce, NOW + 2, NOW + 2 + nonce / 100);
            assert!(tried.now.len() <= 100 && tried.before.len() <= 100);
            assert!(!tried.first(1, NOW, NOW + 2 + nonce / 100), "{nonce}: answered before");
        }
        assert!(tried.first(2_000, NOW + 20, NOW + 25), "a new question");
    }

    #[test]
    fn a_clock_that_was_set_back_closes_the_door_on_nobody() {
        let mut tried = Tried::of(2);
        for nonce in 0..20 {
            tried.first(nonce, NOW + 86_400, NOW + 86_400);
        }
        assert!(!tried.first(100, NOW, NOW), "it may have been answered");
        assert!(tried.first(101, NOW + 1, NOW + 1));
        assert!(!tried.first(101, NOW + 1, NOW + 1));
    }
}
