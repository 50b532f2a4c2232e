//! Which condition keys a policy looks at, and which of them fail open when nothing sets them.

use policy::{Effect, Kind, Policy};

use crate::support::document;

fn keys(statements: &str) -> Vec<String> {
    let policy = Policy::parse(&document(statements), Kind::Identity).unwrap();
    let told = |(key, effect, fails_open): (&str, Effect, bool)| {
        let effect = if effect == Effect::Allow { "allow" } else { "deny" };
        format!("{effect} {key}{}", if fails_open { " open" } else { "" })
    };
    policy.condition_keys().map(told).collect()
}

#[test]
fn an_absent_key_fails_open_where_it_loosens_what_a_value_could_tighten() {
    for (condition, allow_opens, deny_opens) in [
        ("StringEquals", false, true),
        ("StringNotEquals", true, false),
        ("StringLike", false, true),
        ("StringNotLikeIfExists", true, false),
        ("StringEqualsIfExists", true, false),
        ("ForAllValues:StringEquals", true, false),
        ("ForAllValues:StringNotEquals", true, false),
        ("ForAnyValue:StringEquals", false, true),
        ("ForAnyValue:StringNotEquals", false, true),
        ("ForAnyValue:StringEqualsIfExists", true, false),
        ("ArnNotEquals", true, false),
        ("Null", true, false),
    ] {
        let value = if condition == "Null" { "true" } else { "*" };
        for (effect, opens) in [("allow", allow_opens), ("deny", deny_opens)] {
            let open = if opens { " open" } else { "" };
            let expected = format!("{effect} k:k{open}");
            assert_eq!(keys(&format!("{effect} * if {condition} K:k {value}")), [expected], "{condition}");
        }
    }
    assert_eq!(keys("deny * if Null k:k false"), ["deny k:k open"]);
    assert_eq!(keys("allow * if Null k:k false"), ["allow k:k"]);
    assert_eq!(keys("allow * if Null k:k false|true"), ["allow k:k"]);
    assert_eq!(keys("deny * if NotIpAddress aws:SourceIp 10.0.0.0/8"), ["deny aws:sourceip"]);
    assert_eq!(keys("deny * if IpAddress aws:SourceIp 10.0.0.0/8"), ["deny aws:sourceip open"]);
}

#[test]
fn variables_are_keys_too() {
    assert_eq!(keys("allow * on arn:aws:s3:::${aws:UserName}/*"), ["allow aws:username"]);
    assert_eq!(keys("deny * on arn:aws:s3:::${aws:UserName}/*"), ["deny aws:username open"]);
    assert_eq!(keys("deny * on except arn:aws:s3:::${aws:UserName}/*"), ["deny aws:username open"]);
    assert_eq!(keys("allow * if StringEquals k:k ${A:b}"), ["allow k:k", "allow a:b"]);
    assert_eq!(keys("deny * if StringEquals k:k ${A:b}"), ["deny k:k open", "deny a:b open"]);
    assert_eq!(keys("allow * if StringNotEquals k:k ${A:b}"), ["allow k:k open", "allow a:b open"]);
    assert_eq!(keys("deny * if ArnNotLike k:k arn:aws:iam::${A:b}:root"), ["deny k:k", "deny a:b"]);
    // What stands in for the value may allow more than the value would.
    assert_eq!(keys("allow * if StringEquals k:k ${a:b,'none'}"), ["allow k:k", "allow a:b open"]);
}

#[test]
fn a_policy_tells_whether_it_mentions_keys_that_begin_so() {
    let text =
        document("allow *; deny * on arn:aws:s3:::${aws:PrincipalTag/team} if StringEquals AWS:ResourceTag/env prod");
    let policy = Policy::parse(&text, Kind::Identity).unwrap();
    for (prefix, expected) in [
        ("aws:resourcetag/", true),
        ("aws:ResourceTag/", true),
        ("aws:principaltag/team", true),
        ("aws:principaltag/teams", false),
        ("aws:requesttag/", false),
        ("", true),
    ] {
        assert_eq!(policy.mentions(prefix), expected, "{prefix}");
    }
    assert!(!Policy::parse(&document("allow *"), Kind::Identity).unwrap().mentions(""));
}
