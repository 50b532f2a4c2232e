//! Values from XML elements, by the names and forms of their schema.
//! <https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings>

use crate::schema::{List, Map, Structure};
use crate::text;
use crate::xml_tree::Element;
use crate::{Invalid, Member, Schema, TimestampFormat, Value};

/// Reads a value from the element that holds it.
pub(crate) fn read(schema: &'static Schema, element: &Element) -> Result<Value, Invalid> {
    match schema.resolve() {
        Schema::Structure(structure) => read_members(structure, element, |_| true).map(Value::Map),
        Schema::List(list) => read_list(list, element.named(list.item_name.unwrap_or("member"))),
        Schema::Map(map) => read_map(map, element.named("entry")),
        schema if element.children.is_empty() => text::parse(schema, scalar(schema, element), TimestampFormat::Iso8601),
        schema => Err(Invalid::expected(schema.kind())),
    }
}

/// Reads the members of a structure; `wanted` picks those that travel in the body.
pub(crate) fn read_members(
    structure: &'static Structure,
    element: &Element,
    wanted: impl Fn(&Member) -> bool,
) -> Result<Vec<(String, Value)>, Invalid> {
    let mut members = Vec::new();
    for member in structure.members.iter().filter(|member| wanted(member)) {
        let found = if member.xml_attribute { attribute(member, element) } else { child(member, element) };
        let found = found.map_err(|fault| fault.within(member.name))?;
        members.extend(found.map(|value| (member.name.to_owned(), value)));
    }
    Ok(members)
}

fn attribute(member: &Member, element: &Element) -> Result<Option<Value>, Invalid> {
    // A prefix on the wire is not part of the name.
    let name = member.wire_name().rsplit(':').next().unwrap_or_default();
    let found = element.attributes.iter().find(|(given, _)| given == name);
    found.map(|(_, text)| text::parse(member.schema, text, TimestampFormat::Iso8601)).transpose()
}

fn child(member: &Member, element: &Element) -> Result<Option<Value>, Invalid> {
    let name = member.wire_name();
    let mut found = element.named(name).peekable();
    if found.peek().is_none() {
        return Ok(None);
    }
    match member.schema.resolve() {
        Schema::List(list) if list.flattened => read_list(list, found).map(Some),
        Schema::Map(map) if map.flattened => read_map(map, found).map(Some),
        schema => match (found.next(), found.next()) {
            (Some(only), None) => read(schema, only).map(Some),
            _ => Err(Invalid::expected("single element")),
        },
    }
}

fn read_list<'e>(list: &'static List, items: impl Iterator<Item = &'e Element>) -> Result<Value, Invalid> {
    let item = |(at, item)| read(list.item, item).map_err(|fault| fault.within(&format!("{at}")));
    items.enumerate().map(item).collect::<Result<_, _>>().map(Value::List)
}

fn read_map<'e>(map: &'static Map, entries: impl Iterator<Item = &'e Element>) -> Result<Value, Invalid> {
    let mut values: Vec<(String, Value)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for entry in entries {
        let key = entry.named(map.key_name.unwrap_or("key")).next().ok_or(Invalid::expected("map entry"))?;
        let value = entry.named(map.value_name.unwrap_or("value")).next().ok_or(Invalid::expected("map entry"))?;
        if !seen.insert(key.text.as_str()) {
            return Err(Invalid::expected("map of distinct keys"));
        }
        values.push((key.text.clone(), read(map.value, value).map_err(|fault| fault.within(&key.text))?));
    }
    Ok(Value::Map(values))
}

/// Only text keeps its white space.
fn scalar<'e>(schema: &Schema, element: &'e Element) -> &'e str {
    if matches!(schema, Schema::String | Schema::Enum(_)) { &element.text } else { element.text.trim() }
}
