//! The four authorization types of a REST API's methods, each with a resource policy: the developer guide's tables.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>

use crate::support::World;

/// `allow`, `silent`, `deny` or `none`, as one statement about invoking.
fn line(layer: &str, says: &str, whom: &str) -> String {
    match says {
        "none" => String::new(),
        "silent" => format!("{layer}: allow ec2:*{whom}"),
        says => format!("{layer}: {says} execute-api:Invoke{whom}"),
    }
}

fn check(who: &str, table: &[(&str, &str, &str)]) {
    for (own, resource, expected) in table {
        let world = format!("{}\n{}", line("identity", own, ""), line("resource", resource, " for *"));
        let ask = format!("{who} execute-api:Invoke arn:aws:execute-api:eu-west-1:111111111111:a1/prod/GET/pets");
        let outcome = World::read(&world).decide(&ask, |decision, _| format!("{:?}", decision.outcome));
        assert_eq!(outcome, *expected, "{who}: own policies {own}, resource policy {resource}");
    }
}

/// The authorizer's or the caller's own policies, the resource policy, the result.
const TABLE_A: [(&str, &str, &str); 9] = [
    ("allow", "allow", "Allow"),
    ("allow", "silent", "Allow"),
    ("allow", "deny", "ExplicitDeny"),
    ("silent", "allow", "Allow"),
    ("silent", "silent", "ImplicitDeny"),
    ("silent", "deny", "ExplicitDeny"),
    ("deny", "allow", "ExplicitDeny"),
    ("deny", "silent", "ExplicitDeny"),
    ("deny", "deny", "ExplicitDeny"),
];

const TABLE_B: [(&str, &str, &str); 9] = [
    ("allow", "allow", "Allow"),
    ("allow", "silent", "ImplicitDeny"),
    ("allow", "deny", "ExplicitDeny"),
    ("silent", "allow", "ImplicitDeny"),
    ("silent", "silent", "ImplicitDeny"),
    ("silent", "deny", "ExplicitDeny"),
    ("deny", "allow", "ExplicitDeny"),
    ("deny", "silent", "ExplicitDeny"),
    ("deny", "deny", "ExplicitDeny"),
];

#[test]
fn iam_at_home_follows_table_a() {
    for who in ["alice", "role"] {
        check(who, &TABLE_A);
        check(who, &[("allow", "none", "Allow"), ("none", "none", "ImplicitDeny"), ("none", "allow", "Allow")]);
    }
}

#[test]
fn iam_from_abroad_follows_table_b() {
    for who in ["alice-abroad", "role-abroad"] {
        check(who, &TABLE_B);
        check(who, &[("allow", "none", "ImplicitDeny"), ("none", "allow", "ImplicitDeny")]);
    }
}

#[test]
fn an_authorizers_policy_follows_table_a() {
    check("anonymous", &TABLE_A);
    check("anonymous", &[("allow", "none", "Allow"), ("silent", "none", "ImplicitDeny")]);
}

#[test]
fn an_anonymous_caller_needs_an_explicit_allow_of_the_resource_policy() {
    // Methods without authorization, and user pools once the token is checked.
    check(
        "anonymous",
        &[
            ("none", "allow", "Allow"),
            ("none", "silent", "ImplicitDeny"),
            ("none", "deny", "ExplicitDeny"),
            ("none", "none", "ImplicitDeny"),
        ],
    );
}

#[test]
fn naming_a_user_never_matches_an_anonymous_caller() {
    let world = World::read("resource: allow execute-api:Invoke for arn:aws:iam::111111111111:user/alice");
    let arn = "arn:aws:execute-api:eu-west-1:111111111111:a1/prod/GET/";
    let denial = |who: &str| {
        let ask = format!("{who} execute-api:Invoke {arn}");
        world.explain(&ask, |explanation, context| explanation.decision.denial(context))
    };
    assert_eq!(denial("alice"), None);
    assert_eq!(
        denial("anonymous").unwrap(),
        format!(
            "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {arn} because no \
             resource-based policy allows the execute-api:Invoke action"
        )
    );
}
