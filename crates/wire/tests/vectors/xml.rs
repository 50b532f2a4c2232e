//! XML documents in one comparable form: no name spaces, no white space between elements, no order among names.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use wire::Protocol;

#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<String>,
    text: String,
    children: Vec<Element>,
}

/// The form; the root's name is left out for rest-xml, whose clients do not look at it.
pub(crate) fn canonical(document: &str, protocol: Protocol) -> String {
    let mut root = parse(document);
    if matches!(protocol, Protocol::RestXml) {
        root.name.clear();
    }
    // Metadata is the server's own.
    root.children.retain(|child| child.name != "ResponseMetadata");
    print(root)
}

fn print(mut element: Element) -> String {
    element.attributes.sort();
    element.children.sort_by(|one, two| one.name.cmp(&two.name));
    // Every error of ours has a message, where a vector has none.
    element.children.retain(|child| child.name != "Message" || !child.text.is_empty());
    let is_map = !element.children.is_empty() && element.children.iter().all(|child| child.children.len() == 2);
    let text = if element.children.is_empty() { element.text.as_str() } else { element.text.trim() };
    // An element with nothing but white space that breaks lines is empty: it is a vector's indentation.
    let text = if text.contains('\n') && !text.contains('\r') { text.trim() } else { text };
    let mut children: Vec<String> = element.children.into_iter().map(print).collect();
    if is_map {
        // Entries of a map have no order.
        children.sort();
    }
    let children = children.concat();
    format!("<{} {}>{text:?}{children}</>", element.name, element.attributes.join(" "))
}

fn parse(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().expect("XML");
        let inner = open.last_mut().expect("an open element");
        match event {
            Event::Start(tag) => open.push(begun(&tag)),
            Event::Empty(tag) => inner.children.push(begun(&tag)),
            Event::End(_) => {
                let closed = open.pop().expect("an open element");
                open.last_mut().expect("a parent").children.push(closed);
            }
            Event::Text(text) => inner.text.push_str(&text),
            Event::GeneralRef(name) => match name.resolve_char_ref().expect("a character") {
                Some(letter) => inner.text.push(letter),
                None => inner.text.push_str(match &*name {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    other => panic!("unknown entity {other}"),
                }),
            },
            Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    open.pop().expect("the document").children.pop().expect("a root")
}

fn begun(tag: &BytesStart<'_>) -> Element {
    let attributes = tag.attributes().map(|attribute| attribute.expect("an attribute"));
    let attributes = attributes.filter(|attribute| !attribute.key.into_inner().starts_with("xmlns"));
    let print = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("a value").into_owned();
        format!("{}={value:?}", attribute.key.local_name().into_inner())
    };
    Element {
        name: tag.local_name().into_inner().to_owned(),
        attributes: attributes.map(print).collect(),
        ..Element::default()
    }
}
