//! The json protocols 1.0 and 1.1: one path, the operation in `X-Amz-Target`, JSON both ways.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::fault::Unreadable;
use crate::protocol::answer;
use crate::{ErrorAnswer, Request, Schema, Value, json_read, json_write};

/// Which of the two.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Version {
    V1_0,
    V1_1,
}

impl Version {
    fn content_type(self) -> &'static str {
        match self {
            Version::V1_0 => "application/x-amz-json-1.0",
            Version::V1_1 => "application/x-amz-json-1.1",
        }
    }
}

/// The service's prefix and the operation that `X-Amz-Target` names, such as `CloudTrail_20131101` and `LookupEvents`.
pub fn target(headers: &HeaderMap) -> Option<(&str, &str)> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    target.rsplit_once('.').filter(|(prefix, operation)| !prefix.is_empty() && !operation.is_empty())
}

pub(crate) fn decode(request: &Request<'_>, input: &'static Schema) -> Result<Value, Unreadable> {
    let Schema::Structure(structure) = input.resolve() else { return Ok(Value::Map(Vec::new())) };
    if request.body.trim_ascii().is_empty() {
        return Ok(Value::Map(Vec::new()));
    }
    json_read::read_members(structure, request.body, |_| true).map(Value::Map)
}

pub(crate) fn encode(version: Version, output: &'static Schema, value: &Value) -> http::Response<Bytes> {
    let mut body = String::from("{");
    if let Schema::Structure(structure) = output.resolve() {
        json_write::write_members(&mut body, structure, value, |_| true);
    }
    body.push('}');
    answer(version.content_type(), body)
}

pub(crate) fn encode_error(version: Version, error: &ErrorAnswer<'_>) -> http::Response<Bytes> {
    let mut body = String::from("{\"__type\":");
    json_write::quote(&mut body, error.code);
    write_error_members(&mut body, error, true);
    body.push('}');
    let mut response = answer(version.content_type(), body);
    name_error(&mut response, error.code);
    response
}

/// Writes the message and the error's own members; the message once, where the shape has it too.
pub(crate) fn write_error_members(body: &mut String, error: &ErrorAnswer<'_>, mut comma: bool) {
    let mut members = String::new();
    let mut has_message = false;
    if let Some((schema, value)) = &error.members
        && let Schema::Structure(structure) = schema.resolve()
    {
        let message = structure.members.iter().find(|member| member.wire_name().eq_ignore_ascii_case("message"));
        has_message = message.is_some_and(|member| value.get(member.name).is_some());
        json_write::write_members(&mut members, structure, value, |member| !crate::rest::is_in_header(member));
    }
    if !has_message {
        body.push_str(if comma { ",\"message\":" } else { "\"message\":" });
        json_write::quote(body, error.message);
        comma = true;
    }
    if !members.is_empty() {
        body.push_str(if comma { "," } else { "" });
        body.push_str(&members);
    }
}

/// Puts the code where SDKs look first.
pub(crate) fn name_error(response: &mut http::Response<Bytes>, code: &str) {
    if let Ok(code) = HeaderValue::from_str(code) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
}
