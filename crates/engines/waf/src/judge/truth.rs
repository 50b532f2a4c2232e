//! What is known of a statement: more than yes and no.

/// What is known of a statement: where the budget ran out, the least and the most that it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Truth {
    least: Answer,
    most: Answer,
}

/// A statement's answer, from what least makes a rule act to what most does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Absent,
    Yes,
}

impl Truth {
    /// It does not hold.
    pub(crate) const NO: Truth = Truth { least: Answer::No, most: Answer::No };
    /// It asks for a header's address, and there is no such header: AWS applies the rule not at all, not even where the
    /// statement is negated.
    pub(crate) const ABSENT: Truth = Truth { least: Answer::Absent, most: Answer::Absent };
    /// It holds.
    pub(crate) const YES: Truth = Truth { least: Answer::Yes, most: Answer::Yes };
    /// The budget ran out before anything was known, or nobody could tell.
    pub(crate) const UNKNOWN: Truth = Truth { least: Answer::No, most: Answer::Yes };

    /// Of a plain answer.
    pub(crate) fn of(holds: bool) -> Truth {
        if holds { Truth::YES } else { Truth::NO }
    }

    /// It is known to hold.
    pub(crate) fn holds(self) -> bool {
        self.least == Answer::Yes
    }

    /// It holds as far as is known.
    pub(crate) fn may_hold(self) -> bool {
        self.most == Answer::Yes
    }

    /// Both.
    // SECURITY: what is absent beside what is unknown may be absent or not hold. Negated it may hold, and a rule that refuses
    // acts on that.
    pub(crate) fn and(self, other: Truth) -> Truth {
        Truth { least: self.least.min(other.least), most: self.most.min(other.most) }
    }

    /// One of the two.
    pub(crate) fn or(self, other: Truth) -> Truth {
        Truth { least: self.least.max(other.least), most: self.most.max(other.most) }
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        let turned = |answer: Answer| match answer {
            Answer::No => Answer::Yes,
            Answer::Absent => Answer::Absent,
            Answer::Yes => Answer::No,
        };
        Truth { least: turned(self.most), most: turned(self.least) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_stays_so_however_it_is_combined() {
        let all = [Truth::NO, Truth::ABSENT, Truth::YES];
        for other in all {
            for (combined, of) in [
                (Truth::UNKNOWN.and(other), all.map(|one| one.and(other))),
                (Truth::UNKNOWN.or(other), all.map(|one| one.or(other))),
                (!Truth::UNKNOWN.and(other), all.map(|one| !one.and(other))),
                (!Truth::UNKNOWN.or(other), all.map(|one| !one.or(other))),
            ] {
                assert_eq!(combined.may_hold(), of.iter().any(|one| one.may_hold()), "{other:?}");
                assert_eq!(combined.holds(), of.iter().all(|one| one.holds()), "{other:?}");
            }
        }
        assert!((!Truth::UNKNOWN.and(Truth::ABSENT)).may_hold());
    }
}
