//! One segment of a resource's path: text, `{name}` or `{name+}`.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings.html>

use crate::error::Error;

/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathPart<'a> {
    /// Compared letter by letter.
    Text(&'a str),
    /// `{name}`: any one segment.
    Variable(&'a str),
    /// `{name+}`: all the rest.
    Greedy(&'a str),
}

/// Longer segments meet no request: a whole URL is at most 10,240 bytes.
const PATH_PART_CHARS_MAX: usize = 1024;

/// Reads a segment.
pub(crate) fn parse(text: &str) -> Result<PathPart<'_>, Error> {
    let wrong = || {
        Error::bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the \
             beginning and the end.",
        )
    };
    if text.len() > PATH_PART_CHARS_MAX {
        return Err(wrong());
    }
    let Some(inner) = text.strip_prefix('{') else {
        // A lone `.` or `..` is resolved away before routing, so it would never be met.
        let good = !text.is_empty() && text.bytes().all(is_text) && !matches!(text, "." | "..");
        return if good { Ok(PathPart::Text(text)) } else { Err(wrong()) };
    };
    let inner = inner.strip_suffix('}').ok_or_else(wrong)?;
    let (name, greedy) = inner.strip_suffix('+').map_or((inner, false), |name| (name, true));
    if !is_name(name) {
        return Err(wrong());
    }
    Ok(if greedy { PathPart::Greedy(name) } else { PathPart::Variable(name) })
}

fn is_text(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':' | b',')
}

/// Whether a path variable may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':');
    !name.is_empty() && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_segment_is_text_a_variable_or_the_rest() {
        for (text, part) in [
            ("pets", Some(PathPart::Text("pets"))),
            ("v1.0", Some(PathPart::Text("v1.0"))),
            ("a:b_c-d,e", Some(PathPart::Text("a:b_c-d,e"))),
            ("{id}", Some(PathPart::Variable("id"))),
            ("{proxy+}", Some(PathPart::Greedy("proxy"))),
            ("", None),
            (".", None),
            ("..", None),
            ("a/b", None),
            ("a b", None),
            ("%2e", None),
            ("ä", None),
            ("{}", None),
            ("{+}", None),
            ("{id", None),
            ("id}", None),
            ("x{id}", None),
            ("{id}x", None),
            ("{a}{b}", None),
            ("{a+b}", None),
            ("{a++}", None),
            ("a\0", None),
        ] {
            assert_eq!(parse(text).ok(), part, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Ok(part) = parse(&text) {
                let (PathPart::Text(inner) | PathPart::Variable(inner) | PathPart::Greedy(inner)) = part;
                prop_assert!(text.contains(inner) && !text.contains(['/', '?', '#', '%']));
            }
        }
    }
}
