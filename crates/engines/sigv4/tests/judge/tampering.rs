//! One bit changed anywhere in a signed request, in both forms and under both algorithms: never accepted.

use crate::support::{Request, expectation};

fn request() -> Request {
    let mut request = Request::get("/a/b%20c", "k=v&x=%2F").with("My-Header", "one two").with("x-amz-meta", "m");
    request.method = "POST".to_owned();
    request.body = b"a body".to_vec();
    request
}

fn signed() -> Vec<(&'static str, Request)> {
    vec![
        ("SigV4 in the header", request().signed()),
        ("SigV4 in the query", request().presigned(60)),
        ("SigV4A in the header", request().signed_for("us-east-1")),
        ("SigV4A in the query", request().presigned_for("us-east-1", 60)),
    ]
}

/// Every text that differs from `text` in the lowest bit of one byte.
fn bent(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).map(|at| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        String::from_utf8(bytes).expect("ASCII stays ASCII")
    })
}

fn refused(form: &str, what: &str, request: &Request) {
    let verified = request.verify(&expectation());
    assert!(verified.is_err(), "{form}: {what} changed in {request:?}");
}

#[test]
fn no_bit_of_a_signed_request_can_be_changed() {
    for (form, request) in signed() {
        assert!(request.verify(&expectation()).is_ok(), "{form}");
        let copy = || request.clone();
        for method in bent(&request.method) {
            refused(form, "the method", &Request { method, ..copy() });
        }
        for path in bent(&request.path) {
            refused(form, "the path", &Request { path, ..copy() });
        }
        for query in bent(&request.query) {
            refused(form, "the query", &Request { query, ..copy() });
        }
        for at in 0..request.body.len() {
            let mut other = copy();
            other.body[at] ^= 1;
            refused(form, "the body", &other);
        }
        for at in 0..request.headers.len() {
            let (name, value) = &request.headers[at];
            for name in bent(name) {
                let mut other = copy();
                other.headers[at].0 = name;
                refused(form, "a header's name", &other);
            }
            for value in bent(std::str::from_utf8(value).expect("ASCII")) {
                let mut other = copy();
                other.headers[at].1 = value.into_bytes();
                refused(form, "a header's value", &other);
            }
        }
    }
}

#[test]
fn nothing_can_be_added_to_or_taken_from_a_signed_request() {
    for (form, request) in signed() {
        let mut others = Vec::new();
        for header in 0..request.headers.len() {
            let mut without = request.clone();
            without.headers.remove(header);
            others.push(("a header taken", without));
            let mut doubled = request.clone();
            let twin = doubled.headers[header].clone();
            doubled.headers.push(twin);
            others.push(("a header doubled", doubled));
        }
        for query in ["&a", "&k=v", "&=", "&X-Amz-Expires=60", "&X-Amz-Signature="] {
            let mut longer = request.clone();
            longer.query.push_str(query);
            others.push(("the query lengthened", longer));
        }
        for path in ["/", "/.", "x", "%"] {
            let mut longer = request.clone();
            longer.path.push_str(path);
            others.push(("the path lengthened", longer));
        }
        let mut longer = request.clone();
        longer.body.push(0);
        others.push(("the body lengthened", longer));
        for (what, other) in others {
            refused(form, what, &other);
        }
    }
}

#[test]
fn order_and_case_that_have_one_canonical_form_may_change() {
    for (form, request) in signed() {
        let mut other = request.clone();
        other.headers.reverse();
        for (name, _) in &mut other.headers {
            *name = name.to_ascii_uppercase();
        }
        other.query = other.query.split('&').rev().collect::<Vec<_>>().join("&");
        let verified = other.verify(&expectation());
        assert!(verified.is_ok(), "{form}: {verified:?}");
    }
}
