//! Headers on their way back: what belongs to the backend's own connection or id is renamed, as in AWS, or dropped.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

static REMAPPED_CONNECTION: HeaderName = HeaderName::from_static("x-amzn-remapped-connection");
static REMAPPED_CONTENT_LENGTH: HeaderName = HeaderName::from_static("x-amzn-remapped-content-length");
static REMAPPED_DATE: HeaderName = HeaderName::from_static("x-amzn-remapped-date");
static REMAPPED_SERVER: HeaderName = HeaderName::from_static("x-amzn-remapped-server");
static REMAPPED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-remapped-x-amzn-requestid");

/// What becomes of a header that does not simply pass.
enum Fate {
    Remapped(&'static HeaderName),
    Dropped,
}

impl Fate {
    /// `Content-Encoding` passes, unlike in AWS, because the body stays encoded too: AWS's own client decodes it.
    fn of(name: &HeaderName) -> Option<Self> {
        Some(match name.as_str() {
            "connection" => Self::Remapped(&REMAPPED_CONNECTION),
            "content-length" => Self::Remapped(&REMAPPED_CONTENT_LENGTH),
            "date" => Self::Remapped(&REMAPPED_DATE),
            "server" => Self::Remapped(&REMAPPED_SERVER),
            "x-amzn-requestid" => Self::Remapped(&REMAPPED_REQUEST_ID),
            "transfer-encoding" | "via" | "trailer" | "te" | "upgrade" | "proxy-authenticate" | "keep-alive"
            | "proxy-connection" | "x-amz-apigw-id" => Self::Dropped,
            _ => return None,
        })
    }
}

/// Turns the backend's headers into the proxy's, in place.
pub(crate) fn pass_back(headers: &mut HeaderMap) {
    remove_named_by_connection(headers);
    // Looking at each header once is cheaper than looking for each name.
    let fated: Vec<_> = headers.keys().filter_map(|name| Some((name.clone(), Fate::of(name)?))).collect();
    for (name, fate) in fated {
        if let (Some(value), Fate::Remapped(other)) = (headers.remove(&name), fate) {
            headers.insert(other, value);
        }
    }
}

fn remove_named_by_connection(headers: &mut HeaderMap) {
    let Some(value) = headers.get(header::CONNECTION).and_then(|value| value.to_str().ok()) else { return };
    if value.eq_ignore_ascii_case("keep-alive") || value.eq_ignore_ascii_case("close") {
        return;
    }
    let named: Vec<HeaderName> = value.split(',').filter_map(|name| name.trim().parse().ok()).collect();
    for name in named.into_iter().filter(|name| name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE) {
        headers.remove(name);
    }
}

/// Sets a header that a mapping names; what a mapping may not set directly gets AWS's other name.
pub(crate) fn set_mapped(headers: &mut HeaderMap, name: &HeaderName, value: HeaderValue) {
    if name == header::TRANSFER_ENCODING {
        return;
    }
    match remapped(name) {
        Some(other) => headers.append(other, value),
        None => headers.append(name.clone(), value),
    };
}

/// AWS's other name of a header that answers of `HTTP` and `MOCK` integrations may not set.
fn remapped(name: &HeaderName) -> Option<HeaderName> {
    const RESTRICTED: [&str; 15] = [
        "connection",
        "content-length",
        "date",
        "server",
        "authorization",
        "content-md5",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
    ];
    if !RESTRICTED.contains(&name.as_str()) {
        return None;
    }
    format!("x-amzn-remapped-{name}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_is_the_hops_own_is_renamed_or_dropped() {
        let mut headers = map(&[
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("date", "today"),
            ("server", "s"),
            ("content-length", "2"),
            ("via", "1.1 x"),
            ("keep-alive", "timeout=5"),
            ("content-type", "text/plain"),
            ("content-encoding", "gzip"),
            ("x-amzn-requestid", "theirs"),
        ]);
        pass_back(&mut headers);
        assert_eq!(
            headers,
            map(&[
                ("x-amzn-remapped-connection", "close, x-hop"),
                ("x-amzn-remapped-date", "today"),
                ("x-amzn-remapped-server", "s"),
                ("x-amzn-remapped-content-length", "2"),
                ("x-amzn-remapped-x-amzn-requestid", "theirs"),
                ("content-type", "text/plain"),
                ("content-encoding", "gzip"),
            ])
        );
    }

    #[test]
    fn a_mapping_cannot_set_what_belongs_to_the_connection() {
        let mut headers = HeaderMap::new();
        for name in [header::DATE, header::WWW_AUTHENTICATE, header::TRANSFER_ENCODING, header::ETAG] {
            set_mapped(&mut headers, &name, HeaderValue::from_static("x"));
        }
        let want = [("x-amzn-remapped-date", "x"), ("x-amzn-remapped-www-authenticate", "x"), ("etag", "x")];
        assert_eq!(headers, map(&want));
    }
}
