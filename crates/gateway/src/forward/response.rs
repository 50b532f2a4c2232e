//! Headers on their way back: what belongs to the backend's own connection or id is renamed, as in AWS, or dropped.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>

use edge::Fields;
use egress::Fields as Received;
use http::HeaderValue;
use http::header::{self, HeaderName};

use super::is_the_hops_own;

/// Where a header goes that is the gateway's own to set, by its place in [`Fate::Remapped`].
static REMAPPED: [HeaderName; 5] = [
    HeaderName::from_static("x-amzn-remapped-connection"),
    HeaderName::from_static("x-amzn-remapped-content-length"),
    HeaderName::from_static("x-amzn-remapped-date"),
    HeaderName::from_static("x-amzn-remapped-server"),
    HeaderName::from_static("x-amzn-remapped-x-amzn-requestid"),
];

/// How all of these begin.
const REMAPPED_PREFIX: &str = "x-amzn-remapped-";

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

/// Makes the proxy's fields of the backend's, in their places.
pub(crate) fn pass_back(mut fields: Received) -> Fields {
    let named = named_by_connection(&fields);
    if fields.iter().any(|(name, _)| name.as_str().starts_with(REMAPPED_PREFIX)) {
        drop_forged(&mut fields, &named);
    }
    let mut seen = [false; REMAPPED.len()];
    fields.retain_mut(|(name, _)| {
        if named.contains(name) {
            return false;
        }
        match Fate::of(name) {
            None => true,
            // Only the first of them is kept.
            Some(Fate::Remapped(at)) => {
                *name = REMAPPED[at].clone();
                !std::mem::replace(&mut seen[at], true)
            }
            Some(Fate::Dropped) => false,
        }
    });
    Fields::from(fields)
}

/// A backend's own field of a name that we give stands only where we give it to none.
fn drop_forged(fields: &mut Received, named: &[HeaderName]) {
    let mut given = [false; REMAPPED.len()];
    for (name, _) in fields.iter().filter(|(name, _)| !named.contains(name)) {
        if let Some(Fate::Remapped(at)) = Fate::of(name) {
            given[at] = true;
        }
    }
    fields.retain(|(name, _)| !REMAPPED.iter().zip(given).any(|(remapped, given)| given && remapped == name));
}

/// The headers that `Connection` names (RFC 9110, section 7.6.1), but for those that say what the body is.
fn named_by_connection(fields: &Received) -> Vec<HeaderName> {
    let connection = fields.iter().find(|(name, _)| name == header::CONNECTION);
    let Some(value) = connection.and_then(|(_, value)| value.to_str().ok()) else { return Vec::new() };
    if value.eq_ignore_ascii_case("keep-alive") || value.eq_ignore_ascii_case("close") {
        return Vec::new();
    }
    let named = value.split(',').filter_map(|name| name.trim().parse().ok());
    named.filter(|name| *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE).collect()
}

/// Sets a header that a mapping names; what a mapping may not set directly gets AWS's other name.
pub(crate) fn set_mapped(fields: &mut Fields, name: &HeaderName, value: HeaderValue) {
    match remapped(name) {
        Some(other) => fields.append(other, value),
        None if is_the_hops_own(name) => {}
        None => fields.append(name.clone(), value),
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
    format!("{REMAPPED_PREFIX}{name}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(&str, &str)]) -> Received {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_is_the_hops_own_is_renamed_or_dropped() {
        let fields = pass_back(list(&[
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("date", "today"),
            ("date", "tomorrow"),
            ("server", "s"),
            ("content-length", "2"),
            ("via", "1.1 x"),
            ("keep-alive", "timeout=5"),
            ("content-type", "text/plain"),
            ("content-encoding", "gzip"),
            ("x-amzn-requestid", "theirs"),
            ("x-amzn-remapped-date", "forged"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ]));
        let want = list(&[
            ("x-amzn-remapped-connection", "close, x-hop"),
            ("x-amzn-remapped-date", "today"),
            ("x-amzn-remapped-server", "s"),
            ("x-amzn-remapped-content-length", "2"),
            ("content-type", "text/plain"),
            ("content-encoding", "gzip"),
            ("x-amzn-remapped-x-amzn-requestid", "theirs"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ]);
        assert_eq!(fields, Fields::from(want));
    }

    #[test]
    fn what_another_gateway_renamed_passes_unless_it_would_stand_beside_ours() {
        let theirs = [("x-amzn-remapped-date", "theirs"), ("x-amzn-remapped-server", "theirs")];
        assert_eq!(pass_back(list(&theirs)), Fields::from(list(&theirs)));
        let beside = [theirs[0], ("server", "ours"), theirs[1]];
        let want = [theirs[0], ("x-amzn-remapped-server", "ours")];
        assert_eq!(pass_back(list(&beside)), Fields::from(list(&want)));
        // A field that `Connection` names is not ours to give.
        let named = [("connection", "server"), ("server", "hop"), theirs[1]];
        let want = [("x-amzn-remapped-connection", "server"), theirs[1]];
        assert_eq!(pass_back(list(&named)), Fields::from(list(&want)));
    }

    #[test]
    fn a_mapping_cannot_set_what_belongs_to_the_connection() {
        let mut fields = Fields::new();
        for name in ["date", "www-authenticate", "transfer-encoding", "te", "keep-alive", "proxy-connection", "etag"] {
            set_mapped(&mut fields, &HeaderName::from_static(name), HeaderValue::from_static("x"));
        }
        let want = [("x-amzn-remapped-date", "x"), ("x-amzn-remapped-www-authenticate", "x"), ("etag", "x")];
        assert_eq!(fields, Fields::from(list(&want)));
    }
}
