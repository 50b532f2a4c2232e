//! The rest-xml protocol: HTTP bindings with XML bodies.
//! <https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>

use bytes::Bytes;

use crate::fault::Unreadable;
use crate::protocol::answer;
use crate::rest::{self, Format};
use crate::schema::Structure;
use crate::xml_tree::Element;
use crate::{ErrorAnswer, Member, Schema, Success, Value, query, xml_read, xml_write};

const CONTENT_TYPE: &str = "application/xml";

/// Bodies in XML.
pub(crate) struct RestXml;

impl Format for RestXml {
    fn read_members(structure: &'static Structure, body: &[u8]) -> Result<Vec<(String, Value)>, Unreadable> {
        Ok(xml_read::read_members(structure, &Element::parse(body)?, rest::is_in_body)?)
    }

    fn read_payload(schema: &'static Schema, body: &[u8]) -> Result<Value, Unreadable> {
        Ok(xml_read::read(schema, &Element::parse(body)?)?)
    }

    fn write_members(success: &Success<'_>, structure: &'static Structure, value: &Value) -> http::Response<Bytes> {
        let present = |member: &Member| rest::is_in_answer(member) && value.get(member.name).is_some();
        if !structure.members.iter().any(present) {
            return http::Response::default();
        }
        let namespace = structure.xml_namespace.or(success.xml_namespace);
        let mut body = String::from(XML_DECLARATION);
        xml_write::write_structure(&mut body, structure.name, structure, namespace, &in_body(structure, value));
        answer(CONTENT_TYPE, body)
    }

    fn write_payload(success: &Success<'_>, member: &'static Member, value: &Value) -> http::Response<Bytes> {
        let mut body = String::from(XML_DECLARATION);
        match member.schema.resolve() {
            Schema::Structure(structure) => {
                let name = member.wire_name.unwrap_or(structure.name);
                let namespace = structure.xml_namespace.or(success.xml_namespace);
                xml_write::write_structure(&mut body, name, structure, namespace, value);
            }
            schema => xml_write::write(&mut body, member.wire_name(), schema, value),
        }
        answer(CONTENT_TYPE, body)
    }
}

/// The first line of every document.
pub(crate) const XML_DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

pub(crate) fn encode_error(error: &ErrorAnswer<'_>) -> http::Response<Bytes> {
    let mut response = answer(CONTENT_TYPE, query::error_document(error));
    rest::write_error_headers(response.headers_mut(), error.members.as_ref());
    response
}

/// The members that travel in the body alone.
fn in_body(structure: &'static Structure, value: &Value) -> Value {
    let members = structure.members.iter().filter(|member| rest::is_in_answer(member));
    Value::Map(
        members
            .filter_map(|member| value.get(member.name).map(|value| (member.name.to_owned(), value.clone())))
            .collect(),
    )
}
