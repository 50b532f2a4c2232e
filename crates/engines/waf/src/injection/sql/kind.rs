//! What a piece of SQL is: the alphabet that fingerprints are written in.

/// The kind of a token. Its letter is the one that libinjection's fingerprints use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Keyword = b'k',
    /// `UNION`, `EXCEPT`, `INTERSECT`.
    Union = b'U',
    /// `GROUP BY`, `ORDER BY`, `LIMIT`, `HAVING`.
    Group = b'B',
    /// What begins an expression: `SELECT`, `CASE`, `UPDATE`.
    Expression = b'E',
    SqlType = b't',
    Function = b'f',
    Bareword = b'n',
    Number = b'1',
    Variable = b'v',
    String = b's',
    Operator = b'o',
    /// `AND`, `OR`, `XOR`, `&&`, `||`.
    Logic = b'&',
    Comment = b'c',
    Collate = b'A',
    LeftParen = b'(',
    RightParen = b')',
    LeftBrace = b'{',
    RightBrace = b'}',
    Dot = b'.',
    Comma = b',',
    Colon = b':',
    Semicolon = b';',
    /// What begins a statement that stands alone: `DECLARE`, `EXEC`, `INSERT INTO`.
    Tsql = b'T',
    Unknown = b'?',
    /// What databases read in different ways, which only an attack has: `/*! … */`, comments in comments.
    Evil = b'X',
    Backslash = b'\\',
}

impl Kind {
    /// Its letter in a fingerprint.
    pub(super) const fn letter(self) -> u8 {
        self as u8
    }

    /// The kind that a line of `words.txt` names; none for what no word can be.
    pub(super) const fn of_word(letter: u8) -> Option<Kind> {
        Some(match letter {
            b'k' => Kind::Keyword,
            b'U' => Kind::Union,
            b'B' => Kind::Group,
            b'E' => Kind::Expression,
            b't' => Kind::SqlType,
            b'f' => Kind::Function,
            b'n' => Kind::Bareword,
            b'1' => Kind::Number,
            b'v' => Kind::Variable,
            b'o' => Kind::Operator,
            b'&' => Kind::Logic,
            b'A' => Kind::Collate,
            b'T' => Kind::Tsql,
            _ => return None,
        })
    }
}

/// One piece of the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Where `text` begins in the input; for joined words, where the first begins.
    pub(super) at: usize,
    /// At most [`Token::TEXT_MAX`] bytes of it; a string without its quotes, joined words as `words.txt` spells them.
    pub(super) text: &'a [u8],
    /// The quote before it; zero where the input begins inside of the string, `q`, `u` and `$` for quotes of several
    /// characters.
    pub(super) open: u8,
    /// The quote behind it; zero where the input ends first.
    pub(super) close: u8,
}

impl<'a> Token<'a> {
    /// Only so many bytes of a token are kept: longer ones are words of nobody's.
    pub(super) const TEXT_MAX: usize = 31;

    /// A token without quotes, cut where it is too long.
    pub(super) fn new(kind: Kind, at: usize, text: &'a [u8]) -> Token<'a> {
        let text = text.get(..Token::TEXT_MAX).unwrap_or(text);
        Token { kind, at, text, open: 0, close: 0 }
    }

    /// A string with its quotes.
    pub(super) fn string(at: usize, text: &'a [u8], open: u8, close: u8) -> Token<'a> {
        Token { open, close, ..Token::new(Kind::String, at, text) }
    }

    /// Whether it is the word, whose letters are capitals, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether it is one of the words.
    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub(super) fn is_arithmetic(&self) -> bool {
        self.kind == Kind::Operator && matches!(self.text, b"*" | b"/" | b"-" | b"+" | b"%")
    }

    pub(super) fn is_unary(&self) -> bool {
        self.kind == Kind::Operator && (matches!(self.text, b"+" | b"-" | b"!" | b"~" | b"!!") || self.is("NOT"))
    }
}
