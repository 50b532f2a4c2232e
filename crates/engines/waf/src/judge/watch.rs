//! What is asked of a judgement besides its answer: what each rule took, and what would be if some rules only counted.

use std::sync::Arc;

use crate::compile::Rule;
use crate::judgement::{RulePath, Took};

/// Watches one judgement. What nobody asks for costs a look at an empty list.
#[derive(Default)]
pub(crate) struct Watch<'a> {
    /// Nanoseconds since some moment, where time is taken.
    clock: Option<&'a dyn Fn() -> u64>,
    /// Rules that are supposed to count only.
    counted: &'a [RulePath<'a>],
    /// What was taken.
    pub(super) took: Vec<Took>,
    /// The web ACL's rule whose group is walked through.
    within: Option<Arc<str>>,
    /// What the parts of what is timed took already, in nanoseconds.
    inner_ns: u64,
}

/// Something that is timed began.
#[derive(Clone, Copy)]
pub(super) struct Began {
    at_ns: u64,
    before_ns: u64,
}

impl<'a> Watch<'a> {
    /// Takes the time, by a clock that answers nanoseconds.
    pub(crate) fn timing(clock: &'a dyn Fn() -> u64) -> Self {
        Self { clock: Some(clock), ..Self::default() }
    }

    /// Supposes that these rules only count.
    pub(crate) fn counting(counted: &'a [RulePath<'a>]) -> Self {
        Self { counted, ..Self::default() }
    }
}

impl Watch<'_> {
    /// Begins to time something.
    pub(super) fn begin(&mut self) -> Option<Began> {
        let clock = self.clock?;
        Some(Began { at_ns: clock(), before_ns: std::mem::take(&mut self.inner_ns) })
    }

    /// Notes what it took: a rule, or (`None`) the texts that several rules wait for.
    pub(super) fn end(&mut self, rule: Option<&Rule>, began: Option<Began>) {
        let (Some(clock), Some(Began { at_ns, before_ns })) = (self.clock, began) else { return };
        let whole = clock().saturating_sub(at_ns);
        let nanoseconds = whole.saturating_sub(self.inner_ns);
        self.inner_ns = before_ns + whole;
        let rule = rule.map(|rule| Arc::clone(&rule.name));
        self.took.push(Took { group_rule: self.within.clone(), rule, nanoseconds });
    }

    /// The rules of a group are next; answers what to [`Watch::leave`] with.
    pub(super) fn enter(&mut self, rule: &Rule) -> Option<Arc<str>> {
        self.within.replace(Arc::clone(&rule.name))
    }

    /// The group's rules are through.
    pub(super) fn leave(&mut self, before: Option<Arc<str>>) {
        self.within = before;
    }

    /// Whether a rule is supposed to count only.
    pub(super) fn counts(&self, rule: &Rule) -> bool {
        let is = |path: &RulePath<'_>| path.rule == &*rule.name && path.group_rule == self.within.as_deref();
        self.counted.iter().any(is)
    }
}
