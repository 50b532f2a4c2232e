//! Requests that are made to be slow, and what a budget leaves unknown.

use serde_json::{Value, json};

use super::*;
use crate::budget::{Budget, MEMORY_MAX, STEPS_MAX};
use crate::judge::judge_within;

const BODY_BYTES: usize = 64 * 1024;

fn body() -> Value {
    json!({ "Body": { "OversizeHandling": "CONTINUE" } })
}

fn within(acl: &WebAcl, sent: &Sent, steps: u64, memory: usize) -> (String, u64) {
    sent.seen(|request| {
        let budget = Budget::new(steps, memory);
        let (judgement, left) = judge_within(&acl.program, request, &World::default(), budget);
        (told(&judgement), steps - left.steps_left())
    })
}

#[test]
fn what_the_budget_leaves_unknown_closes() {
    let unknown = bytes(&body(), "CONTAINS", "attack", &[]);
    let known = path("EXACTLY", "/");
    let geo = json!({ "GeoMatchStatement": { "CountryCodes": ["US"] } });
    let absent = json!({ "IPSetReferenceStatement": {
        "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/x/known",
        "IPSetForwardedIPConfig": { "HeaderName": "x-none", "Position": "FIRST", "FallbackBehavior": "MATCH" },
    } });
    let (never, sent) = (path("EXACTLY", "/never"), Sent::get("/").post("x".repeat(1_000)));
    for (rules, expected) in [
        (vec![rule("r", 0, &unknown, "Block", &[])], "block by r; exhausted"),
        (vec![rule("r", 0, &not(&unknown), "Block", &[])], "block by r; exhausted"),
        (vec![rule("r", 0, &unknown, "Captcha", &[])], "captcha Missing by r; exhausted"),
        (vec![rule("r", 0, &unknown, "Allow", &[])], "allow by default; exhausted"),
        (vec![rule("r", 0, &unknown, "Allow", &[]), rule("b", 1, &known, "Block", &[])], "block by b; exhausted"),
        (vec![rule("r", 0, &unknown, "Count", &["Seen"])], "allow by default; r COUNT; exhausted"),
        (
            // A label that was not added may have been missed, whichever way it is asked for.
            vec![rule("r", 0, &unknown, "Count", &["Seen"]), rule("seen", 1, &label("LABEL", "Seen"), "Block", &[])],
            "block by seen; r COUNT; exhausted",
        ),
        (
            vec![
                rule("r", 0, &unknown, "Count", &["Good"]),
                rule("not-seen", 1, &not(&label("LABEL", "Good")), "Block", &[]),
            ],
            "block by not-seen; r COUNT; exhausted",
        ),
        (
            // Once over, nothing is looked at any more, be it ever so small.
            vec![rule("r", 0, &and(&[unknown.clone(), never.clone()]), "Block", &[])],
            "block by r; exhausted",
        ),
        (vec![rule("r", 0, &and(&[never.clone(), unknown.clone()]), "Block", &[])], "allow by default; exhausted"),
        (vec![rule("r", 0, &or(&[unknown.clone(), never]), "Block", &[])], "block by r; exhausted"),
        (vec![rule("r", 0, &or(&[known.clone(), unknown.clone()]), "Block", &[])], "block by r"),
        (vec![rule("k", 0, &known, "Block", &[]), rule("r", 1, &unknown, "Block", &[])], "block by k"),
        (
            // Had the text not been there, the header would not have mattered.
            vec![rule("r", 0, &not(&and(&[absent.clone(), unknown.clone()])), "Block", &[])],
            "block by r; exhausted",
        ),
        (
            vec![rule("r", 0, &not(&and(&[unknown.clone(), absent.clone()])), "Allow", &[])],
            "allow by default; exhausted",
        ),
        (vec![rule("r", 0, &and(&[absent.clone(), unknown.clone()]), "Block", &[])], "allow by default; exhausted"),
        (
            vec![
                rule("place", 0, &and(&[unknown.clone(), geo]), "Count", &[]),
                rule("r", 1, &not(&label("LABEL", "awswaf:clientip:geo:country:US")), "Block", &[]),
            ],
            "block by r; place COUNT; +awswaf:clientip:geo:country:US; +awswaf:clientip:geo:region:US-WA; exhausted",
        ),
    ] {
        let acl = compiled(&rules).unwrap();
        let (told, spent) = within(&acl, &sent, 500, MEMORY_MAX);
        // A screen that fails makes every rule of its list be visited; the budget stays refused.
        assert_eq!(told.replace("; exhausted", ""), expected.replace("; exhausted", ""), "{rules:?}");
        assert!(spent <= 500);
    }
}

#[test]
fn a_rule_that_is_not_known_to_match_inserts_no_header() {
    let handling = json!({ "CustomRequestHandling": { "InsertHeaders": [{ "Name": "seen", "Value": "yes" }] } });
    let sent = Sent::get("/").post("x".repeat(1_000) + "attack");
    let world = World { token: Token::Valid { solved_s: 1 }, ..World::default() };
    for does in ["Count", "Captcha"] {
        let rule = rule("r", 0, &bytes(&body(), "CONTAINS", "attack", &[]), does, &[]);
        let acl = compiled(&[with(rule, &json!({ "Action": { does: handling } }))]).unwrap();
        for (steps, headers) in [(STEPS_MAX, 1), (500, 0)] {
            let judge =
                |request: &Request<'_>| judge_within(&acl.program, request, &world, Budget::new(steps, MEMORY_MAX)).0;
            assert_eq!(sent.seen(judge).inserted.len(), headers, "{does} {steps}");
        }
    }
}

#[test]
fn what_does_not_fit_into_memory_closes() {
    let acl = compiled(&[rule("r", 0, &bytes(&body(), "CONTAINS", "attack", &["URL_DECODE"]), "Block", &[])]).unwrap();
    let sent = Sent::get("/").post("%78".repeat(1_000));
    assert_eq!(within(&acl, &sent, STEPS_MAX, 999).0, "block by r; exhausted");
    assert_eq!(within(&acl, &sent, STEPS_MAX, 1_000).0, "allow by default");
}

#[test]
fn what_its_statement_says_of_too_long_parts_is_no_answer_for_want_of_a_budget() {
    let statement = |handling: &str, names: &[&str]| {
        bytes(&json!({ "Body": { "OversizeHandling": handling } }), "CONTAINS", "attack", names)
    };
    let sent = Sent::get("/").post("%78".repeat(300));
    for (sent, statement, does, steps, expected) in [
        (&sent, statement("MATCH", &[]), "Block", 10, "block by r; exhausted"),
        (&sent, not(&statement("MATCH", &[])), "Block", 10, "block by r; exhausted"),
        (&sent, not(&statement("NO_MATCH", &[])), "Block", 10, "block by r; exhausted"),
        (&sent, statement("MATCH", &[]), "Allow", 10, "allow by default; exhausted"),
        // What is known to be too long is so, even where its transformation has no room.
        (
            &sent.clone().cut_off(),
            not(&statement("MATCH", &["URL_DECODE"])),
            "Block",
            1_000,
            "allow by default; exhausted",
        ),
        (
            &sent.clone().cut_off(),
            not(&statement("NO_MATCH", &["URL_DECODE"])),
            "Block",
            1_000,
            "block by r; exhausted",
        ),
    ] {
        let acl = compiled(&[rule("r", 0, &statement, does, &[])]).unwrap();
        assert_eq!(within(&acl, sent, steps, MEMORY_MAX).0, expected, "{statement} {does}");
    }
}

/// Many rules of every costly kind.
fn many() -> WebAcl {
    let mut rules = Vec::new();
    let mut add =
        |statement: Value| rules.push(rule(&format!("r{}", rules.len()), rules.len(), &statement, "Block", &[]));
    for number in 0..150 {
        add(bytes(&body(), "CONTAINS", &format!("attack-{number}"), &["LOWERCASE"]));
        add(bytes(&body(), "CONTAINS", &"a".repeat(number + 1).replace("aaaa", "aaab"), &["URL_DECODE"]));
        add(regex(&body(), &format!("(?i)evil{number}[a-z]*x"), &["URL_DECODE", "LOWERCASE"]));
    }
    compiled(&rules).unwrap()
}

#[test]
fn hostile_bodies_cost_a_bounded_number_of_steps() {
    let acl = many();
    let repeated = |text: &str| text.repeat(BODY_BYTES / text.len());
    for (name, text) in [
        ("letters", repeated("a")),
        ("almost", repeated("aaaaaaab")),
        ("encoded", repeated("%61")),
        ("texts", repeated("attack-1 evil2 ")),
        ("spaces", repeated(" ")),
        ("nothing", repeated("zyx, ")),
    ] {
        let (told, spent) = within(&acl, &Sent::get("/").post(text), STEPS_MAX, MEMORY_MAX);
        assert!(!told.contains("exhausted"), "{name}: {told}");
        assert!(spent <= 16 * BODY_BYTES as u64, "{name}: {spent}");
    }
}

#[test]
fn steps_grow_with_the_body_and_hardly_with_the_rules() {
    let acl = |rules: usize| {
        let rules: Vec<Value> = (0..rules)
            .map(|number| {
                rule(
                    &format!("r{number}"),
                    number,
                    &bytes(&body(), "CONTAINS", &format!("evil-{number}"), &["LOWERCASE"]),
                    "Block",
                    &[],
                )
            })
            .collect();
        compiled(&rules).unwrap()
    };
    let (few, many) = (acl(20), acl(200));
    let spent = |acl: &WebAcl, bytes: usize| {
        let sent = Sent::get("/").post("the quick brown fox ".repeat(bytes / 20));
        within(acl, &sent, STEPS_MAX, MEMORY_MAX).1
    };
    let (small, large) = (spent(&few, 2_000), spent(&few, 20_000));
    assert!(large < small * 11, "{small} {large}");
    assert_eq!(spent(&few, 20_000), spent(&many, 20_000), "ten times the rules cost no step more");
}

#[test]
fn an_expression_that_needs_many_states_is_bounded_all_the_same() {
    let states = rule("r", 0, &regex(&body(), "(?:a|b)*a(?:a|b){40}c", &[]), "Block", &[]);
    let acl = compiled(&[states]).unwrap();
    let mut seed = 7_u32;
    let text: Vec<u8> = (0..BODY_BYTES)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed >> 31 == 0 { b'a' } else { b'b' }
        })
        .collect();
    let (told, spent) = within(&acl, &Sent::get("/").post([&text[..], b"x"].concat()), STEPS_MAX, MEMORY_MAX);
    assert!(spent <= STEPS_MAX);
    assert!(told == "block by r; exhausted" || told == "allow by default", "{told}");
    let (told, _) = within(&acl, &Sent::get("/").post([&text[..], b"abc"].concat()), STEPS_MAX, MEMORY_MAX);
    assert!(told.starts_with("block by r"), "{told}");
}
