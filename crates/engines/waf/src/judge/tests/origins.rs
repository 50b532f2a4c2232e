//! Addresses, countries and networks, of the connection and of headers.

use serde_json::{Value, json};

use super::*;

fn set(config: &Value) -> Value {
    let mut statement = json!({ "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/x/known" });
    if !config.is_null() {
        statement["IPSetForwardedIPConfig"] = config.clone();
    }
    json!({ "IPSetReferenceStatement": statement })
}

#[test]
fn an_address_is_that_of_the_connection() {
    for (client, expected) in
        [("192.0.2.1", true), ("192.0.2.2", false), ("::ffff:10.1.2.3", true), ("2001:db8::1", false)]
    {
        let sent = Sent::get("/").from(client).header("X-Forwarded-For", "10.0.0.1");
        assert_eq!(matches(&set(&Value::Null), &sent), expected, "{client}");
    }
}

#[test]
fn a_header_names_the_address_where_it_is_asked_to() {
    let twelve = ["10.0.0.1"].into_iter().chain(["203.0.113.9"; 10]).collect::<Vec<_>>().join(",");
    for (position, fallback, header, expected) in [
        ("FIRST", "NO_MATCH", Some("10.0.0.1, 203.0.113.9"), true),
        ("FIRST", "NO_MATCH", Some("203.0.113.9, 10.0.0.1"), false),
        ("LAST", "NO_MATCH", Some("203.0.113.9, 10.0.0.1"), true),
        ("LAST", "NO_MATCH", Some("10.0.0.1, 203.0.113.9"), false),
        ("ANY", "NO_MATCH", Some("203.0.113.9, 10.0.0.1, 203.0.113.8"), true),
        ("ANY", "NO_MATCH", Some("203.0.113.9"), false),
        ("ANY", "NO_MATCH", Some(&*twelve), false),
        ("FIRST", "MATCH", Some("nobody, 203.0.113.9"), true),
        ("FIRST", "NO_MATCH", Some("nobody, 10.0.0.1"), false),
        ("FIRST", "MATCH", Some("203.0.113.9"), false),
        ("FIRST", "MATCH", None, false),
    ] {
        let config = json!({ "HeaderName": "X-Real-Ip", "FallbackBehavior": fallback, "Position": position });
        let mut sent = Sent::get("/").from("10.9.9.9");
        if let Some(value) = header {
            sent = sent.header("x-real-IP", value);
        }
        assert_eq!(matches(&set(&config), &sent), expected, "{position} {fallback} {header:?}");
        // Without the header the rule is not applied at all; otherwise a negation is one.
        assert_eq!(matches(&not(&set(&config)), &sent), !expected && header.is_some(), "not {position} {header:?}");
    }
}

#[test]
fn where_a_request_comes_from_is_written_on_it_whatever_was_asked() {
    let geo = json!({ "GeoMatchStatement": { "CountryCodes": ["US", "FR"] } });
    let acl = compiled(&[rule("geo", 0, &geo, "Block", &[])]).unwrap();
    for (client, expected) in [
        ("192.0.2.1", "block by geo; +awswaf:clientip:geo:country:US; +awswaf:clientip:geo:region:US-WA"),
        ("192.0.2.2", "allow by default; +awswaf:clientip:geo:country:DE"),
        ("192.0.2.3", "allow by default; +awswaf:clientip:geo:country:XX; +awswaf:clientip:geo:region:XX-XX"),
    ] {
        assert_eq!(told(&Sent::get("/").from(client).judged(&acl, &World::default())), expected);
    }
    // A text that is not there must not keep the labels from being added.
    let behind = and(&[geo, path("CONTAINS", "never")]);
    let acl = compiled(&[
        rule("geo", 0, &behind, "Block", &[]),
        rule("label", 1, &label("LABEL", "awswaf:clientip:geo:country:US"), "Block", &[]),
    ]);
    assert_eq!(
        Sent::get("/").judged(&acl.unwrap(), &World::default()).terminating.unwrap().matched.rule.as_ref(),
        "label"
    );
    let forwarded = json!({ "GeoMatchStatement": {
        "CountryCodes": ["DE"],
        "ForwardedIPConfig": { "HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH" },
    } });
    assert!(matches(&forwarded, &Sent::get("/").header("X-Forwarded-For", "192.0.2.2, 192.0.2.1")));
    assert!(matches(&forwarded, &Sent::get("/").header("X-Forwarded-For", "?")));
    assert!(!matches(&forwarded, &Sent::get("/")));
}

#[test]
fn networks_are_known_by_their_numbers() {
    let asn = |number: u32| json!({ "AsnMatchStatement": { "AsnList": [number] } });
    assert!(matches(&asn(64_496), &Sent::get("/")));
    assert!(!matches(&asn(64_497), &Sent::get("/")));
    assert!(matches(&asn(0), &Sent::get("/").from("203.0.113.1")), "what nobody knows is network 0");
}

#[test]
fn what_is_not_there_breaks_the_web_acl() {
    let unknown = json!({ "IPSetReferenceStatement": { "ARN": "arn:aws:wafv2:us-east-1:0:regional/ipset/x/gone" } });
    let list = |name: &str| json!({ "IPSetReferenceStatement": { "ARN": format!("portcullis:list:{name}") } });
    for (statement, named) in [(unknown, "ipset/x/gone"), (list("anonymity"), "`anonymity`")] {
        let broken = compiled(&[rule("r", 0, &statement, "Block", &[])]).unwrap_err();
        assert_eq!(broken.rule, "r");
        assert!(broken.reason.contains(named), "{broken}");
    }
    assert!(matches(&list("reputation"), &Sent::get("/")));
    assert!(!matches(&list("reputation"), &Sent::get("/").from("203.0.113.1")));
}

#[test]
fn a_list_that_nobody_can_tell_of_closes() {
    let statement = json!({ "IPSetReferenceStatement": { "ARN": "portcullis:list:lost" } });
    let not = json!({ "NotStatement": { "Statement": statement } });
    for statement in [&statement, &not] {
        assert!(matches(statement, &Sent::get("/")), "a rule that blocks does");
    }
    let allow = rule("allow", 0, &statement, "Allow", &[]);
    let block = rule("block", 1, &path("STARTS_WITH", "/"), "Block", &[]);
    let judgement = Sent::get("/").judged(&compiled(&[allow, block]).unwrap(), &World::default());
    assert_eq!(&*judgement.terminating.unwrap().matched.rule, "block", "a rule that allows does not");
}
