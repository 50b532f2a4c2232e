//! The other side of the json protocols, for our own command line: writes calls and reads answers.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};

use crate::schema::Structure;
use crate::uri::encode_component;
use crate::{
    Location, Member, Protocol, Schema, TimestampFormat, UriPattern, Value, header, json_read, json_write, text,
};

/// The call of an operation.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// The operation's name, for the protocols that name it in a header.
    pub operation: &'a str,
    /// What stands before the dot in `X-Amz-Target`.
    pub target: &'a str,
    /// The verb, for rest-json.
    pub method: Method,
    /// The pattern of the model, for rest-json.
    pub uri: &'a str,
}

/// Why a call cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// Only the json protocols have a client here.
    #[error("there is no client for this protocol")]
    Protocol,
    /// A part of the path has no value, or the pattern is none.
    #[error("the path `{pattern}` cannot be filled")]
    Path {
        /// The operation's pattern.
        pattern: String,
    },
}

/// Why an answer is no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The node refused the call, in AWS's words.
    #[error("{code}: {message}")]
    Refused {
        /// AWS's code.
        code: String,
        /// The message.
        message: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what the operation answers.
    #[error("the answer cannot be read: {what}")]
    Unreadable {
        /// One line.
        what: String,
    },
}

/// Writes a call; its address is the path and query alone.
pub fn encode_request(
    protocol: Protocol,
    call: &Outgoing<'_>,
    input: &'static Schema,
    value: &Value,
) -> Result<http::Request<Bytes>, Unsendable> {
    match protocol {
        Protocol::RestJson => rest_json(call, input, value),
        Protocol::Json10 => Ok(json("application/x-amz-json-1.0", call, input, value)),
        Protocol::Json11 => Ok(json("application/x-amz-json-1.1", call, input, value)),
        Protocol::Query | Protocol::RestXml => Err(Unsendable::Protocol),
    }
}

/// Reads an answer of a json protocol.
pub fn decode_response(response: &http::Response<Bytes>, output: &'static Schema) -> Result<Value, Unanswered> {
    if !response.status().is_success() {
        return Err(refusal(response));
    }
    let Schema::Structure(structure) = output.resolve() else { return Ok(Value::Map(Vec::new())) };
    let unreadable = |fault: &dyn std::fmt::Display| Unanswered::Unreadable { what: fault.to_string() };
    let mut members = Vec::new();
    for member in structure.members {
        let found = match member.location {
            Location::Header => header::read(response.headers(), member).map_err(|fault| unreadable(&fault))?,
            Location::Headers => {
                header::read_prefixed(response.headers(), member).map_err(|fault| unreadable(&fault))?
            }
            Location::StatusCode => Some(Value::Int(response.status().as_u16().into())),
            Location::Payload => payload(member, response.body())?,
            Location::Body | Location::Uri | Location::QueryString => None,
        };
        members.extend(found.map(|value| (member.name.to_owned(), value)));
    }
    if structure.members.iter().any(crate::rest::is_in_answer) && !response.body().trim_ascii().is_empty() {
        let read = json_read::read_members(structure, response.body(), crate::rest::is_in_answer);
        members.extend(read.map_err(|fault| unreadable(&fault))?);
    }
    Ok(Value::Map(members))
}

fn json(
    content_type: &'static str,
    call: &Outgoing<'_>,
    input: &'static Schema,
    value: &Value,
) -> http::Request<Bytes> {
    let mut body = String::from("{");
    if let Schema::Structure(structure) = input.resolve() {
        json_write::write_members(&mut body, structure, value, |_| true);
    }
    body.push('}');
    let mut request = http::Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let target = Value::Text(format!("{}.{}", call.target, call.operation));
    header::write(request.headers_mut(), "x-amz-target", &Schema::String, &target);
    request
}

fn rest_json(call: &Outgoing<'_>, input: &'static Schema, value: &Value) -> Result<http::Request<Bytes>, Unsendable> {
    let Schema::Structure(structure) = input.resolve() else { return Err(Unsendable::Protocol) };
    let mut headers = HeaderMap::new();
    let mut labels = Vec::new();
    let mut query = Vec::new();
    let mut body = body_of(structure, value);
    for member in structure.members {
        let Some(value) = value.get(member.name).filter(|value| **value != Value::Null) else { continue };
        match member.location {
            Location::Uri => labels.extend(print(member.schema, value).map(|text| (member.wire_name(), text))),
            Location::QueryString => put_query(&mut query, member.wire_name(), member.schema, value),
            Location::Header => header::write(&mut headers, member.wire_name(), member.schema, value),
            Location::Headers => header::write_prefixed(&mut headers, member, value),
            Location::Payload => body = payload_of(member, value),
            Location::Body | Location::StatusCode => {}
        }
    }
    let unfilled = || Unsendable::Path { pattern: call.uri.to_owned() };
    let pattern = UriPattern::parse(call.uri).map_err(|_| unfilled())?;
    let label = |name: &str| labels.iter().find(|(label, _)| *label == name).map(|(_, text)| text.as_str());
    let mut uri = pattern.fill(label).ok_or_else(unfilled)?;
    for pair in &query {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str(pair);
    }
    if !body.is_empty() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = call.method.clone();
    *request.uri_mut() = uri.parse().map_err(|_| unfilled())?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn put_query(query: &mut Vec<String>, name: &str, schema: &'static Schema, value: &Value) {
    match (schema.resolve(), value) {
        (Schema::List(list), Value::List(items)) => {
            for item in items {
                put_query(query, name, list.item, item);
            }
        }
        (Schema::Map(map), Value::Map(entries)) => {
            for (name, value) in entries {
                put_query(query, name, map.value, value);
            }
        }
        (schema, value) => {
            let text = print(schema, value).unwrap_or_default();
            query.push(format!("{}={}", encode_component(name), encode_component(&text)));
        }
    }
}

fn body_of(structure: &'static Structure, value: &Value) -> Bytes {
    if !structure.members.iter().any(crate::rest::is_in_body) {
        return Bytes::new();
    }
    let mut body = String::from("{");
    json_write::write_members(&mut body, structure, value, crate::rest::is_in_body);
    body.push('}');
    body.into()
}

fn payload_of(member: &Member, value: &Value) -> Bytes {
    match (member.schema.resolve(), value) {
        (Schema::Blob, Value::Blob(bytes)) => bytes.clone().into(),
        (Schema::String | Schema::Enum(_), Value::Text(text)) => text.clone().into(),
        (schema, value) => {
            let mut body = String::new();
            json_write::write(&mut body, schema, value);
            body.into()
        }
    }
}

fn payload(member: &Member, body: &Bytes) -> Result<Option<Value>, Unanswered> {
    let unreadable = |what: String| Unanswered::Unreadable { what };
    match member.schema.resolve() {
        _ if body.is_empty() => Ok(None),
        Schema::Blob => Ok(Some(Value::Blob(body.to_vec()))),
        Schema::String | Schema::Enum(_) => {
            let text = std::str::from_utf8(body).map_err(|fault| unreadable(fault.to_string()))?;
            Ok(Some(Value::Text(text.to_owned())))
        }
        schema => {
            let json = json_read::read(body).map_err(|fault| unreadable(fault.to_string()))?;
            json_read::fit(schema, json).map(Some).map_err(|fault| unreadable(fault.to_string()))
        }
    }
}

fn refusal(response: &http::Response<Bytes>) -> Unanswered {
    let body = json_read::read(response.body()).unwrap_or_default();
    let in_body = |name: &str| body.get(name).and_then(Value::as_text).map(str::to_owned);
    let in_header = response.headers().get("x-amzn-errortype").and_then(|code| code.to_str().ok()).map(str::to_owned);
    let code = in_header.or_else(|| in_body("__type")).unwrap_or_else(|| "InternalFailure".to_owned());
    let message = in_body("message").or_else(|| in_body("Message")).unwrap_or_else(|| reason(response.status()));
    Unanswered::Refused { code, message, status: response.status().as_u16() }
}

fn reason(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("the node gave no reason").to_owned()
}

fn print(schema: &'static Schema, value: &Value) -> Option<String> {
    text::print(schema, value, TimestampFormat::Iso8601)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorAnswer, Request, Router, Shape, Success};
    use base::Timestamp;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    struct Call {
        #[shape(uri = "the_id")]
        id: String,
        #[shape(query = "limit")]
        limit: Option<i32>,
        #[shape(query = "name")]
        names: Option<Vec<String>>,
        #[shape(query)]
        others: Option<BTreeMap<String, String>>,
        #[shape(header = "X-Note")]
        note: Option<String>,
        #[shape(headers = "x-meta-")]
        meta: Option<BTreeMap<String, String>>,
        #[shape(wire = "_list")]
        list: Option<Vec<Part>>,
        flag: Option<bool>,
    }

    #[derive(Debug, Clone, PartialEq, crate::Shape)]
    struct Part {
        text: String,
        number: Option<i64>,
        at: Option<Timestamp>,
        bytes: Option<Vec<u8>>,
        map: Option<BTreeMap<String, i32>>,
    }

    const URI: &str = "/things/{the_id}?mode=x";

    fn part() -> impl Strategy<Value = Part> {
        let seconds = (-10_000_000_000_i64..10_000_000_000).prop_map(|at| Timestamp::from_second(at).expect("a time"));
        let map = proptest::collection::btree_map(any::<String>(), any::<i32>(), 0..3);
        let some = proptest::option::of::<BoxedStrategy<_>>;
        (
            any::<String>(),
            any::<Option<i64>>(),
            some(seconds.boxed()),
            any::<Option<Vec<u8>>>(),
            proptest::option::of(map),
        )
            .prop_map(|(text, number, at, bytes, map)| Part { text, number, at, bytes, map })
    }

    fn call() -> impl Strategy<Value = Call> {
        let in_header = "[!-~]([ -~]{0,10}[!-~])?";
        (
            ".{1,20}",
            any::<Option<i32>>(),
            proptest::option::of(proptest::collection::vec(any::<String>(), 1..3)),
            proptest::option::of(proptest::collection::btree_map("[a-k]{1,3}", any::<String>(), 1..3)),
            proptest::option::of(in_header),
            proptest::option::of(proptest::collection::btree_map("[a-z]{1,5}", in_header, 1..3)),
            proptest::option::of(proptest::collection::vec(part(), 0..3)),
            any::<Option<bool>>(),
        )
            .prop_map(|(id, limit, names, others, note, meta, list, flag)| Call {
                id,
                limit,
                names,
                others,
                note,
                meta,
                list,
                flag,
            })
    }

    fn there(protocol: Protocol, call: &Call) -> Call {
        let outgoing = Outgoing { operation: "Do", target: "Things", method: Method::PUT, uri: URI };
        let value = call.to_value().expect("a value");
        let request = encode_request(protocol, &outgoing, Call::SCHEMA, &value).expect("a request");
        let mut router = Router::new();
        router.add(Method::PUT, URI, ()).expect("a pattern");
        let query = request.uri().query().unwrap_or_default();
        let labels = router.find(request.method(), request.uri().path(), query).map(|found| found.labels);
        let labels = labels.unwrap_or_default();
        let received = Request { headers: request.headers(), labels: &labels, query, body: request.body() };
        let value = protocol.decode_request(&received, Call::SCHEMA).expect("a value");
        Call::from_value(Some(value)).expect("a call")
    }

    fn back(protocol: Protocol, part: &Part) -> Part {
        let success = Success { operation: "Do", status: 201, request_id: "id", xml_namespace: None };
        let response = protocol.encode_response(&success, Part::SCHEMA, &part.to_value().expect("a value"));
        let value = decode_response(&response, Part::SCHEMA).expect("a value");
        Part::from_value(Some(value)).expect("a part")
    }

    proptest! {
        #[test]
        fn every_call_arrives_as_it_was_sent(call in call()) {
            for protocol in [Protocol::RestJson, Protocol::Json10, Protocol::Json11] {
                prop_assert_eq!(&there(protocol, &call), &call);
            }
        }

        #[test]
        fn every_answer_arrives_as_it_was_sent(part in part()) {
            for protocol in [Protocol::RestJson, Protocol::Json10, Protocol::Json11] {
                prop_assert_eq!(&back(protocol, &part), &part);
            }
        }

        #[test]
        fn any_request_is_answered(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            query in ".{0,60}",
            header in "[ -~]{0,40}",
        ) {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static("x-note"),
                HeaderValue::from_str(&header).expect("a value"),
            )]);
            let labels = crate::Labels::none();
            let request = Request { headers: &headers, labels: &labels, query: &query, body: &body };
            for protocol in
                [Protocol::RestJson, Protocol::Json10, Protocol::Json11, Protocol::Query, Protocol::RestXml]
            {
                let _ = protocol.decode_request(&request, Call::SCHEMA);
            }
        }
    }

    #[test]
    fn a_refusal_keeps_its_code_and_message() {
        for protocol in [Protocol::RestJson, Protocol::Json10, Protocol::Json11] {
            let response = protocol.encode_error(&ErrorAnswer {
                code: "NotFoundException",
                message: "Invalid \"stage\"",
                status: 404,
                request_id: "id",
                xml_namespace: None,
                members: None,
            });
            let refused = Unanswered::Refused {
                code: "NotFoundException".to_owned(),
                message: "Invalid \"stage\"".to_owned(),
                status: 404,
            };
            assert_eq!(decode_response(&response, Part::SCHEMA), Err(refused));
        }
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        let outgoing = Outgoing { operation: "Do", target: "Things", method: Method::PUT, uri: URI };
        let nothing = Value::Map(Vec::new());
        let sent = |protocol| encode_request(protocol, &outgoing, Call::SCHEMA, &nothing).map(|_| ());
        assert_eq!(sent(Protocol::Query), Err(Unsendable::Protocol));
        assert_eq!(sent(Protocol::RestJson), Err(Unsendable::Path { pattern: URI.to_owned() }));
    }
}
