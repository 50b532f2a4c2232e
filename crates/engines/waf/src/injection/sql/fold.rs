//! Folds the tokens of an input to the five that its fingerprint is made of: what says nothing is left out, what
//! belongs together becomes one.

use super::kind::{Kind, Token};
use super::scan::Scanner;
use super::words;
use Kind::{
    Backslash, Bareword, Collate, Comma, Comment, Dot, Evil, Expression, Function, Group, Keyword, LeftBrace,
    LeftParen, Logic, Number, Operator, RightBrace, RightParen, Semicolon, SqlType, Tsql, Union, Variable,
};

/// A fingerprint has at most so many tokens.
pub(super) const TOKENS_MAX: usize = 5;

/// A folded input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded<'a> {
    /// Five, and one behind them where that is evil.
    tokens: [Token<'a>; TOKENS_MAX + 1],
    len: usize,
}

impl<'a> Folded<'a> {
    /// Folds what the scanner finds; the scanner stops where five tokens stand that nothing can change.
    pub(super) fn new(scanner: &mut Scanner<'a>) -> Folded<'a> {
        let empty = Token::new(Kind::Unknown, 0, &[]);
        let mut folding =
            Folding { scanner, tokens: [empty; TOKENS_MAX + 1], read: 0, done: 0, more: true, comment: None };
        let len = if folding.skip_to_first() { folding.run() } else { 0 };
        Folded { tokens: folding.tokens, len }
    }

    /// The tokens of the fingerprint.
    pub(super) fn tokens(&self) -> &[Token<'a>] {
        &self.tokens[..self.len]
    }

    /// The last of them.
    pub(super) fn last_mut(&mut self) -> Option<&mut Token<'a>> {
        self.tokens[..self.len].last_mut()
    }
}

/// What became of the tokens that were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Something changed: look again.
    Again,
    /// Nothing can be folded here.
    Kept,
    /// An attack for certain, so many tokens long.
    Evil(usize),
}

struct Folding<'s, 'a> {
    scanner: &'s mut Scanner<'a>,
    /// Five, and one that helps to judge the fifth.
    tokens: [Token<'a>; TOKENS_MAX + 1],
    /// So many tokens are held.
    read: usize,
    /// So many of them are settled.
    done: usize,
    /// The scanner may have more.
    more: bool,
    /// The comment behind the last token.
    comment: Option<Token<'a>>,
}

impl Folding<'_, '_> {
    /// Skips what may stand before any expression: comments, parentheses, types and signs.
    fn skip_to_first(&mut self) -> bool {
        while let Some(token) = self.scanner.next() {
            if !(matches!(token.kind, Comment | LeftParen | SqlType) || token.is_unary()) {
                self.tokens[0] = token;
                self.read = 1;
                return true;
            }
        }
        false
    }

    fn run(&mut self) -> usize {
        let mut rounds = 0;
        loop {
            // INVARIANT: every round reads a token, drops one, settles one, or changes what one is for good; only a few
            // are settled at a time, so the rounds grow with the tokens and not with their square.
            rounds += 1;
            debug_assert!(rounds <= 16 * (self.scanner.tokens + 1), "folding does not come to its end");
            if self.read >= TOKENS_MAX {
                self.shorten_lists();
            }
            if !self.more || self.done >= TOKENS_MAX {
                break;
            }
            match self.step() {
                Step::Again => {}
                Step::Kept => self.done += 1,
                Step::Evil(len) => return len,
            }
        }
        let mut len = self.read;
        if let Some(comment) = self.comment.filter(|_| len < TOKENS_MAX) {
            self.tokens[len] = comment;
            len += 1;
        }
        len.min(TOKENS_MAX)
    }

    fn step(&mut self) -> Step {
        if !self.read_up_to(2) {
            return Step::Again;
        }
        match self.fold_two() {
            Step::Kept => {}
            changed => return changed,
        }
        if !self.read_up_to(3) {
            return Step::Again;
        }
        self.fold_three()
    }

    /// Reads until so many tokens are not settled; where the input ends before, all are.
    fn read_up_to(&mut self, wanted: usize) -> bool {
        while self.more && self.read <= TOKENS_MAX && self.read - self.done < wanted {
            match self.scanner.next() {
                None => self.more = false,
                Some(token) if token.kind == Comment => self.comment = Some(token),
                Some(token) => {
                    self.comment = None;
                    self.tokens[self.read] = token;
                    self.read += 1;
                }
            }
        }
        let are_there = self.read - self.done >= wanted;
        if !are_there {
            self.done = self.read;
        }
        are_there
    }

    /// Drops so many of the tokens that were read last and begins again.
    fn drop_last(&mut self, count: usize) -> Step {
        self.read -= count;
        self.done = 0;
        Step::Again
    }

    /// Puts the token at `from` one place to the left, drops so many and begins again.
    fn shift(&mut self, from: usize, count: usize) -> Step {
        self.tokens[from - 1] = self.tokens[from];
        self.drop_last(count)
    }

    /// `1+(1)`, `1),(1` and their like are a value.
    fn shorten_lists(&mut self) {
        let [first, second, third, fourth, fifth, _] = &self.tokens;
        let is_value = matches!(
            [first.kind, second.kind, third.kind, fourth.kind, fifth.kind],
            [Number, Operator | Comma, LeftParen, Number, RightParen]
                | [Bareword, Operator, LeftParen, Bareword | Number, RightParen]
                | [Number, RightParen, Comma, LeftParen, Number]
                | [Bareword, RightParen, Operator, LeftParen, Bareword]
        );
        if is_value {
            if self.read > TOKENS_MAX {
                self.tokens[1] = self.tokens[TOKENS_MAX];
                self.read = 2;
            } else {
                self.read = 1;
            }
            self.done = 0;
        }
    }

    fn fold_two(&mut self) -> Step {
        let at = self.done;
        // Borrowed and not copied: copies of tokens took most of the time that folding takes.
        let (left, right) = (&self.tokens[at], &self.tokens[at + 1]);
        match (left.kind, right.kind) {
            // Neighbouring strings are one, and an empty statement is none.
            (Kind::String, Kind::String) | (Semicolon, Semicolon) => {
                self.read -= 1;
                return Step::Again;
            }
            (Operator | Logic, kind) if kind == SqlType || right.is_unary() => return self.drop_last(1),
            (LeftParen, _) if right.is_unary() => {
                self.read -= 1;
                self.done = at.saturating_sub(1);
                return Step::Again;
            }
            _ => {}
        }
        if let Some((phrase, kind)) = phrase(left, right) {
            self.tokens[at] = Token { kind, text: phrase, ..*left };
            self.read -= 1;
            self.done = at.saturating_sub(1);
            return Step::Again;
        }
        self.fold_two_by_meaning(at)
    }

    /// What the first of two words is depends on the second.
    fn fold_two_by_meaning(&mut self, at: usize) -> Step {
        let (left, right) = (&self.tokens[at], &self.tokens[at + 1]);
        match (left.kind, right.kind) {
            // `; IF` is a statement of Transact-SQL, and a function elsewhere.
            (Semicolon, Function) if right.text.len() > 1 && right.text[..2].eq_ignore_ascii_case(b"IF") => {
                self.tokens[at + 1].kind = Tsql;
                Step::Again
            }
            (Bareword | Variable, LeftParen) if left.is_any(&CALLED_LIKE_NAMES) => {
                self.tokens[at].kind = Function;
                Step::Again
            }
            (Keyword, kind) if left.is_any(&["IN", "NOT IN"]) => {
                self.tokens[at].kind = if kind == LeftParen { Operator } else { Bareword };
                Step::Again
            }
            (Operator, kind) if left.is_any(&["LIKE", "NOT LIKE"]) => {
                self.tokens[at].kind = if kind == LeftParen { Function } else { Operator };
                Step::Kept
            }
            (SqlType, Bareword | Number | SqlType | LeftParen | Function | Variable | Kind::String) => {
                self.shift(at + 1, 1)
            }
            // A collation is a type; there are too many to list, and all have an underscore.
            (Collate, Bareword) => {
                if right.text.iter().take_while(|byte| **byte != 0).any(|byte| *byte == b'_') {
                    self.tokens[at + 1].kind = SqlType;
                    self.done = 0;
                }
                Step::Kept
            }
            // To Transact-SQL `\%1` is `0 % 1`, and `\1` is `1`.
            (Backslash, _) if right.is_arithmetic() => {
                self.tokens[at].kind = Number;
                self.drop_last(0)
            }
            (Backslash, _) => self.shift(at + 1, 1),
            (LeftBrace, Bareword) => {
                // MySQL reads a name of nothing as the current database: nobody but an attacker writes one.
                if right.text.is_empty() {
                    self.tokens[at + 1].kind = Evil;
                    return Step::Evil(at + 2);
                }
                // `{name expression}` is the expression.
                self.drop_last(2)
            }
            (LeftParen, LeftParen) | (RightParen, RightParen) | (_, RightBrace) => self.drop_last(1),
            _ => Step::Kept,
        }
    }

    fn fold_three(&mut self) -> Step {
        let at = self.done;
        let (left, middle, right) = (&self.tokens[at], &self.tokens[at + 1], &self.tokens[at + 2]);
        let is_signed = middle.is_unary();
        match (left.kind, middle.kind, right.kind) {
            // A value and another, joined by an operator or listed, are a value.
            (Number, Operator, Number)
            | (Variable, Operator, Variable | Number | Bareword)
            | (Bareword | Number, Operator, Number | Bareword)
            | (Logic, _, Logic)
            | (Bareword | Number | Kind::String | Variable, Comma, Number | Bareword | Kind::String | Variable)
            | (Bareword, Dot, Bareword) => self.drop_last(2),
            (Operator, kind, Operator) if kind != LeftParen => self.drop_last(2),
            (Bareword | Number | Variable | Kind::String, Operator, SqlType) if middle.text == b"::" => {
                self.drop_last(2)
            }
            // A sign before a value or a call says nothing.
            (Expression | Group | Comma, _, LeftParen)
            | (Keyword | Expression | Group, _, Number | Bareword | Variable | Kind::String | Function)
            | (Comma, _, Function)
                if is_signed =>
            {
                self.shift(at + 2, 1)
            }
            // One token more goes, since the value before the comma may now be folded: `1,-1`.
            (Comma, _, Number | Bareword | Variable | Kind::String) if is_signed => self.shift(at + 2, 3),
            (Expression, Dot, Bareword) => self.shift(at + 2, 1),
            (Function, LeftParen, kind) => {
                // The function takes nothing; with an argument it is somebody's name.
                if kind != RightParen && left.is("USER") {
                    self.tokens[at].kind = Bareword;
                }
                Step::Kept
            }
            _ => Step::Kept,
        }
    }
}

/// Functions that are often names of columns, and variables that some databases call.
const CALLED_LIKE_NAMES: [&str; 11] = [
    "USER_ID",
    "USER_NAME",
    "DATABASE",
    "PASSWORD",
    "USER",
    "CURRENT_USER",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "LOCALTIME",
    "LOCALTIMESTAMP",
];

/// The phrase of SQL that two tokens are together: `UNION` and `ALL`.
fn phrase(left: &Token<'_>, right: &Token<'_>) -> Option<(&'static [u8], Kind)> {
    let is_word = |kind| matches!(kind, Keyword | Bareword | Operator | Union | Function | Expression | Tsql | SqlType);
    if !is_word(left.kind) || !(is_word(right.kind) || right.kind == Logic) {
        return None;
    }
    words::find_phrase(left.text, right.text)
}
