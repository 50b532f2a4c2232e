//! Headers on their way to a backend: what ends here is removed, what tells of the client is added.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html> and RFC 9110, section 7.6.

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};
use snapshot::Stage;

use crate::context::put_address;
use crate::request::{Request, TRACE_ID};

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static API_ID: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");
static HTTPS: HeaderValue = HeaderValue::from_static("https");
static HTTP: HeaderValue = HeaderValue::from_static("http");
/// How AWS's gateways name themselves to backends.
static VIA: HeaderValue = HeaderValue::from_static("HTTP/1.1 AmazonAPIGateway");

/// What no backend is sent: the hop's own, and what AWS drops.
fn is_removed(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "host"
            | "content-length"
            | "transfer-encoding"
            | "upgrade"
            | "te"
            | "trailer"
            | "expect"
            | "max-forwards"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "server"
            | "www-authenticate"
            | "content-md5"
            | "keep-alive"
            | "proxy-connection"
            | "http2-settings"
            | "x-amzn-requestid"
    )
}

/// Turns the client's headers into the backend's, in place.
pub(crate) fn pass_on(headers: &mut HeaderMap, request: &Request, stage: &Stage) {
    remove_named_by_connection(headers);
    // Looking at each header once is cheaper than looking for each name.
    let removed: Vec<_> = headers.keys().filter(|name| is_removed(name)).cloned().collect();
    for name in removed {
        headers.remove(name);
    }
    join_cookies(headers);
    // SECURITY: a signature for us is a credential that the backend must not get to replay.
    if headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"AWS4-")) {
        headers.remove(header::AUTHORIZATION);
    }
    headers.append(header::VIA, VIA.clone());
    introduce(headers, request, stage);
}

/// Tells the backend whom the request is from and through which API it came.
pub(crate) fn introduce(headers: &mut HeaderMap, request: &Request, stage: &Stage) {
    let forwarded_for = forwarded_for(headers, request);
    headers.insert(&FORWARDED_FOR, forwarded_for);
    headers.insert(&FORWARDED_PORT, HeaderValue::from(request.connection.local.port()));
    let scheme = if request.connection.tls.is_some() { &HTTPS } else { &HTTP };
    headers.insert(&FORWARDED_PROTO, scheme.clone());
    headers.insert(&TRACE_ID, request.trace_id.clone());
    if let Ok(id) = HeaderValue::from_str(stage.api_id.as_str()) {
        headers.insert(&API_ID, id);
    }
}

/// HTTP/2 may split a cookie header that HTTP/1.1 must have in one (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let parts: Vec<&[u8]> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if parts.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&parts.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

/// Removes the headers that `Connection` names (RFC 9110, section 7.6.1).
fn remove_named_by_connection(headers: &mut HeaderMap) {
    let Some(first) = headers.get(header::CONNECTION) else { return };
    // Most connections say only this.
    if first == "keep-alive" || first == "close" {
        return;
    }
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // SECURITY: a client must not be able to take away what the gateway or AWS's rules rely on.
        .filter(|name| !is_protected(name))
        .collect();
    for name in named {
        headers.remove(name);
    }
}

/// End-to-end headers that `Connection` must not name (RFC 9110 names `Cache-Control`; the others identify the caller).
fn is_protected(name: &HeaderName) -> bool {
    [header::AUTHORIZATION, header::COOKIE, header::CONTENT_TYPE, header::CACHE_CONTROL, header::CONTENT_ENCODING]
        .contains(name)
        || name.as_str().starts_with("x-forwarded-")
}

/// An IPv6 address has at most 39 characters.
const ADDRESS_BYTES_MAX: usize = 39;

/// The client's own chain with the client behind it: what stands before our entry is hearsay.
fn forwarded_for(headers: &HeaderMap, request: &Request) -> HeaderValue {
    let mut chain = Vec::with_capacity(ADDRESS_BYTES_MAX);
    for value in headers.get_all(&FORWARDED_FOR) {
        chain.extend_from_slice(value.as_bytes());
        chain.extend_from_slice(b", ");
    }
    put_address(request.source_ip(), &mut chain);
    // Parts of header values joined by a comma are a header value.
    HeaderValue::from_maybe_shared(Bytes::from(chain)).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}
