//! Identify: finds the service by the target header, the credential scope or the operation's own shape.

use operation::Service;
use wire::{Labels, Protocol, Request};

use crate::Received;
use crate::catalog::{Catalog, Known, Target};
use crate::refusal::Refusal;

/// A call whose operation is known.
#[derive(Debug)]
pub(crate) struct Identified<'c> {
    pub(crate) received: &'c Received,
    pub(crate) service: &'c Service,
    pub(crate) target: Target<'c>,
    pub(crate) labels: Labels,
    // Only this step makes one.
    _made_here: (),
}

/// What was found of a call that could not be identified: enough to answer it in the right protocol and to record it.
#[derive(Debug)]
pub(crate) struct Unidentified<'c> {
    pub(crate) service: Option<&'c Service>,
    pub(crate) refusal: Refusal,
}

/// Finds the operation.
pub(crate) fn find<'c>(catalog: &'c Catalog, received: &'c Received) -> Result<Identified<'c>, Unidentified<'c>> {
    let request =
        Request { headers: &received.headers, labels: &Labels::none(), query: &received.query, body: &received.body };
    if let Some(target) = received.header("x-amz-target") {
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
        let known = catalog.targeted_by(prefix).ok_or_else(|| unknown_service(prefix))?;
        return named(received, known, name);
    }
    if let Some(name) = credential_service(received) {
        let known = catalog.signed_as(&name).ok_or_else(|| unknown_service(&name))?;
        return match known.service().protocol {
            Protocol::RestJson | Protocol::RestXml => routed(received, known),
            protocol @ (Protocol::Query | Protocol::Json10 | Protocol::Json11) => {
                named(received, known, &protocol.operation_named_by(&request).unwrap_or_default())
            }
        };
    }
    // Unsigned: only the call's own shape tells whose error it shall get.
    if let Some(action) = Protocol::Query.operation_named_by(&request) {
        let known = catalog.by_action().find(|known| known.named(&action).is_some());
        if let Some(known) = known {
            return named(received, known, &action);
        }
    }
    let known = catalog.routed().find(|known| known.at(&received.method, &received.path, &received.query).is_some());
    match known {
        Some(known) => routed(received, known),
        None => Err(Unidentified { service: None, refusal: Refusal::Signature(sigv4::Refusal::MissingToken) }),
    }
}

fn named<'c>(received: &'c Received, known: Known<'c>, name: &str) -> Result<Identified<'c>, Unidentified<'c>> {
    match known.named(name) {
        Some(target) => {
            Ok(Identified { received, service: known.service(), target, labels: Labels::none(), _made_here: () })
        }
        None => Err(unknown_operation(known.service(), name)),
    }
}

fn routed<'c>(received: &'c Received, known: Known<'c>) -> Result<Identified<'c>, Unidentified<'c>> {
    match known.at(&received.method, &received.path, &received.query) {
        Some((target, labels)) => Ok(Identified { received, service: known.service(), target, labels, _made_here: () }),
        None => Err(unknown_operation(known.service(), &format!("{} {}", received.method, received.path))),
    }
}

fn unknown_service<'c>(name: &str) -> Unidentified<'c> {
    Unidentified { service: None, refusal: Refusal::UnknownService { name: cut(name) } }
}

fn unknown_operation<'c>(service: &'c Service, name: &str) -> Unidentified<'c> {
    Unidentified { service: Some(service), refusal: Refusal::UnknownOperation { name: cut(name) } }
}

fn cut(text: &str) -> String {
    text.chars().take(128).collect()
}

/// Whether a call claims to be signed for `service`. It proves nothing yet.
pub(crate) fn claims(received: &Received, service: &str) -> bool {
    credential_service(received).is_some_and(|claimed| claimed == service)
}

/// The service in the credential scope, from the header or the query. It proves nothing yet.
fn credential_service(received: &Received) -> Option<String> {
    let scope = if let Some(header) = received.header("authorization") {
        credential(header.split_once("Credential=")?.1).to_owned()
    } else {
        let parameter = received.query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        parameter.replace("%2F", "/").replace("%2f", "/")
    };
    let parts: Vec<_> = scope.split('/').collect();
    match parts[..] {
        // Scopes of SigV4A name no region.
        [_, _, service, "aws4_request"] | [_, _, _, service, ..] => Some(service.to_owned()),
        _ => None,
    }
}

fn credential(rest: &str) -> &str {
    &rest[..rest.find([',', ' ']).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use base::Timestamp;
    use base::id::RequestId;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn service(authorization: Option<&str>, query: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert("authorization", HeaderValue::from_str(value).expect("visible ASCII"));
        }
        credential_service(&Received {
            request_id: RequestId::random(),
            now: Timestamp::UNIX_EPOCH,
            source: std::net::IpAddr::from([10, 0, 0, 1]),
            secure: false,
            method: Method::GET,
            path: "/".to_owned(),
            query: query.to_owned(),
            headers,
            body: Bytes::new(),
        })
    }

    #[test]
    fn the_service_stands_before_the_terminator_with_a_region_or_without() {
        let v4 = "AKIA/20260101/us-east-1/iam/aws4_request";
        let v4a = "AKIA/20260101/iam/aws4_request";
        for (algorithm, scope) in [("AWS4-HMAC-SHA256", v4), ("AWS4-ECDSA-P256-SHA256", v4a)] {
            for rest in [", SignedHeaders=host, Signature=0", " ,SignedHeaders=host", ""] {
                let header = format!("{algorithm} Credential={scope}{rest}");
                assert_eq!(service(Some(&header), "").as_deref(), Some("iam"), "{header}");
            }
            for escaped in [scope.to_owned(), scope.replace('/', "%2F"), scope.replace('/', "%2f")] {
                let query = format!("Action=X&X-Amz-Credential={escaped}&X-Amz-Date=1");
                assert_eq!(service(None, &query).as_deref(), Some("iam"), "{query}");
            }
        }
        for header in ["Bearer abc", "AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256 Credential=AKIA"] {
            assert_eq!(service(Some(header), ""), None, "{header}");
        }
    }
}
