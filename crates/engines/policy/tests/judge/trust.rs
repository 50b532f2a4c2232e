//! Roles: their trust policy must allow the caller itself, at home too.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use crate::support::check;

const ASK: &str = "sts:AssumeRole arn:aws:iam::111111111111:role/ops";
const MAY: &str = "identity: allow sts:AssumeRole";
const NO_TRUST: &str = "denied, because no resource-based policy allows it";
const NO_IDENTITY: &str = "denied, because no identity-based policy allows it";
const BY_TRUST: &str = "allowed by statement 1 of resource-based policy `trust`";
const BY_BOTH: &str =
    "allowed by statement 1 of identity-based policy `identity`, statement 1 of resource-based policy `trust`";

/// The trust policy and what is decided without an identity policy, and with one that allows.
fn check_trust(who: &str, whom: &str, alone: &str, with_identity: &str) {
    let trust = format!("trust: allow sts:AssumeRole for {whom}");
    check(&trust, &format!("{who} {ASK}"), alone);
    check(&format!("{trust}\n{MAY}"), &format!("{who} {ASK}"), with_identity);
}

#[test]
fn an_identity_policy_without_the_roles_trust_is_not_enough() {
    check_trust("alice", "arn:aws:iam::111111111111:user/bob", NO_TRUST, NO_TRUST);
    check_trust("alice", "222222222222", NO_TRUST, NO_TRUST);
    check_trust("alice", "Service=lambda.amazonaws.com", NO_TRUST, NO_TRUST);
}

#[test]
fn trusting_the_account_or_everyone_leaves_it_to_the_callers_own_policies() {
    for whom in ["111111111111", "arn:aws:iam::111111111111:root", "*"] {
        check_trust("alice", whom, NO_IDENTITY, BY_BOTH);
    }
}

#[test]
fn a_caller_that_the_trust_names_needs_no_policy_at_home() {
    let direct = |policy: &str| format!("{policy}, statement 1 of identity-based policy `identity`");
    check_trust("alice", "arn:aws:iam::111111111111:user/alice", BY_TRUST, &direct(BY_TRUST));
    check_trust("role", "arn:aws:iam::111111111111:role/ops", BY_TRUST, &direct(BY_TRUST));
    check_trust("role", "arn:aws:sts::111111111111:assumed-role/ops/monday", BY_TRUST, &direct(BY_TRUST));
    // The account, narrowed to one principal, is that principal.
    let narrowed = "111111111111 if ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:user/alice";
    check_trust("alice", narrowed, BY_TRUST, &direct(BY_TRUST));
    check_trust("bob", narrowed, NO_TRUST, NO_TRUST);
}

#[test]
fn a_caller_from_abroad_needs_both() {
    let by_both = format!("{BY_TRUST}, statement 1 of identity-based policy `identity`");
    for whom in ["222222222222", "arn:aws:iam::222222222222:user/alice", "*"] {
        check_trust("alice-abroad", whom, NO_IDENTITY, &by_both);
    }
    check_trust("alice-abroad", "111111111111", NO_TRUST, NO_TRUST);
}

#[test]
fn not_even_the_root_user_or_an_authorizers_word_replaces_trust() {
    check_trust("root", "arn:aws:iam::111111111111:user/bob", NO_TRUST, NO_TRUST);
    check_trust("anonymous", "111111111111", NO_TRUST, NO_TRUST);
    check_trust("web", "Federated=cognito-identity.amazonaws.com", NO_TRUST, NO_TRUST);
}

#[test]
fn limits_and_denials_hold_for_trusted_callers() {
    let trust = "trust: allow sts:AssumeRole for arn:aws:iam::111111111111:role/ops";
    check(
        &format!("{trust}\nboundary: allow s3:*"),
        &format!("role {ASK}"),
        "denied, because no permissions boundary allows it",
    );
    check(
        &format!("{trust}\nidentity: deny sts:*"),
        &format!("role {ASK}"),
        "denied by statement 1 of identity-based policy `identity`",
    );
    check(
        "trust: allow sts:AssumeRole for *; deny sts:AssumeRole for * if Null sts:ExternalId true\nidentity: allow *",
        &format!("alice {ASK}"),
        "denied by statement 2 of resource-based policy `trust`",
    );
}

#[test]
fn a_web_identity_is_known_by_its_provider_and_its_subject() {
    let trust = "trust: allow sts:AssumeRoleWithWebIdentity for Federated=accounts.google.com if StringEquals accounts.google.com:sub";
    let ask = "web sts:AssumeRoleWithWebIdentity arn:aws:iam::111111111111:role/ops";
    check(&format!("{trust} 4711"), ask, BY_TRUST);
    check(&format!("{trust} 4712"), ask, NO_TRUST);
}
