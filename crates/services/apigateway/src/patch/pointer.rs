//! A JSON pointer: `/requestParameters/a~1b`. <https://www.rfc-editor.org/rfc/rfc6901>

/// A pointer's segments, `~1` and `~0` taken back to `/` and `~`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer(pub(crate) Vec<String>);

/// Longer pointers name nothing that exists.
const POINTER_BYTES_MAX: usize = 4096;

impl Pointer {
    /// Reads a pointer. `None` where it is too long, does not begin with `/`, or has a `~` that escapes nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > POINTER_BYTES_MAX {
            return None;
        }
        text.strip_prefix('/')?.split('/').map(unescape).collect::<Option<_>>().map(Self)
    }
}

fn unescape(segment: &str) -> Option<String> {
    let mut parts = segment.split('~');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (letter, rest) = match part.as_bytes().first()? {
            b'0' => ('~', &part[1..]),
            b'1' => ('/', &part[1..]),
            _ => return None,
        };
        text.push(letter);
        text.push_str(rest);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pointer_gives_its_segments() {
        for (text, segments) in [
            ("/name", Some(vec!["name"])),
            ("/a/b", Some(vec!["a", "b"])),
            ("/requestModels/application~1json", Some(vec!["requestModels", "application/json"])),
            ("/a~01", Some(vec!["a~1"])),
            ("/", Some(vec![""])),
            ("/a//b", Some(vec!["a", "", "b"])),
            ("", None),
            ("name", None),
            ("/a~", None),
            ("/a~2", None),
            ("/a~~1", None),
            (&format!("/{}", "x".repeat(5000)), None),
        ] {
            let found = Pointer::parse(text);
            let found = found.as_ref().map(|pointer| pointer.0.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found, segments, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,200}") {
            if let Some(pointer) = Pointer::parse(&text) {
                prop_assert!(pointer.0.iter().map(String::len).sum::<usize>() <= text.len());
            }
        }

        #[test]
        fn what_is_escaped_comes_back(segments in prop::collection::vec("[ -~]{0,12}", 1..5)) {
            let escaped: Vec<_> =
                segments.iter().map(|segment| segment.replace('~', "~0").replace('/', "~1")).collect();
            let written = format!("/{}", escaped.join("/"));
            prop_assert_eq!(Pointer::parse(&written), Some(Pointer(segments)));
        }
    }
}
