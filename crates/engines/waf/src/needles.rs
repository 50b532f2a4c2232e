//! What must stand in every match of a regular expression: short texts that one automaton can look for, for all
//! expressions at once.

use memchr::memmem;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::document::is_word;

/// More texts than this are no help.
const TEXTS_MAX: usize = 64;
/// Longer texts find nothing that shorter ones do not.
const TEXT_BYTES_MAX: usize = 12;
/// While texts are put together they may be as long.
const JOINED_BYTES_MAX: usize = 64;
/// Stands among the bytes of a text where a word begins or ends.
const EDGE: u16 = 256;

/// A text in small letters, whatever the case of what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Needle {
    /// Its bytes; at least one.
    pub(crate) bytes: Vec<u8>,
    /// No letter, digit or `_` stands before it.
    pub(crate) word_begins: bool,
    /// No letter, digit or `_` stands behind it.
    pub(crate) word_ends: bool,
}

impl Needle {
    /// A text wherever it stands.
    pub(crate) fn anywhere(bytes: &[u8]) -> Needle {
        Needle { bytes: bytes.to_ascii_lowercase(), word_begins: false, word_ends: false }
    }

    fn of(text: &[u16]) -> Needle {
        let mut bytes: Vec<u8> = text.iter().filter_map(|unit| u8::try_from(*unit).ok()).collect();
        // Beside anything but a word, an edge says that a word stands on its other side.
        let word_begins = text.first() == Some(&EDGE) && bytes.first().copied().is_some_and(is_word);
        let word_ends = text.last() == Some(&EDGE) && bytes.last().copied().is_some_and(is_word);
        let whole = bytes.len() <= TEXT_BYTES_MAX;
        bytes.truncate(TEXT_BYTES_MAX);
        Needle { bytes, word_begins, word_ends: word_ends && whole }
    }

    /// Whoever finds this one need not look for the other.
    fn covers(&self, other: &Needle) -> bool {
        if self.bytes == other.bytes {
            return self != other && self.word_begins <= other.word_begins && self.word_ends <= other.word_ends;
        }
        !self.word_begins && !self.word_ends && memmem::find(&other.bytes, &self.bytes).is_some()
    }
}

/// What must stand in every match.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Needles {
    /// One of these.
    pub(crate) first: Vec<Needle>,
    /// And one of these; none where the first ones are rare enough.
    pub(crate) second: Option<Vec<Needle>>,
}

impl Needles {
    /// How many clues a condition on them needs: one of the first, and one of the second where there are any.
    pub(crate) fn clues(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }

    /// Bytes that they occupy.
    pub(crate) fn memory_bytes(&self) -> usize {
        let all = self.first.iter().chain(self.second.iter().flatten());
        all.map(|needle| size_of::<Needle>() + needle.bytes.capacity()).sum()
    }
}

/// Looks for texts that every match contains. `None` where there are no such texts, or too many.
pub(crate) fn needles(hir: &Hir) -> Option<Needles> {
    /// What is found once in so many bytes is rare enough.
    const RARE: f64 = 1.0 / 100_000.0;
    /// What is found more often than this rules nothing out.
    const COMMON: f64 = 1.0 / 6.0;
    let known = known(hir);
    let best = known.best?;
    let second = known.also.filter(|also| commonness(&best) > RARE && commonness(also) < COMMON);
    Some(Needles { first: listed(&best), second: second.map(|also| listed(&also)) })
}

fn listed(texts: &[Text]) -> Vec<Needle> {
    let mut texts: Vec<Needle> = texts.iter().map(|text| Needle::of(text)).collect();
    texts.sort_unstable();
    texts.dedup();
    let needed = |text: &Needle| !texts.iter().any(|other| other.covers(text));
    texts.iter().filter(|text| needed(text)).cloned().collect()
}

/// A text with the edges of words in it.
type Text = Vec<u16>;

/// What is known of the texts that a part of an expression matches.
struct Known {
    /// All of them, in small letters.
    all: Option<Vec<Text>>,
    /// Each of them contains one of these; none is empty.
    best: Option<Vec<Text>>,
    /// And one of these, in another place.
    also: Option<Vec<Text>>,
}

impl Known {
    const NOTHING: Known = Known { all: None, best: None, also: None };

    fn all(texts: Vec<Text>) -> Known {
        Known { best: usable(&texts), all: Some(texts), also: None }
    }
}

fn usable(texts: &[Text]) -> Option<Vec<Text>> {
    let helps =
        !texts.is_empty() && texts.len() <= TEXTS_MAX && texts.iter().all(|text| text.iter().any(|unit| *unit != EDGE));
    helps.then(|| texts.to_vec())
}

fn known(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Look(Look::WordAscii) => Known::all(vec![vec![EDGE]]),
        HirKind::Empty | HirKind::Look(_) => Known::all(vec![Vec::new()]),
        HirKind::Literal(literal) => Known::all(vec![literal.0.iter().copied().map(small).collect()]),
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(capture) => known(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = known(&repetition.sub);
            match (repetition.min, repetition.max, sub.all) {
                (0, Some(1), Some(mut texts)) => {
                    texts.push(Vec::new());
                    Known { all: Some(texts), best: None, also: None }
                }
                (0, _, _) => Known::NOTHING,
                (least, most, Some(texts)) => {
                    let (repeated, whole) = repeated(&texts, least);
                    let exact = whole && most == Some(least);
                    Known {
                        best: better(usable(&repeated), usable(&texts)),
                        all: exact.then_some(repeated),
                        also: None,
                    }
                }
                (_, _, None) => Known { all: None, ..sub },
            }
        }
        HirKind::Concat(parts) => of_sequence(parts),
        HirKind::Alternation(parts) => of_alternatives(parts),
    }
}

fn small(byte: u8) -> u16 {
    u16::from(byte.to_ascii_lowercase())
}

/// A class with few members, counted without case.
fn of_class(class: &Class) -> Known {
    const MEMBERS_MAX: usize = 8;
    let mut texts: Vec<Text> = Vec::new();
    let mut add = |byte: u8| {
        let text = vec![small(byte)];
        if !texts.contains(&text) {
            texts.push(text);
        }
        texts.len() <= MEMBERS_MAX
    };
    let few = match class {
        Class::Bytes(class) => class.iter().all(|range| (range.start()..=range.end()).all(&mut add)),
        // ASCII only: without Unicode there are no others.
        Class::Unicode(class) => {
            class.iter().all(|range| (range.start()..=range.end()).all(|member| member.is_ascii() && add(member as u8)))
        }
    };
    if few { Known::all(texts) } else { Known::NOTHING }
}

fn repeated(texts: &[Text], times: u32) -> (Vec<Text>, bool) {
    let mut sum = vec![Vec::new()];
    for _ in 0..times {
        match joined(&sum, texts) {
            Some(longer) => sum = longer,
            None => return (sum, false),
        }
    }
    (sum, true)
}

fn of_sequence(parts: &[Hir]) -> Known {
    let mut candidates: Vec<Option<Vec<Text>>> = Vec::new();
    let mut run = vec![Vec::new()];
    let mut whole = true;
    for part in parts {
        let part = known(part);
        let longer = part.all.as_ref().and_then(|texts| joined(&run, texts));
        if let Some(longer) = longer {
            run = longer;
            continue;
        }
        whole = false;
        candidates.push(usable(&run));
        run = if let Some(texts) = part.all {
            texts
        } else {
            candidates.extend([part.best, part.also]);
            vec![Vec::new()]
        };
    }
    candidates.push(usable(&run));
    let mut candidates: Vec<Vec<Text>> = candidates.into_iter().flatten().collect();
    candidates.sort_by(|one, other| commonness(one).total_cmp(&commonness(other)));
    let mut candidates = candidates.into_iter();
    Known { all: whole.then_some(run), best: candidates.next(), also: candidates.next() }
}

fn of_alternatives(parts: &[Hir]) -> Known {
    let mut all: Option<Vec<Text>> = Some(Vec::new());
    let mut best: Option<Vec<Text>> = Some(Vec::new());
    let mut also: Option<Vec<Text>> = Some(Vec::new());
    for part in parts {
        let part = known(part);
        let join = |sum: Option<Vec<Text>>, more: Option<Vec<Text>>| {
            let mut sum = sum?;
            sum.extend(more?);
            sum.sort_unstable();
            sum.dedup();
            (sum.len() <= TEXTS_MAX).then_some(sum)
        };
        all = join(all, part.all);
        best = join(best, part.best);
        also = join(also, part.also);
    }
    Known { all, best, also }
}

/// Every text of the one before every text of the other, unless that makes too many.
fn joined(before: &[Text], behind: &[Text]) -> Option<Vec<Text>> {
    if before.len() * behind.len() > TEXTS_MAX {
        return None;
    }
    let mut sum = Vec::with_capacity(before.len() * behind.len());
    for first in before {
        for second in behind {
            if first.len() + second.len() > JOINED_BYTES_MAX {
                return None;
            }
            sum.push([first.as_slice(), second.as_slice()].concat());
        }
    }
    Some(sum)
}

/// The one that is found less often in what people send.
fn better(one: Option<Vec<Text>>, other: Option<Vec<Text>>) -> Option<Vec<Text>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if commonness(&one) <= commonness(&other) { one } else { other }),
        (one, other) => one.or(other),
    }
}

/// About how often one of these stands at a place of an ordinary text.
fn commonness(texts: &[Text]) -> f64 {
    let unit = |unit: &u16| match u8::try_from(*unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || byte == b' ' => 1.0 / 16.0,
        Ok(_) => 1.0 / 48.0,
        Err(_) => 1.0 / 4.0,
    };
    texts.iter().map(|text| text.iter().take(TEXT_BYTES_MAX).map(unit).product::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Option<Vec<String>> {
        let hir = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(source).unwrap();
        let written = |text: Needle| {
            let edge = |there| if there { "|" } else { "" };
            format!("{}{}{}", edge(text.word_begins), String::from_utf8(text.bytes).unwrap(), edge(text.word_ends))
        };
        needles(&hir).map(|needles| {
            let second =
                needles.second.into_iter().flat_map(|second| [Needle::anywhere(b"AND")].into_iter().chain(second));
            needles.first.into_iter().chain(second).map(written).collect()
        })
    }

    #[test]
    fn every_match_contains_one_of_the_needles() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("select", Some(&["select"])),
            ("(?i)UNION", Some(&["union"])),
            (r"(?i)\bunion\b.{1,100}?\bselect\b", Some(&["|select|"])),
            (r"\b(?:or|and)\b\s*\d", Some(&["|and|", "|or|"])),
            (r"\b(?:or\b|oracle)", Some(&["|or|", "|oracle"])),
            (r"or|\bor\b|for", Some(&["or"])),
            (r"\b=a\b", Some(&["=a|"])),
            (r"\bantidisestablishment\b", Some(&["|antidisestab"])),
            (r"(?:\b)?x", Some(&["x"])),
            (r"['\x22].*\b(?:or|and)\b", Some(&["|and|", "|or|", "and", "\"", "'"])),
            (r"select.*from", Some(&["select"])),
            (r"(?:a.*=|b.*;)", Some(&[";", "=", "and", "a", "b"])),
            (r"(?:a.*=|b)", Some(&["=", "b"])),
            ("a|bc", Some(&["a", "bc"])),
            ("abc|abcd", Some(&["abc"])),
            ("x?", None),
            (".*", None),
            (r"\d+", None),
            ("[ab]c", Some(&["ac", "bc"])),
            ("(?:../){2,}", Some(&["/"])),
            (r"(?:\.\./){2,}", Some(&["../../"])),
            ("colou?r", Some(&["color", "colour"])),
            ("(?:foo|x*)", None),
            ("foo(?:bar|.*)", Some(&["foo"])),
            (r"[a-z]+://", Some(&["://"])),
            (r"^\s*$", None),
            ("(?i)k", Some(&["k"])),
            ("[^a]", None),
            ("(?:a|b|c|d|e){3}x.yz", Some(&["yz", "and", "x"])),
        ];
        for (source, expected) in cases {
            let found = of(source);
            let found: Option<Vec<&str>> = found.as_ref().map(|texts| texts.iter().map(String::as_str).collect());
            assert_eq!(found.as_deref(), *expected, "{source}");
        }
    }
}
