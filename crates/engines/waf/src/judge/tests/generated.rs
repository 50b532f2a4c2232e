//! The judge against the second opinion, on rules and requests that nobody chose.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::*;
use crate::budget::{Budget, MEMORY_MAX};
use crate::judge::judge_within;

/// Words that rules look for and requests are made of, so that they meet.
const WORDS: [&str; 16] = [
    "a", "ab", "abc", "Admin", "ADMIN", "admin", "x", "%61", "%2561", "1", "' or 1=1", "<script>", " ", "/", "attack",
    "health",
];
const EXPRESSIONS: [&str; 12] =
    ["abc", "(?i)admin", "^a", "a$", "^[a-z]+$", r"\d", "ab|x", "a.*c", "[^a-z]", "a{2,}", r"\bab\b", ""];

fn field() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(json!({ "UriPath": {} })),
        1 => Just(json!({ "QueryString": {} })),
        1 => Just(json!({ "Method": {} })),
        1 => Just(json!({ "AllQueryArguments": {} })),
        1 => Just(json!({ "SingleQueryArgument": { "Name": "A" } })),
        1 => Just(json!({ "SingleHeader": { "Name": "x" } })),
        4 => handled_field(),
    ]
}

/// Parts of which there may be too much, or which may be broken.
fn handled_field() -> impl Strategy<Value = Value> {
    let handling = || select(vec!["CONTINUE", "MATCH", "NO_MATCH"]);
    let scope = || select(vec!["ALL", "KEY", "VALUE"]);
    let fallback = select(vec![Value::Null, json!("MATCH"), json!("NO_MATCH"), json!("EVALUATE_AS_STRING")]);
    prop_oneof![
        handling().prop_map(|handling| json!({ "Body": { "OversizeHandling": handling } })),
        (scope(), handling()).prop_map(|(scope, handling)| json!({ "Headers": {
            "MatchPattern": { "All": {} }, "MatchScope": scope, "OversizeHandling": handling,
        } })),
        (scope(), handling()).prop_map(|(scope, handling)| json!({ "Cookies": {
            "MatchPattern": { "All": {} }, "MatchScope": scope, "OversizeHandling": handling,
        } })),
        (scope(), handling(), fallback).prop_map(|(scope, handling, fallback)| json!({ "JsonBody": {
            "MatchPattern": { "All": {} },
            "MatchScope": scope,
            "OversizeHandling": handling,
            "InvalidFallbackBehavior": fallback,
        } })),
    ]
}

fn transformations() -> impl Strategy<Value = Vec<&'static str>> {
    let names = vec!["NONE", "LOWERCASE", "UPPERCASE", "URL_DECODE", "REMOVE_WHITESPACE", "TRIM", "HEX_DECODE", "MD5"];
    proptest::collection::vec(select(names), 1..4)
}

/// What rules look into: anything, or parts to which nothing is done before, so that rules share what they ask of them.
fn inspected(shared: bool) -> BoxedStrategy<(Value, Vec<&'static str>)> {
    if shared { (handled_field(), Just(vec!["NONE"])).boxed() } else { (field(), transformations()).boxed() }
}

fn leaf(shared: bool) -> impl Strategy<Value = Value> {
    let constraints = vec!["EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD"];
    let inspected = || inspected(shared);
    prop_oneof![
        6 => (inspected(), select(constraints), select(WORDS.to_vec())).prop_map(|((field, names), constraint, word)| {
            let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let constraint = if constraint == "CONTAINS_WORD" && !plain { "CONTAINS" } else { constraint };
            bytes(&field, constraint, word, &names)
        }),
        4 => (inspected(), select(EXPRESSIONS.to_vec())).prop_map(|((field, names), source)| {
            regex(&field, if source.is_empty() { ".*" } else { source }, &names)
        }),
        1 => inspected().prop_map(|(field, names)| json!({ "RegexPatternSetReferenceStatement": {
            "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/regexpatternset/x/known",
            "FieldToMatch": field,
            "TextTransformations": chain(&names),
        } })),
        2 => (inspected(), 0..4_u32).prop_map(|((field, names), size)| json!({ "SizeConstraintStatement": {
            "FieldToMatch": field, "TextTransformations": chain(&names), "ComparisonOperator": "GT", "Size": size,
        } })),
        1 => inspected().prop_map(|(field, names)| json!({ "SqliMatchStatement": {
            "FieldToMatch": field, "TextTransformations": chain(&names),
        } })),
        1 => inspected().prop_map(|(field, names)| json!({ "XssMatchStatement": {
            "FieldToMatch": field, "TextTransformations": chain(&names),
        } })),
        2 => select(vec!["one", "ns:two", "two"]).prop_map(|key| label("LABEL", key)),
        1 => Just(label("NAMESPACE", "ns:")),
        1 => Just(json!({ "GeoMatchStatement": { "CountryCodes": ["US"] } })),
        1 => Just(json!({ "IPSetReferenceStatement": {
            "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/x/known",
        } })),
        1 => any::<bool>().prop_map(|fallback| json!({ "IPSetReferenceStatement": {
            "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/x/known",
            "IPSetForwardedIPConfig": {
                "HeaderName": "x", "Position": "FIRST", "FallbackBehavior": if fallback { "MATCH" } else { "NO_MATCH" },
            },
        } })),
    ]
}

fn statement(shared: bool) -> impl Strategy<Value = Value> {
    leaf(shared).prop_recursive(3, 12, 3, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(|several| and(&several)),
            several().prop_map(|several| or(&several)),
            inner.clone().prop_map(|one| not(&one)),
        ]
    })
}

fn rules(shared: bool) -> impl Strategy<Value = Vec<Value>> {
    let actions = vec!["Block", "Count", "Count", "Count", "Allow", "Captcha"];
    let labels = select(vec![vec![], vec!["one"], vec!["ns:two"], vec!["one", "ns:two"]]);
    let own = (statement(shared), select(actions), labels).prop_map(|(statement, does, labels)| Entry::Own {
        statement,
        does,
        labels,
    });
    let group = (select(vec!["labels", "blocks", "allows"]), select(vec!["None", "Count"]));
    let group = group.prop_map(|(group, overriding)| Entry::Group { group, overriding });
    let entries = proptest::collection::vec(prop_oneof![8 => own, 2 => group], 1..9);
    entries.prop_map(|entries| entries.iter().enumerate().map(|(place, entry)| entry.rule(place)).collect())
}

/// A rule without its place.
#[derive(Debug, Clone)]
enum Entry {
    Own { statement: Value, does: &'static str, labels: Vec<&'static str> },
    Group { group: &'static str, overriding: &'static str },
}

impl Entry {
    fn rule(&self, place: usize) -> Value {
        let name = format!("r{place}");
        match self {
            Entry::Own { statement, does, labels } => rule(&name, place, statement, does, labels),
            Entry::Group { group, overriding } => refers(&name, place, group, overriding),
        }
    }
}

/// A rule that refers to a group.
fn refers(name: &str, priority: usize, group: &str, overriding: &str) -> Value {
    let arn = format!("arn:aws:wafv2:us-east-1:000000000000:regional/rulegroup/x/{group}");
    let rule = rule(name, priority, &json!({ "RuleGroupReferenceStatement": { "ARN": arn } }), "Block", &[]);
    with(rule, &json!({ "Action": null, "RuleLabels": null, "OverrideAction": { overriding: {} } }))
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(WORDS.to_vec()), 0..4).prop_map(|words| words.concat())
}

fn sent() -> impl Strategy<Value = Sent> {
    let arguments = proptest::collection::vec((select(vec!["a", "A", "b", "%61"]), text()), 0..3);
    let headers = proptest::collection::vec((select(vec!["X", "x", "Cookie", "y"]), text()), 0..3);
    let json_body = || (text(), text()).prop_map(|(key, value)| json!({ key: [value, 1, true] }).to_string());
    let body = prop_oneof![text(), json_body(), json_body().prop_map(|body| body + "]")];
    (text(), arguments, headers, body, any::<bool>(), 0..4_u8).prop_map(
        |(path, arguments, headers, body, cut, client)| {
            let query: Vec<String> = arguments.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut sent = Sent::get("/").post(body).from(&format!("192.0.2.{client}"));
            sent.path = format!("/{path}").into_bytes();
            sent.query = query.join("&").into_bytes();
            sent.truncated = cut;
            for (name, value) in headers {
                let value = if name == "Cookie" { format!("{value}={value}; a={value}") } else { value };
                sent = sent.header(name, &value);
            }
            sent
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_agrees_with_a_plain_reading_of_the_rules(
        rules in rules(false),
        requests in proptest::collection::vec(sent(), 1..6),
    ) {
        agree(&rules, requests)?;
    }

    #[test]
    fn the_judge_agrees_where_rules_share_what_they_look_into(
        rules in rules(true),
        requests in proptest::collection::vec(sent(), 1..6),
    ) {
        agree(&rules, requests)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stopped_is_stopped_within_any_budget(
        rules in rules(false),
        sent in sent(),
        steps in proptest::collection::vec(0..2_000_u64, 8),
        memory in select(vec![0, 8, 64, MEMORY_MAX]),
    ) {
        let acl = compiled(&rules).unwrap();
        if sent.judged(&acl, &World::default()).action == Action::Allow {
            return Ok(());
        }
        for steps in steps.into_iter().chain([0]) {
            let judged = sent.seen(|request| {
                judge_within(&acl.program, request, &World::default(), Budget::new(steps, memory)).0
            });
            prop_assert_ne!(judged.action, Action::Allow, "{} steps: {:?} {:#}", steps, sent, Value::Array(rules));
        }
    }
}

fn agree(rules: &[Value], requests: Vec<Sent>) -> Result<(), TestCaseError> {
    let plain = document(rules);
    let acl = crate::compile::compile(&plain, ARN, &World::default()).unwrap();
    for sent in requests {
        let world = World::default();
        let judged = told(&sent.judged(&acl, &world));
        prop_assert_eq!(judged, naive::told(&plain, &sent, &world), "{:?} {:#}", sent, Value::Array(rules.to_vec()));
    }
    Ok(())
}
