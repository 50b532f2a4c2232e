//! Whom a resource's policy names, and how far naming reaches.

use crate::support::check;

const ALLOWED: &str = "allowed by statement 1 of resource-based policy `resource`";
const DENIED: &str = "denied by statement 1 of resource-based policy `resource`";
const SILENT: &str = "denied, because no identity-based policy allows it";

#[test]
fn a_user_that_is_named_needs_nothing_else() {
    let world = "resource: allow s3:* for arn:aws:iam::111111111111:user/alice\nboundary: allow ec2:*";
    check(world, "alice s3:GetObject", ALLOWED);
    check(world, "bob s3:GetObject", SILENT);
}

#[test]
fn a_user_may_be_named_by_its_id() {
    let world = "resource: allow s3:* for AIDAALICE00000000000";
    check(world, "alice s3:GetObject", ALLOWED);
    check(world, "bob s3:GetObject", SILENT);
}

#[test]
fn a_role_that_is_named_is_still_limited() {
    let named = "resource: allow s3:* for arn:aws:iam::111111111111:role/ops";
    check(named, "role s3:GetObject", ALLOWED);
    check(
        &format!("{named}\nboundary: allow ec2:*"),
        "role s3:GetObject",
        "denied, because no permissions boundary allows it",
    );
    check(
        &format!("{named}\nsession: allow ec2:*"),
        "role s3:GetObject",
        "denied, because no session policy allows it",
    );
    check(named, "alice s3:GetObject", SILENT);
}

#[test]
fn a_session_that_is_named_passes_all_limits_but_denials() {
    let named = "resource: allow s3:* for arn:aws:sts::111111111111:assumed-role/ops/monday\nboundary: allow ec2:*";
    check(named, "role s3:GetObject", ALLOWED);
    check(
        &format!("{named}\nsession: deny s3:*"),
        "role s3:GetObject",
        "denied by statement 1 of session policy `session`",
    );
    check("resource: allow s3:* for arn:aws:sts::111111111111:federated-user/guest", "federated s3:GetObject", ALLOWED);
}

#[test]
fn naming_everyone_grants_within_limits() {
    let named = "resource: allow s3:* for *";
    for who in ["alice", "role", "anonymous", "service", "web", "root-abroad"] {
        check(named, &format!("{who} s3:GetObject"), ALLOWED);
    }
    check(
        &format!("{named}\nboundary: allow ec2:*"),
        "alice s3:GetObject",
        "denied, because no permissions boundary allows it",
    );
}

#[test]
fn naming_the_account_only_delegates() {
    for account in ["111111111111", "arn:aws:iam::111111111111:root"] {
        let named = format!("resource: allow s3:* for {account}");
        check(&named, "alice s3:GetObject", SILENT);
        check(
            &format!("{named}\nidentity: allow s3:*"),
            "alice s3:GetObject",
            "allowed by statement 1 of identity-based policy `identity`, statement 1 of resource-based policy `resource`",
        );
        check(&named, "anonymous s3:GetObject", "denied, because no resource-based policy allows it");
    }
}

#[test]
fn an_account_narrowed_by_arn_grants_like_a_role() {
    let named =
        "resource: allow s3:* for 111111111111 if ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/ops";
    check(named, "role s3:GetObject", ALLOWED);
    check(named, "alice s3:GetObject", SILENT);
    check(
        &format!("{named}\nboundary: allow ec2:*"),
        "role s3:GetObject",
        "denied, because no permissions boundary allows it",
    );
    let weak =
        "resource: allow s3:* for 111111111111 if ArnNotEquals aws:PrincipalArn arn:aws:iam::111111111111:role/x";
    check(weak, "role s3:GetObject", SILENT);
}

#[test]
fn services_and_providers_are_named_as_such() {
    check("resource: allow s3:* for Service=apigateway.amazonaws.com", "service s3:GetObject", ALLOWED);
    check("resource: allow s3:* for Federated=accounts.google.com", "web s3:GetObject", ALLOWED);
    let nobody = "denied, because no resource-based policy allows it";
    check("resource: allow s3:* for Service=lambda.amazonaws.com", "service s3:GetObject", nobody);
    check("resource: allow s3:* for Federated=apigateway.amazonaws.com", "service s3:GetObject", nobody);
    check("resource: allow s3:* for 111111111111", "service s3:GetObject", nobody);
}

#[test]
fn a_denial_with_exceptions_exempts_only_who_is_named_wholly() {
    let user = "arn:aws:iam::111111111111:user/alice";
    let allow = "allow s3:* for *";
    let world = |except: &str| format!("resource: deny s3:* for except {except}; {allow}");
    let exempt = "allowed by statement 2 of resource-based policy `resource`";
    check(&world(&format!("{user},111111111111")), "alice s3:GetObject", exempt);
    check(&world(&format!("{user},111111111111")), "bob s3:GetObject", DENIED);
    check(&world(user), "alice s3:GetObject", DENIED);
    check(&world("111111111111"), "alice s3:GetObject", DENIED);
    check(
        &world("111111111111"),
        "root s3:GetObject",
        "allowed by being the account's root user, statement 2 of resource-based policy `resource`",
    );
    check(&world(&format!("{user},111111111111")), "anonymous s3:GetObject", DENIED);
    check(&world("*"), "anonymous s3:GetObject", exempt);
    let (role, session) = ("arn:aws:iam::111111111111:role/ops", "arn:aws:sts::111111111111:assumed-role/ops/monday");
    check(&world(&format!("{role},{session},111111111111")), "role s3:GetObject", exempt);
    check(&world(&format!("{role},111111111111")), "role s3:GetObject", DENIED);
    check(&world(&format!("{session},111111111111")), "role s3:GetObject", DENIED);
}

#[test]
fn an_allowance_with_exceptions_excludes_who_is_partly_named() {
    let world = "resource: allow s3:* for except 111111111111";
    check(world, "alice s3:GetObject", SILENT);
    check(world, "anonymous s3:GetObject", ALLOWED);
    check("resource: allow s3:* for except arn:aws:iam::111111111111:user/alice", "bob s3:GetObject", ALLOWED);
}
