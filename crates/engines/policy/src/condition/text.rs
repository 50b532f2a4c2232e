//! String conditions: exact, without regard to case, or with wildcards.

use super::operator::Comparison;
use crate::Keys;
use crate::pattern::{Fit, Pattern, VariableKey, Variables, Wildcards};

/// One value of a string condition.
#[derive(Debug, Clone)]
pub(crate) struct TextPattern {
    pattern: Pattern,
    case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Matters,
    Ignored,
}

impl TextPattern {
    pub(crate) fn compile(comparison: Comparison, text: &str, variables: Variables) -> Option<Self> {
        let wildcards = if comparison == Comparison::StringLike { Wildcards::Special } else { Wildcards::Literal };
        let case = if comparison == Comparison::StringIgnoringCase { Case::Ignored } else { Case::Matters };
        Some(Self { pattern: Pattern::compile(text, wildcards, variables).ok()?, case })
    }

    /// The keys of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableKey<'_>> {
        self.pattern.variables()
    }

    pub(crate) fn fits(&self, text: &str, keys: &Keys) -> Fit {
        match self.case {
            Case::Matters => self.pattern.fits(text, keys),
            Case::Ignored => self.pattern.fits_in_any_case(text, keys),
        }
    }
}
