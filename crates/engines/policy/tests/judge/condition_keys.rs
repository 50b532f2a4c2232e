//! Which condition keys a policy looks at, and which of them fail open when nothing sets them.

use policy::{Effect, Kind, Policy};

use crate::support::{check, document};

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
            let expected = format!("{effect} K:k{open}");
            assert_eq!(keys(&format!("{effect} * if {condition} K:k {value}")), [expected], "{condition}");
        }
    }
    assert_eq!(keys("deny * if Null k:k false"), ["deny k:k open"]);
    assert_eq!(keys("allow * if Null k:k false"), ["allow k:k"]);
    assert_eq!(keys("allow * if Null k:k false|true"), ["allow k:k"]);
    assert_eq!(keys("deny * if NotIpAddress aws:SourceIp 10.0.0.0/8"), ["deny aws:SourceIp"]);
    assert_eq!(keys("deny * if IpAddress aws:SourceIp 10.0.0.0/8"), ["deny aws:SourceIp open"]);
}

/// Keys of VPC endpoints and organizations, of which there are none.
#[test]
fn what_never_comes_cannot_be_what_lets_a_caller_in() {
    for (key, value) in [
        ("aws:SourceVpce", "vpce-1"),
        ("aws:SourceVpc", "vpc-1"),
        ("aws:VpcSourceIp", "10.0.0.0/8"),
        ("aws:PrincipalOrgID", "o-1"),
        ("aws:PrincipalOrgPaths", "o-1/r-1/*"),
    ] {
        let is_address = key == "aws:VpcSourceIp";
        let (equals, differs) =
            if is_address { ("IpAddress", "NotIpAddress") } else { ("StringLike", "StringNotLike") };
        let decided = |world: &str, expected: &str| {
            let world = world.replace("KEY", key).replace("VALUE", value);
            let world = world.replace("EQUALS", equals).replace("DIFFERS", differs);
            check(
                &world,
                "anonymous execute-api:Invoke arn:aws:execute-api:eu-west-1:111111111111:a1/prod/GET/pets",
                expected,
            );
        };
        let (denied, closed) = (
            "denied by statement 2 of resource-based policy `resource`",
            "denied, because no resource-based policy allows it",
        );
        let open = "allowed by statement 1 of resource-based policy `resource`";
        // The two ways in which people close an API to all but an endpoint or an organization.
        decided("resource: allow * for *; deny * for * if DIFFERS KEY VALUE", denied);
        decided("resource: allow * for * if EQUALS KEY VALUE", closed);
        decided("resource: allow * for *; deny * for * if DIFFERSIfExists KEY VALUE", denied);
        decided("resource: allow * for *; deny * for * if ForAllValues:DIFFERS KEY VALUE", denied);
        decided("resource: allow * for *; deny * for * if Null KEY true", denied);
        decided("resource: allow * for * if Null KEY false", closed);
        decided("resource: allow * for * if ForAnyValue:EQUALS KEY VALUE", closed);
        decided("resource: allow * for * if ForAnyValue:DIFFERS KEY VALUE", closed);
        // As in AWS for a caller from the internet: who writes that the key may be absent lets such callers in.
        decided("resource: allow * for * if EQUALSIfExists KEY VALUE", open);
        decided("resource: allow * for * if DIFFERS KEY VALUE", open);
        decided("resource: allow * for * if Null KEY true", open);
        decided("resource: allow * for *; deny * for * if EQUALS KEY VALUE", open);
    }
}

#[test]
fn variables_are_keys_too() {
    assert_eq!(keys("allow * on arn:aws:s3:::${aws:UserName}/*"), ["allow aws:UserName"]);
    assert_eq!(keys("deny * on arn:aws:s3:::${aws:UserName}/*"), ["deny aws:UserName open"]);
    assert_eq!(keys("deny * on except arn:aws:s3:::${aws:UserName}/*"), ["deny aws:UserName open"]);
    assert_eq!(keys("allow * if StringEquals k:k ${A:b}"), ["allow k:k", "allow A:b"]);
    assert_eq!(keys("deny * if StringEquals k:k ${A:b}"), ["deny k:k open", "deny A:b open"]);
    assert_eq!(keys("allow * if StringNotEquals k:k ${A:b}"), ["allow k:k open", "allow A:b open"]);
    assert_eq!(keys("deny * if ArnNotLike k:k arn:aws:iam::${A:b}:root"), ["deny k:k", "deny A:b"]);
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
