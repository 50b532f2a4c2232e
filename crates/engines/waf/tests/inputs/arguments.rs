//! Query arguments: how a query is parted, and what may be done to it before.

use serde_json::{Value, json};
use waf::Request;
use waf::field::{Extent, Field};

use crate::support::{find_field, find_prepared, request, values};

fn all() -> Value {
    json!({ "AllQueryArguments": {} })
}

fn single(name: &str) -> Value {
    json!({ "SingleQueryArgument": { "Name": name } })
}

#[test]
fn a_query_is_parted_at_ampersands_and_first_equals_signs() {
    let cases: [(&[u8], &[&str]); 10] = [
        (b"", &[]),
        (b"a=1&b=2", &["a: 1", "b: 2"]),
        (b"a=1=2", &["a: 1=2"]),
        (b"a", &["a: "]),
        (b"a=&=b", &["a: ", ": b"]),
        (b"&&a=1&&", &["a: 1"]),
        (b"a=1&a=2&A=3", &["a: 1", "a: 2", "A: 3"]),
        (b"a=%26b%3D+c;d=e", &["a: %26b%3D+c;d=e"]),
        (b"?a=1", &["?a: 1"]),
        (b"a=\xFF\0", &["a: \u{FFFD}\0"]),
    ];
    for (query, expected) in cases {
        assert_eq!(values(&all(), &Request { query, ..request() }), expected, "{}", String::from_utf8_lossy(query));
    }
}

#[test]
fn each_name_is_a_value_of_a_field_of_its_own() {
    let query = b"tempdb&a%28=1&=2&a.longer.name=3&a.longer.name=4";
    let found = find_field(&Field::ArgumentNames, &Request { query, ..request() });
    assert_eq!(found.values, ["tempdb", "a%28", "a.longer.name", "a.longer.name"]);
}

#[test]
fn a_single_argument_is_found_in_any_case_encoded_or_not() {
    let query = b"id=1&ID=2&%69d=3&i%44=4&idx=5&i=6&=7&%i=8&user+name=9&user%20name=10";
    let request = Request { query, ..request() };
    assert_eq!(values(&single("Id"), &request), ["id: 1", "ID: 2", "%69d: 3", "i%44: 4"]);
    assert_eq!(values(&single("user name"), &request), ["user+name: 9", "user%20name: 10"]);
    assert!(values(&single("absent"), &request).is_empty());
}

#[test]
fn a_short_value_that_is_there_again_is_kept_once() {
    let request = Request { query: b"a=1&b=1&c=12345678&d=12345678", ..request() };
    assert_eq!(values(&all(), &request), ["a: 1", "c: 12345678", "d: 12345678"]);
}

#[test]
fn a_query_is_prepared_before_it_is_parted() {
    let cases: [(&[&str], &[u8], &[&str]); 8] = [
        (&["NONE"], b"a=1;b=2", &["a: 1;b=2"]),
        (&["URL_DECODE"], b"a=1%26b%3D2+3", &["a: 1", "b: 2 3"]),
        (&["URL_DECODE"], b"a=1&b=2", &["a: 1", "b: 2"]),
        (&["URL_DECODE_UNI"], b"a=1%u0026b%uff1d2", &["a: 1", "b: 2"]),
        (&["REPLACE_SEMICOLONS_WITH_AMPERSANDS"], b"a=1;b=2&c=3", &["a: 1", "b: 2", "c: 3"]),
        (&["COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA"], b"a=1&b=2&a=3&A&&a=4", &["a: 1,3,,4", "b: 2"]),
        (&["URL_DECODE", "REPLACE_SEMICOLONS_WITH_AMPERSANDS"], b"a=1%3bb=2", &["a: 1", "b: 2"]),
        (
            &["REPLACE_SEMICOLONS_WITH_AMPERSANDS", "URL_DECODE", "COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA"],
            b"id=1;id=%27%26ID=or",
            &["id: 1,',or"],
        ),
    ];
    for (types, query, expected) in cases {
        let steps = types.iter().enumerate().map(|(priority, name)| json!({ "Priority": priority, "Type": name }));
        let before = Value::Array(steps.collect());
        let found = find_prepared(&all(), Some(&before), &Request { query, ..request() });
        assert_eq!(found.values, expected, "{types:?}");
        assert_eq!(found.extent, Extent::Whole);
    }
}
