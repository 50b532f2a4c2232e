//! What statements match, one table each.

use serde_json::{Value, json};

use super::*;

#[test]
fn a_text_is_looked_for_where_its_constraint_says() {
    for (constraint, text, value, expected) in [
        ("EXACTLY", "/admin", "/admin", true),
        ("EXACTLY", "/admin", "/admin/", false),
        ("EXACTLY", "/admin", "/Admin", false),
        ("STARTS_WITH", "/admin", "/admin/x", true),
        ("STARTS_WITH", "/admin", "/x/admin", false),
        ("ENDS_WITH", ".php", "/x.php", true),
        ("ENDS_WITH", ".php", "/x.php/", false),
        ("ENDS_WITH", ".php", "php", false),
        ("CONTAINS", "dmi", "/admin", true),
        ("CONTAINS", "DMI", "/admin", false),
        ("CONTAINS", "/", "x", false),
        ("CONTAINS_WORD", "admin", "/admin/", true),
        ("CONTAINS_WORD", "admin", "/administrator", false),
        ("CONTAINS_WORD", "admin", "/xadmin", false),
        ("CONTAINS_WORD", "admin", "/admin_", false),
        ("CONTAINS_WORD", "admin", "/administrator/admin", true),
        ("CONTAINS_WORD", "admin", "admin", true),
    ] {
        assert_eq!(matches(&path(constraint, text), &Sent::get(value)), expected, "{constraint} {text} in {value}");
    }
}

#[test]
fn transformations_are_applied_before_anything_is_looked_for() {
    let path = json!({ "UriPath": {} });
    for (names, text, value, expected) in [
        (&["LOWERCASE"][..], "/admin", "/ADMIN", true),
        (&[], "/admin", "/ADMIN", false),
        (&["URL_DECODE"], "/admin", "/%61dmin", true),
        (&["URL_DECODE"], "/admin", "/%2561dmin", false),
        (&["URL_DECODE", "URL_DECODE"], "/admin", "/%2561dmin", true),
        (&["URL_DECODE", "LOWERCASE"], "/admin", "/%41DMIN", true),
        (&["LOWERCASE", "URL_DECODE"], "/admin", "/%41DMIN", false),
        (&["LOWERCASE", "URL_DECODE"], "/Admin", "/%41DMIN", true),
    ] {
        assert_eq!(matches(&bytes(&path, "EXACTLY", text, names), &Sent::get(value)), expected, "{names:?} {value}");
    }
}

#[test]
fn expressions_match_with_and_without_texts_to_look_for() {
    let path = json!({ "UriPath": {} });
    for (source, value, expected) in [
        ("^/v[0-9]+/admin$", "/v12/admin", true),
        ("^/v[0-9]+/admin$", "/v12/admin/", false),
        (r"^/\d+$", "/12345", true),
        (r"^/\d+$", "/12345x", false),
        (r"\s", "/a", false),
        ("(?i)admin|root", "/ROOT", true),
        ("x*", "", true),
    ] {
        assert_eq!(matches(&regex(&path, source, &[]), &Sent::get(value)), expected, "{source} {value}");
        // The same beside others that have no texts either: then they are searched for together.
        let several =
            or(&[regex(&path, r"^\d{40}$", &[]), regex(&path, r"^[^/]{40}$", &[]), regex(&path, source, &[])]);
        assert_eq!(matches(&several, &Sent::get(value)), expected, "{source} {value} among others");
    }
}

#[test]
fn one_expression_of_a_set_is_enough() {
    let statement = |field: Value, arn: &str| {
        json!({ "RegexPatternSetReferenceStatement": {
            "ARN": format!("arn:aws:wafv2:us-east-1:000000000000:regional/regexpatternset/x/{arn}"),
            "FieldToMatch": field,
            "TextTransformations": chain(&[]),
        } })
    };
    for (target, expected) in [("/admin?q=1x", true), ("/x?q=SECRET", true), ("/x?q=x&r=12", true), ("/x?q=1x", false)]
    {
        let either =
            or(&[statement(json!({ "UriPath": {} }), "known"), statement(json!({ "AllQueryArguments": {} }), "known")]);
        assert_eq!(matches(&either, &Sent::get(target)), expected, "{target}");
    }
    let broken = compiled(&[rule("r", 0, &statement(json!({ "UriPath": {} }), "gone"), "Block", &[])]).unwrap_err();
    assert!(broken.reason.contains("regexpatternset/x/gone"), "{broken}");
}

#[test]
fn sizes_are_those_of_the_transformed_value() {
    for (comparison, size, expected) in [
        ("EQ", 6, true),
        ("EQ", 5, false),
        ("NE", 5, true),
        ("NE", 6, false),
        ("LE", 6, true),
        ("LE", 5, false),
        ("LT", 7, true),
        ("LT", 6, false),
        ("GE", 6, true),
        ("GE", 7, false),
        ("GT", 5, true),
        ("GT", 6, false),
    ] {
        let statement = json!({ "SizeConstraintStatement": {
            "FieldToMatch": { "UriPath": {} },
            "TextTransformations": chain(&["URL_DECODE"]),
            "ComparisonOperator": comparison,
            "Size": size,
        } });
        assert_eq!(matches(&statement, &Sent::get("/%61dmin")), expected, "{comparison} {size}");
    }
    let missing = json!({ "SizeConstraintStatement": {
        "FieldToMatch": { "SingleHeader": { "Name": "x-none" } },
        "TextTransformations": chain(&[]),
        "ComparisonOperator": "GE",
        "Size": 0,
    } });
    assert!(!matches(&missing, &Sent::get("/")), "what is not there has no size");
    assert!(matches(&not(&missing), &Sent::get("/")));
}

#[test]
fn injections_are_found_in_what_was_transformed() {
    let statement = |kind: &str| json!({ kind: { "FieldToMatch": { "AllQueryArguments": {} }, "TextTransformations": chain(&["URL_DECODE"]) } });
    let (sqli, xss) = (statement("SqliMatchStatement"), statement("XssMatchStatement"));
    let attack = Sent::get("/?a=b&id=1%27%20OR%20%271%27=%271");
    assert!(matches(&sqli, &attack));
    assert!(!matches(&xss, &attack));
    let attack = Sent::get("/?q=%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(matches(&xss, &attack));
    assert!(!matches(&xss, &Sent::get("/?q=script")));
    assert!(!matches(&sqli, &Sent::get("/?q=O%27Brien")));
}

#[test]
fn statements_combine() {
    let (a, b) = (path("CONTAINS", "a"), path("CONTAINS", "b"));
    for (value, both, either, neither) in
        [("/a", false, true, false), ("/b", false, true, false), ("/ab", true, true, false), ("/c", false, false, true)]
    {
        let sent = Sent::get(value);
        assert_eq!(matches(&and(&[a.clone(), b.clone()]), &sent), both, "{value}");
        assert_eq!(matches(&or(&[a.clone(), b.clone()]), &sent), either, "{value}");
        assert_eq!(matches(&not(&or(&[a.clone(), b.clone()])), &sent), neither, "{value}");
        assert_eq!(matches(&and(&[not(&a), not(&b)]), &sent), neither, "{value}");
        assert_eq!(matches(&not(&not(&a)), &sent), matches(&a, &sent), "{value}");
    }
}

#[test]
fn what_is_too_long_is_what_its_statement_says() {
    let body = |handling: &str| bytes(&json!({ "Body": { "OversizeHandling": handling } }), "CONTAINS", "attack", &[]);
    let (quiet, loud) = (Sent::get("/").post("quiet"), Sent::get("/").post("an attack"));
    for (handling, sent, expected) in [
        ("CONTINUE", quiet.clone(), false),
        ("CONTINUE", loud.clone(), true),
        ("CONTINUE", quiet.clone().cut_off(), false),
        ("CONTINUE", loud.clone().cut_off(), true),
        ("MATCH", quiet.clone(), false),
        ("MATCH", quiet.clone().cut_off(), true),
        ("NO_MATCH", loud.clone(), true),
        ("NO_MATCH", loud.clone().cut_off(), false),
    ] {
        assert_eq!(matches(&body(handling), &sent), expected, "{handling}");
        assert_eq!(matches(&not(&body(handling)), &sent), !expected, "not {handling}");
    }
    let acl = compiled(&[rule("r", 0, &body("MATCH"), "Count", &[])]).unwrap();
    assert_eq!(quiet.cut_off().judged(&acl, &World::default()).oversize, [crate::Oversize::Body]);
}

#[test]
fn a_body_that_is_no_json_is_what_its_statement_says() {
    let json_body = |fallback: &Value| {
        let mut field = json!({ "MatchPattern": { "All": {} }, "MatchScope": "VALUE" });
        if !fallback.is_null() {
            field["InvalidFallbackBehavior"] = fallback.clone();
        }
        bytes(&json!({ "JsonBody": field }), "CONTAINS", "attack", &["LOWERCASE"])
    };
    let good = Sent::get("/").post(r#"{"attack":"no","b":["an ATTACK"]}"#);
    let key = Sent::get("/").post(r#"{"attack":"no"}"#);
    let broken = Sent::get("/").post(r#"{"a":"b"]attack"#);
    let late = Sent::get("/").post(r#"{"a":"attack",]"#);
    for (fallback, sent, expected) in [
        (Value::Null, &good, true),
        (Value::Null, &key, false),
        (Value::Null, &broken, false),
        (Value::Null, &late, true),
        (json!("MATCH"), &broken, true),
        (json!("MATCH"), &key, false),
        (json!("NO_MATCH"), &late, false),
        (json!("EVALUATE_AS_STRING"), &broken, true),
        (json!("EVALUATE_AS_STRING"), &key, false),
    ] {
        assert_eq!(matches(&json_body(&fallback), sent), expected, "{fallback} {}", sent.body.escape_ascii());
    }
}

#[test]
fn expressions_searched_for_together_keep_their_own_words_on_what_is_too_long_or_broken() {
    let body = |handling: &str| regex(&json!({ "Body": { "OversizeHandling": handling } }), "^[0-9]{40}$", &[]);
    let other = |handling: &str| regex(&json!({ "Body": { "OversizeHandling": handling } }), "^[^a]{50}$", &[]);
    let json_body = |fallback: &Value, source: &str| {
        let field = json!({ "MatchPattern": { "All": {} }, "MatchScope": "ALL", "InvalidFallbackBehavior": fallback });
        regex(&json!({ "JsonBody": field }), source, &[])
    };
    let (long, broken) = (Sent::get("/").post("aaa").cut_off(), Sent::get("/").post(r#"{"a":1]"#));
    let as_string = json_body(&json!("EVALUATE_AS_STRING"), "^[{]...[:]1[]]$");
    for (first, second, sent, expected) in [
        (body("CONTINUE"), other("MATCH"), &long, true),
        (other("MATCH"), body("CONTINUE"), &long, false),
        (body("NO_MATCH"), other("MATCH"), &long, true),
        (body("CONTINUE"), other("NO_MATCH"), &long, false),
        (json_body(&Value::Null, "^[0-9]{40}$"), json_body(&json!("MATCH"), "^[^a]{50}$"), &broken, true),
        (json_body(&Value::Null, "^[0-9]{40}$"), as_string.clone(), &broken, true),
        (json_body(&Value::Null, "^[0-9]{40}$"), json_body(&json!("NO_MATCH"), "^[a-z]$"), &broken, false),
    ] {
        let rules = [rule("first", 0, &first, "Count", &[]), rule("second", 1, &second, "Block", &[])];
        let judgement = sent.judged(&compiled(&rules).unwrap(), &World::default());
        assert_eq!(judgement.terminating.is_some(), expected, "{first} {second}");
    }
}

#[test]
fn findings_name_the_place_and_what_stood_there() {
    let statement = and(&[
        bytes(&json!({ "SingleHeader": { "Name": "User-Agent" } }), "CONTAINS", "bot", &["LOWERCASE"]),
        regex(&json!({ "AllQueryArguments": {} }), "attack[0-9]", &["URL_DECODE", "LOWERCASE"]),
    ]);
    let acl = compiled(&[rule("r", 0, &statement, "Block", &[])]).unwrap();
    let sent = Sent::get("/?a=b&q=an%20ATTACK7!").header("User-Agent", "a BOT");
    let judgement = sent.judged(&acl, &World::default());
    let findings = judgement.terminating.unwrap().matched.findings;
    let told: Vec<String> = findings
        .iter()
        .map(|it| {
            format!(
                "{} {} {:?} {:?} {:?} {}",
                it.condition, it.location, it.name, it.transformations, it.matched, it.offset
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"BYTE_MATCH HEADER Some("User-Agent") ["LOWERCASE"] "bot" 2"#,
            r#"REGEX ALL_QUERY_ARGS Some("q") ["URL_DECODE", "LOWERCASE"] "attack7" 3"#,
        ]
    );
}
