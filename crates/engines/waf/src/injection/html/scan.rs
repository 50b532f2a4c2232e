//! Cuts a value into the pieces of HTML, as the standard says and as old browsers did besides.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#tokenization>

use memchr::{memchr, memmem};

use super::names::begins_with;
use super::token::{Kind, Place, Token};

/// What is expected next.
#[derive(Debug, Clone, Copy)]
enum State {
    Text,
    /// Behind `<`.
    TagOpen,
    /// At the `>` behind a name or a value.
    TagEnd,
    BeforeName,
    AfterName,
    BeforeValue,
    /// Inside of a quoted value.
    Quoted(u8),
    AfterQuoted,
    /// Behind a `/` inside of a tag.
    AfterSlash,
    End,
}

/// The pieces of a value.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    value: &'a [u8],
    at: usize,
    state: State,
    /// The tag began with `</`.
    is_closing: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(value: &'a [u8], place: Place) -> Self {
        let state = match place {
            Place::Text => State::Text,
            Place::Tag => State::BeforeName,
            Place::Single => State::Quoted(b'\''),
            Place::Double => State::Quoted(b'"'),
            Place::Back => State::Quoted(b'`'),
        };
        Scanner { value, at: 0, state, is_closing: false }
    }

    /// The next piece; none at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        match self.state {
            State::Text => self.text(),
            State::TagOpen => self.tag_open(),
            State::TagEnd => {
                self.is_closing = false;
                Some(self.take(1, 0, Kind::TagEnd, State::Text))
            }
            State::BeforeName => self.before_name(),
            State::AfterName => self.after_name(),
            State::BeforeValue => self.before_value(),
            State::Quoted(quote) => Some(self.quoted(quote)),
            State::AfterQuoted => self.after_quoted(),
            State::AfterSlash => self.after_slash(),
            State::End => None,
        }
    }

    /// The next bytes as a piece, with more behind it that belongs to none.
    fn take(&mut self, len: usize, skipped: usize, kind: Kind, next: State) -> Token<'a> {
        let at = self.at;
        self.at += len + skipped;
        self.state = next;
        Token { kind, at, text: &self.value[at..at + len] }
    }

    /// All that is left, as a piece.
    fn take_rest(&mut self, kind: Kind) -> Token<'a> {
        self.take(self.value.len() - self.at, 0, kind, State::End)
    }

    fn rest(&self) -> &'a [u8] {
        &self.value[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.value.get(self.at).copied()
    }

    /// Skips white space and tells what follows.
    // SECURITY: byte 255 is a byte like others. The original takes it for the end where characters have signs, so that it
    // hides whatever stands behind it; browsers do not.
    fn skip_white(&mut self) -> Option<u8> {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
        self.peek()
    }

    fn text(&mut self) -> Option<Token<'a>> {
        match memchr(b'<', self.rest()) {
            Some(0) => {
                self.at += 1;
                self.state = State::TagOpen;
                self.tag_open()
            }
            Some(len) => Some(self.take(len, 1, Kind::Text, State::TagOpen)),
            None if self.rest().is_empty() => None,
            None => Some(self.take_rest(Kind::Text)),
        }
    }

    fn tag_open(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'!' => {
                self.at += 1;
                Some(self.markup_declaration())
            }
            b'/' => {
                self.at += 1;
                self.is_closing = true;
                self.end_tag_open()
            }
            b'?' => {
                self.at += 1;
                Some(self.until_greater(Kind::Comment))
            }
            // A comment to Internet Explorer before 10 and to Safari before 4.
            b'%' => {
                self.at += 1;
                Some(self.comment(memmem::find(self.rest(), b"%>").map(|end| (end, 2))))
            }
            // Internet Explorer ignores null bytes.
            0 | b'a'..=b'z' | b'A'..=b'Z' => Some(self.tag_name()),
            _ => {
                self.state = State::Text;
                Some(Token { kind: Kind::Text, at: self.at - 1, text: &self.value[self.at - 1..self.at] })
            }
        }
    }

    fn end_tag_open(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'>' => self.text(),
            b'a'..=b'z' | b'A'..=b'Z' => Some(self.tag_name()),
            _ => {
                self.is_closing = false;
                Some(self.until_greater(Kind::Comment))
            }
        }
    }

    fn tag_name(&mut self) -> Token<'a> {
        let ends = |byte: &u8| *byte != 0 && (is_white(*byte) || matches!(byte, b'/' | b'>'));
        let rest = self.rest();
        let Some(len) = rest.iter().position(ends) else { return self.take_rest(Kind::TagName) };
        match rest[len] {
            b'/' => self.take(len, 1, Kind::TagName, State::AfterSlash),
            b'>' if self.is_closing => {
                self.is_closing = false;
                self.take(len, 1, Kind::EndTag, State::Text)
            }
            b'>' => self.take(len, 0, Kind::TagName, State::TagEnd),
            _ => self.take(len, 1, Kind::TagName, State::BeforeName),
        }
    }

    fn before_name(&mut self) -> Option<Token<'a>> {
        loop {
            match self.skip_white()? {
                b'/' => {
                    self.at += 1;
                    if self.peek()? == b'>' {
                        return Some(self.self_end());
                    }
                }
                b'>' => return Some(self.take(1, 0, Kind::TagEnd, State::Text)),
                _ => return Some(self.name()),
            }
        }
    }

    /// An attribute's name; its first byte may be anything.
    fn name(&mut self) -> Token<'a> {
        let ends = |byte: &u8| is_white(*byte) || matches!(byte, b'/' | b'=' | b'>');
        let rest = self.rest();
        let Some(len) = rest[1..].iter().position(ends).map(|more| more + 1) else {
            return self.take_rest(Kind::AttributeName);
        };
        match rest[len] {
            b'/' => self.take(len, 1, Kind::AttributeName, State::AfterSlash),
            b'=' => self.take(len, 1, Kind::AttributeName, State::BeforeValue),
            b'>' => self.take(len, 0, Kind::AttributeName, State::TagEnd),
            _ => self.take(len, 1, Kind::AttributeName, State::AfterName),
        }
    }

    fn after_name(&mut self) -> Option<Token<'a>> {
        match self.skip_white()? {
            b'/' => {
                self.at += 1;
                self.after_slash()
            }
            b'=' => {
                self.at += 1;
                self.before_value()
            }
            b'>' => {
                self.is_closing = false;
                Some(self.take(1, 0, Kind::TagEnd, State::Text))
            }
            _ => Some(self.name()),
        }
    }

    fn before_value(&mut self) -> Option<Token<'a>> {
        match self.skip_white()? {
            quote @ (b'"' | b'\'' | b'`') => Some(self.quoted(quote)),
            _ => Some(self.unquoted()),
        }
    }

    /// A value up to its quote. At the very beginning, the quote before it stands outside of what is judged.
    fn quoted(&mut self, quote: u8) -> Token<'a> {
        self.at += usize::from(self.at > 0);
        match memchr(quote, self.rest()) {
            Some(len) => self.take(len, 1, Kind::AttributeValue, State::AfterQuoted),
            None => self.take_rest(Kind::AttributeValue),
        }
    }

    fn unquoted(&mut self) -> Token<'a> {
        let rest = self.rest();
        match rest.iter().position(|byte| is_white(*byte) || *byte == b'>') {
            None => self.take_rest(Kind::AttributeValue),
            Some(len) if rest[len] == b'>' => self.take(len, 0, Kind::AttributeValue, State::TagEnd),
            Some(len) => self.take(len, 1, Kind::AttributeValue, State::BeforeName),
        }
    }

    fn after_quoted(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'/' => {
                self.at += 1;
                self.after_slash()
            }
            _ => self.before_name(),
        }
    }

    fn after_slash(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'>' => Some(self.self_end()),
            _ => self.before_name(),
        }
    }

    /// `/>`, whose slash is read already.
    fn self_end(&mut self) -> Token<'a> {
        self.at -= 1;
        self.take(2, 0, Kind::TagSelfEnd, State::Text)
    }

    /// What `<!` begins.
    fn markup_declaration(&mut self) -> Token<'a> {
        let rest = self.rest();
        if begins_with(rest, "DOCTYPE") {
            return self.until_greater(Kind::Doctype);
        }
        if rest.starts_with(b"[CDATA[") {
            self.at += b"[CDATA[".len();
            return match memmem::find(self.rest(), b"]]>") {
                Some(len) => self.take(len, 3, Kind::Text, State::Text),
                None => self.take_rest(Kind::Text),
            };
        }
        if rest.starts_with(b"--") {
            self.at += 2;
            return self.comment(end_of_comment(self.rest()));
        }
        self.until_greater(Kind::Comment)
    }

    fn until_greater(&mut self, kind: Kind) -> Token<'a> {
        match memchr(b'>', self.rest()) {
            Some(len) => self.take(len, 1, kind, State::Text),
            None => self.take_rest(kind),
        }
    }

    /// A comment of some length and the length of what ends it, or up to the end.
    fn comment(&mut self, end: Option<(usize, usize)>) -> Token<'a> {
        match end {
            Some((len, ending)) => self.take(len, ending, Kind::Comment, State::Text),
            None => self.take_rest(Kind::Comment),
        }
    }
}

/// Where a comment ends, and the length of its ending: `-->` or `-!>`, with null bytes behind the first dash.
fn end_of_comment(text: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let dash = from + memchr(b'-', &text[from..])?;
        let nulls = text[dash + 1..].iter().take_while(|byte| **byte == 0).count();
        match text[dash + 1 + nulls..] {
            [b'-' | b'!', b'>', ..] => return Some((dash, nulls + 3)),
            [] | [b'-' | b'!'] => return None,
            _ => from = dash + 1,
        }
    }
}

/// White space in a tag. Old browsers count null bytes, and so do we.
fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r' | 0)
}
