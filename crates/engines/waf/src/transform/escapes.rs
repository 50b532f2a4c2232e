//! Backslash escapes of JavaScript, CSS and ANSI C.

use super::rewrite::{Changed, hex, hex_pair, hex_quad, narrow, push_utf8, rewrite};

fn find(value: &[u8]) -> Option<usize> {
    memchr::memchr(b'\\', value)
}

/// What a letter behind a backslash stands for in C and JavaScript.
fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0B,
        _ => return None,
    })
}

/// An octal number of at most `digits_max` digits and 255; its value and how many digits it has.
fn octal(value: &[u8], digits_max: usize) -> Option<(u8, usize)> {
    let (mut number, mut digits) = (0_u16, 0);
    while let Some(digit @ b'0'..=b'7') = value.get(digits).copied()
        && digits < digits_max
        && number * 8 + u16::from(digit - b'0') <= 0xFF
    {
        number = number * 8 + u16::from(digit - b'0');
        digits += 1;
    }
    (digits > 0).then_some((number as u8, digits))
}

/// JavaScript's: `\u0041` (its lower byte), `\x41`, `\101`, `\n`; before all else the backslash goes.
pub(super) fn js(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, find, |rest, out| {
        let Some(&next) = rest.get(1) else { return 0 };
        let (byte, length) = match next {
            b'u' if let Some(code) = hex_quad(rest, 2) => (narrow(code), 6),
            b'x' if let Some(byte) = hex_pair(rest, 2) => (byte, 4),
            b'0'..=b'7' if let Some((byte, digits)) = octal(&rest[1..], 3) => (byte, 1 + digits),
            next => (control(next).unwrap_or(next), 2),
        };
        out.push(byte);
        length
    })
}

/// JavaScript's, with what Windows' paths look like left alone: `\n` and `\d` stay, only `\\`, `\/`, `\'` and `\"` lose their
/// backslash. Unicode escapes keep their value: `\u{1f600}` and pairs of surrogates become UTF-8.
pub(super) fn js_ext(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, find, |rest, out| match rest.get(1) {
        Some(b'u') => unicode(rest, out),
        Some(b'x') => hex_pair(rest, 2).map_or(0, |byte| {
            out.push(byte);
            4
        }),
        // One or two digits are as likely a folder's name.
        Some(b'0'..=b'7') if let Some((byte, 3)) = octal(&rest[1..], 3) => {
            out.push(byte);
            4
        }
        Some(next @ (b'\\' | b'/' | b'\'' | b'"')) => {
            out.push(*next);
            2
        }
        Some(_) | None => 0,
    })
}

/// `\u0041`, `\ud83d\ude00` or `\u{1f600}`.
fn unicode(rest: &[u8], out: &mut Vec<u8>) -> usize {
    if rest.get(2) == Some(&b'{') {
        let (mut code, mut end) = (0_u32, 3);
        while let Some(digit) = rest.get(end).copied().and_then(hex) {
            code = code.saturating_mul(16).saturating_add(u32::from(digit));
            end += 1;
        }
        if end == 3 || rest.get(end) != Some(&b'}') {
            return 0;
        }
        push_wide(out, code);
        return end + 1;
    }
    let Some(code) = hex_quad(rest, 2) else { return 0 };
    if let 0xD800..=0xDBFF = code
        && let [b'\\', b'u', ..] = rest[6..]
        && let Some(low @ 0xDC00..=0xDFFF) = hex_quad(rest, 8)
    {
        push_wide(out, 0x1_0000 + (u32::from(code & 0x3FF) << 10 | u32::from(low & 0x3FF)));
        return 12;
    }
    push_wide(out, u32::from(code));
    6
}

/// Full-width forms become the ASCII they imitate, all else UTF-8.
fn push_wide(out: &mut Vec<u8>, code: u32) {
    match code {
        0xFF01..=0xFF5E => out.push(narrow(code as u16)),
        _ => push_utf8(out, code),
    }
}

/// CSS 2's: up to six hexadecimal digits (the lower byte counts) and one white space behind them; before all else the
/// backslash goes, and one at the end.
/// <https://www.w3.org/TR/CSS2/syndata.html#characters>
pub(super) fn css(value: &[u8], out: &mut Vec<u8>) -> Changed {
    const DIGITS_MAX: usize = 6;
    rewrite(value, out, find, |rest, out| {
        let (mut code, mut end) = (0_u32, 1);
        while let Some(digit) = rest.get(end).copied().and_then(hex)
            && end <= DIGITS_MAX
        {
            code = code << 4 | u32::from(digit);
            end += 1;
        }
        match rest.get(1) {
            _ if end > 1 => {
                out.push(narrow(code as u16));
                end + match rest[end..] {
                    [b'\r', b'\n', ..] => 2,
                    [b' ' | b'\t' | b'\n' | b'\r' | 0x0C, ..] => 1,
                    [..] => 0,
                }
            }
            // An escaped line end is none.
            Some(b'\n') => 2,
            Some(next) => {
                out.push(*next);
                2
            }
            None => 1,
        }
    })
}

/// ANSI C's: `\a \b \f \n \r \t \v \\ \? \' \"`, `\x41`, `\101`, `\0101`. What is no such escape stays.
pub(super) fn c(value: &[u8], out: &mut Vec<u8>) -> Changed {
    rewrite(value, out, find, |rest, out| {
        let Some(&next) = rest.get(1) else { return 0 };
        let (byte, length) = match next {
            b'\\' | b'?' | b'\'' | b'"' => (next, 2),
            b'x' => match hex_pair(rest, 2) {
                Some(byte) => (byte, 4),
                None => return 0,
            },
            // AWS writes `\0OOO`: a zero, then up to three digits.
            b'0'..=b'7' => match octal(&rest[1..], if next == b'0' { 4 } else { 3 }) {
                Some((byte, digits)) => (byte, 1 + digits),
                None => return 0,
            },
            _ => match control(next) {
                Some(byte) => (byte, 2),
                None => return 0,
            },
        };
        out.push(byte);
        length
    })
}
