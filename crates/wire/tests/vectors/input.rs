//! One input vector: the request that botocore's client writes is read, and its parameters come out.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value as Json;
use wire::{Labels, Location, Protocol, Request, Router, Schema, Structure};

use crate::shapes::Shapes;
use crate::values::{bare, value};

/// Cases whose request says something that only a client knows, with the reason.
pub(crate) const SKIPPED: &[(&str, &str)] = &[
    ("RestJsonHostWithPath", "the client's endpoint has a path of its own"),
    ("MediaTypeHeaderInputBase64", "no service here has JSON in a header"),
    ("RestJsonQueryIdempotencyTokenAutoFill", TOKEN),
    ("QueryProtocolIdempotencyTokenAutoFill", TOKEN),
    ("QueryIdempotencyTokenAutoFill", TOKEN),
    ("SDKAppliedContentEncoding_restJson1", NO_BODY),
    ("SDKAppendedGzipAfterProvidedEncoding_restJson1", NO_BODY),
    ("SDKAppliedContentEncoding_awsJson1_1", NO_BODY),
    ("SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1", NO_BODY),
    ("SDKAppliedContentEncoding_awsJson1_0", NO_BODY),
    ("SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0", NO_BODY),
    ("SDKAppliedContentEncoding_awsQuery", NO_BODY),
    ("SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery", NO_BODY),
    ("SDKAppliedContentEncoding_restXml", NO_BODY),
    ("SDKAppendedGzipAfterProvidedEncoding_restXml", NO_BODY),
];

const TOKEN: &str = "the client makes up the token";
const NO_BODY: &str = "the client compresses; the vector does not hold the body";

pub(crate) fn check(protocol: Protocol, suite: &Json, case: &Json) -> Result<(), String> {
    let given = &case["given"];
    let schema = Shapes::of(suite).table(&given["input"]);
    let serialized = &case["serialized"];
    let uri = serialized["uri"].as_str().expect("a request has a URI");
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let labels = match protocol {
        Protocol::RestJson | Protocol::RestXml => route(given, path, query)?,
        Protocol::Json10 | Protocol::Json11 | Protocol::Query => Labels::none(),
    };
    let headers = headers(&serialized["headers"]);
    let body = serialized["body"].as_str().unwrap_or_default();
    let request = Request { headers: &headers, labels: &labels, query, body: body.as_bytes() };
    let name = given["name"].as_str();
    // Some of the json vectors leave the target to the client.
    let names_itself = protocol == Protocol::Query || headers.contains_key("x-amz-target");
    if names_itself && protocol.operation_named_by(&request).as_deref() != name {
        return Err(format!("the operation is not {name:?}"));
    }
    let decoded = protocol.decode_request(&request, schema).map_err(|fault| fault.to_string())?;
    let mut expected = bare(value(schema, &case["params"]).into_json());
    forget_doubles(schema, &mut expected);
    let (decoded, expected) = (bare(decoded.into_json()), bare(expected));
    if decoded == expected { Ok(()) } else { Err(format!("read {decoded} for {expected}")) }
}

fn route(given: &Json, path: &str, query: &str) -> Result<Labels, String> {
    let method: Method = given["http"]["method"].as_str().expect("a method").parse().expect("a method");
    let pattern = given["http"]["requestUri"].as_str().expect("a pattern");
    let mut router = Router::new();
    router.add(method.clone(), pattern, ()).map_err(|fault| fault.to_string())?;
    router.find(&method, path, query).map(|found| found.labels).ok_or(format!("{path}?{query} is not {pattern}"))
}

pub(crate) fn headers(json: &Json) -> HeaderMap {
    let entries = json.as_object().into_iter().flatten();
    let header = |(name, value): (&String, &Json)| {
        let name: HeaderName = name.parse().expect("a header name");
        (name, HeaderValue::from_str(value.as_str().expect("a header value")).expect("a header value"))
    };
    entries.map(header).collect()
}

/// A client may be given a parameter twice, by its own name and in the map of all others; it travels once.
fn forget_doubles(schema: &'static Schema, expected: &mut Json) {
    let Schema::Structure(Structure { members, .. }) = schema.resolve() else { return };
    for map in members.iter().filter(|member| member.location == Location::QueryString && member.wire_name.is_none()) {
        let Some(entries) = expected[map.name].as_object_mut() else { continue };
        entries.retain(|key, _| members.iter().all(|member| member.wire_name != Some(key)));
    }
}
