//! Reads JSON bodies piece by piece: no tree, no recursion, in one pass over the bytes.
//!
//! It reads what AWS's scanner reads: commas and colons that are missing and colons that are doubled do not end the
//! inspection, nor do control characters in texts. Everything else that is no JSON does.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html#waf-rule-statement-request-component-json-body>

use std::fmt;

mod text;
mod paths;
mod pointer;

pub(crate) use paths::{Frame, Pointer, Tracker};
pub(crate) use pointer::pointer;
pub(crate) use text::decode;

/// How deep arrays and objects may stand in one another. Back ends end at about as much; a deeper body is no JSON here.
pub(crate) const DEPTH_MAX: usize = 1024;

/// Why a body is no JSON, or no more of it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The body ends before its JSON does: cut off where it is longer than what is inspected.
    Ended,
    /// Something that is no JSON.
    Syntax {
        /// Where, in bytes from the body's beginning.
        offset: usize,
    },
    /// Arrays and objects stand more than 1,024 deep in one another.
    TooDeep {
        /// Where, in bytes from the body's beginning.
        offset: usize,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Ended => f.write_str("the body ends before its JSON does"),
            Broken::Syntax { offset } => write!(f, "the body is no JSON from byte {offset} on"),
            Broken::TooDeep { offset } => {
                write!(f, "the body's JSON is more than {DEPTH_MAX} levels deep at byte {offset}")
            }
        }
    }
}

/// One piece of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// An object begins.
    OpenObject,
    /// An array begins.
    OpenArray,
    /// The innermost object or array ends.
    Close,
    /// A member's name.
    Key(Text),
    /// A text, number, `true`, `false` or `null`.
    Scalar(Text),
}

/// Where a name or a scalar stands in the body, without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// There are escapes in it.
    pub(crate) escaped: bool,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The body's one value.
    Value,
    /// Behind `{`.
    FirstKey,
    /// Behind a member.
    CommaOrKey,
    /// Behind a member's comma.
    Key,
    /// Behind a name.
    ColonOrValue,
    /// Behind `[`.
    FirstItem,
    /// Behind an item.
    CommaOrItem,
    /// Behind an item's comma.
    Item,
    /// Behind the body's value.
    Nothing,
    /// Behind what is no JSON.
    Failure(Broken),
}

/// A body that is being read.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    body: &'a [u8],
    at: usize,
    next: Next,
    depth: usize,
    /// One bit a level: set for objects.
    objects: [u64; DEPTH_MAX / 64],
}

impl<'a> Scanner<'a> {
    /// Begins at the body's beginning, behind a byte order mark.
    pub(crate) fn new(body: &'a [u8]) -> Scanner<'a> {
        let at = if body.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Scanner { body, at, next: Next::Value, depth: 0, objects: [0; DEPTH_MAX / 64] }
    }

    /// The next piece; `None` behind the last one. After a failure it is answered again and again.
    #[inline]
    pub(crate) fn advance(&mut self) -> Option<Result<Piece, Broken>> {
        loop {
            let Some(&byte) = self.body.get(self.at) else {
                return match self.next {
                    Next::Nothing => None,
                    Next::Failure(broken) => Some(Err(broken)),
                    _ => Some(self.fail(Broken::Ended)),
                };
            };
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                self.at += 1;
                continue;
            }
            match self.next {
                Next::CommaOrItem if byte == b',' => self.next = Next::Item,
                Next::CommaOrKey if byte == b',' => self.next = Next::Key,
                Next::ColonOrValue if byte == b':' => {}
                Next::FirstItem | Next::CommaOrItem if byte == b']' => return Some(Ok(self.close())),
                Next::FirstKey | Next::CommaOrKey if byte == b'}' => return Some(Ok(self.close())),
                Next::Value | Next::ColonOrValue | Next::FirstItem | Next::CommaOrItem | Next::Item => {
                    return Some(self.value(byte));
                }
                Next::FirstKey | Next::CommaOrKey | Next::Key if byte == b'"' => {
                    self.next = Next::ColonOrValue;
                    return Some(Ok(Piece::Key(self.text())));
                }
                Next::FirstKey | Next::CommaOrKey | Next::Key | Next::Nothing => {
                    return Some(self.fail(Broken::Syntax { offset: self.at }));
                }
                Next::Failure(broken) => return Some(Err(broken)),
            }
            self.at += 1;
        }
    }

    #[inline]
    fn close(&mut self) -> Piece {
        self.at += 1;
        self.depth -= 1;
        self.next = self.behind_value();
        Piece::Close
    }

    #[inline]
    fn value(&mut self, first: u8) -> Result<Piece, Broken> {
        match first {
            b'{' => self.open(true),
            b'[' => self.open(false),
            b'"' => {
                self.next = self.behind_value();
                Ok(Piece::Scalar(self.text()))
            }
            b'-' | b'0'..=b'9' => Ok(self.bare(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))),
            _ => {
                let word = ["true", "false", "null"].into_iter().find(|word| {
                    let rest = &self.body[self.at..];
                    rest.starts_with(word.as_bytes()) && !rest.get(word.len()).is_some_and(u8::is_ascii_alphanumeric)
                });
                match word {
                    Some(_) => Ok(self.bare(|byte| byte.is_ascii_alphabetic())),
                    None => self.fail(Broken::Syntax { offset: self.at }),
                }
            }
        }
    }

    fn open(&mut self, object: bool) -> Result<Piece, Broken> {
        if self.depth == DEPTH_MAX {
            return self.fail(Broken::TooDeep { offset: self.at });
        }
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if object {
            self.objects[word] |= bit;
        } else {
            self.objects[word] &= !bit;
        }
        self.depth += 1;
        self.at += 1;
        self.next = if object { Next::FirstKey } else { Next::FirstItem };
        Ok(if object { Piece::OpenObject } else { Piece::OpenArray })
    }

    /// What follows a value: it depends on what it stands in.
    fn behind_value(&self) -> Next {
        let Some(level) = self.depth.checked_sub(1) else { return Next::Nothing };
        if self.objects[level / 64] >> (level % 64) & 1 == 1 { Next::CommaOrKey } else { Next::CommaOrItem }
    }

    /// A number or a word.
    fn bare(&mut self, belongs: impl Fn(u8) -> bool) -> Piece {
        let start = self.at;
        let rest = &self.body[start..];
        self.at += rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
        self.next = self.behind_value();
        Piece::Scalar(Text { start, end: self.at, escaped: false })
    }

    /// A text from its quote on. What is readable of a broken one is answered; the failure comes next.
    fn text(&mut self) -> Text {
        let start = self.at + 1;
        let mut text = Text { start, end: start, escaped: false };
        loop {
            let Some(found) = find_end(&self.body[text.end..]) else {
                text.end = self.body.len();
                self.next = Next::Failure(Broken::Ended);
                return text;
            };
            text.end += found;
            if self.body[text.end] == b'"' {
                self.at = text.end + 1;
                return text;
            }
            match text::escape_bytes(&self.body[text.end..]) {
                Ok(bytes) => {
                    text.escaped = true;
                    text.end += bytes;
                }
                Err(ended) => {
                    let syntax = Broken::Syntax { offset: text.end };
                    self.next = Next::Failure(if ended { Broken::Ended } else { syntax });
                    return text;
                }
            }
        }
    }

    fn fail(&mut self, broken: Broken) -> Result<Piece, Broken> {
        self.next = Next::Failure(broken);
        Err(broken)
    }
}

/// Where a text's next quote or backslash stands. Most texts are short: a search that is at its best over long ones begins
/// behind the first bytes.
#[inline]
fn find_end(rest: &[u8]) -> Option<usize> {
    const SHORT: usize = 16;
    let short = rest.iter().take(SHORT).position(|byte| matches!(byte, b'"' | b'\\'));
    short.or_else(|| Some(SHORT + memchr::memchr2(b'"', b'\\', rest.get(SHORT..)?)?))
}
