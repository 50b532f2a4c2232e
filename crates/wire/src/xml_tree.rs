//! XML from strangers as a tree within limits: no document types, no entities of its own, names without prefixes.
//! <https://www.w3.org/TR/xml/>

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::fault::Unreadable;
use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX, VALUES_MAX};

/// An element.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// All text directly in it.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Reads a document; answers its root.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::syntax("the body is not UTF-8"))?;
        // The outermost element is the document itself, so that the root is closed like any other.
        let mut open = vec![Element::default()];
        let mut elements = 0;
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(tag) => {
                    count(&mut elements, open.len())?;
                    open.push(opened(&tag)?);
                }
                Event::Empty(tag) => {
                    count(&mut elements, open.len())?;
                    innermost(&mut open)?.children.push(opened(&tag)?);
                }
                Event::End(_) => {
                    let closed = open.pop().ok_or_else(|| malformed("an element ends that never began"))?;
                    innermost(&mut open)?.children.push(closed);
                }
                Event::Text(text) => innermost(&mut open)?.text.push_str(&text.xml10_content()),
                Event::CData(text) => innermost(&mut open)?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let letter = reference.resolve_char_ref().map_err(malformed)?;
                    let letter = letter.or_else(|| predefined(&reference)).filter(|letter| is_legal(*letter));
                    innermost(&mut open)?.text.push(letter.ok_or_else(|| malformed("it refers to an unknown entity"))?);
                }
                // SECURITY: a document type could define entities that grow or that read files.
                Event::DocType(_) => return Err(malformed("it has a document type")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        let document = open.pop().filter(|_| open.is_empty()).ok_or_else(|| malformed("an element is not closed"))?;
        let mut roots = document.children.into_iter();
        match (roots.next(), roots.next(), document.text.trim().is_empty()) {
            (Some(root), None, true) => Ok(root),
            _ => Err(malformed("it is not one element")),
        }
    }

    /// The children of that name.
    pub(crate) fn named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn opened(tag: &BytesStart<'_>) -> Result<Element, Unreadable> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        if attributes.len() == ATTRIBUTES_MAX {
            return Err(malformed(format!("an element has more than {ATTRIBUTES_MAX} attributes")));
        }
        let attribute = attribute.map_err(malformed)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(malformed)?;
        attributes.push((attribute.key.local_name().into_inner().to_owned(), value.into_owned()));
    }
    Ok(Element { name: tag.local_name().into_inner().to_owned(), attributes, ..Element::default() })
}

fn count(elements: &mut usize, depth: usize) -> Result<(), Unreadable> {
    *elements += 1;
    if *elements > VALUES_MAX {
        return Err(malformed(format!("it has more than {VALUES_MAX} elements")));
    }
    if depth > DEPTH_MAX {
        return Err(malformed(format!("it has more than {DEPTH_MAX} levels")));
    }
    Ok(())
}

fn innermost(open: &mut [Element]) -> Result<&mut Element, Unreadable> {
    open.last_mut().ok_or_else(|| malformed("an element ends that never began"))
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

/// Whether XML 1.0 knows the character (section 2.2).
pub(crate) fn is_legal(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn malformed(what: impl std::fmt::Display) -> Unreadable {
    Unreadable::syntax(format!("the body is not well-formed XML: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_put_together_from_all_its_forms() {
        let root =
            Element::parse(b"<?xml version='1.0'?><n:a x='1&lt;2'>a&amp;<![CDATA[<b>]]>&#x21;<!-- no --><c/></n:a>");
        let root = root.expect("XML");
        assert_eq!((root.name.as_str(), root.text.as_str()), ("a", "a&<b>!"));
        assert_eq!(root.attributes, [("x".to_owned(), "1<2".to_owned())]);
        assert_eq!(root.named("c").count(), 1);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(70), "</a>".repeat(70));
        let wide = format!("<a>{}</a>", "<b/>".repeat(VALUES_MAX + 1));
        let many = (0..70).fold("<a".to_owned(), |tag, at| tag + &format!(" a{at}=''")) + "/>";
        for (document, reason) in [
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "document type"),
            ("<a>&x;</a>", "unknown entity"),
            ("<a>&#0;</a>", "not well-formed"),
            ("<a>&#x1;</a>", "unknown entity"),
            ("<a b='&x;'/>", "not well-formed"),
            ("<a b='1' b='2'/>", "not well-formed"),
            ("<a></b>", "not well-formed"),
            ("<a>", "not closed"),
            ("</a>", "not well-formed"),
            ("<a/><b/>", "not one element"),
            ("x<a/>", "not one element"),
            ("", "not one element"),
            (deep.as_str(), "more than 64 levels"),
            (wide.as_str(), "more than 100000 elements"),
            (many.as_str(), "more than 64 attributes"),
        ] {
            let message = Element::parse(document.as_bytes()).expect_err(document).to_string();
            assert!(message.contains(reason), "{message}");
        }
        assert!(Element::parse(b"<a>\xff</a>").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Element::parse(&bytes);
        }

        #[test]
        fn any_near_xml_is_answered(text in "[<>/a-c&;#x0-9'\"=!?\\[\\] -]{0,200}") {
            let _ = Element::parse(text.as_bytes());
        }
    }
}
