//! Which bytes end a word, and which are white space.

/// The non-breaking space of Latin-1, which MySQL takes for white space.
pub(super) const ACCENTED_SPACE: u8 = 0xA0;

/// Ends a word.
pub(super) const ENDS_WORD: u8 = 1;
/// Ends the name of a variable.
pub(super) const ENDS_VARIABLE: u8 = 2;
/// Joins the parts of a name: `.` and the back quote.
pub(super) const JOINS: u8 = 4;
/// May stand in an input that is one word and nothing else.
pub(super) const PLAIN: u8 = 8;

/// What each byte is.
pub(super) static CLASSES: [u8; 256] = classes();

/// White space between tokens; Oracle takes the null byte for one.
pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r' | ACCENTED_SPACE | 0)
}

/// How many bytes pass from the beginning.
pub(super) fn span(bytes: &[u8], passes: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !passes(*byte)).unwrap_or(bytes.len())
}

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    mark(&mut classes, b" []{}<>:\\?=@!#~+-*/&|^%(),';\t\n\x0B\x0C\r\"\xA0\0", ENDS_WORD);
    mark(&mut classes, b" <>:\\?=@!#~+-*/&|^%(),';\t\n\x0B\x0C\r`\"\0", ENDS_VARIABLE);
    mark(&mut classes, b".`", JOINS);
    mark(&mut classes, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", PLAIN);
    classes
}

const fn mark(classes: &mut [u8; 256], bytes: &[u8], class: u8) {
    let mut at = 0;
    while at < bytes.len() {
        classes[bytes[at] as usize] |= class;
        at += 1;
    }
}
