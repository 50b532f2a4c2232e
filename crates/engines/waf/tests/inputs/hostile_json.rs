//! Bodies that are no JSON, or JSON made to hurt.

use proptest::prelude::*;
use serde_json::{Value, json};
use waf::Broken;
use waf::field::{Extracted, FieldToMatch};

use crate::json::{all, body};
use crate::support::{find, with_body};

fn syntax(offset: usize) -> Broken {
    Broken::Syntax { offset }
}

#[test]
fn what_is_no_json_is_told_and_what_came_before_is_inspected() {
    let cases: [(&[u8], Broken, &[&str]); 28] = [
        (b" ", Broken::Ended, &[]),
        (b"{", Broken::Ended, &[]),
        (b"[1", Broken::Ended, &["/0: 1"]),
        (b"{\"a\":", Broken::Ended, &["/a: a"]),
        (b"\"open", Broken::Ended, &[": open"]),
        (b"\"open\\", Broken::Ended, &[": open"]),
        (b"[1,]", syntax(3), &["/0: 1"]),
        (b"[,1]", syntax(1), &[]),
        (b"[1,,2]", syntax(3), &["/0: 1"]),
        (b"{\"a\":1,}", syntax(7), &["/a: a", "/a: 1"]),
        (b"{,}", syntax(1), &[]),
        (b"{\"a\"}", syntax(4), &["/a: a"]),
        (b"{\"a\",1}", syntax(4), &["/a: a"]),
        (b"{a:1}", syntax(1), &[]),
        (b"{'a':1}", syntax(1), &[]),
        (b"{1:2}", syntax(1), &[]),
        (b"[1]]", syntax(3), &["/0: 1"]),
        (b"{}{}", syntax(2), &[]),
        (b"1 2", syntax(2), &[": 1"]),
        (b"[1}", syntax(2), &["/0: 1"]),
        (b"{\"a\":1]", syntax(6), &["/a: a", "/a: 1"]),
        (b"// comment\n1", syntax(0), &[]),
        (b"[1,/* comment */2]", syntax(3), &["/0: 1"]),
        (b"[NaN]", syntax(1), &[]),
        (b"[truest, trueX]", syntax(1), &[]),
        (b"[\"a\\q\"]", syntax(3), &["/0: a"]),
        (b"[\"a\\u00zz\"]", syntax(3), &["/0: a"]),
        (b"\xFF\xFE{\0\"\0a\0", syntax(0), &[]),
    ];
    for (text, broken, expected) in cases {
        let found = find(&all(), &with_body(text));
        let shown = String::from_utf8_lossy(text);
        assert_eq!(found.broken, Some(broken), "{shown}");
        assert_eq!(found.values, expected, "{shown}");
    }
}

#[test]
fn a_failure_is_told_in_words() {
    let cases = [
        (&b"[1"[..], "the body ends before its JSON does"),
        (b"[1,x]", "the body is no JSON from byte 3 on"),
        (&[b'['; 1025], "the body's JSON is more than 1024 levels deep at byte 1024"),
    ];
    for (text, words) in cases {
        assert_eq!(find(&all(), &with_body(text)).broken.map(|broken| broken.to_string()).as_deref(), Some(words));
    }
}

#[test]
fn a_body_may_be_1024_levels_deep_and_no_deeper() {
    let nested = |open: &str, close: &str, depth: usize| format!("{}7{}", open.repeat(depth), close.repeat(depth));
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let step = open.matches(['[', '{']).count();
        let fits = find(&all(), &with_body(nested(open, close, 1024 / step).as_bytes()));
        assert_eq!(fits.broken, None, "{open}");
        assert!(fits.values.last().unwrap().ends_with(": 7"));
        let deep = find(&all(), &with_body(nested(open, close, 1024 / step + 1).as_bytes()));
        assert!(matches!(deep.broken, Some(Broken::TooDeep { .. })), "{open}");
    }
    let bomb = find(&all(), &with_body("[".repeat(65_536).as_bytes()));
    assert_eq!(bomb.broken, Some(Broken::TooDeep { offset: 1024 }));
}

#[test]
fn a_failure_hides_nothing_of_what_is_before_it_in_an_included_path() {
    let field = body(&json!({ "IncludedPaths": ["/a"] }), "VALUE");
    let found = find(&field, &with_body(br#"{"b":1,"a":"<script>","a":"<b>"#));
    assert_eq!(found.values, ["/a: <script>", "/a: <b>"]);
    assert_eq!(found.broken, Some(Broken::Ended));
}

/// Pieces of JSON in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\":", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\\", "\"", "1", "-", "true", "null", " ",
            "\n", "//", "\\u", "{\"a\":[", "]}",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Any JSON value.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..8).prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

/// The scalars of a document, as a parser that builds a tree sees them.
fn scalars(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => into.push(value.to_string()),
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| scalars(item, into)),
        Value::Object(members) => members.values().for_each(|member| scalars(member, into)),
    }
}

/// The values that are found, the short ones each once.
fn found(field: &Value, text: &[u8]) -> (Vec<Vec<u8>>, Option<Broken>) {
    let field = FieldToMatch::parse(field, None).expect("a field of a test is written as AWS writes it").field;
    let request = with_body(text);
    let mut extracted = Extracted::default();
    field.extract(&request, &mut extracted);
    let values: Vec<Vec<u8>> = extracted.values(&request).map(|value| value.bytes.to_vec()).collect();
    for index in 0..extracted.len() {
        assert!(extracted.name(&request, index).is_some());
    }
    (values, extracted.broken())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic_and_within_bounds(text in pieces()) {
        for field in [all(), body(&json!({ "IncludedPaths": ["/a", "/a/b", "/0/a", "/b/a/1"] }), "ALL")] {
            let (values, _) = found(&field, &text);
            let total: usize = values.iter().map(Vec::len).sum();
            prop_assert!(total <= text.len());
            prop_assert!(values.len() <= text.len());
        }
    }

    #[test]
    fn what_serde_json_reads_is_read_alike(document in document()) {
        let text = serde_json::to_vec(&document).unwrap();
        let (values, broken) = found(&body(&json!({ "All": {} }), "VALUE"), &text);
        prop_assert_eq!(broken, None);
        let mut expected = Vec::new();
        scalars(&document, &mut expected);
        // Short values may be left out when they come again; nothing else may, and nothing may be added.
        let mut position = 0;
        for value in expected.iter().map(String::as_bytes) {
            if values.get(position).is_some_and(|next| next == value) {
                position += 1;
            } else {
                prop_assert!(value.len() <= 7 && values[..position].iter().any(|earlier| earlier == value));
            }
        }
        prop_assert_eq!(position, values.len());
    }

    #[test]
    fn whatever_serde_json_accepts_is_not_broken(text in pieces()) {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok() {
            prop_assert_eq!(found(&all(), &text).1, None);
        }
    }
}
