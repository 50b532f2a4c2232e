//! Texts with wildcards and variables, matched without a regular expression and without backtracking.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use crate::Keys;
use crate::keys::KeyName;
use crate::needle::Needle;

/// Whether `*` and `?` stand for other characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    Special,
    Literal,
}

/// Whether `${…}` is replaced: only in policies of version 2012-10-17.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variables {
    Replaced,
    Literal,
}

/// The outcome of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Yes,
    No,
    /// A variable has no value, so that nothing can match.
    NoValue,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Form);

/// The forms that most patterns have are compared at once.
#[derive(Debug, Clone)]
enum Form {
    /// `*`.
    Any,
    /// A text without anything special.
    Exact(Box<str>),
    /// A text with one `*`, at its end.
    Prefix(Box<str>),
    /// The pieces between its `*`. A single piece means that there is none.
    Pieces { pieces: Box<[Piece]>, has_variables: bool },
}

/// What stands between two `*`.
#[derive(Debug, Clone, Default)]
struct Piece {
    atoms: Vec<Atom>,
    /// Ready for searching, when it mixes several atoms and is no longer than [`READY_CHARS_MAX`].
    needle: Option<Needle>,
}

/// As long as trying every place costs no more comparisons than this, nothing is made ready for a search.
const TRIED_BYTES_MAX: usize = 16 * 1024;

/// Longer pieces are made ready when they are searched, so that a small policy cannot grow large in memory.
const READY_CHARS_MAX: usize = 256;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    Literal(Box<str>),
    AnyChar,
    Variable(Box<Variable>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    key: KeyName,
    /// The key as written.
    written: Box<str>,
    default: Option<String>,
}

/// A key that a pattern takes a value from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VariableKey<'a> {
    /// As written.
    pub(crate) name: &'a str,
    pub(crate) has_default: bool,
}

/// A pattern's text, read but not yet grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(String),
    AnyRun,
    AnyChar,
    Variable { key: String, default: Option<String> },
}

impl Pattern {
    /// A text that fits, with `filler` in the place of every `*`; of what a variable holds nothing is known.
    pub(crate) fn sample(&self, filler: &str) -> String {
        match &self.0 {
            Form::Any => filler.to_owned(),
            Form::Exact(text) => text.to_string(),
            Form::Prefix(text) => format!("{text}{filler}"),
            Form::Pieces { pieces, .. } => pieces.iter().map(Piece::sample).collect::<Vec<_>>().join(filler),
        }
    }

    /// Compiles a text.
    pub(crate) fn compile(text: &str, wildcards: Wildcards, variables: Variables) -> Result<Self, &'static str> {
        tokens(text, wildcards, variables).map(Self::from_tokens)
    }

    /// Groups tokens.
    pub(crate) fn from_tokens(tokens: Vec<Token>) -> Self {
        match tokens.as_slice() {
            [] => return Self(Form::Exact("".into())),
            [Token::AnyRun] => return Self(Form::Any),
            [Token::Literal(text)] => return Self(Form::Exact(text.as_str().into())),
            [Token::Literal(text), Token::AnyRun] => return Self(Form::Prefix(text.as_str().into())),
            _ => {}
        }
        let mut pieces = vec![Piece::default()];
        let mut has_variables = false;
        for token in tokens {
            let atom = match token {
                Token::AnyRun => {
                    pieces.push(Piece::default());
                    continue;
                }
                Token::Literal(text) => Atom::Literal(text.into()),
                Token::AnyChar => Atom::AnyChar,
                Token::Variable { key, default } => {
                    has_variables = true;
                    Atom::Variable(Box::new(Variable { key: KeyName::new(&key), written: key.into(), default }))
                }
            };
            if let Some(piece) = pieces.last_mut() {
                piece.atoms.push(atom);
            }
        }
        pieces.iter_mut().for_each(Piece::make_ready);
        Self(Form::Pieces { pieces: pieces.into(), has_variables })
    }

    /// Matches the whole of `text`. Each piece is looked for once, from left to right: after a `*` the leftmost place
    /// is as good as any, because the next `*` swallows the difference.
    pub(crate) fn fits(&self, text: &str, keys: &Keys) -> Fit {
        let fits = match &self.0 {
            Form::Any => true,
            Form::Exact(wanted) => text == &**wanted,
            Form::Prefix(wanted) => text.starts_with(&**wanted),
            Form::Pieces { has_variables: true, .. } if self.lacks_a_value(keys) => return Fit::NoValue,
            Form::Pieces { pieces, .. } => Self::pieces_fit(pieces, text, keys),
        };
        if fits { Fit::Yes } else { Fit::No }
    }

    fn pieces_fit(pieces: &[Piece], text: &str, keys: &Keys) -> bool {
        match pieces {
            [] => text.is_empty(),
            [only] => only.strip_front(text, keys) == Some(""),
            [first, middle @ .., last] => first
                .strip_front(text, keys)
                .and_then(|rest| middle.iter().try_fold(rest, |rest, piece| piece.skip_past(rest, keys)))
                .is_some_and(|rest| last.ends(rest, keys)),
        }
    }

    /// Matches the whole of `text` without regard to case; for patterns without wildcards.
    pub(crate) fn fits_in_any_case(&self, text: &str, keys: &Keys) -> Fit {
        if self.lacks_a_value(keys) {
            return Fit::NoValue;
        }
        let whole = match &self.0 {
            Form::Exact(text) => &**text,
            Form::Any | Form::Prefix(_) | Form::Pieces { .. } => "",
        };
        let parts = self.atoms().map(|atom| atom.text(keys).unwrap_or_default());
        let wanted = std::iter::once(whole).chain(parts).flat_map(str::chars);
        let equal = wanted.flat_map(char::to_lowercase).eq(text.chars().flat_map(char::to_lowercase));
        if equal { Fit::Yes } else { Fit::No }
    }

    /// The keys of its variables, as written, and what stands in for them when they are absent.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableKey<'_>> {
        self.atoms().filter_map(|atom| match atom {
            Atom::Variable(variable) => {
                Some(VariableKey { name: &variable.written, has_default: variable.default.is_some() })
            }
            Atom::Literal(_) | Atom::AnyChar => None,
        })
    }

    /// Tells whether it has a variable.
    pub(crate) fn has_variables(&self) -> bool {
        matches!(self.0, Form::Pieces { has_variables: true, .. })
    }

    fn lacks_a_value(&self, keys: &Keys) -> bool {
        let lacks = |atom: &Atom| matches!(atom, Atom::Variable(variable) if variable.value(keys).is_none());
        self.atoms().any(lacks)
    }

    fn atoms(&self) -> impl Iterator<Item = &Atom> {
        let pieces: &[Piece] = match &self.0 {
            Form::Any | Form::Exact(_) | Form::Prefix(_) => &[],
            Form::Pieces { pieces, .. } => pieces,
        };
        pieces.iter().flat_map(|piece| &piece.atoms)
    }
}

impl Variable {
    fn value<'a>(&'a self, keys: &'a Keys) -> Option<&'a str> {
        keys.single_text(&self.key).or(self.default.as_deref())
    }
}

impl Atom {
    /// The text it stands for, unless it stands for any character.
    fn text<'a>(&'a self, keys: &'a Keys) -> Option<&'a str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Variable(variable) => variable.value(keys),
            Self::AnyChar => None,
        }
    }
}

impl Piece {
    fn sample(&self) -> String {
        let text = |atom: &Atom| match atom {
            Atom::Literal(text) => text.to_string(),
            Atom::AnyChar => "x".to_owned(),
            Atom::Variable(variable) => variable.default.clone().unwrap_or_default(),
        };
        self.atoms.iter().map(text).collect()
    }

    /// Takes the piece off the front.
    fn strip_front<'t>(&self, text: &'t str, keys: &Keys) -> Option<&'t str> {
        self.atoms.iter().try_fold(text, |text, atom| {
            let Some(wanted) = atom.text(keys) else {
                let mut chars = text.chars();
                return chars.next().map(|_| chars.as_str());
            };
            text.strip_prefix(wanted)
        })
    }

    /// Tells whether the piece ends the text.
    fn ends(&self, text: &str, keys: &Keys) -> bool {
        let rest = self.atoms.iter().rev().try_fold(text, |text, atom| {
            let Some(wanted) = atom.text(keys) else {
                let mut chars = text.chars();
                return chars.next_back().map(|_| chars.as_str());
            };
            text.strip_suffix(wanted)
        });
        rest.is_some()
    }

    /// Finds the piece's leftmost place and gives what follows, in a time that grows with the text's length.
    fn skip_past<'t>(&self, text: &'t str, keys: &Keys) -> Option<&'t str> {
        if let Some(needle) = &self.needle {
            return needle.skip_past(text);
        }
        match self.atoms.as_slice() {
            [] => Some(text),
            [Atom::Literal(wanted)] => text.find(&**wanted).map(|at| &text[at + wanted.len()..]),
            _ if self.length(keys).saturating_mul(text.len()) <= TRIED_BYTES_MAX => {
                let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                starts.find_map(|at| self.strip_front(&text[at..], keys))
            }
            _ => Needle::new(&self.chars(keys)).skip_past(text),
        }
    }

    /// How many bytes it takes up, an `?` counting as one.
    fn length(&self, keys: &Keys) -> usize {
        self.atoms.iter().map(|atom| atom.text(keys).map_or(1, str::len)).sum()
    }

    fn make_ready(&mut self) {
        let plain = matches!(self.atoms.as_slice(), [] | [Atom::Literal(_)]);
        if plain || self.atoms.iter().any(|atom| matches!(atom, Atom::Variable(_))) {
            return;
        }
        let chars = self.chars(Keys::none());
        if chars.len() <= READY_CHARS_MAX {
            self.needle = Some(Needle::new(&chars));
        }
    }

    /// Its characters, where `None` is any.
    fn chars(&self, keys: &Keys) -> Vec<Option<char>> {
        let mut chars = Vec::new();
        for atom in &self.atoms {
            match atom.text(keys) {
                Some(text) => chars.extend(text.chars().map(Some)),
                None => chars.push(None),
            }
        }
        chars
    }
}

/// Reads a pattern's text.
pub(crate) fn tokens(text: &str, wildcards: Wildcards, variables: Variables) -> Result<Vec<Token>, &'static str> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if variables == Variables::Replaced
            && let Some(inside) = rest.strip_prefix("${")
        {
            let (token, after) = variable(inside)?;
            rest = after;
            match token {
                Token::Literal(text) => literal(&mut tokens, &text),
                other @ (Token::AnyRun | Token::AnyChar | Token::Variable { .. }) => tokens.push(other),
            }
            continue;
        }
        let (this, after) = rest.split_at(char.len_utf8());
        rest = after;
        match (char, wildcards) {
            // Stars in a row are one.
            ('*', Wildcards::Special) if tokens.last() == Some(&Token::AnyRun) => {}
            ('*', Wildcards::Special) => tokens.push(Token::AnyRun),
            ('?', Wildcards::Special) => tokens.push(Token::AnyChar),
            (_, Wildcards::Special | Wildcards::Literal) => literal(&mut tokens, this),
        }
    }
    Ok(tokens)
}

fn literal(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Literal(before)) => before.push_str(text),
        Some(Token::AnyRun | Token::AnyChar | Token::Variable { .. }) | None => {
            tokens.push(Token::Literal(text.to_owned()));
        }
    }
}

/// Reads what stands behind `${`, and gives what follows the closing brace.
fn variable(inside: &str) -> Result<(Token, &str), &'static str> {
    for special in ["*", "?", "$"] {
        if let Some(after) = inside.strip_prefix(special).and_then(|rest| rest.strip_prefix('}')) {
            return Ok((Token::Literal(special.to_owned()), after));
        }
    }
    let end = inside.find(['}', ',']).ok_or("a variable has no closing brace")?;
    let (key, rest) = inside.split_at(end);
    let key = key.trim();
    if key.is_empty() || key.contains(['$', '{', '*', '?', '\'', '"']) || key.contains(char::is_control) {
        return Err("a variable has no valid name");
    }
    let (default, after) = match rest.strip_prefix(',') {
        None => (None, &rest[1..]),
        Some(rest) => {
            let quoted = rest.trim_start().strip_prefix('\'').ok_or("a variable's default is not in single quotes")?;
            let (default, rest) = quoted.split_once('\'').ok_or("a variable's default has no closing quote")?;
            let after = rest.trim_start().strip_prefix('}').ok_or("a variable has no closing brace")?;
            (Some(default.to_owned()), after)
        }
    };
    Ok((Token::Variable { key: key.to_owned(), default }, after))
}
