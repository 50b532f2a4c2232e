//! Bodies in other encodings than UTF-8: what `Content-Type` says, a byte order mark, or zeros where readers of JSON look
//! for them (RFC 4627, section 3).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use edge::ReceivedHeaders;

use super::Reading;

/// An encoding in which ASCII is written in bytes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf7,
    Utf16 {
        big: bool,
    },
    Utf32 {
        big: bool,
    },
    /// One that is not known here.
    Unknown,
}

/// How the names of encodings begin in which every byte of ASCII means itself.
const LIKE_ASCII: [&str; 20] = [
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "ansi",
    "iso-8859-",
    "iso8859-",
    "iso_8859-",
    "latin",
    "windows-",
    "cp125",
    "koi8",
    "gb",
    "big5",
    "euc-",
    "shift_jis",
    "shift-jis",
    "x-sjis",
    "tis-620",
    "macintosh",
];

/// UTF-7's: without padding, and with bits that are left over.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The body in UTF-8; `None` where its ASCII is ASCII as it came.
pub(super) fn transcode(received: &ReceivedHeaders, body: &Reading) -> Option<Reading> {
    let charset = of_mark(&body.bytes).or_else(|| named(received))?;
    let text = match charset {
        Charset::Utf7 => utf7(&body.bytes),
        Charset::Utf16 { big } => utf16(&body.bytes, big),
        Charset::Utf32 { big } => utf32(&body.bytes, big),
        Charset::Unknown => return Some(Reading { truncated: true, ..body.clone() }),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Some(Reading { bytes: Bytes::copy_from_slice(text.as_bytes()), truncated: body.truncated })
}

/// What the first bytes say. A text of ASCII begins with a zero, or has one behind its first byte, in these alone.
fn of_mark(bytes: &[u8]) -> Option<Charset> {
    Some(match *bytes {
        [0xff, 0xfe, 0, 0, ..] => Charset::Utf32 { big: false },
        [0, 0, 0xfe, 0xff, ..] => Charset::Utf32 { big: true },
        [0xff, 0xfe, ..] => Charset::Utf16 { big: false },
        [0xfe, 0xff, ..] => Charset::Utf16 { big: true },
        [b'+', b'/', b'v', b'8' | b'9' | b'+' | b'/', ..] => Charset::Utf7,
        [0, 0, 0, other, ..] if other != 0 => Charset::Utf32 { big: true },
        [one, 0, 0, 0, ..] if one != 0 => Charset::Utf32 { big: false },
        [0, one, ..] if one != 0 => Charset::Utf16 { big: true },
        [one, 0, ..] if one != 0 => Charset::Utf16 { big: false },
        _ => return None,
    })
}

/// What the headers say, where it is none in which ASCII means itself.
// SECURITY: of several types or parameters nobody knows which one counts, so any that hides ASCII does.
fn named(received: &ReceivedHeaders) -> Option<Charset> {
    const NAME: &[u8] = b"charset=";
    received.get_all("content-type").find_map(|line| {
        let starts = (0..line.len().saturating_sub(NAME.len()))
            .filter(|at| line[*at..*at + NAME.len()].eq_ignore_ascii_case(NAME));
        starts.map(|at| &line[at + NAME.len()..]).find_map(|rest| {
            let rest = rest.trim_ascii_start();
            let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
            let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b';' | b',' | b' ' | b'\t'));
            of_name(&String::from_utf8_lossy(&rest[..end.unwrap_or(rest.len())]).to_ascii_lowercase())
        })
    })
}

fn of_name(name: &str) -> Option<Charset> {
    match name {
        "utf-16le" | "utf16le" => Some(Charset::Utf16 { big: false }),
        "utf-16" | "utf16" | "utf-16be" | "utf16be" | "ucs-2" | "iso-10646-ucs-2" => Some(Charset::Utf16 { big: true }),
        "utf-32le" | "utf32le" => Some(Charset::Utf32 { big: false }),
        "utf-32" | "utf32" | "utf-32be" | "utf32be" | "ucs-4" | "iso-10646-ucs-4" => Some(Charset::Utf32 { big: true }),
        "utf-7" | "utf7" | "unicode-1-1-utf-7" => Some(Charset::Utf7),
        name if name.is_empty() || LIKE_ASCII.iter().any(|known| name.starts_with(known)) => None,
        _ => Some(Charset::Unknown),
    }
}

fn utf16(bytes: &[u8], big: bool) -> String {
    let unit = |pair: &[u8; 2]| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let (pairs, _) = bytes.as_chunks();
    char::decode_utf16(pairs.iter().map(unit)).map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf32(bytes: &[u8], big: bool) -> String {
    let unit = |four: &[u8; 4]| if big { u32::from_be_bytes(*four) } else { u32::from_le_bytes(*four) };
    let (fours, _) = bytes.as_chunks();
    fours.iter().map(|four| char::from_u32(unit(four)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// RFC 2152: between `+` and whatever is no base64 stands UTF-16.
fn utf7(bytes: &[u8]) -> String {
    let (mut text, mut rest) = (String::new(), bytes);
    while let Some(plus) = rest.iter().position(|byte| *byte == b'+') {
        text.push_str(&String::from_utf8_lossy(&rest[..plus]));
        rest = &rest[plus + 1..];
        let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let length = rest.iter().position(|byte| !is_code(byte)).unwrap_or(rest.len());
        let (code, behind) = rest.split_at(length);
        match BASE64.decode(code) {
            Ok(_) if code.is_empty() => text.push('+'),
            Ok(units) => text.push_str(&utf16(&units, true)),
            Err(_) => text.push_str(&String::from_utf8_lossy(code)),
        }
        rest = behind.strip_prefix(b"-").unwrap_or(behind);
    }
    text.push_str(&String::from_utf8_lossy(rest));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use bytes::Bytes;

    use super::super::Reading;
    use super::super::tests::{headers, reading};

    const TEXT: &str = "{\"q\": \"<script>ä🦀\"}";

    fn utf16_of(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn utf32_of(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u32| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.chars().flat_map(|one| bytes(u32::from(one))).collect()
    }

    #[test]
    fn a_body_in_another_encoding_is_read_as_its_back_end_reads_it() {
        let marked = format!("\u{feff}{TEXT}");
        for (content_type, body) in [
            ("application/json", utf16_of(TEXT, true)),
            ("application/json", utf16_of(TEXT, false)),
            ("application/json", utf16_of(&marked, true)),
            ("application/json; charset=utf-8", utf16_of(&marked, false)),
            ("application/json", utf32_of(TEXT, true)),
            ("application/json", utf32_of(&marked, false)),
            ("text/plain; charset=UTF-16BE", utf16_of(TEXT, true)),
            ("text/plain;Charset=\"utf-16le\"; x=y", utf16_of(TEXT, false)),
            ("text/plain; charset='utf-32'", utf32_of(TEXT, true)),
        ] {
            let read = reading("content-type", &[content_type], &body, 1000);
            assert_eq!(read, (TEXT.as_bytes().to_vec(), false), "{content_type}");
        }
        let utf7 = b"+ADw-script+AD4-alert(1) 1+-1 +2D3egA-";
        for lines in [&["text/html; charset=utf-7"][..], &["text/html", "text/html;charset=utf-8;charset=UTF-7"]] {
            let (read, _) = reading("content-type", lines, utf7, 1000);
            assert_eq!(String::from_utf8_lossy(&read), "<script>alert(1) 1+1 🚀");
        }
    }

    #[test]
    fn what_hides_in_an_unknown_encoding_is_too_long_to_be_read() {
        for charset in ["ibm037", "cp1047", "x-unknown", "iso-2022-kr", "hz-gb-2312"] {
            let read = reading("content-type", &[&format!("text/xml; charset={charset}")], b"abc", 1000);
            assert_eq!(read, (b"abc".to_vec(), true), "{charset}");
        }
    }

    #[test]
    fn everything_else_stays_as_it_came() {
        for content_type in
            ["application/json", "text/plain; charset=ISO-8859-1", "text/plain; charset=", "text/x; charset=gb18030"]
        {
            for body in [&b"a+ADw-b"[..], b"\0", b"\0\0\0\0", b"\xe4\xf6", b"a"] {
                assert_eq!(reading("content-type", &[content_type], body, 1000), (body.to_vec(), false));
            }
        }
        assert_eq!(reading("content-type", &["text/plain"], b"12345", 4), (b"1234".to_vec(), true));
    }

    proptest! {
        #[test]
        fn no_body_panics_or_grows_beyond_what_is_inspected(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            name in "utf-(7|16|16le|32|32le)|[a-z0-9]{0,6}",
        ) {
            let headers = headers("content-type", &[&format!("text/plain; charset={name}")]);
            let read = Reading::of(&headers, &Bytes::from(body), 64);
            prop_assert!(read.bytes.len() <= 3 * 64 + 2 * 2);
        }
    }
}
