//! What judging one request may cost: counted in steps, so that the same request always costs the same.

/// What may be spent on one request. A step is about a nanosecond: a byte read by an automaton.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: u64,
    memory: usize,
    exhausted: bool,
}

/// Enough for 64 KB of body in a dozen different transformations with everything that the managed groups ask of it, and
/// little enough for an answer within 4 ms.
pub(crate) const STEPS_MAX: u64 = 3_200_000;
/// What transformed values may occupy together, in bytes.
pub(crate) const MEMORY_MAX: usize = 4 * 1024 * 1024;

/// There is no more to spend. What was not inspected is not known to be harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Budget {
    /// A budget of these steps and bytes.
    pub(crate) fn new(steps: u64, memory: usize) -> Budget {
        Budget { steps, memory, exhausted: false }
    }

    /// Spends steps on so many bytes.
    pub(crate) fn spend(&mut self, bytes: usize, steps_a_byte: u64) -> Result<(), Exhausted> {
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(steps_a_byte);
        match self.steps.checked_sub(cost) {
            Some(left) if !self.exhausted => {
                self.steps = left;
                Ok(())
            }
            // Once over, always over: a cheaper step behind a refused one would look as if all before it had been done.
            _ => {
                self.exhausted = true;
                Err(Exhausted)
            }
        }
    }

    /// Occupies so many bytes until the request is judged.
    pub(crate) fn occupy(&mut self, bytes: usize) -> Result<(), Exhausted> {
        match self.memory.checked_sub(bytes) {
            Some(left) if !self.exhausted => {
                self.memory = left;
                Ok(())
            }
            _ => {
                self.exhausted = true;
                Err(Exhausted)
            }
        }
    }

    /// How many times so many steps can be spent.
    pub(crate) fn covers(&self, steps: u64) -> usize {
        if self.exhausted { 0 } else { usize::try_from(self.steps / steps).unwrap_or(usize::MAX) }
    }

    /// Refuses from now on, since what is left did not suffice for what was asked.
    pub(crate) fn exhaust(&mut self) -> Exhausted {
        self.exhausted = true;
        Exhausted
    }

    /// Something was refused.
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// What is left of the steps.
    #[cfg(test)]
    pub(crate) fn steps_left(&self) -> u64 {
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_once_is_refused_for_good() {
        let mut budget = Budget::new(10, 10);
        assert_eq!(budget.spend(3, 3), Ok(()));
        assert_eq!(budget.occupy(10), Ok(()));
        assert!(!budget.exhausted());
        assert_eq!(budget.spend(2, 1), Err(Exhausted));
        assert_eq!(budget.spend(1, 1), Err(Exhausted));
        assert!(budget.exhausted());
        let mut budget = Budget::new(10, 10);
        assert_eq!((budget.covers(3), budget.covers(11)), (3, 0));
        budget.exhaust();
        assert_eq!((budget.covers(3), budget.spend(1, 1)), (0, Err(Exhausted)));
        let mut budget = Budget::new(10, 10);
        assert_eq!(budget.occupy(11), Err(Exhausted));
        assert_eq!(budget.spend(1, 1), Err(Exhausted));
    }
}
