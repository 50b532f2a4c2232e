//! All layers together: denials first, then what must allow, at home and abroad.

use crate::support::check;

const ASK: &str = "alice s3:GetObject arn:aws:s3:::b/k";
const ABROAD: &str = "alice-abroad s3:GetObject arn:aws:s3:::b/k";
const BY_IDENTITY: &str = "allowed by statement 1 of identity-based policy `identity`";

#[test]
fn what_nobody_allows_is_denied() {
    check("", ASK, "denied, because no identity-based policy allows it");
    check("", "anonymous s3:GetObject", "denied, because no resource-based policy allows it");
}

#[test]
fn an_explicit_deny_wins_over_every_allow() {
    check("identity: allow *; deny s3:GetObject", ASK, "denied by statement 2 of identity-based policy `identity`");
    check(
        "identity1: allow *\nidentity2: deny s3:*\nresource: allow * for arn:aws:iam::111111111111:user/alice",
        ASK,
        "denied by statement 1 of identity-based policy `identity2`",
    );
    for (layer, name) in [
        ("rcp: deny * for *", "resource control policy `rcp`"),
        ("scp: deny *", "service control policy `scp`"),
        ("endpoint: deny * for *", "VPC endpoint policy `endpoint`"),
        ("resource: deny * for *", "resource-based policy `resource`"),
        ("boundary: deny *", "permissions boundary `boundary`"),
        ("session: deny *", "session policy `session`"),
    ] {
        check(&format!("identity: allow *\n{layer}"), ASK, &format!("denied by statement 1 of {name}"));
    }
}

#[test]
fn every_limiting_layer_must_allow() {
    check("identity: allow *", ASK, BY_IDENTITY);
    for (layer, name) in [
        ("rcp: allow ec2:* for *", "resource control policy"),
        ("scp: allow ec2:*", "service control policy"),
        ("endpoint: allow ec2:* for *", "VPC endpoint policy"),
        ("boundary: allow ec2:*", "permissions boundary"),
        ("session: allow ec2:*", "session policy"),
    ] {
        check(&format!("identity: allow *\n{layer}"), ASK, &format!("denied, because no {name} allows it"));
        let wide = layer.replace("ec2", "s3");
        let by_both = format!("{BY_IDENTITY}, statement 1 of {name} `{}`", wide.split(':').next().unwrap());
        check(&format!("identity: allow *\n{wide}"), ASK, &by_both);
    }
    // A limit alone grants nothing.
    check(
        "boundary: allow *\nsession: allow *\nscp: allow *",
        ASK,
        "denied, because no identity-based policy allows it",
    );
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let world = |second: &str| format!("identity: allow *\nscp1: allow *\nscp2: {second}\nscp3: allow *");
    check(&world("allow ec2:*"), ASK, "denied, because no service control policy allows it");
    check(
        &world("allow s3:*"),
        ASK,
        "allowed by statement 1 of identity-based policy `identity`, statement 1 of service control policy `scp3`",
    );
}

#[test]
fn organizations_limit_even_direct_grants() {
    let direct = "resource: allow * for arn:aws:iam::111111111111:user/alice";
    check(&format!("{direct}\nscp: allow ec2:*"), ASK, "denied, because no service control policy allows it");
    check(&format!("{direct}\nrcp: allow ec2:* for *"), ASK, "denied, because no resource control policy allows it");
}

#[test]
fn at_home_identity_or_resource_is_enough() {
    // Table A of the developer guide, with silence as an unrelated statement.
    let table = [
        (
            "allow",
            "allow",
            "allowed by statement 1 of resource-based policy `resource`, statement 1 of identity-based policy `identity`",
        ),
        ("allow", "silent", BY_IDENTITY),
        ("allow", "deny", "denied by statement 1 of resource-based policy `resource`"),
        ("silent", "allow", "allowed by statement 1 of resource-based policy `resource`"),
        ("silent", "silent", "denied, because no identity-based policy allows it"),
        ("silent", "deny", "denied by statement 1 of resource-based policy `resource`"),
        ("deny", "allow", "denied by statement 1 of identity-based policy `identity`"),
        ("deny", "silent", "denied by statement 1 of identity-based policy `identity`"),
    ];
    check_table(&table, "*", ASK);
}

#[test]
fn abroad_identity_and_resource_must_both_allow() {
    // Table B of the developer guide.
    let table = [
        (
            "allow",
            "allow",
            "allowed by statement 1 of resource-based policy `resource`, statement 1 of identity-based policy `identity`",
        ),
        ("allow", "silent", "denied, because no resource-based policy allows it"),
        ("allow", "deny", "denied by statement 1 of resource-based policy `resource`"),
        ("silent", "allow", "denied, because no identity-based policy allows it"),
        ("silent", "silent", "denied, because no resource-based policy allows it"),
        ("silent", "deny", "denied by statement 1 of resource-based policy `resource`"),
        ("deny", "allow", "denied by statement 1 of identity-based policy `identity`"),
    ];
    for whom in ["*", "222222222222", "arn:aws:iam::222222222222:user/alice"] {
        check_table(&table, whom, ABROAD);
    }
}

fn check_table(table: &[(&str, &str, &str)], whom: &str, ask: &str) {
    let statement = |says: &str| if says == "silent" { "allow ec2:*".to_owned() } else { format!("{says} s3:*") };
    for (identity, resource, expected) in table {
        let world = format!("identity: {}\nresource: {} for {whom}", statement(identity), statement(resource));
        check(&world, ask, expected);
    }
    let without = format!("identity: {}", statement("allow"));
    let expected = if ask == ASK { BY_IDENTITY } else { "denied, because no resource-based policy allows it" };
    check(&without, ask, expected);
}

#[test]
fn abroad_the_callers_own_limits_count_too() {
    let both = "identity: allow *\nresource: allow * for arn:aws:iam::222222222222:user/alice";
    check(&format!("{both}\nboundary: allow ec2:*"), ABROAD, "denied, because no permissions boundary allows it");
    check(&format!("{both}\nsession: allow ec2:*"), ABROAD, "denied, because no session policy allows it");
}

#[test]
fn the_root_user_is_bound_by_denials_and_organizations_only() {
    check("", "root s3:GetObject", "allowed by being the account's root user");
    check("resource: deny * for *", "root s3:GetObject", "denied by statement 1 of resource-based policy `resource`");
    check("scp: allow ec2:*", "root s3:GetObject", "denied, because no service control policy allows it");
    check("rcp: allow ec2:* for *", "root s3:GetObject", "denied, because no resource control policy allows it");
    check("", "root-abroad s3:GetObject", "denied, because no resource-based policy allows it");
    check(
        "resource: allow * for 222222222222",
        "root-abroad s3:GetObject",
        "allowed by statement 1 of resource-based policy `resource`",
    );
}

#[test]
fn a_federation_token_without_a_session_policy_may_do_nothing() {
    let ask = "federated s3:GetObject";
    check("identity: allow *", ask, "denied, because no session policy allows it");
    check(
        "identity: allow *\nsession: allow s3:*",
        ask,
        "allowed by statement 1 of identity-based policy `identity`, statement 1 of session policy `session`",
    );
    check(
        "resource: allow * for arn:aws:iam::111111111111:user/alice",
        ask,
        "denied, because no session policy allows it",
    );
}

#[test]
fn services_are_not_bound_by_service_control_policies() {
    let world = "scp: deny *\nresource: allow * for Service=apigateway.amazonaws.com";
    check(world, "service s3:GetObject", "allowed by statement 1 of resource-based policy `resource`");
    check(world, "anonymous s3:GetObject", "denied, because no resource-based policy allows it");
}

#[test]
fn conditions_decide_in_every_layer() {
    let world = "identity: allow *\nresource: deny * for * if NotIpAddress aws:SourceIp 10.0.0.0/8";
    check(world, &format!("{ASK} aws:SourceIp=ip(10.1.1.1)"), BY_IDENTITY);
    check(
        world,
        &format!("{ASK} aws:SourceIp=ip(11.1.1.1)"),
        "denied by statement 1 of resource-based policy `resource`",
    );
    check(world, ASK, "denied by statement 1 of resource-based policy `resource`");
}
