//! HTML's character references.

use super::rewrite::{Changed, hex, push_utf8, rewrite};

/// AWS's list but for the oldest names, in small letters (case does not matter) and in order; no-break spaces are byte 160.
const NAMES: [(&[u8], u8); 41] = [
    (b"apos", b'\''),
    (b"ast", b'*'),
    (b"bsol", b'\\'),
    (b"colon", b':'),
    (b"comma", b','),
    (b"diacriticalgrave", b'`'),
    (b"diacriticaltilde", b'~'),
    (b"dollar", b'$'),
    (b"equals", b'='),
    (b"excl", b'!'),
    (b"grave", b'`'),
    (b"hat", b'^'),
    (b"lbrace", b'{'),
    (b"lbrack", b'['),
    (b"lcub", b'{'),
    (b"lowbar", b'_'),
    (b"lpar", b'('),
    (b"lsqb", b'['),
    (b"midast", b'*'),
    (b"minus", b'-'),
    (b"newline", b'\n'),
    (b"nonbreakingspace", 0xA0),
    (b"num", b'#'),
    (b"percent", b'%'),
    (b"percnt", b'%'),
    (b"period", b'.'),
    (b"plus", b'+'),
    (b"quest", b'?'),
    (b"rbrace", b'}'),
    (b"rbrack", b']'),
    (b"rcub", b'}'),
    (b"rpar", b')'),
    (b"rsqb", b']'),
    (b"semi", b';'),
    (b"sol", b'/'),
    (b"tab", b'\t'),
    (b"tilde", b'~'),
    (b"underbar", b'_'),
    (b"verbar", b'|'),
    (b"vert", b'|'),
    (b"verticalline", b'|'),
];

/// The longest name.
const NAME_BYTES_MAX: usize = 16;

/// References by name and by number. The semicolon may be missing where browsers do without it: after numbers, and after
/// the oldest names when no letter or digit follows.
/// <https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state>
pub(super) fn decode(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(
        value,
        out,
        |rest| memchr::memchr(b'&', rest),
        |rest, out| match rest {
            [b'&', b'#', ..] => number(rest, out),
            [..] => name(rest, out),
        },
    )
}

fn number(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let (digits, base) = if let [b'x' | b'X', ..] = rest[2..] { (3, 16) } else { (2, 10) };
    let (mut code, mut end) = (0_u32, digits);
    // As many digits as there are: browsers read past any number of leading zeros.
    while let Some(digit) = rest.get(end).copied().and_then(hex).filter(|digit| u32::from(*digit) < base) {
        code = code.saturating_mul(base).saturating_add(u32::from(digit));
        end += 1;
    }
    if end == digits {
        return 0;
    }
    // As `&nbsp;` does, numbers up to 255 stand for bytes.
    match u8::try_from(code) {
        Ok(byte) => out.push(byte),
        Err(_) => push_utf8(out, code),
    }
    end + usize::from(rest.get(end) == Some(&b';'))
}

fn name(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let window = &rest[1..rest.len().min(NAME_BYTES_MAX + 2)];
    let length = window.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(window.len());
    if length == 0 || length > NAME_BYTES_MAX {
        return 0;
    }
    let closed = rest.get(1 + length) == Some(&b';');
    let mut name = [0; NAME_BYTES_MAX];
    let name = &mut name[..length];
    name.copy_from_slice(&window[..length]);
    name.make_ascii_lowercase();
    let byte = match &*name {
        b"amp" => b'&',
        b"gt" => b'>',
        b"lt" => b'<',
        b"nbsp" => 0xA0,
        b"quot" => b'"',
        // Queries are full of names without a semicolon: those are not sought in the list.
        _ if closed => match NAMES.binary_search_by(|(known, _)| (*known).cmp(name)) {
            Ok(found) => NAMES[found].1,
            Err(_) => return 0,
        },
        _ => return 0,
    };
    out.push(byte);
    1 + length + usize::from(closed)
}
