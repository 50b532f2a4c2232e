//! What a web ACL answers in place of the API, with its headers.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html>

use bytes::Bytes;
use edge::Fields;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use waf::{Answered, Purpose};

use super::{Answer, Body};
use crate::firewall::page;
use crate::forward::is_the_hops_own;
use crate::reason;
use crate::steps::firewall::FirewallAnswer;

/// What is to be done, told to scripts.
const ACTION: &str = "x-amzn-waf-action";
/// Lets scripts of other origins read it.
const EXPOSE: &str = "access-control-expose-headers";

pub(super) fn compose(answer: &FirewallAnswer) -> (Answer, reason::Answer) {
    let status = answer.status();
    let (fields, body) = match answer {
        FirewallAnswer::Custom(answered) => custom(answered),
        FirewallAnswer::Interruption { purpose, page } => interruption(*purpose, page.as_ref()),
        FirewallAnswer::Token(token) => (of_token(token), Bytes::new()),
    };
    (Answer { status, fields, body: Body::Ready(body) }, reason::Answer::Firewall { status: status.as_u16() })
}

/// What the rule's owner wrote. AWS takes every name but `content-type`; those of the connection are taken too, and stay away.
fn custom(answered: &Answered) -> (Fields, Bytes) {
    let mut fields = Fields::new();
    for (name, value) in &answered.headers {
        // The engine takes only names and values that a header may have; a value need not be ASCII.
        let typed = (HeaderName::try_from(&**name), HeaderValue::from_bytes(value.as_bytes()));
        if let (Ok(name), Ok(value)) = typed
            && !is_the_hops_own(&name)
        {
            fields.append(name, value);
        }
    }
    let Some((media_type, text)) = &answered.body else { return (fields, Bytes::new()) };
    fields.set(&CONTENT_TYPE, HeaderValue::from_static(media_type));
    (fields, Bytes::copy_from_slice(text.as_bytes()))
}

fn interruption(purpose: Purpose, page: Option<&(String, String)>) -> (Fields, Bytes) {
    let action = match purpose {
        Purpose::Captcha => "captcha",
        Purpose::Challenge => "challenge",
    };
    let mut fields = Fields::new();
    fields.append(HeaderName::from_static(ACTION), HeaderValue::from_static(action));
    fields.append(HeaderName::from_static(EXPOSE), HeaderValue::from_static(ACTION));
    fields.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let Some((html, policy)) = page else { return (fields, Bytes::new()) };
    fields.append(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        fields.append(CONTENT_SECURITY_POLICY, policy);
    }
    (fields, Bytes::copy_from_slice(html.as_bytes()))
}

fn of_token(token: &str) -> Fields {
    let mut fields = Fields::new();
    fields.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A host that cannot stand in a header is none that a browser asked for.
    if let Ok(token) = HeaderValue::from_str(token) {
        fields.append(HeaderName::from_static(page::HEADER), token);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_answer_has_its_owners_headers_but_for_those_of_the_connection() {
        let names = [
            "Connection",
            "Content-Length",
            "Keep-Alive",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "UPGRADE",
            "Date",
            "Location",
            "Retry-After",
            "Set-Cookie",
        ];
        let body = Some(("text/plain", "no".into()));
        let headers = names.map(|name| (name.into(), "9".into()));
        let answer = FirewallAnswer::Custom(Answered { status: 429, headers: headers.into(), body }.into());
        let (Answer { status, fields, body }, _) = compose(&answer);
        let mut left: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "date", "location", "retry-after", "set-cookie"]);
        let Body::Ready(body) = body else { panic!("{body:?}") };
        assert_eq!((status.as_u16(), &*body), (429, &b"no"[..]));
    }
}
