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

fn record(world: &str, request: &str) -> policy::DecisionRecord {
    World::read(world).explain(request, |explanation, _| explanation.record())
}

#[test]
fn a_denial_tells_what_would_have_allowed_it() {
    let ask = "alice s3:GetObject arn:aws:s3:::b aws:SourceIp=ip(11.0.0.1)";
    for (world, hint) in [
        ("", "a statement `Allow s3:GetObject` on `arn:aws:s3:::b` in an identity-based policy"),
        (
            "identity: allow s3:* if IpAddress aws:SourceIp 10.0.0.0/8|192.0.2.1",
            "statement 1 of identity-based policy `identity` would allow it if `aws:SourceIp` were in `10.0.0.0/8` or \
             `192.0.2.1`",
        ),
        (
            "identity: allow s3:* if IpAddress aws:SourceIp 10.0.0.0/8 and Bool aws:SecureTransport true; allow ec2:*",
            "statement 1 of identity-based policy `identity` would allow it if `aws:SourceIp` were in `10.0.0.0/8` and \
             `aws:SecureTransport` were `true`",
        ),
        (
            "identity: allow *; deny s3:* if NotIpAddress aws:SourceIp 10.0.0.0/8",
            "statement 2 of identity-based policy `identity` would not deny it if `aws:SourceIp` were in `10.0.0.0/8`",
        ),
        ("identity: allow *; deny *", "statement 2 of identity-based policy `identity` not denying it"),
        (
            "boundary: allow ec2:*\nscp: allow *",
            "a statement `Allow s3:GetObject` on `arn:aws:s3:::b` in an identity-based policy; and a statement \
             `Allow s3:GetObject` on `arn:aws:s3:::b` in a permissions boundary",
        ),
        (
            "identity: deny * if StringNotLike aws:UserAgent curl*|wget*",
            "statement 1 of identity-based policy `identity` would not deny it if `aws:UserAgent` were like `curl*` or \
             `wget*`; and a statement `Allow s3:GetObject` on `arn:aws:s3:::b` in an identity-based policy",
        ),
        (
            "identity: allow * if Null aws:TokenIssueTime false and ForAnyValue:NumericLessThan k:k 5",
            "statement 1 of identity-based policy `identity` would allow it if `aws:TokenIssueTime` were present and a \
             value of `k:k` were less than `5`",
        ),
    ] {
        assert_eq!(record(world, ask).hint.as_deref(), Some(hint), "{world}");
    }
    assert_eq!(record("identity: allow *", ask).hint, None);
    let stranger = record("", "anonymous s3:GetObject arn:aws:s3:::b").hint.unwrap();
    assert_eq!(
        stranger,
        "a statement `Allow s3:GetObject` on `arn:aws:s3:::b` for this caller in a resource-based policy"
    );
    let abroad = record("identity: allow *", "alice-abroad s3:GetObject arn:aws:s3:::b").hint.unwrap();
    assert!(abroad.contains("for `arn:aws:iam::222222222222:user/alice` in a resource-based policy"), "{abroad}");
}

#[test]
fn what_a_hint_asks_for_allows_the_request() {
    let office = "identity: allow s3:* if IpAddress aws:SourceIp 10.0.0.0/8";
    assert!(!record(office, "alice s3:GetObject * aws:SourceIp=ip(11.0.0.1)").statements.iter().any(|_| true));
    assert_eq!(record(office, "alice s3:GetObject * aws:SourceIp=ip(10.0.0.1)").outcome, policy::Outcome::Allow);
}

#[test]
fn a_record_names_the_element_that_failed_with_both_values() {
    let world =
        "identity: deny s3:* if StringEquals aws:UserAgent a|b|c|d|e|f; allow s3:* if Bool aws:SecureTransport true";
    let told = record(world, "alice s3:GetObject arn:aws:s3:::b aws:UserAgent=curl");
    assert_eq!(told.statements, []);
    let lines: Vec<String> = told.others.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "statement 1 of identity-based policy `identity` would deny, but its condition `StringEquals` on \
             `aws:UserAgent` does not hold: the request has `curl`, the policy `a`, `b`, `c`, `d` or 2 more",
            "statement 2 of identity-based policy `identity` would allow, but its condition `Bool` on \
             `aws:SecureTransport` does not hold: the request has no such key, the policy `true`",
        ]
    );
    assert_eq!(
        told.to_string(),
        "denied, because no identity-based policy allows it; what would have allowed it: statement 2 of identity-based \
         policy `identity` would allow it if `aws:SecureTransport` were `true`"
    );
}

#[test]
fn a_record_is_bounded_and_holds_no_control_characters() {
    let statements = vec!["allow ec2:*"; 100].join("; ");
    let world = World::read(&format!("identity: {statements}; allow s3:* if StringEquals aws:UserAgent x"));
    let hostile = format!("\u{1b}[2J{}", "a".repeat(10_000));
    let keys = policy::Keys::new().texts("aws:UserAgent", vec![hostile; 100]);
    let told = world.explain_with("alice s3:GetObject arn:aws:s3:::b", keys, |explanation, _| explanation.record());
    assert_eq!((told.others.len(), told.others_left_off), (64, 37));
    // What came closest is kept.
    assert!(matches!(&told.others[0].failed, policy::FailedElement::Condition { key, .. } if key == "aws:UserAgent"));
    let text = serde_json::to_string(&told).unwrap();
    assert!(text.len() < 20_000 && !text.contains("\\u001b"), "{}", text.len());
    assert_eq!(serde_json::from_str::<policy::DecisionRecord>(&text).unwrap(), told);
}
