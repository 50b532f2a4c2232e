//! Requests that must not pass, each with AWS's code and words.

use crate::support::{Request, THEN, at, expectation};
use sigv4::{Expectation, PayloadRule};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided.";

/// Tells what a request is answered: `ok`, or the code and the message.
fn answer(request: &Request, expectation: &Expectation<'_>) -> String {
    match request.verify(expectation) {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => format!("{}: {}", refusal.json_code(), refusal.message()),
    }
}

fn check(request: &Request, expected: &str) {
    let answer = answer(request, &expectation());
    assert!(answer.starts_with(expected), "{answer}\nis not\n{expected}");
}

/// A signed request whose `Authorization` header was changed.
fn with_authorization(change: impl FnOnce(&str) -> String) -> Request {
    let mut request = Request::get("/", "").signed();
    let (_, value) = request.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
    *value = change(std::str::from_utf8(value).unwrap()).into_bytes();
    request
}

fn authorization(text: &str) -> Request {
    with_authorization(|_| text.to_owned())
}

#[test]
fn an_untouched_request_passes_in_both_forms() {
    check(&Request::get("/a//b/../c", "b=2&a=1").with("My-Header", "x").signed(), "ok");
    check(&Request::get("/a", "b=2&a=1").presigned(60), "ok");
}

#[test]
fn an_unsigned_request_misses_its_token() {
    check(&Request::get("/", "a=1"), "MissingAuthenticationTokenException: Missing Authentication Token");
}

#[test]
fn every_change_to_a_signed_request_is_noticed() {
    let expected = format!("InvalidSignatureException: {MISMATCH}");
    let signed = Request::get("/a", "b=1").with("My-Header", "x").signed();
    let mut changed: Vec<Request> = vec![signed.clone(); 6];
    changed[0].method = "POST".to_owned();
    changed[1].path = "/A".to_owned();
    changed[2].query = "b=2".to_owned();
    changed[3].body = b"x".to_vec();
    changed[4].headers[0].1 = b"evil.amazonaws.com".to_vec();
    changed[5].headers[1].1 = b"y".to_vec();
    changed.push(signed.clone().with("my-header", "y"));
    let mut presigned = Request::get("/a", "b=1").presigned(60);
    presigned.query.push_str("&c=1");
    changed.push(presigned);
    changed.push(with_authorization(|text| text[..text.len() - 1].to_owned()));
    changed.push(with_authorization(|text| format!("{text}0")));
    for request in changed {
        check(&request, &expected);
    }
}

#[test]
fn the_hash_in_the_header_must_be_the_bodys() {
    let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    check(&Request::get("/", "").with("x-amz-content-sha256", of_nothing).signed(), "ok");
    for value in ["", "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &of_nothing.replace('e', "f")] {
        let request = Request::get("/", "").with("x-amz-content-sha256", value).signed();
        check(&request, &format!("InvalidSignatureException: {MISMATCH}"));
    }
    let twice = Request::get("/", "")
        .with("x-amz-content-sha256", of_nothing)
        .with("X-Amz-Content-Sha256", of_nothing)
        .signed();
    check(&twice, &format!("InvalidSignatureException: {MISMATCH}"));
}

#[test]
fn an_unsigned_body_needs_permission_and_its_own_signature() {
    let allowed = Expectation { payload: PayloadRule::UnsignedAllowed, ..expectation() };
    let request = Request::get("/", "").with("x-amz-content-sha256", "UNSIGNED-PAYLOAD").signed();
    // Our signer always signs the body, so the signature does not fit the permission.
    assert!(answer(&request, &allowed).contains(MISMATCH));
    let streaming = Request::get("/", "").with("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER").signed();
    assert!(answer(&streaming, &allowed).contains(MISMATCH));
}

#[test]
fn a_signature_lives_five_minutes_either_way() {
    let request = Request::get("/", "").signed();
    for (seconds, expected) in [
        (300, "ok"),
        (-300, "ok"),
        (
            301,
            "InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
             (20150830T124101Z - 5 min.)",
        ),
        (
            -301,
            "InvalidSignatureException: Signature not yet current: 20150830T123600Z is still later than \
             20150830T123559Z (20150830T123059Z + 5 min.)",
        ),
    ] {
        assert_eq!(answer(&request, &Expectation { now: at(THEN + seconds), ..expectation() }), expected);
    }
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says() {
    let request = Request::get("/", "").presigned(90);
    for (seconds, expected) in [
        (90, "ok"),
        (
            91,
            "InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
             (20150830T123731Z - 90 sec.)",
        ),
    ] {
        assert_eq!(answer(&request, &Expectation { now: at(THEN + seconds), ..expectation() }), expected);
    }
    for expires in ["0", "-1", "604801", "1e3", "", "99999999999999999999"] {
        let mut request = Request::get("/", "").presigned(90);
        request.query = request.query.replace("X-Amz-Expires=90", &format!("X-Amz-Expires={expires}"));
        check(&request, "IncompleteSignatureException: X-Amz-Expires must be a number of seconds between 1 and 604800");
    }
    check(&Request::get("/", "").presigned(604_800), "ok");
}

#[test]
fn a_credential_is_good_for_its_day_region_and_service_only() {
    let request = Request::get("/", "").signed();
    let elsewhere = Expectation { regions: &["eu-west-1"], service: "execute-api", ..expectation() };
    assert_eq!(
        answer(&request, &elsewhere),
        "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'. Credential should \
         be scoped to correct service: 'execute-api'. "
    );
    check(
        &with_authorization(|text| text.replace("aws4_request", "aws5_request")),
        "InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request', not \
         'aws5_request'. ",
    );
    check(
        &with_authorization(|text| text.replace("20150830", "20150831")),
        "InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
         HTTP: '20150831' != '20150830', from '20150830T123600Z'.",
    );
    check(
        &with_authorization(|text| text.replace("/us-east-1", "")),
        "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. \
         keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830/service/aws4_request'",
    );
}

#[test]
fn host_and_every_header_of_amazons_must_be_signed() {
    check(
        &with_authorization(|text| text.replace("host;", "")),
        "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    check(
        &Request::get("/", "").signed().with("X-Amz-Target", "Evil.Delete"),
        "InvalidSignatureException: 'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    );
    check(&Request::get("/", "").signed().with("x-amz-cf-id", "1").with("x-amz-security-token", "t"), "ok");
    check(&Request::get("/", "").signed().with("x-amzn-trace-id", "Root=1"), "ok");
}

#[test]
fn a_malformed_header_is_told_in_awss_words() {
    let cases = [
        ("", "Authorization header cannot be empty: ''."),
        (
            "Bearer abc",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with \
             Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
        ),
        (
            "Credential=a Signature=b",
            "Authorization header must begin with the algorithm name, which cannot include an equal-sign",
        ),
        (
            "AWS4-HMAC-SHA256",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with Base64) \
             Authorization=",
        ),
        (
            "AWS4-HMAC-SHA512 Credential=a/20150830/b/c/d, SignedHeaders=host, Signature=0",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20150830/b/c/d, Credential=x/20150830/b/c/d, SignedHeaders=host, Signature=0",
            "'Credential' must not be given more than once.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20150830/b/c/d, SignedHeaders=host;;a, Signature=0",
            "'SignedHeaders' must be a list of header names separated by ';'.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20150830/b/c/d, SignedHeaders=host;a:b, Signature=0",
            "'SignedHeaders' must be a list of header names separated by ';'.",
        ),
    ];
    for (text, expected) in cases {
        check(&authorization(text), &format!("IncompleteSignatureException: {expected}"));
    }
}

#[test]
fn an_unknown_key_is_not_told_from_a_malformed_one() {
    let expected = "UnrecognizedClientException: The security token included in the request is invalid.";
    check(&with_authorization(|text| text.replace("AKIDEXAMPLE", "AKIDOTHER")), expected);
    check(&with_authorization(|text| text.replace("AKIDEXAMPLE", "AKID EX\u{e9}")), expected);
}

#[test]
fn dates_are_needed_once_and_in_the_basic_form() {
    let without = |name: &str| {
        let mut request = Request::get("/", "").signed();
        request.headers.retain(|(given, _)| given != name);
        request
    };
    check(
        &without("x-amz-date"),
        "IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
         header. (Hashed with SHA-256 and encoded with Base64) Authorization=",
    );
    check(
        &without("x-amz-date").with("x-amz-date", "201"),
        "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '201'. See \
         http://en.wikipedia.org/wiki/ISO_8601",
    );
    check(
        &Request::get("/", "").signed().with("X-Amz-Date", "20150830T123600Z"),
        "IncompleteSignatureException: 'X-Amz-Date' must not be given more than once.",
    );
}

#[test]
fn doubled_signatures_are_refused() {
    let once = Request::get("/", "").signed();
    let header = once.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
    check(
        &once.with("Authorization", std::str::from_utf8(&header).unwrap()),
        "IncompleteSignatureException: 'Authorization' must not be given more than once.",
    );
    check(
        &Request::get("/", "").presigned(60).signed(),
        "IncompleteSignatureException: A request must be signed either in its Authorization header or in its query \
         string, not in both.",
    );
    let mut doubled = Request::get("/", "").presigned(60);
    doubled.query.push_str("&X-Amz-Credential=a");
    check(&doubled, "IncompleteSignatureException: 'X-Amz-Credential' must not be given more than once.");
    check(
        &Request::get("/", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20150830T123600Z"),
        "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string \
         parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. \
         Re-examine the query-string parameters.",
    );
}

#[test]
fn the_query_protocols_have_their_own_codes() {
    for (request, code, status) in [
        (Request::get("/", ""), "MissingAuthenticationToken", 403),
        (authorization("Bearer abc"), "IncompleteSignature", 400),
        (with_authorization(|text| format!("{text}0")), "SignatureDoesNotMatch", 403),
        (with_authorization(|text| text.replace("AKIDEXAMPLE", "AKIDOTHER")), "InvalidClientTokenId", 403),
    ] {
        let refusal = request.verify(&expectation()).unwrap_err();
        assert_eq!((refusal.query_code(), refusal.query_status()), (code, status));
        assert_eq!(refusal.json_status(), 403);
        assert!(!refusal.reason().is_empty());
    }
}

#[test]
fn a_mismatch_shows_the_canonical_texts_as_aws_does() {
    let mut request = Request::get("/", "a=1").signed();
    request.query = "a=2".to_owned();
    let message = request.verify(&expectation()).unwrap_err().message();
    for part in [
        "details.\n\nThe Canonical String for this request should have been\n'GET\n/\na=2\nhost:example.amazonaws.com\n",
        "'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(message.ends_with("'\n"));
}
