//! Addresses that run a script, however they are written.

use super::names::begins_with;

/// `JAVA` covers `javascript:`, and `DATA` what a document holds in itself.
const SCHEMES: [&str; 4] = ["DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT"];
/// Characters above it are none; what claims to be one is not decoded.
const CHARACTER_MAX: u32 = 0x0010_00FF;

/// Whether the address has a scheme that runs scripts.
pub(super) fn is_dangerous(address: &[u8]) -> bool {
    // Browsers skip control characters, and some skip white space of other alphabets.
    let start = address.iter().position(|byte| (33..127).contains(byte)).unwrap_or(address.len());
    let address = &address[start..];
    SCHEMES.iter().any(|scheme| begins_decoded(address, scheme))
}

/// Whether the address begins with the scheme once its character references are read; null bytes and line feeds do not
/// count, and neither does white space at the beginning.
fn begins_decoded(address: &[u8], scheme: &str) -> bool {
    if begins_with(address, scheme) {
        return true;
    }
    let (mut rest, mut is_first) = (address, true);
    let mut expected = scheme.bytes();
    let mut wanted = expected.next();
    while let (Some(letter), false) = (wanted, rest.is_empty()) {
        let (character, len) = decode(rest);
        rest = &rest[len..];
        if is_first && character <= 32 {
            continue;
        }
        is_first = false;
        if character == 0 || character == u32::from(b'\n') {
            continue;
        }
        // Only the lowest byte counts, as in the original.
        let byte = if character < 128 { (character as u8).to_ascii_uppercase() } else { character as u8 };
        if byte != letter {
            return false;
        }
        wanted = expected.next();
    }
    wanted.is_none()
}

/// The first character and the bytes it takes. Only numeric references are read; names of characters cannot spell a
/// scheme.
fn decode(text: &[u8]) -> (u32, usize) {
    let plain = (u32::from(text[0]), 1);
    let (radix, start) = match text {
        [b'&', b'#', b'x' | b'X', ..] => (16, 3),
        [b'&', b'#', ..] => (10, 2),
        _ => return plain,
    };
    let (mut value, mut at) = (0, start);
    while let Some(digit) = text.get(at).and_then(|byte| char::from(*byte).to_digit(radix)) {
        value = value * radix + digit;
        if value > CHARACTER_MAX {
            return plain;
        }
        at += 1;
    }
    if at == start {
        return plain;
    }
    (value, at + usize::from(text.get(at) == Some(&b';')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_seen_through_references_nulls_and_line_feeds() {
        for (address, expected) in [
            ("javascript:alert(1)", true),
            ("JaVa\nScript:1", true),
            (" \u{1}\u{a0}javascript:1", true),
            ("&#106;avascript:1", true),
            ("&#x6a;&#0000097va", true),
            ("j\0a\0v\0a", true),
            ("&#1;data:x", true),
            ("view-source:x", true),
            ("vbscript:x", true),
            ("https://example.com/java", false),
            ("dat", false),
            ("&#x;data", false),
            ("&#;data", false),
            ("&#99999999999999;data", false),
            ("&amp;data", false),
            ("", false),
        ] {
            assert_eq!(is_dangerous(address.as_bytes()), expected, "{address:?}");
        }
    }
}
