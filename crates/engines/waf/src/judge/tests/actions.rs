//! What rules do with a request that they match.

use serde_json::json;

use super::*;
use crate::{Oversize, Token};

#[test]
fn the_first_rule_that_ends_the_evaluation_decides() {
    let rules = |first: &str, second: &str| {
        // By priority, not in the order of the document.
        [rule("second", 7, &path("CONTAINS", "a"), second, &[]), rule("first", 3, &path("CONTAINS", "a"), first, &[])]
    };
    for (first, second, target, expected) in [
        ("Block", "Allow", "/a", "block by first"),
        ("Allow", "Block", "/a", "allow by first"),
        ("Count", "Block", "/a", "block by second; first COUNT"),
        ("Count", "Allow", "/a", "allow by second; first COUNT"),
        ("Count", "Count", "/a", "allow by default; first COUNT; second COUNT"),
        ("Block", "Block", "/b", "allow by default"),
        ("Captcha", "Block", "/a", "captcha Missing by first"),
        ("Challenge", "Block", "/a", "challenge Missing by first"),
    ] {
        let acl = compiled(&rules(first, second)).unwrap();
        assert_eq!(told(&Sent::get(target).judged(&acl, &World::default())), expected, "{first} {second}");
    }
}

#[test]
fn a_valid_token_lets_a_puzzle_count_only() {
    let acl = compiled(&[
        rule("puzzle", 0, &path("CONTAINS", "a"), "Captcha", &["Asked"]),
        rule("next", 1, &label("LABEL", "Asked"), "Block", &[]),
    ]);
    let acl = acl.unwrap();
    assert!(acl.needs().tokens);
    for (token, expected) in [
        (Token::Valid { solved_s: 1 }, "block by next; puzzle CAPTCHA; +Asked"),
        (Token::Expired, "captcha Expired by puzzle; +Asked"),
        (Token::Invalid, "captcha Invalid by puzzle; +Asked"),
        (Token::OtherDomain, "captcha OtherDomain by puzzle; +Asked"),
    ] {
        let world = World { token, ..World::default() };
        assert_eq!(told(&Sent::get("/a").judged(&acl, &world)), expected);
    }
}

#[test]
fn labels_are_there_for_later_rules_and_not_for_earlier_ones() {
    let seen = |scope, key| rule("later", 2, &label(scope, key), "Block", &[]);
    for (later, expected) in [
        (seen("LABEL", "team:Seen"), "block by later"),
        (seen("LABEL", "Seen"), "block by later"),
        (seen("LABEL", "awswaf:000000000000:webacl:shop:team:Seen"), "block by later"),
        (seen("NAMESPACE", "team:"), "block by later"),
        (seen("LABEL", "Other"), "allow by default"),
        (with(seen("LABEL", "team:Seen"), &json!({ "Priority": 0 })), "allow by default"),
    ] {
        let acl = compiled(&[rule("count", 1, &path("CONTAINS", "a"), "Count", &["team:Seen"]), later]).unwrap();
        let judgement = Sent::get("/a").judged(&acl, &World::default());
        assert!(told(&judgement).starts_with(expected), "{}", told(&judgement));
        assert_eq!(&*judgement.labels[0], "awswaf:000000000000:webacl:shop:team:Seen");
    }
}

#[test]
fn headers_of_all_rules_that_let_it_pass_reach_the_integration() {
    let inserting = |name: &str, priority, does: &str, value: &str| {
        let headers = json!([{ "Name": "Team", "Value": value }, { "Name": name, "Value": "1" }]);
        with(
            rule(name, priority, &path("CONTAINS", "a"), does, &[]),
            &json!({ "Action": { does: { "CustomRequestHandling": { "InsertHeaders": headers } } } }),
        )
    };
    let acl = compiled(&[inserting("first", 0, "Count", "x"), inserting("second", 1, "Allow", "y")]).unwrap();
    let judgement = Sent::get("/a").judged(&acl, &World::default());
    let inserted: Vec<(&str, &str)> = judgement.inserted.iter().map(|header| (&*header.name, &*header.value)).collect();
    assert_eq!(inserted, [("x-amzn-waf-first", "1"), ("x-amzn-waf-team", "y"), ("x-amzn-waf-second", "1")]);
}

#[test]
fn a_custom_response_takes_its_body_by_its_key() {
    let block = json!({ "Action": { "Block": { "CustomResponse": {
        "ResponseCode": 429,
        "CustomResponseBodyKey": "slow",
        "ResponseHeaders": [{ "Name": "Retry-After", "Value": "9" }],
    } } } });
    let acl = json!({
        "Name": "shop",
        "DefaultAction": { "Block": { "CustomResponse": { "ResponseCode": 404 } } },
        "CustomResponseBodies": { "slow": { "ContentType": "TEXT_PLAIN", "Content": "slow down" } },
        "Rules": [with(rule("r", 0, &path("CONTAINS", "a"), "Block", &[]), &block)],
    });
    let acl = crate::compile::compile(&document::WebAcl::parse(&acl).unwrap(), ARN, &World::default()).unwrap();
    let Action::Block(Some(answered)) = Sent::get("/a").judged(&acl, &World::default()).action else { panic!() };
    assert_eq!(answered.status, 429);
    assert_eq!(answered.body, Some(("text/plain", "slow down".into())));
    assert_eq!(*answered.headers, [("Retry-After".into(), "9".into())]);
    assert_eq!(told(&Sent::get("/").judged(&acl, &World::default())), "block 404 by default");
}

#[test]
fn what_a_web_acl_needs_is_known_before_it_is_asked() {
    let body = bytes(&json!({ "Body": {} }), "CONTAINS", "a", &[]);
    let geo = json!({ "GeoMatchStatement": { "CountryCodes": ["US"] } });
    let plain = compiled(&[rule("r", 0, &path("CONTAINS", "a"), "Block", &[])]).unwrap();
    assert!(!plain.needs_body());
    assert_eq!(plain.needs(), crate::Needs::default());
    let all = compiled(&[rule("a", 0, &body, "Block", &[]), rule("b", 1, &geo, "Challenge", &[])]).unwrap();
    assert!(all.needs_body());
    assert_eq!(all.needs(), crate::Needs { geo: true, tokens: true, ..crate::Needs::default() });
    assert_eq!(all.body_bytes_max(), 16 * 1024);
}

#[test]
fn too_long_headers_are_told() {
    let headers =
        json!({ "Headers": { "MatchPattern": { "All": {} }, "MatchScope": "VALUE", "OversizeHandling": "MATCH" } });
    let acl = compiled(&[rule("r", 0, &bytes(&headers, "CONTAINS", "attack", &[]), "Block", &[])]).unwrap();
    let judgement = Sent::get("/").header("X", &"x".repeat(9_000)).judged(&acl, &World::default());
    assert_eq!(told(&judgement), "block by r");
    assert_eq!(judgement.oversize, [Oversize::Headers]);
}
