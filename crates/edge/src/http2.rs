//! Judges an HTTP/2 request head: hyper has framed it, but which host it is for is ours to check.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1>

use http::header::{COOKIE, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

use crate::head::{Head, ReceivedHeaders, Target};
use crate::host::{check_host, elsewhere, same_authority, without_port};
use crate::limits::Limits;
use crate::parse::RefusedHead;
use crate::refusal::FrontEndRefusal;

/// Takes the head of a request on a connection whose handshake asked for `sni`.
pub(crate) fn head(parts: Parts, sni: Option<&str>, limits: &Limits) -> Result<Head, RefusedHead> {
    let Parts { method, uri, version, mut headers, .. } = parts;
    let raw = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let target = Target::new(raw.as_bytes(), 0).filter(|_| raw.starts_with('/'));
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let verdict = settle_host(&mut headers, authority, sni);
    join_cookies(&mut headers);
    let header_bytes =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>();
    let target_bytes = raw.len();
    let received = ReceivedHeaders::from(headers);
    let Some(target) = target else { return Err(FrontEndRefusal::InvalidTarget.into()) };
    let head = Head { method, target, version, received, header_bytes };
    match verdict.and_then(|()| check_sizes(&head, target_bytes, limits)) {
        Ok(()) => Ok(head),
        Err(refusal) => Err(RefusedHead { refusal, head: Some(Box::new(head)) }),
    }
}

/// Sees that the request is for one host, the connection's, and writes it into `host`.
fn settle_host(headers: &mut HeaderMap, authority: Option<&str>, sni: Option<&str>) -> Result<(), FrontEndRefusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let (host, second) = (hosts.next(), hosts.next());
    if second.is_some() {
        return Err(FrontEndRefusal::RepeatedHost);
    }
    let host = host.map(|host| host.to_str().map_err(|_| FrontEndRefusal::InvalidHost)).transpose()?;
    let asked = match (authority, host) {
        (None, None) => return Err(FrontEndRefusal::MissingHost),
        (Some(authority), Some(host)) if !same_authority(authority, host) => {
            return Err(FrontEndRefusal::AuthorityDiffers);
        }
        (Some(asked), _) | (None, Some(asked)) => asked,
    };
    check_host(asked.as_bytes())?;
    // SECURITY: a client that reuses a connection for another host would be judged by this one's TLS (RFC 9113, 9.1.2).
    let elsewhere = elsewhere(without_port(asked), sni);
    let host = HeaderValue::from_str(asked).map_err(|_| FrontEndRefusal::InvalidHost)?;
    headers.insert(HOST, host);
    if elsewhere { Err(FrontEndRefusal::Misdirected) } else { Ok(()) }
}

/// HTTP/2 may split a cookie into crumbs; whoever reads on expects one line (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let crumbs: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(whole) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(COOKIE, whole);
    }
}

fn check_sizes(head: &Head, target_bytes: usize, limits: &Limits) -> Result<(), FrontEndRefusal> {
    if head.method == Method::CONNECT {
        return Err(FrontEndRefusal::MethodNotServed);
    }
    if target_bytes > limits.url_bytes_max {
        return Err(FrontEndRefusal::TargetTooLong);
    }
    if head.received.len() > limits.header_count_max {
        return Err(FrontEndRefusal::TooManyHeaders);
    }
    if head.header_bytes > limits.header_bytes_max {
        return Err(FrontEndRefusal::HeadersTooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use proptest::prelude::*;

    fn judge(uri: &str, headers: &[(&str, &str)], sni: Option<&str>) -> Result<Head, FrontEndRefusal> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        head(parts, sni, &Limits::default()).map_err(|refused| refused.refusal)
    }

    #[test]
    fn a_request_is_for_one_host_and_for_this_connection() {
        let ok = judge("https://a.b:8443/x?y", &[], Some("a.b")).expect("its own host");
        assert_eq!((ok.target.as_str(), ok.received.text("host")), ("/x?y", Some("a.b:8443")));
        assert!(judge("https://A.b/", &[("host", "a.B")], Some("a.b")).is_ok());
        assert!(judge("https://a.b/", &[], None).is_ok(), "a client without SNI");
        assert!(judge("/x", &[("host", "a.b")], Some("a.b")).is_ok());
        for (uri, headers, why) in [
            ("https://c.d/", &[][..], FrontEndRefusal::Misdirected),
            ("/", &[("host", "c.d")], FrontEndRefusal::Misdirected),
            ("https://a.b/", &[("host", "c.d")], FrontEndRefusal::AuthorityDiffers),
            ("https://a.b/", &[("host", "a.b"), ("host", "a.b")], FrontEndRefusal::RepeatedHost),
            ("/", &[], FrontEndRefusal::MissingHost),
            ("https://x@a.b/", &[], FrontEndRefusal::InvalidHost),
        ] {
            assert_eq!(judge(uri, headers, Some("a.b")).expect_err(uri), why, "{uri} {headers:?}");
        }
    }

    #[test]
    fn cookie_crumbs_become_one_cookie() {
        let head = judge("https://a/", &[("cookie", "a=1"), ("cookie", "b=2")], None).expect("sound");
        assert_eq!(head.received.text("cookie"), Some("a=1; b=2"));
        assert_eq!(head.received.get_all("cookie").count(), 1);
    }

    #[test]
    fn a_large_head_is_refused() {
        let large = "x".repeat(11_000);
        assert_eq!(judge("https://a/", &[("x", &large)], None).expect_err("large"), FrontEndRefusal::HeadersTooLarge);
        let long = format!("https://a/{large}");
        assert_eq!(judge(&long, &[], None).expect_err("long"), FrontEndRefusal::TargetTooLong);
    }

    proptest! {
        #[test]
        fn any_head_is_for_one_host_or_refused(
            authority in "([a-z.:@\\[\\]0-9]{0,12}|[!-~]{0,12})", hosts in prop::collection::vec("[ -~]{0,12}", 0..3), path in "/[!-~]{0,40}"
        ) {
            let mut request = Request::get(if authority.is_empty() { path } else { format!("https://{authority}{path}") });
            for host in &hosts {
                request = request.header("host", host);
            }
            // What the library refuses never comes here.
            if let Ok(request) = request.body(())
                && let Ok(head) = head(request.into_parts().0, Some("a.b"), &Limits::default())
            {
                let host = head.received.text("host").expect("text");
                prop_assert!(without_port(host).trim_end_matches('.').eq_ignore_ascii_case("a.b"), "{}", host);
                prop_assert_eq!(head.received.get_all("host").count(), 1);
            }
        }
    }
}
