//! Arbitrary documents and requests: no panic, bounded time, and laws that hold for every policy.

use std::time::{Duration, Instant};

use base::AccountId;
use policy::{Action, Keys, Kind, Opinion, Policy, Principal, RequestContext};
use proptest::prelude::*;

use crate::support::{HOME, document, principal};

fn opinion(policy: &Policy, who: &Principal, action: &str, resource: &str, keys: &Keys) -> Opinion {
    let action = Action::new(action);
    policy.opinion(&RequestContext::new(who, &action, resource, AccountId::parse(HOME).unwrap(), keys))
}

/// Pieces of documents, in any order.
fn noise() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"Version\"",
        "\"2012-10-17\"",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Action\"",
        "\"s3:*\"",
        "\"Resource\"",
        "\"*\"",
        "\"arn:aws:s3:::${a,'b'}\"",
        "\"Condition\"",
        "\"IpAddress\"",
        "null",
        "1e9",
        "\"Principal\"",
        "\"AWS\"",
        "\\u0000",
        "\"é",
    ];
    let word = prop_oneof![6 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,6}"];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

/// A whole statement whose parts are arbitrary.
fn statement() -> impl Strategy<Value = String> {
    let operators = [
        "StringEquals",
        "StringLike",
        "ForAllValues:StringNotLike",
        "NumericLessThanIfExists",
        "DateEquals",
        "Bool",
        "BinaryEquals",
        "NotIpAddress",
        "ArnLike",
        "Null",
        "Nonsense",
    ];
    let text = "[a-z:*?${}',/0-9é .-]{0,24}";
    (any::<bool>(), text, "arn:aws:s3:::[a-z:*?${}',/é]{0,24}", prop::sample::select(operators.to_vec()), text, text).prop_map(
        |(allow, action, resource, operator, key, value)| {
            let effect = if allow { "Allow" } else { "Deny" };
            format!(
                r#"{{"Effect":"{effect}","Action":["s3:*","s3:{action}"],"Resource":["*","{resource}"],"Condition":{{"{operator}":{{"k:{key}":"{value}"}}}}}}"#
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_panics(text in noise(), more in ".{0,64}") {
        for kind in [Kind::Identity, Kind::Resource, Kind::Trust] {
            for text in [&text, &more] {
                if let Err(fault) = Policy::parse(text, kind) {
                    prop_assert!(fault.to_string().len() < 1024 && fault.detail().len() < 1024);
                }
            }
        }
    }

    #[test]
    fn no_policy_and_request_panic(statement in statement(), resource in ".{0,32}", value in ".{0,16}") {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        if let Ok(policy) = Policy::parse(&text, Kind::Identity) {
            let keys = Keys::new().text("k:k", value.as_str()).texts("a:b", [value.as_str(), "x"]);
            opinion(&policy, &Principal::Anonymous, "s3:GetObject", &resource, &keys);
        }
    }

    #[test]
    fn a_pattern_matches_what_it_was_made_of(pieces in prop::collection::vec("[a-c]{0,3}", 1..6), fill in "[a-c/:]{0,4}") {
        let text = pieces.join(&fill);
        let policy = Policy::parse(&document(&format!("allow * on arn:aws:s3:::x{}", pieces.join("*"))), Kind::Identity).unwrap();
        let said = opinion(&policy, &principal("alice"), "s3:GetObject", &format!("arn:aws:s3:::x{text}"), &Keys::new());
        prop_assert_ne!(said, Opinion::Silent);
    }

    #[test]
    fn matching_agrees_with_a_plain_matcher(pattern in "[ab*?]{0,10}", text in "[ab]{0,10}") {
        let policy = Policy::parse(&document(&format!("allow * on arn:aws:s3:::x{pattern}")), Kind::Identity).unwrap();
        let said = opinion(&policy, &principal("alice"), "s3:GetObject", &format!("arn:aws:s3:::x{text}"), &Keys::new());
        prop_assert_eq!(said != Opinion::Silent, plain(pattern.as_bytes(), text.as_bytes()), "{} {}", pattern, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn actions_agree_with_a_plain_matcher(
        patterns in prop::collection::vec(("(s3|sq|\\*)", "[aAb*?]{1,4}"), 1..4),
        service in "(s3|sq|S3)",
        name in "[aAb]{1,4}",
        inverse in any::<bool>(),
    ) {
        let patterns: Vec<String> = patterns.into_iter().map(|(service, name)| format!("{service}:{name}")).collect();
        let action = format!("{service}:{name}");
        let matches = |pattern: &String| plain(pattern.to_lowercase().as_bytes(), action.to_lowercase().as_bytes());
        let except = if inverse { "except " } else { "" };
        let policy = Policy::parse(&document(&format!("allow {except}{}", patterns.join(","))), Kind::Identity).unwrap();
        let said = opinion(&policy, &principal("alice"), &action, "arn:aws:s3:::x", &Keys::new());
        prop_assert_eq!(said != Opinion::Silent, patterns.iter().any(matches) != inverse, "{:?} {}", patterns, action);
    }
}

/// The definition of wildcards, slow and obvious.
fn plain(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => plain(rest, text) || (!text.is_empty() && plain(pattern, &text[1..])),
        ([b'?', rest @ ..], [_, more @ ..]) => plain(rest, more),
        ([want, rest @ ..], [have, more @ ..]) if want == have => plain(rest, more),
        _ => false,
    }
}

#[test]
fn many_stars_do_not_multiply_the_time() {
    let cost = |length: usize| {
        let pattern = format!("allow * on arn:aws:s3:::{}b", "*a".repeat(1000));
        let policy = Policy::parse(&document(&pattern), Kind::Identity).unwrap();
        let resource = format!("arn:aws:s3:::{}", "a".repeat(length));
        let start = Instant::now();
        assert_eq!(opinion(&policy, &principal("alice"), "s3:GetObject", &resource, &Keys::new()), Opinion::Silent);
        start.elapsed()
    };
    let small = (0..5).map(|_| cost(2_000)).min().unwrap_or_default();
    let large = (0..3).map(|_| cost(64_000)).min().unwrap_or_default();
    assert!(large < small.max(Duration::from_micros(100)) * 128, "{small:?} became {large:?}");
}

#[test]
fn the_costliest_policies_are_judged_in_bounded_time() {
    let many = vec!["deny s3:Put* on arn:aws:s3:::*a?a*b if StringLike k:k *a?a*c"; 70].join("; ");
    let long = format!("deny s3:Put* on arn:aws:s3:::*{}c*", "a?".repeat(4_900));
    let short = vec![format!("deny s3:Put* on arn:aws:s3:::*{}c*", "a?".repeat(60)); 45].join("; ");
    let values = format!("deny s3:Put* on arn:aws:s3:::*{}c*", "${k:k}?".repeat(1_000));
    for statements in [many, long, short, values] {
        let policy = Policy::parse(&document(&statements), Kind::Identity).unwrap();
        let text = "a".repeat(10_240);
        let (keys, resource) = (Keys::new().text("k:k", "aaaa"), format!("arn:aws:s3:::{text}b"));
        let start = Instant::now();
        assert_eq!(opinion(&policy, &principal("alice"), "s3:PutObject", &resource, &keys), Opinion::Silent);
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    }
}

#[test]
fn documents_of_any_size_and_depth_are_answered_quickly() {
    let syntax = "Syntax errors in policy.";
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(1_000), close.repeat(1_000));
    let wide = format!(
        r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":["{}"]}}}}"#,
        "arn:aws:s3:::b\",\"".repeat(7_000)
    );
    assert!(wide.len() > 100_000);
    for (text, expected) in [
        (nested("[", "]"), syntax),
        (nested("{\"a\":", "}"), syntax),
        (format!(r#"{{"Statement":{}}}"#, nested("[", "]")), syntax),
        (
            format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}}}}"#,
                nested("{\"a\":", "}")
            ),
            syntax,
        ),
        (wide, "Cannot exceed quota for PolicySize: 10240"),
    ] {
        let start = Instant::now();
        let told = Policy::parse(&text, Kind::Identity).unwrap_err().to_string();
        assert_eq!(told, expected);
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    }
}
