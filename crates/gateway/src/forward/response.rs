//! Headers on their way back: what belongs to the backend's own connection or id is renamed, as in AWS, or dropped.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>

use egress::Fields;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use super::is_the_hops_own;

/// Where a header goes that is the gateway's own to set, by its place in [`Fate::Remapped`].
static REMAPPED: [HeaderName; 5] = [
    HeaderName::from_static("x-amzn-remapped-connection"),
    HeaderName::from_static("x-amzn-remapped-content-length"),
    HeaderName::from_static("x-amzn-remapped-date"),
    HeaderName::from_static("x-amzn-remapped-server"),
    HeaderName::from_static("x-amzn-remapped-x-amzn-requestid"),
];

/// Headers that the answer's later steps add before the map has to grow.
const ROOM: usize = 4;

/// What becomes of a header that does not simply pass.
enum Fate {
    Remapped(usize),
    Dropped,
}

impl Fate {
    /// `Content-Encoding` passes, unlike in AWS, because the body stays encoded too: AWS's own client decodes it.
    fn of(name: &HeaderName) -> Option<Self> {
        Some(match name.as_str() {
            "connection" => Self::Remapped(0),
            "content-length" => Self::Remapped(1),
            "date" => Self::Remapped(2),
            "server" => Self::Remapped(3),
            "x-amzn-requestid" => Self::Remapped(4),
            "transfer-encoding" | "via" | "trailer" | "te" | "upgrade" | "proxy-authenticate" | "keep-alive"
            | "proxy-connection" | "x-amz-apigw-id" => Self::Dropped,
            _ => return None,
        })
    }
}

/// Makes the proxy's headers of the backend's.
pub(crate) fn pass_back(fields: Fields) -> HeaderMap {
    let named = named_by_connection(&fields);
    let mut remapped = [const { None }; REMAPPED.len()];
    let mut headers = HeaderMap::with_capacity(fields.len() + ROOM);
    for (name, value) in fields {
        if named.contains(&name) {
            continue;
        }
        match Fate::of(&name) {
            None => {
                headers.append(name, value);
            }
            Some(Fate::Remapped(at)) => {
                remapped[at].get_or_insert(value);
            }
            Some(Fate::Dropped) => {}
        }
    }
    for (name, value) in REMAPPED.iter().zip(remapped) {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    headers
}

/// The headers that `Connection` names (RFC 9110, section 7.6.1), but for those that say what the body is.
fn named_by_connection(fields: &Fields) -> Vec<HeaderName> {
    let connection = fields.iter().find(|(name, _)| name == header::CONNECTION);
    let Some(value) = connection.and_then(|(_, value)| value.to_str().ok()) else { return Vec::new() };
    if value.eq_ignore_ascii_case("keep-alive") || value.eq_ignore_ascii_case("close") {
        return Vec::new();
    }
    let named = value.split(',').filter_map(|name| name.trim().parse().ok());
    named.filter(|name| *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE).collect()
}

/// Sets a header that a mapping names; what a mapping may not set directly gets AWS's other name.
pub(crate) fn set_mapped(headers: &mut HeaderMap, name: &HeaderName, value: HeaderValue) {
    match remapped(name) {
        Some(other) => {
            headers.append(other, value);
        }
        None if is_the_hops_own(name) => {}
        None => {
            headers.append(name.clone(), value);
        }
    }
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

    fn list(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_is_the_hops_own_is_renamed_or_dropped() {
        let headers = pass_back(list(&[
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
            ("x-amzn-remapped-date", "forged"),
        ]));
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
        for name in ["date", "www-authenticate", "transfer-encoding", "te", "keep-alive", "proxy-connection", "etag"] {
            set_mapped(&mut headers, &HeaderName::from_static(name), HeaderValue::from_static("x"));
        }
        let want = [("x-amzn-remapped-date", "x"), ("x-amzn-remapped-www-authenticate", "x"), ("etag", "x")];
        assert_eq!(headers, map(&want));
    }
}
