//! Rate-based rules: what a request counts as.

use serde_json::{Value, json};

use super::*;

fn rate(more: &Value) -> Value {
    let mut statement = json!({ "Limit": 100, "AggregateKeyType": "IP" });
    statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule("rate", 0, &json!({ "RateBasedStatement": statement }), "Block", &[])
}

/// What a request counted as, and what became of it once there are too many of its kind.
fn counted(more: &Value, sent: &Sent) -> (Vec<Vec<u8>>, String) {
    let labels = rule("count", 0, &path("CONTAINS", "labelled"), "Count", &["kind:one", "kind:two", "other"]);
    let acl = compiled(&[labels, with(rate(more), &json!({ "Priority": 1 }))]).unwrap();
    assert!(acl.needs().rates);
    let world = World { limit_over: true, ..World::default() };
    let judgement = sent.judged(&acl, &world);
    let instances = world.counted.into_inner().into_iter().map(|(_, instance)| instance).collect();
    (instances, told(&judgement).split(';').next().unwrap().to_owned())
}

#[test]
fn requests_count_by_what_makes_their_kind() {
    let keys = |keys: Value| json!({ "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": keys });
    let named = |name: &str| json!({ "Name": name, "TextTransformations": chain(&["LOWERCASE"]) });
    let whole = json!({ "TextTransformations": chain(&["LOWERCASE"]) });
    let forwarded = json!({ "HeaderName": "X-Forwarded-For", "FallbackBehavior": "NO_MATCH" });
    let sent = Sent::get("/Labelled/labelled?City=BERN&x")
        .header("X-Team", "Blue")
        .header("Cookie", "a=b; id=7A")
        .header("X-Forwarded-For", "192.0.2.2, 10.0.0.1");
    let part = |value: &str| {
        let mut bytes = value.as_bytes().to_vec();
        bytes.push(0xff);
        bytes.extend(u32::try_from(value.len() + 1).unwrap().to_be_bytes());
        bytes
    };
    let address = |octets: [u8; 4]| [&octets[..], &[0, 0, 0, 4]].concat();
    for (more, expected) in [
        (json!({}), vec![192, 0, 2, 1]),
        (json!({ "AggregateKeyType": "FORWARDED_IP", "ForwardedIPConfig": forwarded }), vec![192, 0, 2, 2]),
        (json!({ "AggregateKeyType": "CONSTANT", "ScopeDownStatement": path("CONTAINS", "labelled") }), vec![]),
        (keys(json!([{ "Header": named("x-TEAM") }])), b"blue\xff".to_vec()),
        (keys(json!([{ "Header": named("x-team") }, { "IP": {} }])), [part("blue"), address([192, 0, 2, 1])].concat()),
        (keys(json!([{ "Cookie": named("id") }, { "HTTPMethod": {} }])), [part("7a"), part("GET")].concat()),
        (keys(json!([{ "QueryArgument": named("city") }])), b"bern\xff".to_vec()),
        (keys(json!([{ "QueryString": whole }])), b"city=bern&x\xff".to_vec()),
        (keys(json!([{ "UriPath": whole }])), b"/labelled/labelled\xff".to_vec()),
        (keys(json!([{ "ASN": {} }])), 64_496_u32.to_be_bytes().to_vec()),
        (
            keys(json!([{ "LabelNamespace": { "Namespace": "kind:" } }])),
            format!("{OWN}kind:one\u{0}{OWN}kind:two\u{0}")
                .bytes()
                .map(|byte| if byte == 0 { 0xff } else { byte })
                .collect(),
        ),
        (
            json!({
                "AggregateKeyType": "CUSTOM_KEYS",
                "CustomKeys": [{ "ForwardedIP": {} }, { "HTTPMethod": {} }],
                "ForwardedIPConfig": forwarded,
            }),
            [address([192, 0, 2, 2]), part("GET")].concat(),
        ),
    ] {
        assert_eq!(counted(&more, &sent), (vec![expected], "block by rate".to_owned()), "{more}");
    }
}

#[test]
fn what_lacks_a_part_or_is_out_of_scope_is_not_counted() {
    let named = |name: &str| json!({ "Name": name, "TextTransformations": chain(&[]) });
    let keys = |key: Value| json!({ "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [key, { "IP": {} }] });
    let forwarded = |fallback: &str| {
        json!({
            "AggregateKeyType": "FORWARDED_IP",
            "ForwardedIPConfig": { "HeaderName": "X-Real-Ip", "FallbackBehavior": fallback },
        })
    };
    let nobody = Sent::get("/").header("X-Real-Ip", "nobody");
    for (more, sent, expected) in [
        (keys(json!({ "Header": named("x-team") })), Sent::get("/"), "allow by default"),
        (keys(json!({ "Cookie": named("id") })), Sent::get("/").header("Cookie", "ID=1"), "allow by default"),
        (keys(json!({ "LabelNamespace": { "Namespace": "kind:" } })), Sent::get("/"), "allow by default"),
        (json!({ "ScopeDownStatement": path("CONTAINS", "login") }), Sent::get("/x"), "allow by default"),
        (forwarded("NO_MATCH"), nobody.clone(), "allow by default"),
        (forwarded("MATCH"), nobody, "block by rate"),
        (forwarded("MATCH"), Sent::get("/"), "allow by default"),
    ] {
        assert_eq!(counted(&more, &sent), (vec![], expected.to_owned()), "{more}");
    }
    let (instances, _) = counted(&json!({ "ScopeDownStatement": path("CONTAINS", "login") }), &Sent::get("/login"));
    assert_eq!(instances.len(), 1);
}

#[test]
fn a_request_within_the_limit_passes_and_is_counted_once() {
    let acl = compiled(&[rate(&json!({ "Limit": 10, "EvaluationWindowSec": 60 }))]).unwrap();
    let world = World::default();
    assert_eq!(told(&Sent::get("/").judged(&acl, &world)), "allow by default");
    assert_eq!(world.counted.borrow().len(), 1);
}

#[test]
fn changed_settings_count_anew_and_equal_ones_go_on() {
    let id = |more: &Value, name: &str| {
        let acl = compiled(&[with(rate(more), &json!({ "Name": name }))]).unwrap();
        let world = World::default();
        Sent::get("/").judged(&acl, &world);
        world.counted.into_inner()[0].0
    };
    let plain = id(&json!({}), "a");
    assert_eq!(plain, id(&json!({}), "a"));
    assert_ne!(plain, id(&json!({ "Limit": 101 }), "a"));
    assert_ne!(plain, id(&json!({}), "b"));
}
