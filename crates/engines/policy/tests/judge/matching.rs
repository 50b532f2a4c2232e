//! Actions and resources: case, wildcards, segments, inverses.

use crate::support::World;

const FIRST: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/pets";

/// Whether a statement allows an action on a resource.
fn allows(statement: &str, action: &str, resource: &str) -> bool {
    World::read(&format!("identity: {statement}"))
        .decide(&format!("alice {action} {resource}"), |decision, _| decision.is_allowed())
}

#[test]
fn actions_match_without_case_and_with_wildcards() {
    for (pattern, action, expected) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:GetObject", true),
        ("s3:getobject", "S3:GetObject", true),
        ("S3:GET*", "s3:GetObject", true),
        ("s3:?etObject", "s3:GetObject", true),
        ("s3:*Obj*", "s3:GetObject", true),
        ("*:GetObject", "s3:GetObject", true),
        ("s3:GetObject", "s3:GetObjectAcl", false),
        ("s3:Get", "s3:GetObject", false),
        ("s3:?GetObject", "s3:GetObject", false),
        ("ec2:*", "s3:GetObject", false),
        ("ec2:*,s3:GetObject", "s3:GetObject", true),
        ("except s3:*", "s3:GetObject", false),
        ("except s3:*,iam:*", "ec2:RunInstances", true),
        ("except *", "ec2:RunInstances", false),
    ] {
        assert_eq!(allows(&format!("allow {pattern}"), action, "*"), expected, "{pattern} {action}");
    }
}

#[test]
fn wildcards_in_resources_stay_within_their_segment_but_the_last() {
    for (pattern, resource, expected) in [
        ("*", FIRST, true),
        ("*", "*", true),
        (FIRST, FIRST, true),
        ("arn:aws:execute-api:*:*:*", FIRST, true),
        ("arn:aws:execute-api:us-*-1:111111111111:abc/*/GET/*", FIRST, true),
        ("arn:aws:execute-api:us-east-?:1*1:abc/prod/*", FIRST, true),
        ("arn:*:*:*:*:*", FIRST, true),
        ("arn:aws:execute-api:us-east-1:111111111111:*/pets", FIRST, true),
        // One star does not stand for two segments.
        ("arn:aws:execute-api:*:*abc/prod/GET/pets:*", FIRST, false),
        ("arn:aws:execute-api:us-east-1*:abc/prod/GET/pets:x", FIRST, false),
        ("arn:aws:execute-api:::abc/prod/GET/pets", FIRST, false),
        ("arn:aws:execute-api:us-east-1:111111111111:ABC/*", FIRST, false),
        ("arn:aws:execute-api:us-east-1:111111111111:abc", FIRST, false),
        ("arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/*", FIRST, false),
        (
            "arn:aws:apigateway:us-east-1::/restapis/*/stages/*",
            "arn:aws:apigateway:us-east-1::/restapis/a/stages/b",
            true,
        ),
        ("arn:aws:apigateway:us-east-1::/restapis/*", "arn:aws:apigateway:us-east-1::/restapis", false),
        (
            "arn:aws:logs:us-east-1:111111111111:log-group:*:b",
            "arn:aws:logs:us-east-1:111111111111:log-group:a:x:b",
            true,
        ),
        // Actions without a resource are matched by the star alone.
        ("arn:*:*:*:*:*", "*", false),
        ("arn:aws:s3:::a", "arn:aws:s3", false),
        // What is left out at the end is `*`.
        ("arn:aws:execute-api", FIRST, true),
        ("arn:aws:execute-api:us-east-1", FIRST, true),
        ("arn:aws:execute-api:us-west-1", FIRST, false),
        // An account is matched as text and never swallows its neighbours.
        ("arn:aws:execute-api:us-east-1:1*:abc/*", FIRST, true),
        ("arn:aws:execute-api:us-east-1:11111111111?:abc/*", FIRST, true),
        (
            "arn:aws:execute-api:us-east-1:1*1:abc/prod/GET/pets",
            "arn:aws:execute-api:us-east-1:1:1:abc/prod/GET/pets",
            false,
        ),
        // Letters that merely look alike are others.
        ("arn:aws:s3:::p\u{430}ypal", "arn:aws:s3:::paypal", false),
        ("arn:aws:s3:::cafe\u{301}", "arn:aws:s3:::caf\u{e9}", false),
        ("except arn:aws:s3:::a", "arn:aws:s3:::b", true),
        ("except arn:aws:s3:::a", "arn:aws:s3:::a", false),
        ("except arn:aws:s3:::a,arn:aws:s3:::b*", "arn:aws:s3:::bc", false),
        ("except *", "arn:aws:s3:::b", false),
    ] {
        assert_eq!(
            allows(&format!("allow * on {pattern}"), "s3:GetObject", resource),
            expected,
            "{pattern} {resource}"
        );
    }
}

#[test]
fn wildcards_find_their_place_wherever_it_is() {
    for (pattern, text, expected) in [
        ("a*b*c", "abc", true),
        ("a*b*c", "aXbXbXc", true),
        ("a*b*c", "acb", false),
        ("a*a", "a", false),
        ("*ab", "aab", true),
        ("*a?c*", "xxabcxx", true),
        ("*a?c*", "xxacxx", false),
        ("*??*", "a", false),
        ("*?b*", "ab", true),
        ("*?b*", "ba", false),
        ("?", "é", true),
        ("??", "é", false),
        ("*é?*", "xéy", true),
        ("***", "", true),
        ("a**b", "ab", true),
        ("", "", true),
        ("", "a", false),
    ] {
        let statement = format!("allow * on arn:aws:s3:::x{pattern}");
        assert_eq!(allows(&statement, "s3:GetObject", &format!("arn:aws:s3:::x{text}")), expected, "{pattern} {text}");
    }
}
