//! Requests to look into, and what is found in them as text.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;
use waf::field::{Extent, Extracted, Field, FieldToMatch};
use waf::{Body, Broken, Header, Request};

/// A request without anything.
pub(crate) fn request() -> Request<'static> {
    Request {
        method: b"GET",
        path: b"/",
        query: b"",
        version: "HTTP/1.1",
        headers: &[],
        body: Body::default(),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        host: "api.example.com",
    }
}

/// A request with a body that is wholly known.
pub(crate) fn with_body(body: &[u8]) -> Request<'_> {
    Request { body: Body { prefix: body, truncated: false }, ..request() }
}

/// Headers of names and values.
pub(crate) fn headers<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Header<'a>> {
    pairs.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect()
}

/// What a field is found to hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// `name: value`, or the value alone where it has no name.
    pub(crate) values: Vec<String>,
    pub(crate) extent: Extent,
    pub(crate) broken: Option<Broken>,
}

/// Reads AWS's JSON and finds the field in a request.
pub(crate) fn find(field: &Value, request: &Request<'_>) -> Found {
    find_prepared(field, None, request)
}

/// The same with pre-parse text transformations.
pub(crate) fn find_prepared(field: &Value, before: Option<&Value>, request: &Request<'_>) -> Found {
    let field = FieldToMatch::parse(field, before).expect("a field of a test is written as AWS writes it").field;
    find_field(&field, request)
}

/// Finds a field that AWS has no words for.
pub(crate) fn find_field(field: &Field, request: &Request<'_>) -> Found {
    let mut extracted = Extracted::default();
    // What an earlier request left behind must make no difference.
    field.extract(&with_body(b"[\"left \\n behind\", 1, 2]"), &mut extracted);
    field.extract(request, &mut extracted);
    assert_eq!(extracted.values(request).len(), extracted.len());
    let values = extracted.values(request).map(|value| {
        let bytes = String::from_utf8_lossy(value.bytes);
        match extracted.name(request, value.index) {
            Some(name) => format!("{name}: {bytes}"),
            None => bytes.into_owned(),
        }
    });
    Found { values: values.collect(), extent: extracted.extent(), broken: extracted.broken() }
}

/// The values alone, of a field that is whole and not broken.
pub(crate) fn values(field: &Value, request: &Request<'_>) -> Vec<String> {
    let found = find(field, request);
    assert_eq!((found.extent, found.broken), (Extent::Whole, None), "{field}");
    found.values
}
