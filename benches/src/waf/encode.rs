//! How a payload is written into a place, and the disguises that back-ends are known to undo.

use super::random::Random;
use super::wire::{Place, Wire};

/// How a payload is disguised beyond what its place asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// Not at all.
    None,
    /// Letters of either case.
    Case,
    /// Encoded twice.
    Twice,
    /// Every byte encoded.
    Every,
    /// `%u003c` for what is no letter.
    Percent16,
    /// `&#x3c;` for what is no letter.
    Entities,
    /// `\u003c` for what is no letter; JSON only.
    Escapes,
    /// NUL bytes in front of what is no letter.
    Nulls,
}

/// Writes a payload into a place of an otherwise harmless request.
pub fn put(random: &mut Random, place: Place, payload: &str, disguise: Disguise) -> Wire {
    let text = match disguise {
        Disguise::Case => mixed_case(random, payload),
        Disguise::Entities => entities(payload),
        Disguise::Nulls => payload.replace('<', "<\0").replace("or", "o\0r"),
        Disguise::None | Disguise::Twice | Disguise::Every | Disguise::Percent16 | Disguise::Escapes => {
            payload.to_owned()
        }
    };
    let name = random.pick(&["id", "q", "file", "name", "url", "page", "item", "lang", "cat", "user"]);
    match place {
        Place::Query | Place::Whole => {
            let before = random.pick(&["", "page=2&", "sort=asc&view=list&"]);
            Wire::get(random.pick(&["/", "/search", "/api/items"]), &format!("{before}{name}={}", url(&text, disguise)))
        }
        Place::Path => Wire::get(&format!("{}/{}", random.pick(&["", "/item", "/a/b"]), path(&text, disguise)), ""),
        Place::Cookie => {
            Wire::get("/account", "").with("Cookie", &format!("theme=dark; {name}={}", cookie(&text, disguise)))
        }
        Place::Header => {
            let header = random.pick(&["User-Agent", "Referer", "X-Forwarded-For", "X-Api-Version", "X-Request-Id"]);
            Wire::get("/", "").with(header, &text.replace(['\r', '\n'], " "))
        }
        Place::Form => {
            let body = format!("token={}&{name}={}&submit=Send", random.hex(8), url(&text, disguise));
            Wire::post("/form", "application/x-www-form-urlencoded", body)
        }
        Place::Json => {
            let value =
                if disguise == Disguise::Escapes { escapes(&text) } else { serde_json::Value::from(text).to_string() };
            let body = match random.below(3) {
                0 => format!("{{\"{name}\":{value}}}"),
                1 => format!("{{\"count\":3,\"items\":[{{\"{name}\":{value},\"ok\":true}}]}}"),
                _ => format!("[1,{value},null]"),
            };
            Wire::post("/api/orders", "application/json", body)
        }
        Place::Multipart => {
            let boundary = format!("----WebKitFormBoundary{}", random.hex(16));
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nnote\r\n--{boundary}\r\n\
                 Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n--{boundary}--\r\n"
            );
            Wire::post("/upload", &format!("multipart/form-data; boundary={boundary}"), body)
        }
        Place::Raw => Wire::post("/import", "text/plain", text),
    }
}

fn url(text: &str, disguise: Disguise) -> String {
    match disguise {
        Disguise::Twice => percent(&percent(text, is_plain), is_plain),
        Disguise::Every => percent(text, |_| false),
        Disguise::Percent16 => percent16(text),
        Disguise::None | Disguise::Case | Disguise::Entities | Disguise::Escapes | Disguise::Nulls => {
            percent(text, is_plain).replace("%20", "+")
        }
    }
}

fn path(text: &str, disguise: Disguise) -> String {
    match disguise {
        Disguise::Twice => percent(&percent(text, is_plain), is_plain),
        Disguise::Every => percent(text, |_| false),
        Disguise::Percent16 => percent16(text),
        Disguise::None | Disguise::Case | Disguise::Entities | Disguise::Escapes | Disguise::Nulls => {
            percent(text, |byte| is_plain(byte) || b"/():;,='*@!$&".contains(&byte))
        }
    }
}

fn cookie(text: &str, disguise: Disguise) -> String {
    if disguise == Disguise::Twice {
        return percent(&percent(text, is_plain), is_plain);
    }
    let raw = |byte: u8| byte > b' ' && byte < 127 && !b";,%\"".contains(&byte);
    percent(text, raw)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// Percent-encodes what is not kept.
pub fn percent(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let encode = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

/// As a form writes a value.
pub fn form(text: &str) -> String {
    percent(text, is_plain).replace("%20", "+")
}

fn percent16(text: &str) -> String {
    let encode = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if is_plain(byte) => char::from(byte).to_string(),
        _ => format!("%u{unit:04x}"),
    };
    text.encode_utf16().map(encode).collect()
}

fn entities(text: &str) -> String {
    let encode = |character: char| {
        if character.is_ascii_alphanumeric() || character == ' ' {
            character.to_string()
        } else {
            format!("&#x{:x};", u32::from(character))
        }
    };
    text.chars().map(encode).collect()
}

fn escapes(text: &str) -> String {
    let encode = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || byte == b' ' => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    format!("\"{}\"", text.encode_utf16().map(encode).collect::<String>())
}

fn mixed_case(random: &mut Random, text: &str) -> String {
    let turn = |character: char| {
        if random.once_in(2) { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
    };
    text.chars().map(turn).collect()
}
