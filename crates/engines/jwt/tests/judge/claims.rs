//! What a token says: its times to the second, its audience, its scopes, and how claims are shown.

use jwt::{Claims, EARLY_S_MAX, Expected, Refusal};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{ISSUER, NOW, claims};

fn judge(with: &Json, scopes: &[&str]) -> Result<(), Refusal> {
    let claims = Claims::parse(claims(with).to_string().as_bytes())?;
    let scopes: Vec<_> = scopes.iter().copied().map(Into::into).collect();
    Expected { issuer: ISSUER, audiences: &["app".into(), "api".into()], scopes: &scopes, now: NOW }.judge(&claims)
}

#[test]
fn a_token_counts_from_its_beginning_to_its_end() {
    let (late, early) =
        (|exp| Err(Refusal::Expired { exp, now: NOW }), |claim, at| Err(Refusal::Early { claim, at, now: NOW }));
    let latest = NOW + EARLY_S_MAX;
    for (with, verdict) in [
        (json!({"exp": NOW + 1}), Ok(())),
        (json!({"exp": NOW}), late(NOW)),
        (json!({"exp": NOW - 1}), late(NOW - 1)),
        (json!({"exp": 0}), late(0)),
        (json!({"exp": -1}), late(-1)),
        // A part of a second does not carry a token over its end.
        (json!({"exp": NOW as f64 + 0.9}), late(NOW)),
        (json!({"exp": 1.9e9}), Ok(())),
        (json!({"exp": Json::Null}), Err(Refusal::Missing("exp"))),
        (json!({"exp": "1900000000"}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": true}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": [1_900_000_000]}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": 1e300}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": -1e300}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": i64::MAX}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": i64::MIN}), Err(Refusal::BadClaim("exp"))),
        (json!({"exp": u64::MAX}), Err(Refusal::BadClaim("exp"))),
        (json!({"nbf": latest}), Ok(())),
        (json!({"nbf": latest + 1}), early("nbf", latest + 1)),
        (json!({"nbf": "later"}), Err(Refusal::BadClaim("nbf"))),
        (json!({"nbf": u64::MAX}), Err(Refusal::BadClaim("nbf"))),
        (json!({"iat": latest}), Ok(())),
        (json!({"iat": latest + 1}), early("iat", latest + 1)),
        (json!({"iat": Json::Null}), Ok(())),
    ] {
        assert_eq!(judge(&with, &[]), verdict, "{with}");
    }
}

#[test]
fn a_token_is_from_one_issuer_and_made_out_to_one_of_ours() {
    for (with, verdict) in [
        (json!({"iss": "https://issuer.example/realm/"}), Err(Refusal::Issuer)),
        (json!({"iss": "https://ISSUER.example/realm"}), Err(Refusal::Issuer)),
        (json!({"iss": "http://issuer.example/realm"}), Err(Refusal::Issuer)),
        (json!({"iss": Json::Null}), Err(Refusal::Missing("iss"))),
        (json!({"iss": [ISSUER]}), Err(Refusal::BadClaim("iss"))),
        (json!({"aud": "api"}), Ok(())),
        (json!({"aud": ["other", "app"]}), Ok(())),
        (json!({"aud": ["other"]}), Err(Refusal::Audience)),
        (json!({"aud": "App"}), Err(Refusal::Audience)),
        (json!({"aud": "app other"}), Err(Refusal::Audience)),
        (json!({"aud": ""}), Err(Refusal::Audience)),
        (json!({"aud": []}), Err(Refusal::Missing("aud"))),
        (json!({"aud": [["app"]]}), Err(Refusal::BadClaim("aud"))),
        (json!({"aud": ["app", 7]}), Err(Refusal::BadClaim("aud"))),
        (json!({"aud": {"app": true}}), Err(Refusal::BadClaim("aud"))),
        (json!({"aud": vec!["app"; 101]}), Err(Refusal::BadClaim("aud"))),
        (json!({"aud": Json::Null}), Err(Refusal::Missing("aud"))),
        (json!({"aud": Json::Null, "client_id": "app"}), Ok(())),
        (json!({"aud": Json::Null, "client_id": "other"}), Err(Refusal::Audience)),
        // `client_id` cannot help a token that is made out to somebody else.
        (json!({"aud": "other", "client_id": "app"}), Err(Refusal::Audience)),
        (json!({"client_id": 7}), Err(Refusal::BadClaim("client_id"))),
    ] {
        assert_eq!(judge(&with, &[]), verdict, "{with}");
    }
}

#[test]
fn one_of_the_scopes_is_enough_and_a_part_of_one_is_not() {
    for (with, scopes, verdict) in [
        (json!({}), &["write"][..], Ok(())),
        (json!({}), &["admin", "read"], Ok(())),
        (json!({}), &["admin"], Err(Refusal::Scope)),
        (json!({}), &["rea"], Err(Refusal::Scope)),
        (json!({}), &["read write"], Err(Refusal::Scope)),
        (json!({"scope": Json::Null}), &["read"], Err(Refusal::Scope)),
        (json!({"scope": ""}), &["read"], Err(Refusal::Scope)),
        (json!({"scope": ["read", "x"]}), &["read"], Ok(())),
        (json!({"scope": Json::Null, "scp": "x read"}), &["read"], Ok(())),
        (json!({"scope": Json::Null, "scp": ["read"]}), &["read"], Ok(())),
        (json!({"scp": [7]}), &["read"], Err(Refusal::BadClaim("scp"))),
        (json!({"scope": {"read": 1}}), &["read"], Err(Refusal::BadClaim("scope"))),
        (json!({"scope": Json::Null}), &[], Ok(())),
        // What is wrong besides comes first.
        (json!({"exp": 1}), &["admin"], Err(Refusal::Expired { exp: 1, now: NOW })),
    ] {
        assert_eq!(judge(&with, scopes), verdict, "{with} {scopes:?}");
    }
}

#[test]
fn claims_are_shown_as_text() {
    let said = json!({
        "sub": "alice", "n": 7, "f": 1.5, "yes": true, "no": null, "groups": ["a", "b,c"], "o": {"k": 1}, "custom:role": "x",
    });
    let claims = Claims::parse(said.to_string().as_bytes()).expect("claims");
    for (name, text) in [
        ("sub", Some("alice")),
        ("n", Some("7")),
        ("f", Some("1.5")),
        ("yes", Some("true")),
        ("no", None),
        ("groups", Some(r#"["a","b,c"]"#)),
        ("o", Some(r#"{"k":1}"#)),
        ("custom:role", Some("x")),
        ("other", None),
    ] {
        assert_eq!(claims.text(name).as_deref(), text, "{name}");
    }
    assert_eq!(claims.texts().count(), 7);
}

proptest! {
    #[test]
    fn any_claims_are_judged(
        name in "iss|sub|aud|client_id|exp|nbf|iat|scope|scp",
        number in any::<f64>(),
        whole in any::<i64>(),
        text in "\\PC{0,40}",
    ) {
        for value in [json!(number), json!(whole), json!(text), json!([text, number]), json!([text]), json!({"a": text})] {
            let _ = judge(&json!({ name.clone(): value }), &["read"]);
        }
    }

    #[test]
    fn no_time_but_the_present_is_believed(exp in any::<i64>(), nbf in any::<i64>()) {
        if judge(&json!({"exp": exp, "nbf": nbf}), &[]).is_ok() {
            prop_assert!(exp > NOW && nbf <= NOW + EARLY_S_MAX);
        }
    }
}
