//! SQL injection: an input is read as if it stood in a statement, in each place where it could stand.

mod kind;
mod class;
mod words;
mod scan;
mod literal;
mod fold;
mod fingerprints;
mod verdict;
mod high;
mod phrases;
mod tautology;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod laws;

use memchr::{memchr, memchr2};

use class::{CLASSES, PLAIN};
use fold::Folded;
use kind::{Kind, Token};
use scan::{Dialect, Place, Scanner};

use super::{Fingerprint, Sqli};

/// What may be read of a value, in all places and dialects together.
#[derive(Debug)]
pub(super) struct Allowance {
    /// So many tokens more.
    pub(super) tokens: usize,
    /// They did not suffice, so that nothing is known of the value.
    pub(super) is_spent: bool,
}

impl Allowance {
    pub(super) const fn of(tokens: usize) -> Self {
        Allowance { tokens, is_spent: false }
    }

    /// Takes what was read; answers whether it was all that there was.
    fn covers(&mut self, scanner: &Scanner<'_>) -> bool {
        self.tokens -= scanner.tokens;
        self.is_spent |= scanner.is_cut;
        !self.is_spent
    }
}

/// The attack that libinjection finds, if it finds one.
pub(super) fn detect(input: &[u8], allowance: &mut Allowance) -> Option<Sqli> {
    if is_one_word(input) {
        return None;
    }
    if let Some(found) = in_either_dialect(input, Place::Bare, allowance) {
        return Some(found);
    }
    memchr2(b'\'', b'"', input)?;
    if memchr(b'\'', input).is_some()
        && let Some(found) = in_either_dialect(input, Place::Single, allowance)
    {
        return Some(found);
    }
    memchr(b'"', input)?;
    in_one_dialect(input, Place::Double, Dialect::Mysql, allowance).0
}

/// The attack that libinjection finds, or one that it misses.
pub(super) fn detect_more(input: &[u8], allowance: &mut Allowance) -> Option<Sqli> {
    if is_one_word(input) {
        return None;
    }
    detect(input, allowance).or_else(|| high::detect(input, allowance))
}

/// Whether the input is a name, a word or a decimal number: a fingerprint of one token, which no attack has. It spares
/// most inputs the rest.
fn is_one_word(input: &[u8]) -> bool {
    let Some(first) = input.first() else { return true };
    let is_plain = |byte: &u8| CLASSES[usize::from(*byte)] & PLAIN != 0;
    if first.is_ascii_digit() { input.iter().all(u8::is_ascii_digit) } else { input.iter().all(is_plain) }
}

fn in_either_dialect(input: &[u8], place: Place, allowance: &mut Allowance) -> Option<Sqli> {
    let (found, is_ambiguous) = in_one_dialect(input, place, Dialect::Ansi, allowance);
    if found.is_some() || !is_ambiguous {
        return found;
    }
    in_one_dialect(input, place, Dialect::Mysql, allowance).0
}

/// The attack, and whether the other dialect may find one where this one does not.
fn in_one_dialect(input: &[u8], place: Place, dialect: Dialect, allowance: &mut Allowance) -> (Option<Sqli>, bool) {
    let mut scanner = Scanner::new(input, place, dialect, allowance.tokens);
    let mut folded = Folded::new(&mut scanner);
    if !allowance.covers(&scanner) {
        return (None, false);
    }
    if folded.tokens().len() > 2
        && let Some(last) = folded.last_mut().filter(|last| verdict::is_php_comment(last))
    {
        last.kind = Kind::Comment;
    }
    (judge(folded.tokens(), &scanner), scanner.is_ambiguous)
}

fn judge(tokens: &[Token<'_>], scanner: &Scanner<'_>) -> Option<Sqli> {
    if let Some(evil) = tokens.iter().find(|token| token.kind == Kind::Evil) {
        return Some(Sqli { fingerprint: Fingerprint::of([Kind::Evil.letter()]), offset: evil.at });
    }
    let fingerprint = Fingerprint::of(tokens.iter().map(|token| token.kind.letter()));
    let letters = fingerprint.letters();
    let is_attack = fingerprints::is_known(letters) && !verdict::is_excused(letters, tokens, scanner);
    is_attack.then(|| Sqli { fingerprint, offset: tokens.first().map_or(0, |token| token.at) })
}
