//! Log records of judged requests: what AWS's readers find in them, what is hidden, and what strangers cannot do to them.

use serde_json::{Value, json};
use snapshot::{LoggingCondition, LoggingFilter, Redacted, WebAcl};
use waf::Token;

use super::{LINE_BYTES_MAX, wants, write};
use crate::firewall::page;
use crate::firewall::testing::{ARN, Sent, acl, group, holds, rule, sqli};

fn line(acl: &WebAcl, sent: &Sent, token: Token) -> String {
    let line = sent.judged(acl, token, |case| {
        let mut line = Vec::new();
        write(acl.logging.as_ref().unwrap(), case, &mut line);
        line
    });
    String::from_utf8(line).unwrap()
}

fn record(acl: &WebAcl, sent: &Sent) -> Value {
    serde_json::from_str(&line(acl, sent, Token::Missing)).unwrap()
}

fn everywhere() -> Value {
    json!({ "AllQueryArguments": {} })
}

#[test]
fn a_blocked_request_is_told_as_aws_tells_it() {
    let acl = acl(&[rule("sql", 0, &sqli(&everywhere()), "Block")], Redacted::default());
    let record = record(&acl, &Sent::get("/pets?q=1'%20or%20'1'='1").header("User-Agent", "x"));
    let wanted = json!({
        "timestamp": 1_800_000_000_000_i64,
        "formatVersion": 1,
        "webaclId": ARN,
        "terminatingRuleId": "sql",
        "terminatingRuleType": "REGULAR",
        "action": "BLOCK",
        "terminatingRuleMatchDetails": [{
            "conditionType": "SQL_INJECTION", "sensitivityLevel": "LOW", "location": "ALL_QUERY_ARGS",
            "matchedData": record["terminatingRuleMatchDetails"][0]["matchedData"], "matchedFieldName": "q",
        }],
        "httpSourceName": "APIGW",
        "httpSourceId": "000000000000:a1b2c3:prod",
        "ruleGroupList": [],
        "rateBasedRuleList": [],
        "nonTerminatingMatchingRules": [],
        "requestHeadersInserted": null,
        "responseCodeSent": null,
        "httpRequest": {
            "clientIp": "192.0.2.1", "country": "DE", "headers": [{ "name": "User-Agent", "value": "x" }],
            "uri": "/pets", "args": "q=1'%20or%20'1'='1", "httpVersion": "HTTP/1.1", "httpMethod": "GET",
            "requestId": "6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11", "fragment": "", "scheme": "https",
            "host": "shop.example",
        },
        "labels": [{ "name": "awswaf:000000000000:webacl:shop:sql" }],
        "requestBodySize": 0,
        "requestBodySizeInspectedByWAF": 0,
    });
    assert_eq!(record, wanted);
}

#[test]
fn a_request_that_no_rule_decides_is_told_by_the_default_action() {
    let record = record(&acl(&[], Redacted::default()), &Sent::get("/"));
    assert_eq!((&record["terminatingRuleId"], &record["action"]), (&json!("Default_Action"), &json!("ALLOW")));
    assert_eq!(record["terminatingRuleType"], "REGULAR");
}

#[test]
fn rules_inside_a_group_are_told_under_it_and_excluded_ones_apart() {
    let acl = acl(&[group("group", 0)], Redacted::default());
    let record = record(&acl, &Sent::get("/?spam&loud&attack"));
    let told = &record["ruleGroupList"][0];
    assert_eq!((&record["terminatingRuleId"], &record["terminatingRuleType"]), (&json!("group"), &json!("GROUP")));
    assert_eq!(told["terminatingRule"]["ruleId"], "attack");
    assert_eq!(told["nonTerminatingMatchingRules"][0]["ruleId"], "spam");
    assert_eq!(told["excludedRules"], json!([{ "exclusionType": "EXCLUDED_AS_COUNT", "ruleId": "loud" }]));
    assert_eq!(told["customerConfig"], Value::Null);
}

#[test]
fn whom_a_rate_limits_is_told_with_its_settings() {
    let statement = json!({ "RateBasedStatement": {
        "Limit": 100, "EvaluationWindowSec": 120, "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [
            { "Header": { "Name": "dogname", "TextTransformations": [{ "Priority": 0, "Type": "NONE" }] } },
        ],
    } });
    let sent = Sent::get("/").header("DogName", "ella");
    let told = |redacted| record(&acl(&[rule("often", 0, &statement, "Block")], redacted), &sent);
    let entry = told(Redacted::default())["rateBasedRuleList"][0].clone();
    assert_eq!((&entry["limitKey"], &entry["maxRateAllowed"]), (&json!("CUSTOMKEYS"), &json!(100)));
    assert_eq!(entry["evaluationWindowSec"], "120");
    assert_eq!(entry["customValues"], json!([{ "key": "HEADER", "name": "dogname", "value": "ella" }]));
    let hidden = told(Redacted { headers: ["dogname".into()].into(), ..Redacted::default() });
    assert!(!hidden.to_string().contains("ella"), "{hidden}");
}

#[test]
fn puzzles_are_told_solved_or_with_the_reason_why_not() {
    let acl = acl(&[rule("sql", 0, &holds("/", &json!({ "UriPath": {} })), "Captcha")], Redacted::default());
    let told = |token| serde_json::from_str::<Value>(&line(&acl, &Sent::get("/"), token)).unwrap();
    let missing = told(Token::Missing);
    assert_eq!(missing["captchaResponse"], json!({ "responseCode": 405, "failureReason": "TOKEN_MISSING" }));
    assert_eq!(missing["action"], "CAPTCHA");
    let solved = told(Token::Valid { solved_s: 7 });
    assert_eq!(solved["captchaResponse"], json!({ "responseCode": 0, "solveTimestamp": 7 }));
    assert_eq!(solved["nonTerminatingMatchingRules"][0]["captchaResponse"]["solveTimestamp"], 7);
    assert_eq!(solved["action"], "ALLOW");
    assert_eq!(solved["challengeResponse"], Value::Null);
}

#[test]
fn credentials_are_never_written() {
    let secret = "S3CRETS3CRET' or 1=1 --";
    let anywhere =
        json!({ "Headers": { "MatchPattern": { "All": {} }, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE" } });
    let cookies = json!({ "SingleHeader": { "Name": "Cookie" } });
    let query = json!({ "QueryString": {} });
    let rules = [
        rule("all", 0, &sqli(&anywhere), "Count"),
        rule("cookie", 1, &sqli(&cookies), "Count"),
        rule("query", 2, &sqli(&query), "Count"),
        rule("args", 3, &sqli(&everywhere()), "Block"),
    ];
    let acl = acl(&rules, Redacted::default());
    let token = format!("a=1; {}={secret}; b=2", page::COOKIE);
    for sent in [
        Sent::get("/").header("Authorization", secret),
        Sent::get("/").header("X-API-KEY", secret),
        Sent::get("/").header("X-Amz-Security-Token", secret),
        Sent::get("/").header(page::HEADER, secret),
        Sent::get("/").header(page::SOLUTION, secret),
        Sent::get("/").header("cOOkie", token.as_str()),
        Sent::get(&format!("/?a=1&X-Amz-Signature={secret}&b=2")),
        Sent::get(&format!("/?a=1&x-amz-security-%74oken={secret}&b=2")),
    ] {
        let line = line(&acl, &sent, Token::Missing);
        assert!(!line.contains("S3CRET") && line.contains("REDACTED"), "{sent:?}: {line}");
        if !sent.headers.iter().any(|(name, _)| name == "X-API-KEY") {
            assert!(line.contains("\"awswaf:000000000000:webacl:shop:"), "a rule looked at it: {line}");
        }
    }
    let told = record(&acl, &Sent::get("/?a=1&X-Amz-Signature=abc&b=2").header("Cookie", token));
    assert_eq!(told["httpRequest"]["args"], "a=1&X-Amz-Signature=REDACTED&b=2");
    assert_eq!(told["httpRequest"]["headers"][0]["value"], "a=1; aws-waf-token=REDACTED; b=2");
}

#[test]
fn what_the_settings_leave_out_is_left_out_of_what_matched_as_well() {
    let attack = "1' or '1'='1";
    let part = |name: &str| json!({ name: {} });
    let header = json!({ "SingleHeader": { "Name": "x-note" } });
    let cases = [
        (Redacted { query: true, ..Redacted::default() }, sqli(&part("AllQueryArguments"))),
        (Redacted { query: true, ..Redacted::default() }, sqli(&part("QueryString"))),
        (Redacted { path: true, ..Redacted::default() }, sqli(&part("UriPath"))),
        (Redacted { headers: ["x-note".into()].into(), ..Redacted::default() }, sqli(&header)),
    ];
    for (redacted, statement) in cases {
        let (hides, of_query, of_path) = (format!("{redacted:?}"), redacted.query, redacted.path);
        let acl = acl(&[rule("sql", 0, &statement, "Block")], redacted);
        let mut sent = Sent::get("/");
        if of_query {
            sent = Sent::get(&format!("/?id={attack}"));
        } else if of_path {
            sent = Sent::get(&format!("/{attack}"));
        } else {
            sent = sent.header("X-Note", attack);
        }
        let record = record(&acl, &sent);
        assert_eq!(record["terminatingRuleMatchDetails"][0]["matchedData"], json!(["REDACTED"]), "{hides}");
        assert!(!record.to_string().contains("or '1"), "{hides}: {record}");
    }
    let hidden = acl(&[], Redacted { method: true, query: true, path: true, headers: Box::default() });
    let record = record(&hidden, &Sent::get("/a?b"));
    for member in ["httpMethod", "uri", "args"] {
        assert_eq!(record["httpRequest"][member], "REDACTED");
    }
}

#[test]
fn a_stranger_neither_ends_the_line_nor_moves_the_cursor() {
    let acl = acl(&[rule("sql", 0, &sqli(&everywhere()), "Block")], Redacted::default());
    let evil = "x\r\n{\"action\":\"ALLOW\"}\u{1b}[2J\u{9b}2J\u{202e}\u{7f}";
    let sent =
        Sent::get(&format!("/{evil}?q=1' or '1'='1{evil}")).header("X-Evil", evil).header("X-Bytes", [0xff, 0xfe, 0]);
    let line = line(&acl, &sent, Token::Missing);
    assert!(!line.chars().any(|char| char.is_control() || char == '\u{202e}'), "{line:?}");
    let record: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(record["action"], "BLOCK");
    assert_eq!(record["httpRequest"]["headers"][0]["value"], evil);
}

#[test]
fn a_record_that_grows_too_long_is_cut_and_still_a_record() {
    let everything: Vec<Value> =
        (0..500).map(|n| rule(&format!("r{n}{}", "x".repeat(110)), n, &sqli(&everywhere()), "Count")).collect();
    let acl = acl(&everything, Redacted::default());
    let query: Vec<String> = (0..30).map(|n| format!("a{n}=1' or '1'='1{}", "\u{1}".repeat(80))).collect();
    let mut sent = Sent::get(&format!("/{}?{}", "\u{1}".repeat(8_000), query.join("&")));
    for n in 0..200 {
        sent = sent.header(&format!("X-{n}"), "\u{1}".repeat(8_000));
    }
    let cut = line(&acl, &sent, Token::Missing);
    assert!(cut.len() < store_records::block::ENTRY_BYTES_MAX, "{}", cut.len());
    let record: Value = serde_json::from_str(&cut).unwrap();
    assert_eq!((&record["truncated"], &record["action"]), (&json!(true), &json!("ALLOW")));
    let short = line(&acl, &Sent::get("/"), Token::Missing);
    assert!(short.len() < LINE_BYTES_MAX && !short.contains("truncated"));
}

#[test]
fn the_first_filter_that_fits_says_whether_a_request_is_logged() {
    let action = |name: &str| LoggingCondition::Action(name.into());
    let label = |name: &str| LoggingCondition::Label(name.into());
    let any =
        |keep, conditions: Vec<LoggingCondition>| LoggingFilter { keep, all: false, conditions: conditions.into() };
    let all =
        |keep, conditions: Vec<LoggingCondition>| LoggingFilter { keep, all: true, conditions: conditions.into() };
    let spam = "awswaf:000000000000:rulegroup:ours:spam";
    let cases = [
        ("/", vec![], true, true),
        ("/", vec![], false, false),
        ("/?attack", vec![any(true, vec![action("BLOCK")])], false, true),
        ("/", vec![any(true, vec![action("BLOCK")])], false, false),
        ("/?spam", vec![any(false, vec![action("COUNT")])], true, false),
        ("/?loud", vec![any(true, vec![action("EXCLUDED_AS_COUNT")])], false, true),
        ("/?loud", vec![any(true, vec![action("COUNT")])], false, false),
        ("/?spam", vec![any(true, vec![label(spam), action("BLOCK")])], false, true),
        ("/?spam", vec![all(true, vec![label(spam), action("BLOCK")])], false, false),
        ("/?spam&attack", vec![all(true, vec![label(spam), action("BLOCK")])], false, true),
        ("/?spam", vec![any(true, vec![label("spam")])], false, false),
        ("/?attack", vec![any(false, vec![action("BLOCK")]), any(true, vec![action("BLOCK")])], true, false),
    ];
    for (target, filters, keep_others, wanted) in cases {
        let mut acl = acl(&[group("group", 0)], Redacted::default());
        let told = format!("{target}: {filters:?}");
        let logging = acl.logging.as_mut().unwrap();
        (logging.filters, logging.keep_others) = (filters.into(), keep_others);
        let found = Sent::get(target).judged(&acl, Token::Missing, |case| wants(acl.logging.as_ref().unwrap(), case));
        assert_eq!(found, wanted, "{told}");
    }
}
