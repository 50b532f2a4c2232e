//! What is known of a statement: more than yes and no.

/// What is known of a statement, from what least makes a rule act to what most does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    /// It does not hold.
    No,
    /// It asks for a header's address, and there is no such header: AWS applies the rule not at all, not even where the
    /// statement is negated.
    Absent,
    /// The budget ran out before it was known.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    /// Of a plain answer.
    pub(crate) fn of(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Absent => Truth::Absent,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}
