//! What looks like an attack and is none: fingerprints that ordinary texts have too.

use memchr::memmem;

use super::kind::{Kind, Token};
use super::scan::Scanner;

/// Whether a known fingerprint is excused by what stands behind its letters.
pub(super) fn is_excused(letters: &[u8], tokens: &[Token<'_>], scanner: &Scanner<'_>) -> bool {
    let ends_in_comment = tokens.len() > 1 && tokens[tokens.len() - 1].kind == Kind::Comment;
    // SQL Server leaves statements with this word out of its log.
    if ends_in_comment && memmem::find(scanner.input, b"sp_password").is_some() {
        return false;
    }
    match tokens {
        [first, second] => is_two_excused(first, second, scanner),
        [first, second, third] => is_three_excused(letters, [first, second, third], scanner.tokens),
        _ => false,
    }
}

/// PHP's and MySQL's comment of one back quote at the end: a name that is never closed and empty.
pub(super) fn is_php_comment(last: &Token<'_>) -> bool {
    last.kind == Kind::Bareword && last.open == b'`' && last.close == 0 && last.text.is_empty()
}

fn is_two_excused(first: &Token<'_>, second: &Token<'_>, scanner: &Scanner<'_>) -> bool {
    // `1 union` alone; with more that was folded away it is an attack.
    if second.kind == Kind::Union {
        return scanner.tokens == 2;
    }
    let opening = second.text.first().copied();
    if opening == Some(b'#') {
        return true;
    }
    match first.kind {
        // Only `/*` behind a word is SQL's; people end words with `--`.
        Kind::Bareword if opening != Some(b'/') => return true,
        Kind::Number if opening == Some(b'/') => return false,
        Kind::Number => return !is_number_before_comment(first, scanner),
        _ => {}
    }
    // `1-- ` and `1--` are scans, text behind the dashes is text.
    second.text.len() > 2 && opening == Some(b'-')
}

/// `1234--` and not `1234-ABCDEF--`, which is folded to the same.
fn is_number_before_comment(number: &Token<'_>, scanner: &Scanner<'_>) -> bool {
    if scanner.tokens > 2 {
        return true;
    }
    // The place behind the number, where the input begins with it.
    let behind = number.text.len();
    match scanner.input.get(behind).copied() {
        // Signed bytes in the original: what is not ASCII counts as white space.
        Some(0..=32 | 128..) => true,
        Some(byte @ (b'/' | b'-')) => scanner.input.get(behind + 1) == Some(if byte == b'/' { &b'*' } else { &b'-' }),
        Some(_) | None => false,
    }
}

fn is_three_excused(letters: &[u8], [first, second, third]: [&Token<'_>; 3], read: usize) -> bool {
    match letters {
        // `…foo' + 'bar…`: the quotes outside are missing, and those inside are of one kind.
        b"sos" | b"s&s" => first.open != 0 || third.close != 0 || first.close != third.open,
        b"s&n" | b"n&1" | b"1&1" | b"1&v" | b"1&s" => read == 3,
        // Only `INTO OUTFILE` and `INTO DUMPFILE` attack.
        _ if second.kind == Kind::Keyword => second.text.len() < 5 || !second.text[..4].eq_ignore_ascii_case(b"INTO"),
        _ => false,
    }
}
