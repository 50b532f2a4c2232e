//! JSON on one line of plain text: what a stranger wrote neither ends the line nor moves a terminal's cursor.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// The text has more bytes than there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Writes a value behind what is in `out`, as long as it takes no more than `max` bytes.
pub(super) fn write(value: &impl Serialize, out: &mut Vec<u8>, max: usize) -> Result<(), TooLong> {
    let within = Within { left: max, out };
    value.serialize(&mut Serializer::with_formatter(within, Escaping)).map_err(|_| TooLong)
}

/// Refuses what goes beyond the room.
struct Within<'a> {
    left: usize,
    out: &'a mut Vec<u8>,
}

impl Write for Within<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::WriteZero)?;
        self.left = left;
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// SECURITY: JSON itself lets DEL, the controls above ASCII and marks that turn text around pass as they are; a terminal
/// obeys some of them. Escaped they are the same text to every reader of JSON.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut start = 0;
        for (at, char) in fragment.char_indices().filter(|(_, char)| is_obeyed(*char)) {
            writer.write_all(&fragment.as_bytes()[start..at])?;
            write!(writer, "\\u{:04x}", u32::from(char))?;
            start = at + char.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }
}

/// Controls, line and paragraph separators, and marks of direction: all below U+10000.
fn is_obeyed(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left_and_readers_get_the_same_text() {
        for text in ["plain", "", "\n\r\0\u{1b}[2J\u{7f}", "\u{9b}31m", "a\u{202e}b\u{2028}c", "grün \u{1f600}", "\"\\"]
        {
            let mut line = Vec::new();
            write(&text, &mut line, usize::MAX).expect("room");
            let line = String::from_utf8(line).expect("text");
            assert!(!line.chars().any(is_obeyed), "{line:?}");
            assert_eq!(serde_json::from_str::<String>(&line).expect("JSON"), text);
        }
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let mut line = Vec::new();
        assert_eq!(write(&"12345678", &mut line, 9), Err(TooLong));
        assert!(line.len() <= 9);
        line.clear();
        assert_eq!(write(&"12345678", &mut line, 10), Ok(()));
    }
}
