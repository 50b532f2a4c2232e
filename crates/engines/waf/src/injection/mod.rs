//! Finds SQL injection and cross-site scripting in a value, as `SqliMatchStatement` and `XssMatchStatement` do.
//!
//! Both follow libinjection (see `NOTICE` at the root), which reads a value as a database or a browser would,
//! in every place where the value could have been put, and asks whether it means something there. No call allocates, and
//! each costs time that grows with the value and nothing else.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-sqli-match.html>
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-xss-match.html>

mod sql;
mod html;
#[cfg(test)]
mod corpus;

use std::fmt;

pub use html::{Xss, XssKind};

/// How readily a value counts as SQL injection: `SensitivityLevel` of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Sensitivity {
    /// What libinjection finds. AWS's default.
    #[default]
    Low,
    /// More, with more false alarms: see [`sqli`].
    High,
}

impl Sensitivity {
    /// Reads `LOW` or `HIGH`.
    pub fn parse(name: &str) -> Option<Sensitivity> {
        match name {
            "LOW" => Some(Sensitivity::Low),
            "HIGH" => Some(Sensitivity::High),
            _ => None,
        }
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Sensitivity::Low => "LOW",
            Sensitivity::High => "HIGH",
        }
    }
}

/// An attack on a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sqli {
    /// What gave it away.
    pub fingerprint: Fingerprint,
    /// Where it begins in the value, in bytes.
    pub offset: usize,
}

/// The kinds of an attack's tokens, at most five: `s&1c` is a string, `OR`, a number and a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    letters: [u8; 7],
    len: u8,
}

impl Fingerprint {
    fn of(kinds: impl IntoIterator<Item = u8>) -> Self {
        let mut fingerprint = Fingerprint { letters: [0; 7], len: 0 };
        for (place, letter) in fingerprint.letters.iter_mut().zip(kinds) {
            *place = letter;
            fingerprint.len += 1;
        }
        fingerprint
    }

    fn letters(&self) -> &[u8] {
        &self.letters[..usize::from(self.len)]
    }

    /// Its letters.
    pub fn as_str(&self) -> &str {
        // Letters are ASCII by construction.
        std::str::from_utf8(self.letters()).unwrap_or_default()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The first attack on a database that the value holds.
///
/// LOW is libinjection's answer to the letter. It judges the first five tokens that cannot be folded together, so that
/// `a or 1=1` is found and the same behind a sentence is not. HIGH adds what stands anywhere in the value:
///
/// - conditions of literals behind `AND`, `OR`, `XOR` or `HAVING`: `or 2>1`, `and 'a' in ('a')`, `or 1=(select …`;
/// - `UNION SELECT` with a value, a list or a table behind it;
/// - a statement behind a semicolon: `; drop table`, `; insert into a(`, `; exec xp_`, `; set @`;
/// - functions that wait, read or write files, or leak: `sleep` in a condition, `pg_sleep`, `load_file('`, `extractvalue`,
///   and `into outfile '`, `waitfor delay '`;
/// - operators and functions on JSON that is brought along: `'{"a":1}' @> '`, `json_extract('{`;
/// - tables that databases describe themselves in, and what they say of themselves: `from information_schema.`,
///   `substring(version(`, a subquery for one column;
/// - what cuts off the rest: `order by 10-- `, and any operator behind a closed quote before a bare `-- ` or `#`;
/// - MySQL's conditional comments with a word of SQL in them.
///
/// One word of SQL is never enough: texts and programs have them all.
pub fn sqli(value: &[u8], sensitivity: Sensitivity) -> Option<Sqli> {
    sqli_within(value, sensitivity, usize::MAX).found
}

/// What reading a value came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The first attack.
    pub(crate) found: Option<Sqli>,
    /// How many tokens were read, in all places where the value could stand.
    pub(crate) tokens: usize,
    /// There were more tokens than were allowed: where no attack was found, there may be one.
    pub(crate) is_cut: bool,
}

/// The same, reading at most so many tokens. What a value costs is in its tokens: a repeated `-"` has one for each byte, in
/// each place where the value could stand.
pub(crate) fn sqli_within(value: &[u8], sensitivity: Sensitivity, tokens_max: usize) -> Reading {
    let mut allowance = sql::Allowance::of(tokens_max);
    let found = match sensitivity {
        Sensitivity::Low => sql::detect(value, &mut allowance),
        Sensitivity::High => sql::detect_more(value, &mut allowance),
    };
    Reading { found, tokens: tokens_max - allowance.tokens, is_cut: allowance.is_spent }
}

/// The first attack on a browser that the value holds.
pub fn xss(value: &[u8]) -> Option<Xss> {
    html::detect(value)
}
