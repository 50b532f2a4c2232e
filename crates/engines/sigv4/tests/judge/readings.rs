//! Requests that two readers could read in two ways: one reading, or none.

use crate::support::{Request, THEN, at, expectation};
use sigv4::{Expectation, PathRule};

fn message(request: &Request) -> String {
    message_for(request, &expectation())
}

fn message_for(request: &Request, expectation: &Expectation<'_>) -> String {
    request.verify(expectation).map_or_else(|refusal| refusal.message(), |_| "ok".to_owned())
}

/// The first line of AWS's longest message is enough to know it.
const MISMATCH: &str = "The request signature we calculated does not match";

#[test]
fn every_presigned_parameter_is_given_once() {
    for name in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Region-Set",
    ] {
        for request in [Request::get("/", "").presigned(60), Request::get("/", "").presigned_for("*", 60)] {
            for twin in [format!("&{name}=x&{name}=y"), format!("&{name}=x&{}=y", name.replace('-', "%2D"))] {
                let mut doubled = request.clone();
                doubled.query.push_str(&twin);
                assert_eq!(message(&doubled), format!("'{name}' must not be given more than once."));
            }
        }
    }
}

#[test]
fn a_presigned_parameter_in_lower_case_is_none_and_stays_signed() {
    let request = Request::get("/", "").presigned(60);
    let mut lower = request.clone();
    lower.query = lower.query.to_ascii_lowercase();
    assert_eq!(message(&lower), "Missing Authentication Token");

    for name in ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Algorithm"] {
        let mut lower = request.clone();
        lower.query = lower.query.replace(name, &name.to_ascii_lowercase());
        let refused = message(&lower);
        assert!(refused.starts_with(&format!("AWS query-string parameters must include '{name}'. ")), "{refused}");
    }
    // A lower-case twin is an ordinary parameter: added later it breaks the signature, signed along it means nothing.
    let mut longer = request;
    longer.query.push_str("&x-amz-expires=604800");
    assert!(message(&longer).starts_with(MISMATCH));
    let signed_along = Request::get("/", "x-amz-expires=604800").presigned(60);
    assert_eq!(message(&signed_along), "ok");
    let late = message_for(&signed_along, &Expectation { now: at(THEN + 61), ..expectation() });
    assert!(late.starts_with("Signature expired"), "{late}");
}

#[test]
fn a_header_with_an_empty_value_is_signed_as_empty() {
    let request = Request::get("/", "").with("My-Header", "").signed();
    assert_eq!(message(&request), "ok");
    let mut filled = request.clone();
    filled.headers[1].1 = b"x".to_vec();
    assert!(message(&filled).starts_with(MISMATCH));
    let mut blank = request.clone();
    blank.headers[1].1 = b" \t ".to_vec();
    assert_eq!(message(&blank), "ok");
    // Empty and absent read alike, in the canonical text as for whoever asks for a value.
    let mut absent = request;
    absent.headers.remove(1);
    assert_eq!(message(&absent), "ok");
}

#[test]
fn an_empty_part_counts_as_missing() {
    for name in ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Algorithm"] {
        let mut request = Request::get("/", "").presigned(60);
        let start = request.query.find(&format!("{name}=")).expect("it is there") + name.len() + 1;
        let end = request.query[start..].find('&').map_or(request.query.len(), |length| start + length);
        request.query.replace_range(start..end, "");
        let refused = message(&request);
        assert!(refused.starts_with(&format!("AWS query-string parameters must include '{name}'. ")), "{refused}");
    }
}

#[test]
fn a_path_is_signed_as_it_was_sent_and_encoded_once_more() {
    for (sent, canonical) in [
        ("/a%20b", "/a%2520b"),
        ("/a%2520b", "/a%252520b"),
        ("/a b", "/a%20b"),
        ("/a+b", "/a%2Bb"),
        ("/a%2Fb", "/a%252Fb"),
        ("/a%2fb", "/a%252fb"),
        ("/%C3%A9", "/%25C3%25A9"),
        ("/é", "/%C3%A9"),
        ("/%2e%2e/a", "/%252e%252e/a"),
        ("/a/../b", "/b"),
        ("/a/./b//c/", "/a/b/c/"),
        ("/../../a", "/a"),
        ("/%ff%00", "/%25ff%2500"),
        ("/a;b=c@d:e", "/a%3Bb%3Dc%40d%3Ae"),
    ] {
        let request = Request::get(sent, "").signed();
        assert_eq!(message(&request), "ok", "{sent}");
        let shown = message(&request.with_signature(&"0".repeat(64)));
        assert!(shown.contains(&format!("'GET\n{canonical}\n\n")), "{sent}: {shown}");
    }
}

#[test]
fn one_spelling_of_a_path_does_not_sign_for_another() {
    for (signed, sent) in [
        ("/a%20b", "/a b"),
        ("/a%20b", "/a+b"),
        ("/a%20b", "/a%2520b"),
        ("/a%2520b", "/a%20b"),
        ("/a/b", "/a%2Fb"),
        ("/a%2fb", "/a%2Fb"),
        ("/b", "/a/%2e%2e/b"),
        ("/a", "/a/"),
        ("/a", "/A"),
    ] {
        let mut request = Request::get(signed, "").signed();
        sent.clone_into(&mut request.path);
        assert!(message(&request).starts_with(MISMATCH), "{signed} signed for {sent}");
    }
    // Where the service reads the path as received, dots count too.
    let mut request = Request::get("/b", "").signed();
    request.path = "/a/../b".to_owned();
    assert_eq!(message(&request), "ok");
    let raw = Expectation { path: PathRule::AsReceived, ..expectation() };
    assert!(message_for(&request, &raw).starts_with(MISMATCH));
}

#[test]
fn a_query_is_signed_by_what_it_means() {
    for (signed, sent, same) in [
        ("a=x%20y", "a=x+y", true),
        ("a=x%2By", "a=x+y", false),
        ("a=x%2By", "a=x%2by", true),
        ("a", "a=", true),
        ("a=1&b=2", "b=2&a=1", true),
        ("a=1&a=2", "a=2&a=1", true),
        ("a=1", "a=1&", true),
        ("a=1", "&a=1", true),
        ("a=1", "a=1&a=1", false),
        ("a=%41", "a=A", true),
        ("a=%2541", "a=%41", false),
        ("a=1", "A=1", false),
        ("a=%ff", "a=%fe", false),
        ("a=%ff", "a=%FF", true),
        ("a=1;b=2", "a=1&b=2", false),
        ("a=b=c", "a=b%3Dc", true),
        ("a=%", "a=%25", true),
    ] {
        let mut request = Request::get("/", signed).signed();
        sent.clone_into(&mut request.query);
        assert_eq!(message(&request) == "ok", same, "{signed} signed for {sent}");
    }
}

#[test]
fn what_is_no_text_is_signed_in_values_and_refused_in_the_signatures_own_parts() {
    let mut request = Request::get("/", "").with("My-Header", "x");
    request.headers[1].1 = vec![0xff, 0xfe];
    let request = request.signed();
    assert_eq!(message(&request), "ok");
    let mut other = request.clone();
    other.headers[1].1 = vec![0xff, 0xfd];
    assert!(message(&other).starts_with(MISMATCH));

    for name in ["authorization", "x-amz-date"] {
        let mut request = Request::get("/", "").signed();
        let (_, value) = request.headers.iter_mut().find(|(given, _)| given == name).expect("it is there");
        value.push(0xff);
        let refused = message(&request);
        assert!(refused.ends_with("must be text in UTF-8."), "{refused}");
    }
    let mut presigned = Request::get("/", "").presigned(60);
    presigned.query = presigned.query.replace("X-Amz-Credential=", "X-Amz-Credential=%ff");
    assert_eq!(message(&presigned), "'X-Amz-Credential' must be text in UTF-8.");
}

#[test]
fn the_amazon_date_counts_before_the_plain_date() {
    // Whichever date counts must lie in the window, and the scope's day must be its day.
    let both = Request::get("/", "").with("Date", "Mon, 31 Aug 2015 12:36:00 GMT").signed();
    assert_eq!(message(&both), "ok");
    let mut later = both.clone();
    later.headers[1].1 = b"Sun, 30 Aug 2015 12:36:00 GMT".to_vec();
    assert!(message(&later).starts_with(MISMATCH), "a signed date cannot be exchanged either");
    let mut only_plain = both;
    only_plain.headers.retain(|(name, _)| name != "x-amz-date");
    let refused = message(&only_plain);
    assert!(refused.starts_with("Signature not yet current"), "{refused}");
    // A presigned request takes its date from the query, whatever the headers say.
    let presigned = Request::get("/", "").with("Date", "Mon, 31 Aug 2015 12:36:00 GMT").presigned(60);
    assert_eq!(message(&presigned), "ok");
    let mut twice = Request::get("/", "").with("Date", "Sun, 30 Aug 2015 12:36:00 GMT").signed();
    twice = twice.with("Date", "Sun, 30 Aug 2015 12:36:00 GMT");
    assert_eq!(message(&twice), "'Date' must not be given more than once.");
}

#[test]
fn an_access_key_id_outside_its_alphabet_is_unknown() {
    for id in ["AKID EXAMPLE", "AKID-EXAMPLE", "AKIDEXAMPLE\u{0}", "AKIDÉ", "*", "", "A'B", &"A".repeat(129)] {
        let mut request = Request::get("/", "").signed();
        let (_, value) = request.headers.iter_mut().find(|(name, _)| name == "authorization").expect("it is signed");
        *value = String::from_utf8(value.clone()).expect("text").replace("AKIDEXAMPLE", id).into_bytes();
        assert_eq!(message(&request), "The security token included in the request is invalid.", "{id}");
    }
}
