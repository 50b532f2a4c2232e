//! The texts that conditions on a part wait for, and the automata that look for them.
//!
//! What managed groups ask is the same in every web ACL that uses the same ones, whatever rules of its own stand beside
//! them: it has an automaton to itself, which all these web ACLs share. So do web ACLs whose own rules ask the same.

use std::sync::Arc;

use super::scanner::Scanner;
use crate::budget::{Budget, Exhausted};
use crate::needles::Needle;
use crate::words::{Lists, Words};

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Clue {
    /// It may make this condition possible.
    pub(crate) condition: u32,
    /// Which of the clues that the condition needs.
    pub(crate) which: u32,
}

/// Texts that are looked for with one automaton, each with what it means.
#[derive(Debug, Default)]
pub(super) struct TextList<'a> {
    texts: Vec<(&'a Needle, Clue)>,
}

impl<'a> TextList<'a> {
    /// Looks for one more.
    pub(super) fn add(&mut self, text: &'a Needle, clue: Clue) {
        self.texts.push((text, clue));
    }

    /// In an order that does not depend on who asked first, so that equal lists are equal.
    pub(super) fn sorted(mut self) -> Self {
        self.texts.sort_unstable();
        self.texts.dedup();
        self
    }

    /// Each once. The list is sorted.
    fn needles(&self) -> Vec<&'a Needle> {
        let mut needles: Vec<&Needle> = self.texts.iter().map(|(needle, _)| *needle).collect();
        needles.dedup();
        needles
    }

    /// There is room for an automaton. The list is sorted.
    pub(super) fn fits(&self) -> bool {
        Scanner::fits(&self.needles())
    }
}

/// The texts of a part.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Each with the word of the answer that its own begins at.
    scanners: Box<[(Arc<Scanner>, usize)]>,
    /// Words that values may begin with; of each list of them one bit, as if it were a text.
    beginnings: Option<(Arc<Lists>, usize)>,
    words: usize,
    /// Of each text: where its clues begin. Behind the last one: where they end.
    begins: Box<[u32]>,
    clues: Box<[Clue]>,
}

impl Texts {
    /// Looks for these sorted lists, and for words at beginnings; `None` if some of them are too many.
    pub(super) fn new<'a>(
        lists: impl IntoIterator<Item = TextList<'a>>,
        beginnings: Vec<(Arc<Words>, Clue)>,
    ) -> Option<Texts> {
        let (mut scanners, mut begins, mut clues) = (Vec::new(), Vec::new(), Vec::new());
        let mut words = 0;
        for list in lists.into_iter().filter(|list| !list.texts.is_empty()) {
            let scanner = Scanner::shared(&list.needles())?;
            let mut last = None;
            for (needle, clue) in list.texts {
                if last != Some(needle) {
                    begins.push(count(&clues));
                    last = Some(needle);
                }
                clues.push(clue);
            }
            let first = words;
            words += scanner.words();
            // Bits that stand for no text have no clues.
            begins.resize(words * 64, count(&clues));
            scanners.push((scanner, first));
        }
        let beginnings =
            if beginnings.is_empty() { None } else { Some(add_beginnings(beginnings, &mut begins, &mut clues)?) };
        let beginnings = beginnings.map(|lists| {
            let first = words;
            words += lists.words();
            begins.resize(words * 64, count(&clues));
            (lists, first)
        });
        begins.push(count(&clues));
        Some(Texts { scanners: scanners.into(), beginnings, words, begins: begins.into(), clues: clues.into() })
    }

    /// There are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.scanners.is_empty() && self.beginnings.is_none()
    }

    /// How many words of 64 bits an answer takes.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// Marks the texts that stand in the value, whatever the case of their letters; answers how many were read out.
    pub(crate) fn scan(&self, value: &[u8], seen: &mut [u64], budget: &mut Budget) -> Result<usize, Exhausted> {
        let mut hits = 0;
        for (scanner, first) in &self.scanners {
            hits += scanner.scan(value, &mut seen[*first..], budget)?;
        }
        if let Some((lists, first)) = &self.beginnings {
            hits += lists.scan(value, &mut seen[*first..], budget)?;
        }
        Ok(hits)
    }

    /// What a text means that was marked.
    pub(crate) fn clues(&self, text: usize) -> &[Clue] {
        let place = |begin: u32| usize::try_from(begin).expect("made from a usize");
        &self.clues[place(self.begins[text])..place(self.begins[text + 1])]
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let scanners: usize = self.scanners.iter().map(|(scanner, _)| scanner.memory_bytes()).sum();
        let beginnings = self.beginnings.as_ref().map_or(0, |(lists, _)| lists.memory_bytes());
        scanners + beginnings + size_of_val(&*self.begins) + size_of_val(&*self.clues)
    }

    #[cfg(test)]
    pub(crate) fn scanners(&self) -> impl Iterator<Item = &Arc<Scanner>> {
        self.scanners.iter().map(|(scanner, _)| scanner)
    }
}

/// Each list once, in an order that does not depend on who asked first, with what it means.
fn add_beginnings(
    mut beginnings: Vec<(Arc<Words>, Clue)>,
    begins: &mut Vec<u32>,
    clues: &mut Vec<Clue>,
) -> Option<Arc<Lists>> {
    beginnings.sort_by(|(one, first), (other, second)| one.cmp(other).then(first.cmp(second)));
    let mut lists: Vec<Arc<Words>> = Vec::new();
    for (words, clue) in beginnings {
        if lists.last() != Some(&words) {
            begins.push(count(clues));
            lists.push(words);
        }
        clues.push(clue);
    }
    Lists::shared(&lists)
}

fn count(clues: &[Clue]) -> u32 {
    u32::try_from(clues.len()).expect("fewer clues than capacity allows conditions with their texts")
}
