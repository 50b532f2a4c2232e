//! What follows a backslash.

/// What an escape stands for.
pub(super) enum Escaped {
    /// One byte.
    Byte(u8),
    /// A character as it is.
    Character(char),
    /// What the engine calls it.
    Written(&'static str),
}

/// Reads what follows a backslash outside of a class.
pub(super) fn read(rest: &mut &str) -> Result<Escaped, String> {
    let next = take(rest)?;
    if let Some(byte) = byte(next, rest)? {
        return Ok(Escaped::Byte(byte));
    }
    Ok(Escaped::Written(match next {
        'd' => r"\d",
        'D' => r"\D",
        'w' => r"\w",
        'W' => r"\W",
        's' => r"\s",
        'S' => r"\S",
        'b' => r"\b",
        'B' => r"\B",
        'A' => r"\A",
        'z' => r"\z",
        'Z' => r"(?:\n?\z)",
        'h' => r"[\t \xA0]",
        'H' => r"[^\t \xA0]",
        'v' => r"[\n\x0B\f\r\x85]",
        'V' => r"[^\n\x0B\f\r\x85]",
        'N' => r"[^\n]",
        '1'..='9' | 'g' | 'k' => return Err("backreferences are not supported".to_owned()),
        'C' => return Err(r"the directive \C is not supported".to_owned()),
        'R' => return Err(r"the directive \R is not supported".to_owned()),
        'K' => return Err(r"the directive \K is not supported".to_owned()),
        other if other.is_ascii_alphanumeric() => return Err(format!("the escape \\{other} is not supported")),
        other => return Ok(Escaped::Character(other)),
    }))
}

pub(super) fn take(rest: &mut &str) -> Result<char, String> {
    let next = rest.chars().next().ok_or("it ends with a backslash")?;
    *rest = &rest[next.len_utf8()..];
    Ok(next)
}

/// The escapes that stand for one byte, inside and outside of a class.
pub(super) fn byte(next: char, rest: &mut &str) -> Result<Option<u8>, String> {
    Ok(Some(match next {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'f' => 0x0c,
        'a' => 0x07,
        'e' => 0x1b,
        '0' => octal(0, 2, rest),
        'x' => hexadecimal(rest)?,
        _ => return Ok(None),
    }))
}

/// Goes on reading octal digits, at most as many.
pub(super) fn octal(mut value: u8, digits_max: usize, rest: &mut &str) -> u8 {
    for _ in 0..digits_max {
        let Some(digit) = rest.bytes().next().filter(|digit| (b'0'..=b'7').contains(digit)) else { break };
        value = value.wrapping_mul(8).wrapping_add(digit - b'0');
        *rest = &rest[1..];
    }
    value
}

/// `\x`, up to two digits; `\x{…}`, a byte.
fn hexadecimal(rest: &mut &str) -> Result<u8, String> {
    if let Some(braced) = rest.strip_prefix('{') {
        let (digits, behind) = braced.split_once('}').ok_or(r"\x{ is not closed")?;
        let byte = u8::from_str_radix(digits, 16).map_err(|_| r"\x{…} is one byte".to_owned())?;
        *rest = behind;
        return Ok(byte);
    }
    let digits = rest.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
    let byte = if digits == 0 { 0 } else { u8::from_str_radix(&rest[..digits], 16).expect("hexadecimal digits") };
    *rest = &rest[digits..];
    Ok(byte)
}
