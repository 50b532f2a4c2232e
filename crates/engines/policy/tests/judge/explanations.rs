//! Why: what each statement lacked, and AWS's words for a denial.

use crate::support::World;

fn explain(world: &str, request: &str) -> String {
    let lines = |explanation: &policy::Explanation<'_>| {
        explanation.traces.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    World::read(world).explain(request, |explanation, _| lines(explanation))
}

fn denial(world: &str, request: &str) -> Option<String> {
    World::read(world).explain(request, |explanation, context| explanation.decision.denial(context))
}

#[test]
fn each_statement_tells_what_it_lacked_first() {
    let world = "
        resource: allow * for arn:aws:iam::111111111111:user/bob; deny s3:Put* for *
        identity: allow ec2:*; allow s3:* on arn:aws:s3:::other; allow s3:* on arn:aws:s3:::${aws:FederatedProvider}; allow s3:* if Bool aws:SecureTransport true; deny s3:* if IpAddress aws:SourceIp 10.0.0.0/8; allow *";
    let expected = "\
statement 1 of resource-based policy `resource` would allow, but its principals do not include the caller
statement 2 of resource-based policy `resource` would deny, but its actions do not include this one
statement 1 of identity-based policy `identity` would allow, but its actions do not include this one
statement 2 of identity-based policy `identity` would allow, but its resources do not include this one
statement 3 of identity-based policy `identity` would allow, but its resource holds a variable without a value
statement 4 of identity-based policy `identity` would allow, but its condition `Bool` on `aws:SecureTransport` does not hold: the request has no such key
statement 5 of identity-based policy `identity` would deny, but its condition `IpAddress` on `aws:SourceIp` does not hold
statement 6 of identity-based policy `identity` allows";
    assert_eq!(explain(world, "alice s3:GetObject arn:aws:s3:::b aws:SourceIp=ip(11.0.0.1)"), expected);
}

#[test]
fn a_statement_with_an_id_is_told_by_it() {
    let text = r#"{"Statement":{"Sid":"AdminsOnly","Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let policy = policy::Policy::parse(text, policy::Kind::Identity).unwrap();
    assert_eq!((policy.sid(0), policy.effect(0), policy.len()), (Some("AdminsOnly"), Some(policy::Effect::Deny), 1));
}

#[test]
fn a_denial_has_awss_words() {
    let ask = "alice s3:GetObject arn:aws:s3:::b";
    let start = "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: s3:GetObject on resource: \
                 arn:aws:s3:::b ";
    for (world, because) in [
        ("", "because no identity-based policy allows the s3:GetObject action"),
        ("identity: deny *", "with an explicit deny in an identity-based policy"),
        ("identity: allow *\nscp: deny *", "with an explicit deny in a service control policy"),
        ("identity: allow *\nboundary: allow ec2:*", "because no permissions boundary allows the s3:GetObject action"),
        (
            "identity: allow *\nendpoint: allow ec2:* for *",
            "because no VPC endpoint policy allows the s3:GetObject action",
        ),
    ] {
        assert_eq!(denial(world, ask), Some(format!("{start}{because}")));
    }
    assert_eq!(denial("identity: allow *", ask), None);
    let anonymous = denial("", "anonymous execute-api:Invoke arn:aws:execute-api:a:b:c/d/GET/").unwrap();
    assert!(anonymous.starts_with("User: anonymous is not authorized to perform: execute-api:Invoke"), "{anonymous}");
}
