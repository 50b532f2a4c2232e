//! One automaton that looks for many texts at once, without regard to case.

use std::sync::{Arc, LazyLock};

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind, dfa::DFA};

use crate::budget::{Budget, Exhausted};
use crate::document::is_word;
use crate::needles::Needle;
use crate::shared::Shared;

/// Up to so many bytes of texts the fastest form is affordable.
const FAST_TEXT_BYTES_MAX: usize = 6 * 1024;
/// More texts than any web ACL of 5,000 WCU can bring.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// A text that is found costs more than a byte that is passed.
const STEPS_A_HIT: u64 = 4;

/// Looks for texts.
#[derive(Debug)]
pub(crate) struct Scanner {
    automaton: Form,
    /// Of each text: its length, if it must stand at the edge of a word.
    edges: Vec<Option<Edges>>,
}

/// Where words must begin and end.
#[derive(Debug, Clone, Copy)]
struct Edges {
    length: usize,
    before: bool,
    behind: bool,
}

impl Edges {
    /// The text that ends here stands at the edges it needs.
    fn stand(self, value: &[u8], end: usize) -> bool {
        let word = |at: Option<usize>| at.and_then(|at| value.get(at)).copied().is_some_and(is_word);
        let joined_before = self.before && word((end - self.length).checked_sub(1));
        let joined_behind = self.behind && word(Some(end));
        !joined_before && !joined_behind
    }
}

#[derive(Debug)]
enum Form {
    /// A table of all states: quickest, and large.
    Fast(Box<DFA>),
    /// A compact form.
    Small(Box<NFA>),
}

/// All that some web ACL of this process uses.
static KNOWN: LazyLock<Shared<Scanner>> = LazyLock::new(Shared::new);

impl Scanner {
    /// Looks for these; `None` if they are too many. Who looks for the same in the same order shares one.
    pub(super) fn shared(needles: &[&Needle]) -> Option<Arc<Scanner>> {
        KNOWN.get(&written(needles), || Scanner::new(needles).ok_or(())).ok()
    }

    /// They are not too many.
    pub(super) fn fits(needles: &[&Needle]) -> bool {
        bytes(needles) <= TEXT_BYTES_MAX
    }

    fn new(needles: &[&Needle]) -> Option<Scanner> {
        if !Scanner::fits(needles) {
            return None;
        }
        let texts: Vec<&[u8]> = needles.iter().map(|needle| &*needle.bytes).collect();
        let automaton = if bytes(needles) <= FAST_TEXT_BYTES_MAX {
            let mut builder = DFA::builder();
            let builder = builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
            Form::Fast(Box::new(builder.build(&texts).ok()?))
        } else {
            let mut builder = NFA::builder();
            let builder = builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
            Form::Small(Box::new(builder.build(&texts).ok()?))
        };
        let edges = |needle: &&Needle| {
            let (before, behind) = (needle.word_begins, needle.word_ends);
            (before || behind).then_some(Edges { length: needle.bytes.len(), before, behind })
        };
        Some(Scanner { automaton, edges: needles.iter().map(edges).collect() })
    }

    /// How many words of 64 bits an answer takes.
    pub(crate) fn words(&self) -> usize {
        self.edges.len().div_ceil(64)
    }

    /// Marks the texts that stand in the value, whatever the case of their letters; answers how many were read out.
    pub(crate) fn scan(&self, value: &[u8], seen: &mut [u64], budget: &mut Budget) -> Result<usize, Exhausted> {
        budget.spend(value.len(), 1)?;
        let hits = match &self.automaton {
            Form::Fast(automaton) => self.read(&**automaton, value, seen),
            Form::Small(automaton) => self.read(&**automaton, value, seen),
        };
        budget.spend(hits, STEPS_A_HIT)?;
        Ok(hits)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let edges = self.edges.len() * size_of::<Option<Edges>>();
        edges
            + match &self.automaton {
                Form::Fast(automaton) => automaton.memory_usage(),
                Form::Small(automaton) => automaton.memory_usage(),
            }
    }

    /// Walks through all bytes. A state whose texts are all marked is not read out again at once.
    fn read<A: Automaton>(&self, automaton: &A, value: &[u8], seen: &mut [u64]) -> usize {
        let Ok(start) = automaton.start_state(Anchored::No) else { unreachable!("the automaton is built for this") };
        let (mut state, mut marked, mut hits) = (start, start, 0);
        for (at, byte) in value.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, *byte);
            if !automaton.is_special(state) || state == marked || !automaton.is_match(state) {
                continue;
            }
            marked = state;
            let found = automaton.match_len(state);
            hits += found;
            for index in 0..found {
                let text = automaton.match_pattern(state, index).as_usize();
                match self.edges[text] {
                    // The next one may stand at the edge of a word.
                    Some(edges) if !edges.stand(value, at + 1) => marked = start,
                    Some(_) | None => seen[text / 64] |= 1 << (text % 64),
                }
            }
        }
        hits
    }
}

fn bytes(needles: &[&Needle]) -> usize {
    needles.iter().map(|needle| needle.bytes.len()).sum()
}

/// All that an automaton is made of; no two lists are written alike.
fn written(needles: &[&Needle]) -> Vec<u8> {
    let mut written = Vec::with_capacity(bytes(needles) + needles.len() * (size_of::<usize>() + 1));
    for needle in needles {
        written.extend_from_slice(&needle.bytes.len().to_le_bytes());
        written.push(u8::from(needle.word_begins) | u8::from(needle.word_ends) << 1);
        written.extend_from_slice(&needle.bytes);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(texts: &[&str], value: &str) -> Vec<usize> {
        let needle = |text: &&str| Needle {
            bytes: text.trim_matches('|').into(),
            word_begins: text.starts_with('|'),
            word_ends: text.ends_with('|'),
        };
        let texts: Vec<Needle> = texts.iter().map(needle).collect();
        let scanner = Scanner::shared(&texts.iter().collect::<Vec<_>>()).unwrap();
        let mut words = vec![0; scanner.words()];
        scanner.scan(value.as_bytes(), &mut words, &mut Budget::new(10_000, 0)).unwrap();
        (0..texts.len()).filter(|text| words[text / 64] >> (text % 64) & 1 == 1).collect()
    }

    #[test]
    fn all_texts_are_found_wherever_they_stand_and_however_they_overlap() {
        assert_eq!(seen(&["select", "elect", "union", "ect "], "SELECT 1"), [0, 1, 3]);
        assert_eq!(seen(&["a", "aa", "aaa", "aaaa"], "aaa"), [0, 1, 2]);
        assert_eq!(seen(&["<", "'"], "no"), [] as [usize; 0]);
        assert_eq!(seen(&["or", "|or", "or|", "|or|"], "for"), [0, 2]);
        assert_eq!(seen(&["or", "|or", "or|", "|or|"], "for or"), [0, 1, 2, 3]);
        assert_eq!(seen(&["|or|"], "ORor or_ xor"), [] as [usize; 0]);
        assert_eq!(seen(&["|a|"], "aaa a"), [0]);
        let many: Vec<String> = (0..2_000).map(|number| format!("text-{number:05}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(seen(&many, "xTEXT-01999 text-00000"), [0, 1999]);
    }

    #[test]
    fn only_who_looks_for_the_same_shares() {
        let needle = |bytes: &[u8], word_begins, word_ends| Needle { bytes: bytes.into(), word_begins, word_ends };
        let shared = |needles: &[Needle]| Scanner::shared(&needles.iter().collect::<Vec<_>>()).unwrap();
        let first = [needle(b"ab", false, false), needle(b"c", false, false)];
        let scanner = shared(&first);
        assert!(Arc::ptr_eq(&scanner, &shared(&first)));
        for other in [
            vec![needle(b"a", false, false), needle(b"bc", false, false)],
            vec![needle(b"abc", false, false)],
            vec![needle(b"ab", true, false), needle(b"c", false, false)],
            vec![needle(b"ab", false, true), needle(b"c", false, false)],
            vec![needle(b"ab", false, false)],
            vec![needle(b"c", false, false), needle(b"ab", false, false)],
        ] {
            assert!(!Arc::ptr_eq(&scanner, &shared(&other)), "{other:?}");
        }
    }
}
