//! Cuts an input into the tokens of SQL, as lenient as databases are, one after the other.

use memchr::{memchr, memmem};

use super::class::{ACCENTED_SPACE, is_white, span};
use super::kind::{Kind, Token};
use super::words;

/// Where the input is assumed to stand in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Where a number stands: `… WHERE id = INPUT`.
    Bare,
    /// Inside of a string: `… WHERE name = 'INPUT'`.
    Single,
    /// Inside of a string of the other kind: `… WHERE name = "INPUT"`.
    Double,
}

/// What begins a comment up to the line's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `--`, whatever follows.
    Ansi,
    /// `#`, and `--` with white space behind it.
    Mysql,
}

/// The tokens of an input, and what was met on the way.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    pub(super) input: &'a [u8],
    /// Where the next token begins.
    pub(super) at: usize,
    place: Place,
    dialect: Dialect,
    /// The tokens so far, comments included.
    pub(super) tokens: usize,
    /// No more are read.
    tokens_max: usize,
    /// There were more.
    pub(super) is_cut: bool,
    /// Something was met that the other dialect reads in another way: `#`, or `--` without white space behind it.
    pub(super) is_ambiguous: bool,
}

impl<'a> Scanner<'a> {
    /// Reads at most so many tokens.
    pub(super) fn new(input: &'a [u8], place: Place, dialect: Dialect, tokens_max: usize) -> Self {
        Scanner { input, at: 0, place, dialect, tokens: 0, tokens_max, is_cut: false, is_ambiguous: false }
    }

    /// The next token; none at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        if self.tokens == self.tokens_max {
            self.is_cut = true;
            return None;
        }
        let token = match self.place {
            Place::Single if self.at == 0 && !self.input.is_empty() => self.quoted(0, b'\'', 0),
            Place::Double if self.at == 0 && !self.input.is_empty() => self.quoted(0, b'"', 0),
            Place::Bare | Place::Single | Place::Double => {
                self.at += span(&self.input[self.at..], is_blank);
                let first = *self.input.get(self.at)?;
                self.begin(first)
            }
        };
        self.tokens += 1;
        Some(token)
    }

    /// The byte so far behind the next token's first.
    pub(super) fn ahead(&self, distance: usize) -> Option<u8> {
        self.input.get(self.at + distance).copied()
    }

    /// Takes the next bytes as a token.
    pub(super) fn take(&mut self, kind: Kind, len: usize) -> Token<'a> {
        let at = self.at;
        self.at += len;
        Token::new(kind, at, &self.input[at..self.at])
    }

    /// What a byte that is not white space begins.
    fn begin(&mut self, first: u8) -> Token<'a> {
        match first {
            b'+' | b'^' | b'~' | b'%' => self.take(Kind::Operator, 1),
            b'!' | b'&' | b'*' | b':' | b'<' | b'=' | b'>' | b'|' => self.operator(),
            b'#' => self.hash(),
            b'-' => self.dash(),
            b'/' => self.slash(),
            b'\\' if self.ahead(1) == Some(b'N') => self.take(Kind::Number, 2),
            b'\\' => self.take(Kind::Backslash, 1),
            b'(' => self.take(Kind::LeftParen, 1),
            b')' => self.take(Kind::RightParen, 1),
            b'{' => self.take(Kind::LeftBrace, 1),
            b'}' => self.take(Kind::RightBrace, 1),
            b',' => self.take(Kind::Comma, 1),
            b';' => self.take(Kind::Semicolon, 1),
            b'?' | b']' => self.take(Kind::Unknown, 1),
            b'[' => self.bracketed(),
            b'"' | b'\'' => self.quoted(self.at, first, 1),
            b'`' => self.ticked(),
            b'$' => self.money(),
            b'@' => self.variable(),
            b'.' | b'0'..=b'9' => self.number(),
            b'b' | b'B' => self.digits_quoted(|byte| matches!(byte, b'0' | b'1')),
            b'x' | b'X' => self.digits_quoted(|byte| byte.is_ascii_hexdigit()),
            b'e' | b'E' => self.escaped_string(),
            b'n' | b'N' => self.national_string(),
            b'q' | b'Q' => self.oracle_string(0),
            b'u' | b'U' => self.unicode_string(),
            // Letters, `_`, and whatever is not ASCII.
            _ => self.word(),
        }
    }

    fn operator(&mut self) -> Token<'a> {
        let rest = &self.input[self.at..];
        if rest.starts_with(b"<=>") {
            return self.take(Kind::Operator, 3);
        }
        if let Some(kind) = rest.get(..2).and_then(words::find) {
            return self.take(kind, 2);
        }
        // At the end of the input, a colon is an operator like the others.
        let is_colon = rest.len() > 1 && rest[0] == b':';
        self.take(if is_colon { Kind::Colon } else { Kind::Operator }, 1)
    }

    /// `#` begins a comment in MySQL, and is an operator elsewhere.
    fn hash(&mut self) -> Token<'a> {
        self.is_ambiguous = true;
        match self.dialect {
            Dialect::Mysql => self.line_comment(),
            Dialect::Ansi => self.take(Kind::Operator, 1),
        }
    }

    /// `-- ` begins a comment everywhere, `--x` everywhere but in MySQL.
    fn dash(&mut self) -> Token<'a> {
        if self.ahead(1) != Some(b'-') {
            return self.take(Kind::Operator, 1);
        }
        match (self.ahead(2), self.dialect) {
            (None, Dialect::Ansi | Dialect::Mysql) => self.line_comment(),
            (Some(byte), Dialect::Ansi | Dialect::Mysql) if is_white(byte) => self.line_comment(),
            (Some(_), Dialect::Ansi) => {
                self.is_ambiguous = true;
                self.line_comment()
            }
            (Some(_), Dialect::Mysql) => self.take(Kind::Operator, 1),
        }
    }

    fn line_comment(&mut self) -> Token<'a> {
        let rest = &self.input[self.at..];
        let end = memchr(b'\n', rest);
        let token = self.take(Kind::Comment, end.unwrap_or(rest.len()));
        self.at += usize::from(end.is_some());
        token
    }

    /// `/* … */`; evil where it holds another (PostgreSQL nests them, others do not) or is MySQL's `/*! … */`.
    fn slash(&mut self) -> Token<'a> {
        if self.ahead(1) != Some(b'*') {
            return self.take(Kind::Operator, 1);
        }
        let inner = &self.input[self.at + 2..];
        let end = memmem::find(inner, b"*/");
        // The star of the end may begin one: `/*/*/`.
        let is_nested = end.is_some_and(|end| memmem::find(&inner[..=end], b"/*").is_some());
        let kind = if is_nested || inner.first() == Some(&b'!') { Kind::Evil } else { Kind::Comment };
        self.take(kind, end.map_or(inner.len() + 2, |end| end + 4))
    }

    /// SQL Server's `[a name]`.
    fn bracketed(&mut self) -> Token<'a> {
        let rest = &self.input[self.at..];
        let len = memchr(b']', rest).map_or(rest.len(), |end| end + 1);
        self.take(Kind::Bareword, len)
    }
}

/// What stands between tokens: white space, and the control characters that no database reads.
fn is_blank(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 127 | ACCENTED_SPACE)
}
