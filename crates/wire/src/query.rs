//! The query protocol: `Action`, `Version` and dotted parameters in a form, XML back.
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::fault::Unreadable;
use crate::limits::DEPTH_MAX;
use crate::protocol::answer;
use crate::rest_xml::XML_DECLARATION;
use crate::schema::{List, Map, Structure};
use crate::xml_write::{element, text_element, write_members};
use crate::{ErrorAnswer, Invalid, Request, Schema, Success, TimestampFormat, Value, pairs, text};

const CONTENT_TYPE: &str = "text/xml";

/// What a query request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The operation.
    pub name: String,
    /// The API version, which tells services apart where two know the same action.
    pub version: Option<String>,
}

/// The action of a query request, whether in its query string or its form.
pub fn action(query: &str, body: &[u8]) -> Option<Action> {
    let mut pairs = pairs::parse(query).ok()?;
    pairs.extend(pairs::parse_bytes(body).ok()?);
    let find = |name: &str| pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
    Some(Action { name: find("Action")?, version: find("Version") })
}

pub(crate) fn decode(request: &Request<'_>, input: &'static Schema) -> Result<Value, Unreadable> {
    let mut root = Node::default();
    for (name, value) in pairs::parse(request.query)?.into_iter().chain(pairs::parse_bytes(request.body)?) {
        root.put(&name, value)?;
    }
    Ok(read(input, &root)?)
}

pub(crate) fn encode(success: &Success<'_>, output: &'static Schema, value: &Value) -> http::Response<Bytes> {
    let mut body = String::from(XML_DECLARATION);
    element(&mut body, &format!("{}Response", success.operation), success.xml_namespace, |out| {
        element(out, &format!("{}Result", success.operation), None, |out| {
            if let Schema::Structure(structure) = output.resolve() {
                write_members(out, structure, value, |_| true);
            }
        });
        element(out, "ResponseMetadata", None, |out| text_element(out, "RequestId", success.request_id));
    });
    let mut response = answer(CONTENT_TYPE, body);
    *response.status_mut() = http::StatusCode::from_u16(success.status).unwrap_or(http::StatusCode::OK);
    response
}

pub(crate) fn encode_error(error: &ErrorAnswer<'_>) -> http::Response<Bytes> {
    answer(CONTENT_TYPE, error_document(error))
}

/// The error document that query and rest-xml share.
pub(crate) fn error_document(error: &ErrorAnswer<'_>) -> String {
    let mut body = String::from(XML_DECLARATION);
    element(&mut body, "ErrorResponse", error.xml_namespace, |out| {
        element(out, "Error", None, |out| {
            text_element(out, "Type", if error.status < 500 { "Sender" } else { "Receiver" });
            text_element(out, "Code", error.code);
            text_element(out, "Message", error.message);
            let Some((schema, value)) = &error.members else { return };
            let Schema::Structure(structure) = schema.resolve() else { return };
            write_members(out, structure, value, |member| {
                !crate::rest::is_in_header(member) && !member.wire_name().eq_ignore_ascii_case("message")
            });
        });
        text_element(out, "RequestId", error.request_id);
    });
    body
}

/// Parameters as a tree: `A.member.1=x` is `A` → `member` → `1` → `x`.
#[derive(Debug, Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn put(&mut self, name: &str, value: String) -> Result<(), Unreadable> {
        let mut node = self;
        for (depth, part) in name.split('.').enumerate() {
            if depth == DEPTH_MAX {
                return Err(Unreadable::syntax(format!("a parameter has more than {DEPTH_MAX} parts")));
            }
            node = node.children.entry(part.to_owned()).or_default();
        }
        if node.text.replace(value).is_some() {
            let name: String = name.chars().take(64).collect();
            return Err(Unreadable::syntax(format!("the parameter `{name}` stands twice")));
        }
        Ok(())
    }

    /// Children named 1, 2, 3 … in that order; gaps are closed.
    fn numbered(&self) -> Result<Vec<&Node>, Invalid> {
        let number = |(name, node)| Ok((str::parse::<u32>(name).map_err(|_| Invalid::expected("list index"))?, node));
        let children = self.children.iter().map(|(name, node)| (name.as_str(), node));
        let mut items: Vec<(u32, &Node)> = children.map(number).collect::<Result<_, _>>()?;
        items.sort_by_key(|(number, _)| *number);
        // `1` and `01` are one place; neither can be preferred.
        if items.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Invalid::expected("list index"));
        }
        Ok(items.into_iter().map(|(_, node)| node).collect())
    }
}

fn read(schema: &'static Schema, node: &Node) -> Result<Value, Invalid> {
    match schema.resolve() {
        Schema::Structure(structure) => read_structure(structure, node),
        Schema::List(list) if list.flattened => read_list(list, node),
        Schema::List(list) => match node.children.get(list.item_name.unwrap_or("member")) {
            Some(items) => read_list(list, items),
            None => Ok(Value::List(Vec::new())),
        },
        Schema::Map(map) if map.flattened => read_map(map, node),
        Schema::Map(map) => match node.children.get("entry") {
            Some(entries) => read_map(map, entries),
            None => Ok(Value::Map(Vec::new())),
        },
        schema => {
            let text = node.text.as_deref().ok_or(Invalid::expected(schema.kind()))?;
            text::parse(schema, text, TimestampFormat::Iso8601)
        }
    }
}

fn read_structure(structure: &'static Structure, node: &Node) -> Result<Value, Invalid> {
    let mut members = Vec::new();
    for member in structure.members {
        let mut found = node.children.get(member.wire_name());
        // Where a flattened list names its items, some clients write that name in place of the member's.
        if let (None, Schema::List(List { flattened: true, item_name: Some(name), .. })) =
            (found, member.schema.resolve())
        {
            found = node.children.get(*name);
        }
        let Some(child) = found else { continue };
        let value = read(member.schema, child).map_err(|fault| fault.within(member.name))?;
        members.push((member.name.to_owned(), value));
    }
    Ok(Value::Map(members))
}

fn read_list(list: &'static List, items: &Node) -> Result<Value, Invalid> {
    let item = |(at, item)| read(list.item, item).map_err(|fault| fault.within(&format!("{at}")));
    items.numbered()?.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::List)
}

fn read_map(map: &'static Map, entries: &Node) -> Result<Value, Invalid> {
    let mut values: Vec<(String, Value)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for entry in entries.numbered()? {
        let part = |name: &str| entry.children.get(name).ok_or(Invalid::expected("map entry"));
        let key = part(map.key_name.unwrap_or("key"))?.text.as_deref().ok_or(Invalid::expected("map entry"))?;
        let value = read(map.value, part(map.value_name.unwrap_or("value"))?).map_err(|fault| fault.within(key))?;
        if !seen.insert(key) {
            return Err(Invalid::expected("map of distinct keys"));
        }
        values.push((key.to_owned(), value));
    }
    Ok(Value::Map(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Labels, Shape};
    use http::HeaderMap;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, crate::Shape)]
    #[shape(upper)]
    struct Input {
        names: Option<Vec<String>>,
        tags: Option<BTreeMap<String, i32>>,
        #[shape(flattened, item = "Item")]
        flat: Option<Vec<String>>,
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, crate::Shape)]
    #[shape(upper)]
    struct Inner {
        flag: Option<bool>,
    }

    fn decoded(query: &str, body: &str) -> Result<Input, String> {
        let (headers, labels) = (HeaderMap::new(), Labels::none());
        let request = Request { headers: &headers, labels: &labels, query, body: body.as_bytes() };
        let value = decode(&request, Input::SCHEMA).map_err(|fault| fault.to_string())?;
        Input::from_value(Some(value)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn parameters_come_from_the_query_string_and_the_form() {
        let body =
            "Action=A&Names.member.2=b&Names.member.10=c&Names.member.1=a&Tags.entry.1.key=k&Tags.entry.1.value=7";
        let input = decoded("X-Amz-Date=1&Inner.Flag=true&Item.1=x", body).expect("an input");
        assert_eq!(input.names, Some(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
        assert_eq!(input.tags, Some(BTreeMap::from([("k".to_owned(), 7)])));
        assert_eq!((input.flat, input.inner), (Some(vec!["x".to_owned()]), Some(Inner { flag: Some(true) })));
        assert_eq!(action("Version=v", b"Action=A").map(|action| action.version), Some(Some("v".to_owned())));
        assert_eq!(action("", b""), None);
    }

    #[test]
    fn hostile_forms_are_refused() {
        let deep = format!("{}=1", "a.".repeat(100));
        for (body, reason) in [
            ("Inner.Flag=true&Inner.Flag=false", "the parameter `Inner.Flag` stands twice"),
            ("Names.member.x=1", "`Names` is not a valid list index"),
            ("Names.member.1=a&Names.member.01=b", "`Names` is not a valid list index"),
            ("Names.member.99999999999=1", "`Names` is not a valid list index"),
            ("Tags.entry.1.key=k", "`Tags` is not a valid map entry"),
            ("Tags.entry.1.key=k&Tags.entry.1.value=x", "`Tags.k` is not a valid integer"),
            ("Inner.Flag=maybe", "`Inner.Flag` is not a valid boolean"),
            ("Inner.Flag=%zz", "a parameter is not percent-encoded UTF-8"),
            (deep.as_str(), "a parameter has more than 64 parts"),
        ] {
            assert_eq!(decoded("", body), Err(reason.to_owned()), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_form_is_answered(body in "(Names|Tags|Inner|member|entry|key|value|[.&=%0-9a]){0,60}") {
            let _ = decoded("", &body);
        }
    }
}
