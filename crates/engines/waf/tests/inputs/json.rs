//! JSON bodies: which names and values are inspected.

use serde_json::{Value, json};
use waf::field::Extent;
use waf::{Body, Broken, Request};

use crate::support::{find, request, values, with_body};

pub(crate) fn body(pattern: &Value, scope: &str) -> Value {
    json!({ "JsonBody": { "MatchPattern": pattern, "MatchScope": scope } })
}

pub(crate) fn all() -> Value {
    body(&json!({ "All": {} }), "ALL")
}

#[test]
fn names_and_values_are_inspected_as_texts() {
    let text = br#" { "a" : "x", "b" : [ 1, -2.5e+3, true, false, null ], "" : {}, "c" : { "d" : "e" } } "#;
    let expected = [
        "/a: a",
        "/a: x",
        "/b: b",
        "/b/0: 1",
        "/b/1: -2.5e+3",
        "/b/2: true",
        "/b/3: false",
        "/b/4: null",
        "/: ",
        "/c: c",
        "/c/d: d",
        "/c/d: e",
    ];
    assert_eq!(values(&all(), &with_body(text)), expected);
    let keys = ["/a: a", "/b: b", "/: ", "/c: c", "/c/d: d"];
    assert_eq!(values(&body(&json!({ "All": {} }), "KEY"), &with_body(text)), keys);
    let scalars = ["/a: x", "/b/0: 1", "/b/1: -2.5e+3", "/b/2: true", "/b/3: false", "/b/4: null", "/c/d: e"];
    assert_eq!(values(&body(&json!({ "All": {} }), "VALUE"), &with_body(text)), scalars);
}

#[test]
fn escapes_are_undone() {
    let cases = [
        (r#""\u003cscript\u003E""#, "<script>"),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\ud83d\ude00 \u00e9""#, "😀 é"),
        (r#""\ud83d""#, "\u{FFFD}"),
        (r#""\ude00\ud83dx""#, "\u{FFFD}\u{FFFD}x"),
        (r#""\ud83d\u0041""#, "\u{FFFD}A"),
        (r#""\u0000""#, "\0"),
        ("\"raw\nline\"", "raw\nline"),
    ];
    for (text, value) in cases {
        assert_eq!(values(&all(), &with_body(text.as_bytes())), [format!(": {value}")], "{text}");
    }
    assert_eq!(values(&all(), &with_body(br#"{"\u0061~/": 1}"#)), ["/a~0~1: a~/", "/a~0~1: 1"]);
}

#[test]
fn only_what_is_at_or_in_an_included_path_is_inspected() {
    let text =
        br#"{"dogs":[{"name":"rex","age":1},{"name":"bo","toys":["x",{"y":"z"}]}],"a-b":"no","a":{"b":"yes","c":"no"},
                    "a/b":"slash","\u0064ogs":"again"}"#;
    let cases: [(&[&str], &str, &[&str]); 9] = [
        (&["/dogs/0/name"], "ALL", &["/dogs/0/name: name", "/dogs/0/name: rex"]),
        (&["/dogs/0/name"], "KEY", &["/dogs/0/name: name"]),
        (&["/dogs/1"], "VALUE", &["/dogs/1/name: bo", "/dogs/1/toys/0: x", "/dogs/1/toys/1/y: z"]),
        (&["/a/b", "/a-b", "/a/x"], "VALUE", &["/a-b: no", "/a/b: yes"]),
        (&["/a~1b"], "VALUE", &["/a~1b: slash"]),
        (&["/a", "/a/b"], "VALUE", &["/a/b: yes", "/a/c: no"]),
        (&["/dogs/00", "/dogs/2", "/dogs/name", "/name"], "ALL", &[]),
        (
            &["/"],
            "KEY",
            &[
                "/dogs: dogs",
                "/dogs/0/name: name",
                "/dogs/0/age: age",
                "/dogs/1/toys: toys",
                "/dogs/1/toys/1/y: y",
                "/a-b: a-b",
                "/a: a",
                "/a/b: b",
                "/a/c: c",
                "/a~1b: a/b",
            ],
        ),
        (
            &["/dogs"],
            "KEY",
            &["/dogs: dogs", "/dogs/0/name: name", "/dogs/0/age: age", "/dogs/1/toys: toys", "/dogs/1/toys/1/y: y"],
        ),
    ];
    for (paths, scope, expected) in cases {
        let found = values(&body(&json!({ "IncludedPaths": paths }), scope), &with_body(text));
        assert_eq!(found, expected, "{paths:?} {scope}");
    }
    let again = values(&body(&json!({ "IncludedPaths": ["/dogs"] }), "VALUE"), &with_body(text));
    assert_eq!(again.last().unwrap(), "/dogs: again");
}

#[test]
fn every_value_of_a_name_that_is_there_twice_is_inspected() {
    let text = br#"{"id":"good","id":"<script>","x":{"id":"a","id":"b"}}"#;
    assert_eq!(
        values(&body(&json!({ "IncludedPaths": ["/id"] }), "VALUE"), &with_body(text)),
        ["/id: good", "/id: <script>"]
    );
    assert_eq!(values(&body(&json!({ "All": {} }), "VALUE"), &with_body(text)).len(), 4);
}

#[test]
fn a_body_that_is_not_there_is_not_broken() {
    assert!(values(&all(), &request()).is_empty());
}

#[test]
fn a_byte_order_mark_and_lone_scalars_are_read() {
    assert_eq!(values(&all(), &with_body(b"\xEF\xBB\xBF{\"a\":1}")), ["/a: a", "/a: 1"]);
    for (text, value) in [("\"x\"", ": x"), ("12", ": 12"), ("true", ": true"), (" null ", ": null")] {
        assert_eq!(values(&all(), &with_body(text.as_bytes())), [value]);
    }
}

#[test]
fn what_aws_reads_although_it_is_no_json_is_read() {
    let cases: [(&[u8], &[&str]); 5] = [
        (br#"{"key1":"value1""key2":"value2"}"#, &["value1", "value2"]),
        (br#"{"key1":"value1","key2""value2"}"#, &["value1", "value2"]),
        (br#"{"key1"::"value1","key2"::: "value2"}"#, &["value1", "value2"]),
        (br#"["a" "b" 3 4{"c":5}[6]]"#, &["a", "b", "3", "4", "5", "6"]),
        (b"[\"tab\there\", \"\xFF\"]", &["tab\there", "\u{FFFD}"]),
    ];
    for (text, expected) in cases {
        let found = values(&body(&json!({ "All": {} }), "VALUE"), &with_body(text));
        let bare: Vec<&str> = found.iter().map(|value| value.split_once(": ").unwrap().1).collect();
        assert_eq!(bare, expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn a_body_cut_off_by_the_limit_is_oversize_and_inspected_to_its_last_byte() {
    let text = br#"{"a":"first","b":"<script>alert(1)</script>"}"#;
    let cases: [(usize, &[&str]); 6] = [
        (1, &[]),
        (4, &["/a: a"]),
        (3, &["/a: a"]),
        (12, &["/a: a", "/a: first"]),
        (26, &["/a: a", "/a: first", "/b: b", "/b: <script>"]),
        (45, &["/a: a", "/a: first", "/b: b", "/b: <script>alert(1)</script>"]),
    ];
    for (length, expected) in cases {
        let request = Request { body: Body { prefix: &text[..length], truncated: true }, ..request() };
        let found = find(&all(), &request);
        assert_eq!(found.values, expected, "{length}");
        assert_eq!((found.extent, found.broken), (Extent::Oversize, None), "{length}");
    }
    let escape = Request { body: Body { prefix: br#"["ab\u00"#, truncated: true }, ..request() };
    let found = find(&all(), &escape);
    assert_eq!((found.values, found.broken), (vec!["/0: ab".to_owned()], None));
    // What is wrong before the cut is still wrong.
    let wrong = Request { body: Body { prefix: b"[1, x", truncated: true }, ..request() };
    let found = find(&all(), &wrong);
    assert_eq!((found.extent, found.broken), (Extent::Oversize, Some(Broken::Syntax { offset: 4 })));
}
