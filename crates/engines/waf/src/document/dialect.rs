//! AWS's dialect of regular expressions (libpcre's, on bytes) put into the words of the engine that runs them.
//!
//! The two languages look alike and differ in small ways (`[[<]`, `\<`, `{`, `$`, `\h`, `a++`); each of these would
//! compile and match something else. So every construct is read here, and either written anew or refused by its name.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html>

mod class;
mod escape;

use std::fmt::Write as _;

use escape::Escaped;

/// Larger bounds are what AWS calls large values of quantifiers.
const REPEAT_MAX: u32 = 1_000;
const NESTING_MAX: usize = 50;

/// The expression for the engine, or what in it is not supported.
pub(super) fn translated(source: &str) -> Result<String, String> {
    let mut reader = Reader { rest: source, out: String::with_capacity(source.len() * 2), ..Reader::default() };
    while let Some(next) = reader.take() {
        reader.step(next)?;
    }
    match reader.groups.len() {
        0 => Ok(reader.out),
        _ => Err("a group is not closed".to_owned()),
    }
}

/// What stands before, for a quantifier to repeat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Nothing,
    Atom,
    Quantifier,
    Lazy,
}

#[derive(Debug, Default)]
struct Reader<'a> {
    rest: &'a str,
    out: String,
    before: Before,
    /// Whether `$` is the end of a line, here and in the groups around.
    lines: bool,
    groups: Vec<bool>,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn take_if(&mut self, text: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(text) else { return false };
        self.rest = rest;
        true
    }

    fn step(&mut self, next: char) -> Result<(), String> {
        match next {
            '\\' => self.escape(),
            '[' => {
                let class = class::translated(&mut self.rest)?;
                self.atom(&class);
                Ok(())
            }
            '(' => self.open(),
            ')' => {
                self.lines = self.groups.pop().ok_or("a group is closed that is not open")?;
                self.atom(")");
                Ok(())
            }
            '|' => {
                self.out.push('|');
                self.before = Before::Nothing;
                Ok(())
            }
            '*' | '+' | '?' => self.quantifier(&next.to_string()),
            '{' => {
                if let Some(bounds) = bounds(&mut self.rest)? {
                    return self.quantifier(&bounds);
                }
                self.literal('{');
                Ok(())
            }
            '^' | '.' => {
                self.atom(next.encode_utf8(&mut [0; 4]));
                Ok(())
            }
            // Without (?m), the end, or before the line break that ends it.
            '$' => {
                self.atom(if self.lines { "$" } else { r"(?:\n?\z)" });
                Ok(())
            }
            other => {
                self.literal(other);
                Ok(())
            }
        }
    }

    fn atom(&mut self, text: &str) {
        self.out.push_str(text);
        self.before = Before::Atom;
    }

    /// A character as its bytes; a quantifier behind it repeats the last one, as libpcre has it.
    fn literal(&mut self, character: char) {
        if character.is_ascii_alphanumeric() || character == ' ' || character == '/' {
            self.out.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                push_byte(&mut self.out, byte);
            }
        }
        self.before = Before::Atom;
    }

    fn quantifier(&mut self, text: &str) -> Result<(), String> {
        self.before = match (self.before, text) {
            (Before::Atom, _) => Before::Quantifier,
            (Before::Quantifier, "?") => Before::Lazy,
            (Before::Quantifier, "+") => return Err("possessive quantifiers are not supported".to_owned()),
            (Before::Nothing | Before::Quantifier | Before::Lazy, _) => {
                return Err(format!("the quantifier {text} has nothing to repeat"));
            }
        };
        self.out.push_str(text);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        if self.take_if("Q") {
            let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            literal.chars().for_each(|character| self.literal(character));
            self.rest = rest;
            return Ok(());
        }
        if self.take_if("E") {
            return Ok(());
        }
        match escape::read(&mut self.rest)? {
            Escaped::Byte(byte) => {
                push_byte(&mut self.out, byte);
                self.before = Before::Atom;
            }
            Escaped::Character(character) => self.literal(character),
            Escaped::Written(text) => self.atom(text),
        }
        Ok(())
    }

    /// Every group becomes one without a name or number: nothing refers to groups.
    fn open(&mut self) -> Result<(), String> {
        if self.rest.starts_with('*') {
            return Err("backtracking control verbs are not supported".to_owned());
        }
        if self.take_if("?#") {
            let (_, rest) = self.rest.split_once(')').ok_or("a comment is not closed")?;
            self.rest = rest;
            return Ok(());
        }
        if self.groups.len() >= NESTING_MAX {
            return Err("groups are nested too deep".to_owned());
        }
        let outside = self.lines;
        if self.take_if("?") {
            for (start, name) in REFUSED_GROUPS {
                if self.rest.starts_with(start) {
                    return Err(format!("{name} are not supported"));
                }
            }
            if self.take_if("P<") || self.take_if("<") {
                let (name, rest) = self.rest.split_once('>').ok_or("a group's name is not closed")?;
                if name.is_empty() || !name.bytes().all(super::matching::is_word) {
                    return Err("a group's name consists of letters, digits and _".to_owned());
                }
                self.rest = rest;
            } else if !self.take_if(":") {
                let alone = self.flags()?;
                if !alone {
                    self.groups.push(outside);
                }
                return Ok(());
            }
        }
        self.out.push_str("(?:");
        self.groups.push(outside);
        self.before = Before::Nothing;
        Ok(())
    }

    /// Reads `i-s)` or `i-s:` behind `(?`, and writes it; answers whether it stood for itself, without a group.
    fn flags(&mut self) -> Result<bool, String> {
        let (mut text, mut on) = (String::from("(?"), true);
        loop {
            match self.take() {
                Some('-') if on => {
                    on = false;
                    text.push('-');
                }
                Some(flag @ ('i' | 's' | 'm' | 'U')) => {
                    if flag == 'm' {
                        self.lines = on;
                    }
                    text.push(flag);
                }
                Some(end @ (')' | ':')) if text.len() > 2 && !text.ends_with('-') => {
                    text.push(end);
                    self.out.push_str(&text);
                    self.before = Before::Nothing;
                    return Ok(end == ')');
                }
                Some(other) => return Err(format!("(?{other} is not supported")),
                None => return Err("a group is not closed".to_owned()),
            }
        }
    }
}

/// What may stand behind `(?` in libpcre and has no linear-time meaning, or needs groups that are remembered.
const REFUSED_GROUPS: [(&str, &str); 14] = [
    ("=", "zero-width assertions (look-ahead)"),
    ("!", "zero-width assertions (look-ahead)"),
    ("<=", "zero-width assertions (look-behind)"),
    ("<!", "zero-width assertions (look-behind)"),
    (">", "atomic groups"),
    ("|", "branch resets"),
    ("(", "conditional patterns"),
    ("P=", "backreferences"),
    ("P>", "subroutine references"),
    ("&", "subroutine references"),
    ("R", "recursive patterns"),
    ("+", "subroutine references"),
    ("C", "callouts"),
    ("x", "extended patterns"),
];

/// Reads `n}`, `n,}` or `n,m}` behind a brace; anything else leaves the brace a character.
fn bounds(rest: &mut &str) -> Result<Option<String>, String> {
    let Some((inside, behind)) = rest.split_once('}') else { return Ok(None) };
    let (least, most) = inside.split_once(',').map_or((inside, None), |(least, most)| (least, Some(most)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(least) || most.is_some_and(|most| !most.is_empty() && !digits(most)) {
        return Ok(None);
    }
    for bound in [least, most.unwrap_or("")] {
        if !bound.is_empty() && bound.parse::<u32>().ok().is_none_or(|bound| bound > REPEAT_MAX) {
            return Err(format!("quantifiers above {REPEAT_MAX} are not supported"));
        }
    }
    *rest = behind;
    Ok(Some(format!("{{{inside}}}")))
}

fn push_byte(out: &mut String, byte: u8) {
    write!(out, "\\x{byte:02X}").expect("writing to a text does not fail");
}

#[cfg(test)]
mod tests;
