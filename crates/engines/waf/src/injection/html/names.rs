//! The names of tags and attributes that carry scripts.

/// Handlers of events without their `on`, in capitals and in order. None begins another, since whatever begins with one
/// counts: `onclick2` as `onclick`.
const EVENTS_TEXT: &str = include_str!("events.txt");
const EVENTS_COUNT: usize = count();
static EVENTS: [&str; EVENTS_COUNT] = events();
/// The longest event has 44 letters.
const EVENT_LEN_MAX: usize = 44;

/// Tags that run, fetch or restyle something.
const TAGS: [&str; 20] = [
    "APPLET", "BASE", "COMMENT", "EMBED", "FRAME", "FRAMESET", "HANDLER", "IFRAME", "IMPORT", "ISINDEX", "LINK",
    "LISTENER", "META", "NOSCRIPT", "OBJECT", "SCRIPT", "STYLE", "VMLFRAME", "XML", "XSS",
];

/// What an attribute can do, most frequent first.
const ATTRIBUTES: [(&str, Attribute); 20] = [
    ("HREF", Attribute::Url),
    ("SRC", Attribute::Url),
    ("STYLE", Attribute::Style),
    ("ACTION", Attribute::Url),
    ("ATTRIBUTENAME", Attribute::Indirect),
    ("BY", Attribute::Url),
    ("BACKGROUND", Attribute::Url),
    ("DATAFORMATAS", Attribute::Script),
    ("DATASRC", Attribute::Script),
    ("DYNSRC", Attribute::Url),
    ("FILTER", Attribute::Style),
    ("FORMACTION", Attribute::Url),
    ("FOLDER", Attribute::Url),
    ("FROM", Attribute::Url),
    ("HANDLER", Attribute::Url),
    ("LOWSRC", Attribute::Url),
    ("POSTER", Attribute::Url),
    ("TO", Attribute::Url),
    ("VALUES", Attribute::Url),
    ("XLINK:HREF", Attribute::Url),
];

/// What the value of an attribute is to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    /// Text.
    Harmless,
    /// A script, or what turns into one.
    Script,
    /// An address, whose scheme decides.
    Url,
    /// Styles, which can hold scripts in some browsers.
    Style,
    /// The name of another attribute.
    Indirect,
}

/// What an attribute of this name is.
pub(super) fn attribute(name: &[u8]) -> Attribute {
    if name.len() < 2 {
        return Attribute::Harmless;
    }
    if name.len() >= 5 {
        let is_event = name[..2].eq_ignore_ascii_case(b"ON") && begins_with_event(&name[2..]);
        // Name spaces can make any tag out of any other.
        if is_event || begins_with(name, "XMLNS") || begins_with(name, "XLINK") {
            return Attribute::Script;
        }
    }
    let known = ATTRIBUTES.iter().find(|(known, _)| is_without_nulls(name, known));
    known.map_or(Attribute::Harmless, |(_, attribute)| *attribute)
}

/// Whether a tag of this name is refused.
pub(super) fn is_dangerous_tag(name: &[u8]) -> bool {
    name.len() >= 3
        && (begins_with(name, "SVG") || begins_with(name, "XSL") || TAGS.iter().any(|tag| is_without_nulls(name, tag)))
}

/// Whether the text begins with a word that is in capitals here and in any case there.
pub(super) fn begins_with(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether the text is the word in any case; old browsers do not see null bytes.
fn is_without_nulls(text: &[u8], word: &str) -> bool {
    text.len() >= word.len() && text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_uppercase).eq(word.bytes())
}

fn begins_with_event(text: &[u8]) -> bool {
    let mut capitals = [0; EVENT_LEN_MAX];
    let len = text.len().min(EVENT_LEN_MAX);
    capitals[..len].copy_from_slice(&text[..len]);
    let capitals = &mut capitals[..len];
    capitals.make_ascii_uppercase();
    // No event begins another, so only the last that is not behind the text can begin it.
    let behind = EVENTS.partition_point(|event| event.as_bytes() <= &*capitals);
    behind > 0 && capitals.starts_with(EVENTS[behind - 1].as_bytes())
}

const fn count() -> usize {
    let bytes = EVENTS_TEXT.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            count += 1;
        }
        at += 1;
    }
    count
}

const fn events() -> [&'static str; EVENTS_COUNT] {
    let mut events = [""; EVENTS_COUNT];
    let mut rest = EVENTS_TEXT;
    let mut n = 0;
    while n < EVENTS_COUNT {
        let mut len = 0;
        while rest.as_bytes()[len] != b'\n' {
            len += 1;
        }
        let (event, behind) = rest.split_at(len);
        assert!(len <= EVENT_LEN_MAX, "an event is longer than its bound");
        events[n] = event;
        rest = behind.split_at(1).1;
        n += 1;
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_in_order_and_none_begins_another() {
        for pair in EVENTS.windows(2) {
            assert!(pair[0] < pair[1] && !pair[1].starts_with(pair[0]), "{pair:?}");
        }
    }

    #[test]
    fn every_event_is_found_in_any_case_with_whatever_behind_it() {
        for event in EVENTS {
            for name in [format!("on{event}"), format!("oN{}", event.to_lowercase()), format!("ON{event}_more")] {
                let expected = if name.len() < 5 { Attribute::Harmless } else { Attribute::Script };
                assert_eq!(attribute(name.as_bytes()), expected, "{name}");
            }
            let shorter = format!("on{}", &event[..event.len() - 1]);
            assert_eq!(attribute(shorter.as_bytes()), Attribute::Harmless, "{shorter}");
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_through_null_bytes() {
        for (name, expected) in [
            (&b"hReF"[..], Attribute::Url),
            (b"style", Attribute::Style),
            (b"st\0yle", Attribute::Style),
            (b"attributename", Attribute::Indirect),
            (b"xmlns:x", Attribute::Script),
            (b"xlink:href", Attribute::Script),
            (b"hrefs", Attribute::Harmless),
            (b"on", Attribute::Harmless),
            (b"o", Attribute::Harmless),
            (b"onward", Attribute::Harmless),
        ] {
            assert_eq!(attribute(name), expected, "{name:?}");
        }
        for (name, expected) in
            [(&b"ScRipt"[..], true), (b"s\0cript", true), (b"svg/x", true), (b"scripts", false), (b"b", false)]
        {
            assert_eq!(is_dangerous_tag(name), expected, "{name:?}");
        }
    }
}
