//! Fields as AWS writes them, and everything that is wrong with others.

use serde_json::{Value, json};

use super::*;

#[test]
fn every_field_of_aws_is_read() {
    let plain = |field: Field| FieldToMatch { field, oversize: OversizeHandling::Continue, invalid: None };
    let names = |names: &[&str]| names.iter().map(|name| Box::from(*name)).collect::<Box<[Box<str>]>>();
    let before = PreParse::default;
    let cases = [
        (json!({ "Method": {} }), plain(Field::Method)),
        (json!({ "UriPath": {} }), plain(Field::UriPath)),
        (json!({ "QueryString": {}, "Body": null }), plain(Field::QueryString)),
        (json!({ "AllQueryArguments": {} }), plain(Field::AllQueryArguments { before: before() })),
        (
            json!({ "SingleQueryArgument": { "Name": "SalesRegion" } }),
            plain(Field::SingleQueryArgument { name: "salesregion".into(), before: before() }),
        ),
        (json!({ "SingleHeader": { "Name": "User-Agent" } }), plain(Field::SingleHeader("user-agent".into()))),
        (json!({ "Body": {} }), plain(Field::Body)),
        (
            json!({ "Body": { "OversizeHandling": "MATCH" } }),
            FieldToMatch { oversize: OversizeHandling::Match, ..plain(Field::Body) },
        ),
        (
            json!({ "HeaderOrder": { "OversizeHandling": "NO_MATCH" } }),
            FieldToMatch { oversize: OversizeHandling::NoMatch, ..plain(Field::HeaderOrder) },
        ),
        (
            json!({ "Headers": { "MatchPattern": { "All": {} }, "MatchScope": "ALL", "OversizeHandling": "CONTINUE" } }),
            plain(Field::Headers { names: Names::All, scope: MatchScope::All }),
        ),
        (
            json!({ "Headers": { "MatchPattern": { "ExcludedHeaders": ["Host", "accept", "HOST"] },
                                 "MatchScope": "KEY", "OversizeHandling": "CONTINUE" } }),
            plain(Field::Headers { names: Names::Excluded(names(&["accept", "host"])), scope: MatchScope::Key }),
        ),
        (
            json!({ "Cookies": { "MatchPattern": { "IncludedCookies": ["session", "Id"] },
                                 "MatchScope": "VALUE", "OversizeHandling": "CONTINUE" } }),
            plain(Field::Cookies { names: Names::Included(names(&["Id", "session"])), scope: MatchScope::Value }),
        ),
        (
            json!({ "JsonBody": { "MatchPattern": { "IncludedPaths": ["/b", "/a~1b/0"] }, "MatchScope": "VALUE",
                                  "InvalidFallbackBehavior": "EVALUATE_AS_STRING", "OversizeHandling": "MATCH" } }),
            FieldToMatch {
                field: Field::JsonBody {
                    included: Included::Paths(Box::new([Pointer::read("/b"), Pointer::read("/a~1b/0")])),
                    scope: MatchScope::Value,
                },
                oversize: OversizeHandling::Match,
                invalid: Some(InvalidFallbackBehavior::EvaluateAsString),
            },
        ),
        (
            json!({ "JsonBody": { "MatchPattern": { "IncludedPaths": ["/a", "/"] }, "MatchScope": "KEY" } }),
            plain(Field::JsonBody { included: Included::All, scope: MatchScope::Key }),
        ),
    ];
    for (written, read) in cases {
        assert_eq!(FieldToMatch::parse(&written, None).as_ref(), Ok(&read), "{written}");
    }
}

#[test]
fn what_is_wrong_with_a_field_is_named() {
    let headers = |pattern: Value| json!({ "Headers": { "MatchPattern": pattern, "MatchScope": "ALL", "OversizeHandling": "MATCH" } });
    let cookies = |pattern: Value| json!({ "Cookies": { "MatchPattern": pattern, "MatchScope": "ALL", "OversizeHandling": "MATCH" } });
    let paths = |path: Value| json!({ "JsonBody": { "MatchPattern": { "IncludedPaths": path }, "MatchScope": "ALL" } });
    let many: Vec<String> = (0..200).map(|number| format!("h{number}")).collect();
    let exactly_one = "none or multiple values";
    let elsewhere = "not available for API Gateway";
    let cases = [
        (json!({}), "FIELD_TO_MATCH", "FieldToMatch", exactly_one),
        (json!({ "Body": {}, "Method": {} }), "FIELD_TO_MATCH", "FieldToMatch", exactly_one),
        (json!({ "Body": null }), "FIELD_TO_MATCH", "FieldToMatch", exactly_one),
        (json!([]), "FIELD_TO_MATCH", "FieldToMatch", "must be an object"),
        (json!({ "Url": {} }), "FIELD_TO_MATCH", "Url", "no member"),
        (json!({ "Method": { "Name": "GET" } }), "FIELD_TO_MATCH", "Name", "no member"),
        (json!({ "Method": "GET" }), "FIELD_TO_MATCH", "Method", "must be an object"),
        (json!({ "JA3Fingerprint": { "FallbackBehavior": "MATCH" } }), "FIELD_TO_MATCH", "JA3Fingerprint", elsewhere),
        (json!({ "JA4Fingerprint": { "FallbackBehavior": "MATCH" } }), "FIELD_TO_MATCH", "JA4Fingerprint", elsewhere),
        (json!({ "UriFragment": {} }), "FIELD_TO_MATCH", "UriFragment", elsewhere),
        (json!({ "SingleHeader": {} }), "SINGLE_HEADER", "Name", "requires it"),
        (json!({ "SingleHeader": { "Name": " " } }), "SINGLE_HEADER", " ", "not all white space"),
        (json!({ "SingleQueryArgument": { "Name": "" } }), "SINGLE_QUERY_ARGUMENT", "", "1 to 64"),
        (json!({ "Body": { "OversizeHandling": "ALLOW" } }), "OVERSIZE_HANDLING", "ALLOW", "CONTINUE, MATCH, NO_MATCH"),
        (json!({ "HeaderOrder": {} }), "FIELD_TO_MATCH", "OversizeHandling", "requires it"),
        (headers(json!({})), "HEADER_MATCH_PATTERN", "MatchPattern", exactly_one),
        (headers(json!({ "IncludedHeaders": [] })), "HEADER_MATCH_PATTERN", "[]", "1 to 199"),
        (headers(json!({ "All": {}, "IncludedHeaders": ["a"] })), "HEADER_MATCH_PATTERN", "MatchPattern", exactly_one),
        (headers(json!({ "IncludedCookies": ["a"] })), "HEADER_MATCH_PATTERN", "IncludedCookies", "no member"),
        (headers(json!({ "ExcludedHeaders": [7] })), "HEADER_MATCH_PATTERN", "7", "must be a name"),
        (cookies(json!({ "IncludedCookies": ["a".repeat(61)] })), "COOKIE_MATCH_PATTERN", &"a".repeat(61), "1 to 60"),
        (paths(json!(["dogs"])), "JSON_MATCH_PATTERN", "dogs", "JSON pointer"),
        (paths(json!(["/a~2b"])), "JSON_MATCH_PATTERN", "/a~2b", "JSON pointer"),
        (paths(json!(["/a~"])), "JSON_MATCH_PATTERN", "/a~", "JSON pointer"),
        (
            json!({ "JsonBody": { "MatchPattern": { "All": {} }, "MatchScope": "BOTH" } }),
            "JSON_MATCH_SCOPE",
            "BOTH",
            "ALL, KEY, VALUE",
        ),
        (
            json!({ "JsonBody": { "MatchPattern": { "All": {} }, "MatchScope": "ALL", "InvalidFallbackBehavior": "X" } }),
            "BODY_PARSING_FALLBACK_BEHAVIOR",
            "X",
            "EVALUATE_AS_STRING",
        ),
    ];
    for (written, field, parameter, reason) in cases {
        let invalid = FieldToMatch::parse(&written, None).unwrap_err();
        assert_eq!((invalid.field, invalid.parameter.as_str()), (field, parameter), "{written}");
        assert!(invalid.reason.contains(reason), "{written}: {}", invalid.reason);
    }
    assert!(FieldToMatch::parse(&headers(json!({ "IncludedHeaders": many })), None).is_err());
}

#[test]
fn only_query_arguments_take_pre_parse_text_transformations() {
    let before = json!([{ "Priority": 2, "Type": "NONE" }, { "Priority": 1, "Type": "URL_DECODE" },
                        { "Priority": 0, "Type": "REPLACE_SEMICOLONS_WITH_AMPERSANDS" }]);
    let read = FieldToMatch::parse(&json!({ "AllQueryArguments": {} }), Some(&before)).unwrap();
    let Field::AllQueryArguments { before: read } = read.field else { panic!("{read:?}") };
    assert_eq!(read.len(), 2);

    let misplaced = FieldToMatch::parse(&json!({ "QueryString": {} }), Some(&before)).unwrap_err();
    assert_eq!(misplaced.field, "PRE_PARSE_TEXT_TRANSFORMATION");
    let unknown = json!([{ "Priority": 1, "Type": "LOWERCASE" }]);
    let unknown = FieldToMatch::parse(&json!({ "AllQueryArguments": {} }), Some(&unknown)).unwrap_err();
    assert_eq!((unknown.field, unknown.parameter.as_str()), ("PRE_PARSE_TEXT_TRANSFORMATION", "LOWERCASE"));
}
