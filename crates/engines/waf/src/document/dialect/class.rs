//! Classes of characters: `[…]`.

use super::{escape, push_byte};

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// One thing in a class.
enum Item {
    Byte(u8),
    /// What the engine calls it.
    Set(String),
}

/// Reads a class behind its `[`, and writes it with every byte as a number: here the engine's brackets, `&&` and `--`
/// have meanings that libpcre does not know.
pub(super) fn translated(rest: &mut &str) -> Result<String, String> {
    let mut out = String::from("[");
    if let Some(behind) = rest.strip_prefix('^') {
        out.push('^');
        *rest = behind;
    }
    let mut first = true;
    loop {
        if !first && let Some(behind) = rest.strip_prefix(']') {
            *rest = behind;
            out.push(']');
            return Ok(out);
        }
        first = false;
        let item = item(rest)?;
        let Item::Byte(from) = item else {
            if let Item::Set(set) = item {
                out.push_str(&set);
            }
            continue;
        };
        push_byte(&mut out, from);
        // A hyphen before the end is one.
        let Some(behind) = rest.strip_prefix('-').filter(|behind| !behind.starts_with(']')) else { continue };
        *rest = behind;
        match self::item(rest)? {
            Item::Byte(to) if from <= to => {
                out.push('-');
                push_byte(&mut out, to);
            }
            Item::Byte(_) => return Err("a range in a class runs backwards".to_owned()),
            Item::Set(_) => return Err("a range in a class ends in a set".to_owned()),
        }
    }
}

fn item(rest: &mut &str) -> Result<Item, String> {
    if let Some(inside) = rest.strip_prefix("[:") {
        let (name, behind) = inside.split_once(":]").ok_or("a class is not closed")?;
        if !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("[:{name}:] is not supported"));
        }
        *rest = behind;
        return Ok(Item::Set(format!("[:{name}:]")));
    }
    if rest.starts_with("[.") || rest.starts_with("[=") {
        return Err("collating elements are not supported".to_owned());
    }
    let next = rest.chars().next().ok_or("a class is not closed")?;
    *rest = &rest[next.len_utf8()..];
    if next != '\\' {
        return Ok(character(next));
    }
    let next = escape::take(rest)?;
    if let Some(byte) = escape::byte(next, rest)? {
        return Ok(Item::Byte(byte));
    }
    Ok(match next {
        'd' | 'D' | 'w' | 'W' | 's' | 'S' => Item::Set(format!("\\{next}")),
        'h' => Item::Set(r"\t \xA0".to_owned()),
        'v' => Item::Set(r"\n\x0B\f\r\x85".to_owned()),
        'b' => Item::Byte(0x08),
        '1'..='7' => Item::Byte(escape::octal(u8::try_from(next).expect("a digit") - b'0', 2, rest)),
        other if other.is_ascii_alphanumeric() => {
            return Err(format!("the escape \\{other} is not supported in a class"));
        }
        other => character(other),
    })
}

/// Beyond ASCII, a class holds a character's bytes one by one, as libpcre has it without UTF-8.
fn character(character: char) -> Item {
    if let Ok(byte) = u8::try_from(character)
        && byte.is_ascii()
    {
        return Item::Byte(byte);
    }
    let mut set = String::new();
    character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_byte(&mut set, byte));
    Item::Set(set)
}
