//! One output vector: its result is written, and the answer is what botocore's client reads.

use bytes::Bytes;
use http::Response;
use serde_json::Value as Json;
use wire::{ErrorAnswer, Protocol, Schema, Success, Value};

use crate::shapes::Shapes;
use crate::values::{bare, value};
use crate::{input, xml};

/// Cases that try a client's tolerance for what this server never writes, with the reason.
pub(crate) const SKIPPED: &[(&str, &str)] = &[
    ("RestJsonDateTimeWithNegativeOffset", OFFSET),
    ("RestJsonDateTimeWithPositiveOffset", OFFSET),
    ("AwsJson11DateTimeWithNegativeOffset", OFFSET),
    ("AwsJson11DateTimeWithPositiveOffset", OFFSET),
    ("AwsQueryDateTimeWithNegativeOffset", OFFSET),
    ("AwsQueryDateTimeWithPositiveOffset", OFFSET),
    ("RestXmlDateTimeWithNegativeOffset", OFFSET),
    ("RestXmlDateTimeWithPositiveOffset", OFFSET),
    ("RestJsonFooErrorUsingCode", ELSEWHERE),
    ("RestJsonFooErrorUsingCodeAndNamespace", ELSEWHERE),
    ("RestJsonFooErrorUsingCodeUriAndNamespace", ELSEWHERE),
    ("RestJsonFooErrorWithDunderType", ELSEWHERE),
    ("RestJsonFooErrorWithDunderTypeAndNamespace", ELSEWHERE),
    ("RestJsonFooErrorWithDunderTypeUriAndNamespace", ELSEWHERE),
    ("AwsJson11FooErrorUsingCode", ELSEWHERE),
    ("AwsJson11FooErrorUsingCodeAndNamespace", ELSEWHERE),
    ("AwsJson11FooErrorUsingCodeUriAndNamespace", ELSEWHERE),
    ("AwsJson10FooErrorUsingCode", ELSEWHERE),
    ("AwsJson10FooErrorUsingCodeAndNamespace", ELSEWHERE),
    ("AwsJson10FooErrorUsingCodeUriAndNamespace", ELSEWHERE),
    ("RestJsonDeserializeIgnoreType", STRANGE),
    ("AwsJson11DeserializeIgnoreType", STRANGE),
    ("AwsJson10DeserializeIgnoreType", STRANGE),
    ("handles_unexpected_json_output", STRANGE),
    ("AwsJson10HandlesUnexpectedJsonOutput", STRANGE),
    ("InvalidGreetingError", STRANGE),
    ("ComplexError", STRANGE),
    ("MediaTypeHeaderOutputBase64", "no service here has JSON in a header"),
];

const OFFSET: &str = "a server writes UTC; only clients read offsets";
const ELSEWHERE: &str = "a client looks for the code in several places; this server writes the one AWS writes";
const STRANGE: &str = "the body holds members that the result does not, which clients ignore";

pub(crate) fn check(protocol: Protocol, suite: &Json, case: &Json) -> Result<(), String> {
    let given = &case["given"];
    let expected = &case["response"];
    let response = if case["errorCode"].is_null() {
        let schema = Shapes::of(suite).table(&given["output"]);
        let status = given["http"]["responseCode"].as_u64().unwrap_or(200) as u16;
        let success = Success {
            operation: given["name"].as_str().expect("a name"),
            status,
            request_id: expected["headers"]["X-Amzn-Requestid"].as_str().unwrap_or("foo-id"),
            xml_namespace: None,
        };
        protocol.encode_response(&success, schema, &value(schema, &case["result"]))
    } else {
        error(protocol, suite, case)
    };
    let status = expected["status_code"].as_u64().expect("a status");
    if u64::from(response.status().as_u16()) != status {
        return Err(format!("status {} for {status}", response.status()));
    }
    compare_headers(&response, expected)?;
    let body = std::str::from_utf8(response.body()).expect("the vectors' bodies are text");
    compare_bodies(protocol, body, expected["body"].as_str().unwrap_or_default())
}

fn error(protocol: Protocol, suite: &Json, case: &Json) -> Response<Bytes> {
    let code = case["errorCode"].as_str().expect("a code");
    let is_it = |reference: &&Json| {
        let name = reference["shape"].as_str().expect("an error has a shape");
        name == code || suite["shapes"][name]["error"]["code"] == code
    };
    let reference = case["given"]["errors"].as_array().and_then(|errors| errors.iter().find(is_it));
    let members = reference.map(|reference| {
        let schema: &'static Schema = Shapes::of(suite).table(reference);
        let members = if case["error"].is_null() { Value::Map(Vec::new()) } else { value(schema, &case["error"]) };
        (schema, members)
    });
    protocol.encode_error(&ErrorAnswer {
        code,
        message: case["errorMessage"].as_str().unwrap_or_default(),
        status: case["response"]["status_code"].as_u64().expect("a status") as u16,
        request_id: "foo-id",
        xml_namespace: None,
        members,
    })
}

fn compare_headers(response: &Response<Bytes>, expected: &Json) -> Result<(), String> {
    for (name, value) in &input::headers(&expected["headers"]) {
        // The server's own business, and of no meaning on an empty body.
        let own = ["content-length", "x-amz-target"].contains(&name.as_str());
        if own || (name == "content-type" && response.body().is_empty()) {
            continue;
        }
        let written = response.headers().get(name).and_then(|value| value.to_str().ok());
        if name == "x-amzn-errortype" && written == value.to_str().ok().map(short) {
            continue;
        }
        if written != value.to_str().ok() {
            return Err(format!("header {name} is {written:?} for {value:?}"));
        }
    }
    Ok(())
}

fn compare_bodies(protocol: Protocol, body: &str, expected: &str) -> Result<(), String> {
    let differ = |written: String, wanted: String| {
        if written == wanted { Ok(()) } else { Err(format!("wrote {written} for {wanted}")) }
    };
    let is_json = expected.trim_start().starts_with(['{', '[', '"']) || (expected.is_empty() && body.starts_with('{'));
    if is_json {
        let mut written: Json = serde_json::from_str(if body.is_empty() { "{}" } else { body }).expect("JSON");
        let mut wanted: Json = serde_json::from_str(if expected.is_empty() { "{}" } else { expected }).expect("JSON");
        if let (Some(written), Some(wanted)) = (written.as_object_mut(), wanted.as_object_mut()) {
            // Every error of ours says something and names its code in both places, where a vector has only one.
            written.retain(|key, _| wanted.contains_key(key) || !["message", "__type"].contains(&key.as_str()));
            if let Some(Json::String(code)) = wanted.get_mut("__type") {
                *code = short(code).to_owned();
            }
        }
        return differ(bare(written).to_string(), bare(wanted).to_string());
    }
    if expected.trim_start().starts_with('<') {
        return differ(xml::canonical(body, protocol), xml::canonical(expected, protocol));
    }
    if matches!(protocol, Protocol::Query) && expected.is_empty() {
        return Ok(());
    }
    differ(body.to_owned(), expected.to_owned())
}

/// A code as clients take it: without name space before and address behind.
fn short(code: &str) -> &str {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code)
}
