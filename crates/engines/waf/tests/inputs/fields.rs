//! The parts of a request that are there once, and its headers.

use serde_json::{Value, json};
use waf::field::Extent;
use waf::{Body, Request};

use crate::support::{find, headers, request, values};

fn pattern(pattern: &Value, scope: &str) -> Value {
    json!({ "Headers": { "MatchPattern": pattern, "MatchScope": scope, "OversizeHandling": "CONTINUE" } })
}

fn order() -> Value {
    json!({ "HeaderOrder": { "OversizeHandling": "CONTINUE" } })
}

#[test]
fn method_path_and_query_are_inspected_as_received() {
    let request = Request { method: b"PoST", path: b"/a//b/%2e%2e/C", query: b"x=1&&y=%41+", ..request() };
    assert_eq!(values(&json!({ "Method": {} }), &request), ["PoST"]);
    assert_eq!(values(&json!({ "UriPath": {} }), &request), ["/a//b/%2e%2e/C"]);
    assert_eq!(values(&json!({ "QueryString": {} }), &request), ["x=1&&y=%41+"]);
}

#[test]
fn a_query_and_a_body_that_are_not_there_are_empty() {
    assert_eq!(values(&json!({ "QueryString": {} }), &request()), [""]);
    assert_eq!(values(&json!({ "Body": {} }), &request()), [""]);
}

#[test]
fn a_body_is_raw_bytes_and_tells_that_there_is_more() {
    let form: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n<script>\r\n--x--";
    let whole = Request { body: Body { prefix: form, truncated: false }, ..request() };
    assert_eq!(values(&json!({ "Body": {} }), &whole), [String::from_utf8_lossy(form)]);
    let cut = Request { body: Body { prefix: &form[..10], truncated: true }, ..request() };
    let found = find(&json!({ "Body": {} }), &cut);
    assert_eq!((found.values.len(), found.extent, found.broken), (1, Extent::Oversize, None));
}

#[test]
fn a_single_header_is_found_in_any_case_as_often_as_it_is_there() {
    let list = headers(&[("X-Id", "1"), ("Accept", "*/*"), ("x-ID", "2"), ("X-Id", "")]);
    let request = Request { headers: &list, ..request() };
    let found = values(&json!({ "SingleHeader": { "Name": "X-ID" } }), &request);
    assert_eq!(found, ["X-Id: 1", "x-ID: 2", "X-Id: "]);
    assert!(values(&json!({ "SingleHeader": { "Name": "Referer" } }), &request).is_empty());
}

#[test]
fn a_single_header_is_inspected_in_whole_length() {
    let long = "a".repeat(20_000);
    let list = headers(&[("x-first", &long), ("x-long", &long)]);
    let request = Request { headers: &list, ..request() };
    assert_eq!(values(&json!({ "SingleHeader": { "Name": "x-long" } }), &request), [format!("x-long: {long}")]);
}

#[test]
fn headers_are_chosen_by_pattern_and_scope() {
    let list = headers(&[("Host", "h"), ("X-A", "1"), ("x-a", "2"), ("Cookie", "c=d")]);
    let request = Request { headers: &list, ..request() };
    let cases = [
        (json!({ "All": {} }), "VALUE", vec!["Host: h", "X-A: 1", "x-a: 2", "Cookie: c=d"]),
        (json!({ "All": {} }), "KEY", vec!["Host: Host", "X-A: X-A", "x-a: x-a", "Cookie: Cookie"]),
        (json!({ "IncludedHeaders": ["x-A", "none"] }), "ALL", vec!["X-A: X-A", "X-A: 1", "x-a: x-a", "x-a: 2"]),
        (json!({ "ExcludedHeaders": ["COOKIE", "x-a"] }), "VALUE", vec!["Host: h"]),
        (json!({ "IncludedHeaders": ["none"] }), "ALL", vec![]),
    ];
    for (names, scope, expected) in cases {
        assert_eq!(values(&pattern(&names, scope), &request), expected, "{names} {scope}");
    }
}

#[test]
fn headers_beyond_8_kilobytes_are_told_and_what_is_before_is_inspected() {
    let (fits, over) = ("a".repeat(8192 - 6), "a".repeat(8192 - 5));
    for (value, extent) in [(&fits, Extent::Whole), (&over, Extent::Oversize)] {
        let list = headers(&[("x-name", value)]);
        let request = Request { headers: &list, ..request() };
        let found = find(&pattern(&json!({ "All": {} }), "VALUE"), &request);
        assert_eq!((found.values, found.extent), (vec![format!("x-name: {fits}")], extent));
        assert_eq!(find(&order(), &request).extent, extent);
    }
}

#[test]
fn headers_that_are_not_asked_for_count_towards_the_limit() {
    let long = "a".repeat(8190);
    let list = headers(&[("a", &long), ("bc", "hidden")]);
    let request = Request { headers: &list, ..request() };
    let found = find(&pattern(&json!({ "IncludedHeaders": ["bc"] }), "ALL"), &request);
    // One byte is left: the name's first.
    assert_eq!((found.values, found.extent), (vec!["bc: b".to_owned(), "bc: ".to_owned()], Extent::Oversize));
}

#[test]
fn more_than_200_headers_are_told() {
    let names: Vec<String> = (0..201).map(|number| format!("h{number}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "value-of-it")).collect();
    for (count, extent) in [(200, Extent::Whole), (201, Extent::Oversize)] {
        let list = headers(&pairs[..count]);
        let request = Request { headers: &list, ..request() };
        let found = find(&pattern(&json!({ "All": {} }), "VALUE"), &request);
        assert_eq!((found.values.len(), found.extent), (200, extent));
    }
}

#[test]
fn the_order_of_headers_is_one_text_in_small_letters() {
    let list = headers(&[("Host", "h"), ("User-Agent", "u"), ("accept", "*"), ("Host", "again")]);
    let request = Request { headers: &list, ..request() };
    assert_eq!(values(&order(), &request), ["host:user-agent:accept:host"]);
    assert_eq!(values(&order(), &crate::support::request()), [""]);
}
