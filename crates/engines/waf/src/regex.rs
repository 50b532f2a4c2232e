//! Regular expressions on bytes: one lazily built automaton each, a bounded cache, and never an unbounded search.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, LazyLock};

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{Compiler, Config, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

use crate::budget::{Budget, Exhausted};
use crate::needles::{Needles, needles};
use crate::shared::Shared;

/// What one expression's program may occupy, in bytes: about as much as AWS's own limits leave.
const PROGRAM_BYTES_MAX: usize = 256 * 1024;
/// What one expression's automaton may occupy for each thread that runs it, in bytes.
const CACHE_BYTES: usize = 128 * 1024;
/// What a byte costs for each state of a program that is run as it is.
const STEPS_A_STATE: u64 = 6;
/// A cache that fills so often is given up when it helps no more.
const CLEARS_MIN: usize = 3;
const BYTES_A_STATE_MIN: usize = 10;

type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>;

/// A regular expression: bytes, no Unicode, as AWS's dialect is.
pub(crate) struct Regex {
    hir: Hir,
    needles: Option<Needles>,
    nfa: NFA,
    dfa: DFA,
    caches: Caches,
}

/// Managed groups ask one thing of many parts, and many web ACLs ask the same.
static KNOWN: LazyLock<Shared<Regex>> = LazyLock::new(Shared::new);

impl Regex {
    /// The expression that `document::dialect` has translated; equal ones are one.
    pub(crate) fn shared(translated: &str) -> Result<Arc<Regex>, String> {
        KNOWN.get(translated.as_bytes(), || Regex::new(translated))
    }

    /// Compiles what `document::dialect` has translated.
    pub(crate) fn new(translated: &str) -> Result<Regex, String> {
        let hir = ParserBuilder::new()
            .utf8(false)
            .unicode(false)
            .build()
            .parse(translated)
            .map_err(|_| "it can't be read".to_owned())?;
        let (nfa, dfa) = automaton(std::slice::from_ref(&hir), MatchKind::LeftmostFirst)
            .ok_or_else(|| "it is too large".to_owned())?;
        Ok(Regex { needles: needles(&hir), hir, nfa, caches: caches(&dfa), dfa })
    }

    /// What must stand in every match; `None` where nothing must, or too much could.
    pub(crate) fn needles(&self) -> Option<&Needles> {
        self.needles.as_ref()
    }

    /// Bytes that it occupies without its caches.
    pub(crate) fn bytes(&self) -> usize {
        let needles = self.needles.as_ref().map_or(0, Needles::memory_bytes);
        self.nfa.memory_usage() + self.dfa.memory_usage() + needles + size_of::<Regex>()
    }

    /// Whether it matches somewhere.
    pub(crate) fn is_match(&self, value: &[u8], budget: &mut Budget) -> Result<bool, Exhausted> {
        budget.spend(value.len() + 16, 1)?;
        let input = Input::new(value).earliest(true);
        let mut cache = self.caches.get();
        if let Ok(found) = self.dfa.try_search_fwd(&mut cache, &input) {
            return Ok(found.is_some());
        }
        drop(cache);
        self.is_match_slowly(value, budget)
    }

    /// Where the automaton would need more states than there is room for, the program is run as it is; that costs its
    /// length for each byte.
    fn is_match_slowly(&self, value: &[u8], budget: &mut Budget) -> Result<bool, Exhausted> {
        budget.spend(
            value.len(),
            u64::try_from(self.nfa.states().len()).unwrap_or(u64::MAX).saturating_mul(STEPS_A_STATE),
        )?;
        let Ok(machine) = PikeVM::new_from_nfa(self.nfa.clone()) else { return Err(Exhausted) };
        Ok(machine.is_match(&mut machine.create_cache(), value))
    }

    /// Whether it matches from this place on: what stands before is seen, and no part of the match.
    pub(crate) fn is_match_at(&self, value: &[u8], at: usize, budget: &mut Budget) -> Result<bool, Exhausted> {
        budget.spend(value.len() - at + 16, 1)?;
        let input = Input::new(value).span(at..value.len()).anchored(Anchored::Yes).earliest(true);
        let mut cache = self.caches.get();
        if let Ok(found) = self.dfa.try_search_fwd(&mut cache, &input) {
            return Ok(found.is_some());
        }
        drop(cache);
        budget.spend(
            value.len() - at,
            u64::try_from(self.nfa.states().len()).unwrap_or(u64::MAX).saturating_mul(STEPS_A_STATE),
        )?;
        let Ok(machine) = PikeVM::new_from_nfa(self.nfa.clone()) else { return Err(Exhausted) };
        Ok(machine.is_match(&mut machine.create_cache(), input))
    }

    /// Where it matches: begin and end, for the owner's records. A long match may be shown from its middle.
    pub(crate) fn find(&self, value: &[u8], budget: &mut Budget) -> Option<(usize, usize)> {
        /// As far back as the beginning of a match is looked for.
        const WINDOW: usize = 1024;
        budget.spend(value.len(), 1).ok()?;
        let mut cache = self.caches.get();
        let end = self.dfa.try_search_fwd(&mut cache, &Input::new(value).earliest(true)).ok()??.offset();
        drop(cache);
        let window = end.saturating_sub(WINDOW)..end;
        budget.spend(window.len(), u64::try_from(self.nfa.states().len()).ok()?.saturating_mul(STEPS_A_STATE)).ok()?;
        let machine = PikeVM::new_from_nfa(self.nfa.clone()).ok()?;
        let found = machine.find(&mut machine.create_cache(), Input::new(value).span(window).anchored(Anchored::No));
        Some(found.map_or((end, end), |found| (found.start(), found.end())))
    }

    #[cfg(test)]
    pub(crate) fn is_match_at_unbounded(&self, value: &[u8], at: usize) -> bool {
        let machine = PikeVM::new_from_nfa(self.nfa.clone()).unwrap();
        let input = Input::new(value).span(at..value.len()).anchored(Anchored::Yes);
        machine.is_match(&mut machine.create_cache(), input)
    }

    #[cfg(test)]
    pub(crate) fn is_match_unbounded(&self, value: &[u8]) -> bool {
        let machine = PikeVM::new_from_nfa(self.nfa.clone()).unwrap();
        machine.is_match(&mut machine.create_cache(), value)
    }
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Regex({})", self.hir)
    }
}

/// Several expressions that are searched for at once: those that have nothing for a prefilter to look for.
pub(crate) struct RegexSet {
    dfa: DFA,
    caches: Caches,
    patterns: usize,
}

impl RegexSet {
    /// One automaton for all of these; `None` if there is none of a sensible size.
    pub(crate) fn new<'a>(expressions: impl Iterator<Item = &'a Regex>) -> Option<RegexSet> {
        let hirs: Vec<Hir> = expressions.map(|expression| expression.hir.clone()).collect();
        let (_, dfa) = automaton(&hirs, MatchKind::All)?;
        Some(RegexSet { caches: caches(&dfa), dfa, patterns: hirs.len() })
    }

    /// An empty answer, to be filled.
    pub(crate) fn none(&self) -> PatternSet {
        PatternSet::new(self.patterns)
    }

    /// Adds those that match; answers `false` where the automaton needs more room than it has, so that the caller must
    /// ask each expression by itself.
    pub(crate) fn add_matches(
        &self,
        value: &[u8],
        found: &mut PatternSet,
        budget: &mut Budget,
    ) -> Result<bool, Exhausted> {
        budget.spend(value.len() + 16, 2)?;
        let mut cache = self.caches.get();
        Ok(self.dfa.try_which_overlapping_matches(&mut cache, &Input::new(value), found).is_ok())
    }
}

impl std::fmt::Debug for RegexSet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RegexSet({})", self.patterns)
    }
}

fn automaton(hirs: &[Hir], kind: MatchKind) -> Option<(NFA, DFA)> {
    let limits = Config::new()
        .utf8(false)
        .nfa_size_limit(Some(PROGRAM_BYTES_MAX * hirs.len().clamp(1, 8)))
        .which_captures(WhichCaptures::Implicit);
    let nfa = Compiler::new().configure(limits).build_many_from_hir(hirs).ok()?;
    let config = DFA::config()
        .match_kind(kind)
        .cache_capacity(CACHE_BYTES * hirs.len().clamp(1, 8))
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(CLEARS_MIN))
        .minimum_bytes_per_state(Some(BYTES_A_STATE_MIN));
    let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok()?;
    Some((nfa, dfa))
}

fn caches(dfa: &DFA) -> Caches {
    let dfa = dfa.clone();
    Pool::new(Box::new(move || dfa.create_cache()))
}
