//! Query strings and forms: `name=value` pairs, percent-decoded strictly.
//! <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>

use percent_encoding::percent_decode_str;

use crate::fault::Unreadable;
use crate::limits::PARAMETERS_MAX;

/// Splits and decodes; a pair without `=` has an empty value.
pub(crate) fn parse(raw: &str) -> Result<Vec<(String, String)>, Unreadable> {
    let mut pairs = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == PARAMETERS_MAX {
            return Err(Unreadable::syntax(format!("there are more than {PARAMETERS_MAX} parameters")));
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push((decode_form(name)?, decode_form(value)?));
    }
    Ok(pairs)
}

/// The same of bytes.
pub(crate) fn parse_bytes(raw: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    parse(std::str::from_utf8(raw).map_err(|_| Unreadable::syntax("the form is not UTF-8"))?)
}

/// Decodes `%XX`; a lone `%` or bytes that are no UTF-8 are refused, because guessing would let two readers differ.
pub(crate) fn decode(text: &str) -> Option<String> {
    let whole = text.bytes().enumerate().filter(|(_, byte)| *byte == b'%').all(|(at, _)| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if whole { percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned) } else { None }
}

fn decode_form(text: &str) -> Result<String, Unreadable> {
    let decoded = if text.contains('+') { decode(&text.replace('+', " ")) } else { decode(text) };
    decoded.ok_or_else(|| Unreadable::syntax("a parameter is not percent-encoded UTF-8"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = parse("a=1&b=x%20y+z&c&&d=%F0%9F%98%B9=").expect("pairs");
        let expected = [("a", "1"), ("b", "x y z"), ("c", ""), ("d", "😹=")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn broken_escapes_are_refused() {
        for raw in ["a=%", "a=%2", "a=%zz", "%ff=1", "a=%C0%AF", "a=%+1"] {
            assert!(parse(raw).is_err(), "{raw}");
        }
        assert!(parse(&"a&".repeat(PARAMETERS_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_pairs_or_unreadable(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(pairs) = parse_bytes(&bytes) {
                prop_assert!(pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() <= bytes.len());
            }
        }

        #[test]
        fn any_near_form_is_pairs_or_unreadable(text in "([a-z=&+;]|%[0-9a-fA-F]{0,2}|\\PC){0,40}") {
            let _ = parse(&text);
        }
    }
}
