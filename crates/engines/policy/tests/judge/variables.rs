//! Policy variables: replaced in resources and string values, absent, defaulted, escaped, and not in old policies.

use policy::{Kind, Policy};

use crate::support::{check, holds};

#[test]
fn a_variable_stands_for_the_requests_own_value() {
    let world = "identity: allow s3:* on arn:aws:s3:::home/${aws:username}/*";
    let allowed = "allowed by statement 1 of identity-based policy `identity`";
    let silent = "denied, because no identity-based policy allows it";
    check(world, "alice s3:GetObject arn:aws:s3:::home/alice/x", allowed);
    check(world, "alice s3:GetObject arn:aws:s3:::home/bob/x", silent);
    // A role has no user name, so the statement is ineffective.
    check(world, "role s3:GetObject arn:aws:s3:::home//x", silent);
}

#[test]
fn a_variable_without_value_makes_a_statement_ineffective_even_when_inverted() {
    let world = "identity: allow *; deny s3:* on except arn:aws:s3:::home/${aws:PrincipalTag/team}/*";
    check(
        world,
        "alice s3:GetObject arn:aws:s3:::other aws:PrincipalTag/team=red",
        "denied by statement 2 of identity-based policy `identity`",
    );
    check(world, "alice s3:GetObject arn:aws:s3:::other", "allowed by statement 1 of identity-based policy `identity`");
}

#[test]
fn a_default_stands_in_for_an_absent_key() {
    let condition = r#"{"StringEquals":{"a:a":"x-${aws:PrincipalTag/Team, 'none, at {all}'}"}}"#;
    assert!(holds(condition, "a:a=x-red aws:principaltag/team=red"));
    assert!(!holds(condition, "a:a=x-red"));
    let condition = r#"{"StringEquals":{"a:a":"x-${aws:PrincipalTag/Team,'none'}"}}"#;
    assert!(holds(condition, "a:a=x-none"));
}

#[test]
fn an_absent_variable_matches_nothing_and_its_negation_everything() {
    assert!(!holds(r#"{"StringEquals":{"a:a":"${b:b}"}}"#, "a:a=x"));
    assert!(!holds(r#"{"StringLike":{"a:a":"*${b:b}*"}}"#, "a:a=x"));
    assert!(holds(r#"{"StringNotEquals":{"a:a":"${b:b}"}}"#, "a:a=x"));
    assert!(holds(r#"{"StringNotLike":{"a:a":"${b:b}"}}"#, "a:a=x"));
    // A key with several values has no one value to stand for.
    assert!(!holds(r#"{"StringLike":{"a:a":"${b:b}"}}"#, "a:a=x b:b=x|x"));
}

#[test]
fn wildcards_from_a_value_are_literal() {
    assert!(!holds(r#"{"StringLike":{"a:a":"${b:b}"}}"#, "a:a=anything b:b=*"));
    assert!(holds(r#"{"StringLike":{"a:a":"${b:b}"}}"#, "a:a=* b:b=*"));
    assert!(holds(r#"{"StringLike":{"a:a":"x*${b:b}?"}}"#, "a:a=xyz?!! b:b=?!"));
    let world = "identity: allow s3:* on arn:aws:s3:::home/${aws:username}";
    check(world, "* s3:GetObject arn:aws:s3:::home/bob", "denied, because no identity-based policy allows it");
}

#[test]
fn special_characters_can_be_written() {
    assert!(holds(r#"{"StringLike":{"a:a":"a${*}b${?}c${$}d*"}}"#, "a:a=a*b?c$dxx"));
    assert!(!holds(r#"{"StringLike":{"a:a":"a${*}b"}}"#, "a:a=axb"));
    assert!(holds(r#"{"StringEquals":{"a:a":"${$}{b}"}}"#, "a:a=${b}"));
}

#[test]
fn variables_also_stand_in_arn_conditions() {
    let condition = r#"{"ArnLike":{"a:a":"arn:aws:iam::${aws:PrincipalAccount}:user/*"}}"#;
    assert!(holds(condition, "a:a=arn:aws:iam::111111111111:user/x aws:PrincipalAccount=111111111111"));
    assert!(!holds(condition, "a:a=arn:aws:iam::222222222222:user/x aws:PrincipalAccount=111111111111"));
    // A colon in a value does not open another segment.
    assert!(!holds(condition, "a:a=arn:aws:iam::1:user/x aws:PrincipalAccount=1:user"));
}

#[test]
fn an_old_policy_takes_variables_literally() {
    let text = |version: &str| {
        format!(
            r#"{{{version}"Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${{aws:username}}"}}}}"#
        )
    };
    for version in ["", r#""Version":"2008-10-17","#] {
        let policy = Policy::parse(&text(version), Kind::Identity).unwrap();
        let principal = crate::support::principal("alice");
        let keys = principal.add_keys(policy::Keys::new());
        let action = policy::Action::new("s3:GetObject");
        let owner = base::AccountId::parse(crate::support::HOME).unwrap();
        let opinion =
            |resource| policy.opinion(&policy::RequestContext::new(&principal, &action, resource, owner, &keys));
        assert_eq!(opinion("arn:aws:s3:::alice"), policy::Opinion::Silent);
        assert_ne!(opinion("arn:aws:s3:::${aws:username}"), policy::Opinion::Silent);
    }
}
