//! Strings, numbers and names: the tokens that are read to an end of their own.

use memchr::{memchr, memmem};

use super::class::{CLASSES, ENDS_VARIABLE, ENDS_WORD, JOINS, is_white, span};
use super::kind::{Kind, Token};
use super::scan::Scanner;
use super::words;

impl<'a> Scanner<'a> {
    /// A string whose first byte stands `skipped` behind `at`, up to a quote that is neither doubled nor escaped by an
    /// odd number of backslashes.
    pub(super) fn quoted(&mut self, at: usize, quote: u8, skipped: usize) -> Token<'a> {
        let start = at + skipped;
        let open = if skipped > 0 { quote } else { 0 };
        let mut from = start;
        while let Some(found) = memchr(quote, &self.input[from..]) {
            let end = from + found;
            let backslashes = self.input[start..end].iter().rev().take_while(|byte| **byte == b'\\').count();
            if backslashes % 2 == 1 {
                from = end + 1;
            } else if self.input.get(end + 1) == Some(&quote) {
                from = end + 2;
            } else {
                self.at = end + 1;
                return Token::string(start, &self.input[start..end], open, quote);
            }
        }
        self.at = self.input.len();
        Token::string(start, &self.input[start..], open, 0)
    }

    /// PostgreSQL's `E'…'`, and `N'…'`.
    pub(super) fn escaped_string(&mut self) -> Token<'a> {
        match (self.ahead(1), self.ahead(2)) {
            (Some(b'\''), Some(_)) => self.quoted(self.at, b'\'', 2),
            _ => self.word(),
        }
    }

    /// `U&'…'`.
    pub(super) fn unicode_string(&mut self) -> Token<'a> {
        if !self.input[self.at + 1..].starts_with(b"&'") {
            return self.word();
        }
        let token = self.quoted(self.at + 2, b'\'', 1);
        Token { open: b'u', close: if token.close == b'\'' { b'u' } else { 0 }, ..token }
    }

    /// Oracle's `Q'(…)'`, whose quotes anyone chooses; `skipped` bytes stand before the `Q`.
    pub(super) fn oracle_string(&mut self, skipped: usize) -> Token<'a> {
        let (q, quote, opening) = (self.ahead(skipped), self.ahead(skipped + 1), self.ahead(skipped + 2));
        let closing = match (q, quote, opening) {
            (Some(b'q' | b'Q'), Some(b'\''), Some(opening @ 33..=127)) => match opening {
                b'(' => b')',
                b'[' => b']',
                b'{' => b'}',
                b'<' => b'>',
                other => other,
            },
            _ => return self.word(),
        };
        self.until(skipped + 3, &[closing, b'\''], b'q')
    }

    /// `N'…'` or Oracle's `NQ'(…)'`.
    pub(super) fn national_string(&mut self) -> Token<'a> {
        match (self.ahead(1), self.ahead(2)) {
            (Some(b'\''), Some(_)) => self.escaped_string(),
            _ => self.oracle_string(1),
        }
    }

    /// `B'01'` and `X'4f'`, numbers where all inside are such digits.
    pub(super) fn digits_quoted(&mut self, is_digit: impl Fn(u8) -> bool) -> Token<'a> {
        let rest = &self.input[self.at..];
        if rest.get(1) != Some(&b'\'') || rest.len() < 3 {
            return self.word();
        }
        let len = span(&rest[2..], |byte| byte == 0 || is_digit(byte));
        match rest.get(2 + len) {
            Some(b'\'') => self.take(Kind::Number, len + 3),
            _ => self.word(),
        }
    }

    /// A word up to what ends it, or up to the dot or back quote behind a word of SQL: `SELECT.1`.
    pub(super) fn word(&mut self) -> Token<'a> {
        let rest = &self.input[self.at..];
        let mut len = 0;
        for byte in rest {
            let class = CLASSES[usize::from(*byte)];
            if class & ENDS_WORD != 0 {
                break;
            }
            // Looked up on the way: a long name whose first part is a word would be read to its end once for each part.
            if class & JOINS != 0 && len < Token::TEXT_MAX {
                match words::find(&rest[..len]) {
                    None | Some(Kind::Bareword) => {}
                    Some(kind) => return self.take(kind, len),
                }
            }
            len += 1;
        }
        let mut token = self.take(Kind::Bareword, len);
        if len <= Token::TEXT_MAX {
            token.kind = words::find(token.text).unwrap_or(Kind::Bareword);
        }
        token
    }

    /// MySQL's back quotes: a name, or a function.
    pub(super) fn ticked(&mut self) -> Token<'a> {
        let token = self.quoted(self.at, b'`', 1);
        let is_function = words::find(token.text) == Some(Kind::Function);
        Token { kind: if is_function { Kind::Function } else { Kind::Bareword }, ..token }
    }

    /// `@name`, `@@name`, and either with a quoted name.
    pub(super) fn variable(&mut self) -> Token<'a> {
        self.at += if self.ahead(1) == Some(b'@') { 2 } else { 1 };
        let token = match self.ahead(0) {
            Some(b'`') => self.ticked(),
            Some(quote @ (b'\'' | b'"')) => self.quoted(self.at, quote, 1),
            _ => {
                let len = span(&self.input[self.at..], |byte| CLASSES[usize::from(byte)] & ENDS_VARIABLE == 0);
                self.take(Kind::Variable, len)
            }
        };
        Token { kind: Kind::Variable, ..token }
    }

    /// `$1,000.00`, PostgreSQL's strings between `$$` or `$name$`, or a bare `$`.
    pub(super) fn money(&mut self) -> Token<'a> {
        let rest = &self.input[self.at + 1..];
        let len = span(rest, |byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | 0));
        if len == 1 && rest[0] == b'.' {
            return self.word();
        }
        if len > 0 {
            return self.take(Kind::Number, len + 1);
        }
        if rest.first() == Some(&b'$') {
            return self.until(2, b"$$", b'$');
        }
        let name = span(rest, |byte| byte.is_ascii_alphabetic() || byte == 0);
        if name == 0 || rest.get(name) != Some(&b'$') {
            return self.take(Kind::Bareword, 1);
        }
        let tag = &self.input[self.at..][..name + 2];
        self.until(tag.len(), tag, b'$')
    }

    /// A string from so far ahead up to the closing bytes.
    fn until(&mut self, skipped: usize, closing: &[u8], quote: u8) -> Token<'a> {
        let start = self.at + skipped;
        let rest = &self.input[start..];
        let Some(end) = memmem::find(rest, closing) else {
            self.at = self.input.len();
            return Token::string(start, rest, quote, 0);
        };
        self.at = start + end + closing.len();
        Token::string(start, &rest[..end], quote, quote)
    }

    /// `0x4F`, `0b1`, `1.5e-3`, Oracle's `1.5f`; a lone dot; and `1.e`, which is a name.
    pub(super) fn number(&mut self) -> Token<'a> {
        let rest = &self.input[self.at..];
        if let Some(len) = with_radix(rest) {
            return self.take(if len == 2 { Kind::Bareword } else { Kind::Number }, len);
        }
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let mut len = span(rest, is_digit);
        if rest.get(len) == Some(&b'.') {
            len += 1 + span(&rest[len + 1..], is_digit);
            if len == 1 {
                return self.take(Kind::Dot, 1);
            }
        }
        let mut is_name = false;
        if let Some(b'e' | b'E') = rest.get(len) {
            len += 1;
            len += usize::from(matches!(rest.get(len), Some(b'+' | b'-')));
            let digits = span(&rest[len..], is_digit);
            is_name = digits == 0;
            len += digits;
        }
        if let Some(b'd' | b'D' | b'f' | b'F') = rest.get(len) {
            // A suffix, where no word goes on; `1fUNION` is `1f UNION`.
            let is_suffix = |next: u8| is_white(next) || matches!(next, b';' | b'u' | b'U');
            len += usize::from(rest.get(len + 1).copied().is_none_or(is_suffix));
        }
        self.take(if is_name { Kind::Bareword } else { Kind::Number }, len)
    }
}

/// How long a number that begins with `0x` or `0b` is.
fn with_radix(rest: &[u8]) -> Option<usize> {
    let is_digit: fn(u8) -> bool = match rest {
        [b'0', b'x' | b'X', ..] => |byte| byte == 0 || byte.is_ascii_hexdigit(),
        [b'0', b'b' | b'B', ..] => |byte| matches!(byte, 0 | b'0' | b'1'),
        _ => return None,
    };
    Some(2 + span(&rest[2..], is_digit))
}
