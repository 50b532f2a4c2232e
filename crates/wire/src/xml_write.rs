//! Values as XML elements, by the names and forms of their schema.
//! <https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings>

use crate::schema::{List, Map, Structure};
use crate::xml_tree::is_legal;
use crate::{Member, Schema, TimestampFormat, Value, text};

/// Writes an element whose name and attributes are ours, around what `inner` writes.
pub(crate) fn element(out: &mut String, name: &str, namespace: Option<&str>, inner: impl FnOnce(&mut String)) {
    open(out, name, namespace, "");
    inner(out);
    close(out, name);
}

/// Writes an element with a text.
pub(crate) fn text_element(out: &mut String, name: &str, text: &str) {
    element(out, name, None, |out| escape(out, text));
}

/// Writes a value as the element `name`.
pub(crate) fn write(out: &mut String, name: &str, schema: &'static Schema, value: &Value) {
    match (schema.resolve(), value) {
        (Schema::Structure(structure), Value::Map(_)) => {
            write_structure(out, name, structure, structure.xml_namespace, value);
        }
        (Schema::List(list), Value::List(items)) => {
            element(out, name, None, |out| write_items(out, list.item_name.unwrap_or("member"), list, items));
        }
        (Schema::Map(map), Value::Map(entries)) => {
            element(out, name, None, |out| write_entries(out, "entry", map, entries));
        }
        (schema, value) => {
            text_element(out, name, &text::print(schema, value, TimestampFormat::Iso8601).unwrap_or_default());
        }
    }
}

/// Writes a structure as the element `name` in `namespace`, with the members that are attributes in its tag.
pub(crate) fn write_structure(
    out: &mut String,
    name: &str,
    structure: &'static Structure,
    namespace: Option<&str>,
    value: &Value,
) {
    let mut attributes = String::new();
    for member in structure.members.iter().filter(|member| member.xml_attribute) {
        let Some(value) = value.get(member.name).filter(|value| **value != Value::Null) else { continue };
        attributes.push(' ');
        attributes.push_str(member.wire_name());
        attributes.push_str("=\"");
        escape(&mut attributes, &text::print(member.schema, value, TimestampFormat::Iso8601).unwrap_or_default());
        attributes.push('"');
    }
    open(out, name, namespace, &attributes);
    write_members(out, structure, value, |_| true);
    close(out, name);
}

/// Writes the members of a structure that are elements; `wanted` picks those that travel in the body.
pub(crate) fn write_members(
    out: &mut String,
    structure: &'static Structure,
    value: &Value,
    wanted: impl Fn(&Member) -> bool,
) {
    for member in structure.members.iter().filter(|member| !member.xml_attribute && wanted(member)) {
        let Some(value) = value.get(member.name).filter(|value| **value != Value::Null) else { continue };
        let name = member.wire_name();
        match (member.schema.resolve(), value) {
            (Schema::List(list), Value::List(items)) if list.flattened => write_items(out, name, list, items),
            (Schema::Map(map), Value::Map(entries)) if map.flattened => write_entries(out, name, map, entries),
            (schema, value) => write(out, name, schema, value),
        }
    }
}

fn write_items(out: &mut String, name: &str, list: &'static List, items: &[Value]) {
    for item in items {
        write(out, name, list.item, item);
    }
}

fn write_entries(out: &mut String, name: &str, map: &'static Map, entries: &[(String, Value)]) {
    for (key, value) in entries {
        element(out, name, None, |out| {
            text_element(out, map.key_name.unwrap_or("key"), key);
            write(out, map.value_name.unwrap_or("value"), map.value, value);
        });
    }
}

fn open(out: &mut String, name: &str, namespace: Option<&str>, attributes: &str) {
    out.push('<');
    out.push_str(name);
    if let Some(namespace) = namespace {
        out.push_str(" xmlns=\"");
        escape(out, namespace);
        out.push('"');
    }
    out.push_str(attributes);
    out.push('>');
}

fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Writes text so that it means nothing to XML; characters that XML 1.0 lacks become U+FFFD.
fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // A reader would turn these into plain spaces or line feeds.
            '\r' => out.push_str("&#xD;"),
            '\n' => out.push_str("&#xA;"),
            '\t' => out.push_str("&#x9;"),
            _ if is_legal(letter) => out.push(letter),
            _ => out.push('\u{fffd}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml_tree::Element;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_survives_as_far_as_xml_can_hold_it(text in any::<String>()) {
            let mut out = String::new();
            text_element(&mut out, "a", &text);
            let held: String = text.chars().map(|letter| if is_legal(letter) { letter } else { '\u{fffd}' }).collect();
            prop_assert_eq!(Element::parse(out.as_bytes()).expect("XML").text, held);
        }
    }
}
