//! The rest-json protocol: HTTP bindings with JSON bodies, as API Gateway speaks it.
//! <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>

use bytes::Bytes;

use crate::fault::Unreadable;
use crate::json::{name_error, write_error_members};
use crate::protocol::answer;
use crate::rest::{self, Format};
use crate::schema::Structure;
use crate::{ErrorAnswer, Member, Schema, Success, Value, json_read, json_write};

const CONTENT_TYPE: &str = "application/json";

/// Bodies in JSON.
pub(crate) struct RestJson;

impl Format for RestJson {
    fn read_members(structure: &'static Structure, body: &[u8]) -> Result<Vec<(String, Value)>, Unreadable> {
        json_read::read_members(structure, body, rest::is_in_body)
    }

    fn read_payload(schema: &'static Schema, body: &[u8]) -> Result<Value, Unreadable> {
        Ok(json_read::fit(schema, json_read::read(body)?)?)
    }

    fn write_members(_: &Success<'_>, structure: &'static Structure, value: &Value) -> http::Response<Bytes> {
        let mut body = String::from("{");
        json_write::write_members(&mut body, structure, value, rest::is_in_answer);
        body.push('}');
        answer(CONTENT_TYPE, body)
    }

    fn write_payload(_: &Success<'_>, member: &'static Member, value: &Value) -> http::Response<Bytes> {
        let mut body = String::new();
        json_write::write(&mut body, member.schema, value);
        answer(CONTENT_TYPE, body)
    }
}

pub(crate) fn encode_error(error: &ErrorAnswer<'_>) -> http::Response<Bytes> {
    let mut body = String::from("{");
    write_error_members(&mut body, error, false);
    body.push('}');
    let mut response = answer(CONTENT_TYPE, body);
    name_error(&mut response, error.code);
    rest::write_error_headers(response.headers_mut(), error.members.as_ref());
    response
}
