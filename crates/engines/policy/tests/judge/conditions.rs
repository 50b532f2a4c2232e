//! Every condition operator: with a value that fits, one that does not, and without the key.

use crate::support::holds;

/// `{"StringEquals": {"k:k": ["a", "b"]}}` from `StringEquals a|b`.
fn condition(text: &str) -> String {
    let (operator, values) = text.split_once(' ').expect("an operator and its values");
    let values: Vec<String> = values.split('|').map(|value| format!("\"{value}\"")).collect();
    format!(r#"{{"{operator}":{{"k:K":[{}]}}}}"#, values.join(","))
}

fn check(cases: &[(&str, &str, bool)]) {
    for (text, keys, expected) in cases {
        assert_eq!(holds(&condition(text), keys), *expected, "{text} with {keys:?}");
    }
}

#[test]
fn string_operators() {
    check(&[
        ("StringEquals a|b", "k:k=b", true),
        ("StringEquals a|b", "K:K=b", true),
        ("StringEquals a|b", "k:k=B", false),
        ("StringEquals a*", "k:k=ab", false),
        ("StringEquals a*", "k:k=a*", true),
        ("StringEquals a", "", false),
        ("StringNotEquals a|b", "k:k=c", true),
        ("StringNotEquals a|b", "k:k=b", false),
        ("StringNotEquals a", "", true),
        ("StringEqualsIgnoreCase aÉ", "k:k=Aé", true),
        ("StringEqualsIgnoreCase a", "k:k=ab", false),
        ("StringNotEqualsIgnoreCase A", "k:k=a", false),
        ("StringNotEqualsIgnoreCase A", "", true),
        ("StringLike a*c?", "k:k=abbcd", true),
        ("StringLike a*c?", "k:k=abbc", false),
        ("StringLike A*", "k:k=ab", false),
        ("StringLike *", "", false),
        ("StringNotLike a*", "k:k=ab", false),
        ("StringNotLike a*", "k:k=b", true),
        ("StringNotLike a*", "", true),
        ("StringEquals 10.0.0.1", "k:k=ip(::ffff:10.0.0.1)", true),
        ("StringEquals true", "k:k=bool(true)", true),
    ]);
}

#[test]
fn numeric_operators() {
    check(&[
        ("NumericEquals 10|20", "k:k=20.0", true),
        ("NumericEquals 10", "k:k=11", false),
        ("NumericNotEquals 10", "k:k=11", true),
        ("NumericNotEquals 10", "k:k=10", false),
        ("NumericNotEquals 10", "", true),
        ("NumericLessThan 10", "k:k=9.99", true),
        ("NumericLessThan 10", "k:k=10", false),
        ("NumericLessThan 5|10", "k:k=7", true),
        ("NumericLessThanEquals 10", "k:k=10", true),
        ("NumericLessThanEquals 10", "k:k=10.1", false),
        ("NumericGreaterThan -1", "k:k=0", true),
        ("NumericGreaterThan 10", "k:k=10", false),
        ("NumericGreaterThanEquals 10", "k:k=10", true),
        ("NumericGreaterThanEquals 10", "k:k=9", false),
        ("NumericLessThan 10", "k:k=many", false),
        ("NumericNotEquals 10", "k:k=many", true),
        ("NumericLessThan 10", "", false),
        ("NumericGreaterThan 1372550399", "k:k=time(2013-06-30T00:00:00Z)", true),
    ]);
}

#[test]
fn date_operators() {
    check(&[
        ("DateEquals 2013-06-30T00:00:00Z", "k:k=time(2013-06-30T00:00:00Z)", true),
        ("DateEquals 2013-06-30", "k:k=1372550400", true),
        ("DateNotEquals 2013-06-30", "k:k=1372550400", false),
        ("DateNotEquals 2013-06-30", "", true),
        ("DateLessThan 2013-06-30", "k:k=time(2013-06-29T23:59:59Z)", true),
        ("DateLessThan 2013-06-30", "k:k=time(2013-06-30T00:00:00Z)", false),
        ("DateLessThanEquals 2013-06-30", "k:k=2013-06-30T00:00:00Z", true),
        ("DateGreaterThan 1372550400", "k:k=time(2013-06-30T00:00:01Z)", true),
        ("DateGreaterThan 1372550400", "k:k=time(2013-06-30T00:00:00Z)", false),
        ("DateGreaterThanEquals 1372550400", "k:k=time(2013-06-30T00:00:00Z)", true),
        ("DateGreaterThan 2013-06-30", "k:k=never", false),
        ("DateGreaterThan 2013-06-30", "", false),
    ]);
}

#[test]
fn the_edges_of_the_clock_are_moments() {
    check(&[
        ("DateLessThan 9999-12-30T22:00:00Z", "k:k=time(1970-01-01T00:00:00Z)", true),
        ("DateGreaterThan -62135596800", "k:k=time(1970-01-01T00:00:00Z)", true),
        ("DateEquals 0", "k:k=time(1970-01-01T00:00:00Z)", true),
        ("DateLessThan 0", "k:k=time(1969-12-31T23:59:59Z)", true),
        ("DateLessThan 2024-02-29T23:59:60Z", "k:k=time(2024-02-29T23:59:59Z)", false),
        ("NumericGreaterThan 253402300798", "k:k=253402300799", true),
    ]);
    // AWS's clock has no fractions, so that a moment can be equalled.
    let now = "2013-06-30T00:00:00.999999999Z".parse().unwrap();
    let keys = policy::Keys::new().now(now);
    let world = crate::support::World::read(
        "identity: allow * if DateEquals aws:CurrentTime 2013-06-30T00:00:00Z and NumericEquals aws:EpochTime 1372550400",
    );
    assert!(world.explain_with("alice s3:GetObject", keys, |explanation, _| explanation.decision.is_allowed()));
}

#[test]
fn bool_and_binary_operators() {
    check(&[
        ("Bool true", "k:k=bool(true)", true),
        ("Bool TRUE", "k:k=true", true),
        ("Bool true", "k:k=bool(false)", false),
        ("Bool false", "k:k=bool(false)", true),
        ("Bool false", "", false),
        ("Bool true", "k:k=yes", false),
        ("BinaryEquals QmluYXJ5", "k:k=bytes(Binary)", true),
        ("BinaryEquals QmluYXJ5", "k:k=QmluYXJ5", true),
        ("BinaryEquals QmluYXJ5", "k:k=bytes(other)", false),
        ("BinaryEquals QmluYXJ5", "", false),
    ]);
}

#[test]
fn address_operators() {
    check(&[
        ("IpAddress 203.0.113.0/24|2001:db8::/32", "k:k=ip(203.0.113.9)", true),
        ("IpAddress 203.0.113.0/24|2001:db8::/32", "k:k=ip(2001:db8::9)", true),
        ("IpAddress 203.0.113.0/24", "k:k=ip(::ffff:203.0.113.9)", true),
        ("IpAddress 203.0.113.0/24", "k:k=203.0.113.9", true),
        ("IpAddress 203.0.113.0/24", "k:k=ip(203.0.114.9)", false),
        ("IpAddress 203.0.113.9", "k:k=ip(203.0.113.9)", true),
        ("IpAddress 0.0.0.0/0", "k:k=nowhere", false),
        ("IpAddress 0.0.0.0/0", "", false),
        ("NotIpAddress 203.0.113.0/24", "k:k=ip(203.0.113.9)", false),
        ("NotIpAddress 203.0.113.0/24", "k:k=ip(198.51.100.1)", true),
        ("NotIpAddress 203.0.113.0/24", "", true),
    ]);
}

#[test]
fn arn_operators() {
    for like in ["ArnEquals", "ArnLike"] {
        for (pattern, value, expected) in [
            ("arn:aws:sns:*:111111111111:*", "arn:aws:sns:us-east-1:111111111111:topic", true),
            ("arn:aws:sns:*:111111111111:t?pic", "arn:aws:sns:us-east-1:111111111111:topic", true),
            ("arn:aws:sns:us-east-1*:topic:x", "arn:aws:sns:us-east-1:111111111111:topic", false),
            ("arn:aws:sns:*:222222222222:*", "arn:aws:sns:us-east-1:111111111111:topic", false),
            ("*", "anything", true),
            ("arn:aws:sns:*:*:*", "topic", false),
        ] {
            assert_eq!(holds(&condition(&format!("{like} {pattern}")), &format!("k:k={value}")), expected, "{pattern}");
        }
    }
    check(&[
        ("ArnLike arn:aws:sns:*:*:*", "", false),
        ("ArnNotLike arn:aws:sns:*:*:*", "", true),
        ("ArnNotLike arn:aws:sns:*:*:*", "k:k=arn:aws:sns:a:b:c", false),
        ("ArnNotEquals arn:aws:sns:*:*:*", "k:k=arn:aws:sqs:a:b:c", true),
    ]);
}

#[test]
fn null_asks_whether_the_key_is_there() {
    check(&[
        ("Null true", "", true),
        ("Null true", "k:k=", true),
        ("Null true", "k:k=x", false),
        ("Null false", "k:k=x", true),
        ("Null false", "", false),
    ]);
}

#[test]
fn if_exists_holds_without_the_key_and_compares_with_it() {
    check(&[
        ("StringEqualsIfExists a", "", true),
        ("StringEqualsIfExists a", "k:k=a", true),
        ("StringEqualsIfExists a", "k:k=b", false),
        ("NumericLessThanIfExists 1", "", true),
        ("BoolIfExists true", "", true),
        ("BoolIfExists true", "k:k=bool(false)", false),
        ("IpAddressIfExists 10.0.0.0/8", "k:k=ip(11.0.0.1)", false),
        ("StringNotEqualsIfExists a", "k:k=a", false),
        ("ForAnyValue:StringEqualsIfExists a", "", true),
    ]);
}

#[test]
fn set_operators_look_at_every_value() {
    check(&[
        ("ForAllValues:StringEquals a|b", "k:k=a|b", true),
        ("ForAllValues:StringEquals a|b", "k:k=a", true),
        ("ForAllValues:StringEquals a|b", "k:k=a|c", false),
        ("ForAllValues:StringEquals a", "", true),
        ("ForAllValues:StringEquals a", "k:k=", true),
        ("ForAnyValue:StringEquals a|b", "k:k=c|b", true),
        ("ForAnyValue:StringEquals a|b", "k:k=c|d", false),
        ("ForAnyValue:StringEquals a", "", false),
        ("ForAllValues:StringNotEquals a|b", "k:k=c|d", true),
        ("ForAllValues:StringNotEquals a|b", "k:k=c|a", false),
        ("ForAnyValue:StringNotEquals a|b", "k:k=c|a", true),
        ("ForAnyValue:StringNotEquals a|b", "k:k=a|b", false),
        ("ForAnyValue:StringNotEquals a", "", false),
        ("ForAllValues:StringLike a*", "k:k=ab|ac", true),
        ("ForAnyValue:NumericGreaterThan 5", "k:k=1|9", true),
    ]);
}

#[test]
fn an_operator_without_a_set_prefix_asks_for_one_match_and_its_negation_for_none() {
    check(&[
        ("StringEquals a", "k:k=a|b", true),
        ("StringNotEquals a", "k:k=a|b", false),
        ("StringNotEquals a", "k:k=b|c", true),
    ]);
}

#[test]
fn all_operators_and_all_keys_must_hold() {
    let both = r#"{"StringEquals":{"a:a":"1","b:b":"2"},"Bool":{"c:c":"true"}}"#;
    assert!(holds(both, "a:a=1 b:b=2 c:c=true"));
    for keys in ["a:a=1 b:b=2", "a:a=1 b:b=3 c:c=true", "b:b=2 c:c=true", "a:a=1 b:b=2 c:c=false"] {
        assert!(!holds(both, keys), "{keys}");
    }
    assert!(holds("{}", "") && holds(r#"{"StringEquals":{}}"#, ""));
    assert!(!holds(r#"{"StringEquals":{"a:a":[]}}"#, "a:a=1"));
    assert!(holds(r#"{"StringNotEquals":{"a:a":[]}}"#, "a:a=1"));
}
