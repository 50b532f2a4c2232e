//! Cookies: how they are parted, and the readings that back ends differ in.

use serde_json::{Value, json};
use waf::Request;
use waf::field::Extent;

use crate::support::{find, headers, request, values};

fn cookies(pattern: &Value, scope: &str) -> Value {
    json!({ "Cookies": { "MatchPattern": pattern, "MatchScope": scope, "OversizeHandling": "CONTINUE" } })
}

fn check(lines: &[&str], expected: &[&str]) {
    let pairs: Vec<(&str, &str)> = lines.iter().map(|line| ("Cookie", *line)).collect();
    let list = headers(&pairs);
    let request = Request { headers: &list, ..request() };
    assert_eq!(values(&cookies(&json!({ "All": {} }), "VALUE"), &request), expected, "{lines:?}");
}

#[test]
fn cookies_are_parted_at_semicolons_and_first_equals_signs() {
    check(&["a=1; b=2"], &["a: 1", "b: 2"]);
    check(&["a=1;b=2;"], &["a: 1", "b: 2"]);
    check(&[" a = 1 ; ;; b=2=3 "], &["a: 1", "b: 2=3"]);
    check(&["a="], &["a: "]);
    check(&["=v"], &[": v"]);
    check(&[""], &[]);
}

#[test]
fn cookies_of_several_headers_are_all_inspected() {
    check(&["a=1", "b=2; c=3"], &["a: 1", "b: 2", "c: 3"]);
    let list = headers(&[("cookie", "a=1"), ("COOKIE", "b=2"), ("X-Cookie", "c=3")]);
    let request = Request { headers: &list, ..request() };
    assert_eq!(values(&cookies(&json!({ "All": {} }), "VALUE"), &request), ["a: 1", "b: 2"]);
}

#[test]
fn a_piece_without_an_equals_sign_is_a_value_and_a_name() {
    check(&["<script>"], &["<script>: <script>"]);
    let list = headers(&[("Cookie", "flag; a=1")]);
    let request = Request { headers: &list, ..request() };
    assert_eq!(values(&cookies(&json!({ "All": {} }), "KEY"), &request), ["flag: flag", "a: a"]);
}

#[test]
fn a_quoted_value_is_inspected_with_and_without_its_quotes() {
    check(&["a=\"1\""], &["a: \"1\"", "a: 1"]);
    check(
        &["a=\"1'; drop table t\"; b=2"],
        &["a: \"1'", "a: 1'; drop table t", "drop table t\": drop table t\"", "b: 2"],
    );
    check(&["a=\"open; b=2"], &["a: \"open", "b: 2"]);
    check(&["a=\""], &["a: \""]);
}

#[test]
fn cookies_are_chosen_by_name_with_case() {
    let list = headers(&[("Cookie", "session=1; Session=2; other=3")]);
    let request = Request { headers: &list, ..request() };
    let cases = [
        (json!({ "IncludedCookies": ["session"] }), "ALL", vec!["session: session", "session: 1"]),
        (json!({ "ExcludedCookies": ["session", "other"] }), "VALUE", vec!["Session: 2"]),
        (json!({ "All": {} }), "KEY", vec!["session: session", "Session: Session", "other: other"]),
    ];
    for (pattern, scope, expected) in cases {
        assert_eq!(values(&cookies(&pattern, scope), &request), expected, "{pattern} {scope}");
    }
}

#[test]
fn cookies_beyond_the_limits_are_told() {
    let all = cookies(&json!({ "All": {} }), "VALUE");
    let many = (0..201).map(|number| format!("c{number}=value-{number:03}")).collect::<Vec<_>>().join(";");
    let long = format!("a={}", "x".repeat(8000));
    let cases = [
        (vec![many.as_str()], 200, Extent::Oversize),
        (vec![many.rsplit_once(';').unwrap().0], 200, Extent::Whole),
        (vec![long.as_str(), "b=1"], 2, Extent::Whole),
        (vec![long.as_str(), long.as_str(), "c=hidden"], 2, Extent::Oversize),
    ];
    for (lines, count, extent) in cases {
        let pairs: Vec<(&str, &str)> = lines.iter().map(|line| ("cookie", *line)).collect();
        let list = headers(&pairs);
        let found = find(&all, &Request { headers: &list, ..request() });
        assert_eq!((found.values.len(), found.extent), (count, extent));
    }
}
