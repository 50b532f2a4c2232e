//! Key sets as issuers publish them, and as they should not.

use std::sync::Arc;

use jwt::{Algorithm, KeySet, NoKeySet, Skipped, Unusable};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{Issuer, encoded};

fn read(keys: &[Json]) -> (KeySet, Vec<Skipped>) {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).expect("a key set")
}

fn with(mut key: Json, name: &str, value: Json) -> Json {
    key[name] = value;
    key
}

#[test]
fn a_key_that_cannot_be_used_is_passed_over_and_says_why() {
    let issuer = Issuer::new();
    let good = issuer.rsa("r", "RS256");
    let ec = issuer.published()["keys"][6].clone();
    let bits = |bytes: usize| encoded(&vec![0x7f; bytes]);
    for (key, why) in [
        (json!("text"), Unusable::NoKey),
        (json!({}), Unusable::NoKey),
        (with(good.clone(), "kid", json!(7)), Unusable::NoKey),
        (with(good.clone(), "kid", Json::Null), Unusable::NoId),
        (with(good.clone(), "kid", json!("")), Unusable::NoId),
        (with(good.clone(), "use", json!("enc")), Unusable::OtherUse),
        (with(good.clone(), "key_ops", json!(["sign"])), Unusable::OtherUse),
        (with(good.clone(), "kty", json!("oct")), Unusable::Kind),
        (with(good.clone(), "kty", json!("OKP")), Unusable::Kind),
        (with(ec.clone(), "crv", json!("P-521")), Unusable::Kind),
        (with(ec.clone(), "crv", json!("secp256k1")), Unusable::Kind),
        (with(good.clone(), "alg", json!("HS256")), Unusable::Algorithm),
        (with(good.clone(), "alg", json!("none")), Unusable::Algorithm),
        (with(good.clone(), "alg", json!("RSA-OAEP")), Unusable::Algorithm),
        (with(good.clone(), "alg", json!("ES256")), Unusable::Algorithm),
        (with(ec.clone(), "alg", json!("RS256")), Unusable::Algorithm),
        (with(ec.clone(), "alg", json!("ES384")), Unusable::Algorithm),
        (with(good.clone(), "n", json!(bits(128))), Unusable::Bits),
        // 2,047 bits.
        (with(good.clone(), "n", json!(bits(256))), Unusable::Bits),
        (with(good.clone(), "n", json!(encoded(&[0; 300]))), Unusable::Bits),
        (with(good.clone(), "n", json!(encoded(&vec![0xff; 1025]))), Unusable::Bits),
        (with(good.clone(), "n", json!("not base64!")), Unusable::Numbers),
        (with(good.clone(), "n", Json::Null), Unusable::Numbers),
        (with(good.clone(), "e", json!("AQ")), Unusable::Numbers),
        (with(good.clone(), "e", json!("Ag")), Unusable::Numbers),
        (with(good.clone(), "e", json!("")), Unusable::Numbers),
        (with(good.clone(), "e", json!(encoded(&[1; 5]))), Unusable::Numbers),
        (with(ec.clone(), "x", json!(encoded(&[1; 31]))), Unusable::Numbers),
        // Not on the curve.
        (with(ec.clone(), "x", json!(encoded(&[1; 32]))), Unusable::Numbers),
        (with(ec.clone(), "y", Json::Null), Unusable::Numbers),
    ] {
        let (keys, skipped) = read(&[key.clone(), issuer.rsa("other", "RS256")]);
        assert_eq!(skipped, [Skipped { index: 0, why }], "{key}");
        assert_eq!(keys.len(), 1, "the others stay usable: {key}");
    }
}

#[test]
fn a_key_without_an_algorithm_is_for_the_usual_one_of_its_kind() {
    let issuer = Issuer::new();
    let rsa = with(issuer.rsa("r", "RS256"), "alg", Json::Null);
    let (keys, _) = read(&[rsa, issuer.published()["keys"][6].clone(), issuer.published()["keys"][7].clone()]);
    let of = |kid| keys.get(kid).map(|key| key.algorithm());
    assert_eq!(
        [of("r"), of("ES256"), of("ES384")],
        [Some(Algorithm::Rs256), Some(Algorithm::Es256), Some(Algorithm::Es384)]
    );
}

#[test]
fn an_id_that_two_keys_have_names_neither() {
    let (one, two) = (Issuer::new(), Issuer::new());
    let (keys, skipped) = read(&[one.rsa("a", "RS256"), two.rsa("a", "RS256"), one.rsa("b", "RS256")]);
    assert_eq!(
        skipped.iter().map(|skipped| (skipped.index, skipped.why)).collect::<Vec<_>>(),
        [(0, Unusable::SameId), (1, Unusable::SameId)]
    );
    assert!(keys.get("a").is_none() && keys.get("b").is_some());
    // One key for two algorithms is two keys; one key twice is one.
    let (keys, _) = read(&[one.rsa("a", "RS256"), one.rsa("a", "PS256")]);
    assert!(keys.is_empty());
    let (keys, skipped) = read(&[one.rsa("a", "RS256"), one.rsa("a", "RS256")]);
    assert_eq!((keys.len(), skipped.len()), (1, 0));
}

#[test]
fn a_key_set_is_bounded_and_is_one() {
    let issuer = Issuer::new();
    for (text, why) in [
        (" ".repeat(150_001), NoKeySet::TooLong { bytes: 150_001 }),
        (String::new(), NoKeySet::Malformed),
        ("[]".to_owned(), NoKeySet::Malformed),
        (r#"{"keys":{}}"#.to_owned(), NoKeySet::Malformed),
        (r#"{"keys":[]"#.to_owned(), NoKeySet::Malformed),
        ("{}".to_owned(), NoKeySet::Malformed),
        (format!("{{\"keys\":{}{}}}", "[".repeat(5000), "]".repeat(5000)), NoKeySet::Malformed),
    ] {
        assert_eq!(KeySet::parse(text.as_bytes()), Err(why));
    }
    let many: Vec<Json> = (0..101).map(|at| issuer.rsa(&at.to_string(), "RS256")).collect();
    let (keys, skipped) = read(&many);
    assert_eq!((keys.len(), skipped), (100, vec![Skipped { index: 100, why: Unusable::Beyond }]));
}

#[test]
fn a_key_that_stays_is_the_very_same() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let (before, _) = read(&[issuer.rsa("a", "RS256"), issuer.rsa("b", "RS256")]);
    let (after, _) = read(&[other.rsa("a", "RS256"), issuer.rsa("b", "RS256")]);
    let after = after.keeping(&before);
    let same = |kid| Arc::ptr_eq(before.get(kid).expect("a key"), after.get(kid).expect("a key"));
    assert!(!same("a") && same("b"));
}

proptest! {
    #[test]
    fn any_key_set_is_read_or_refused(text in "\\PC{0,200}", member in "kty|n|e|crv|x|y|alg|use|kid|key_ops") {
        let _ = KeySet::parse(text.as_bytes());
        let set = json!({"keys": [{"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB", member: text}]});
        let _ = KeySet::parse(set.to_string().as_bytes());
    }

    #[test]
    fn any_numbers_make_a_key_or_none(n in proptest::collection::vec(any::<u8>(), 250..260), e in proptest::collection::vec(any::<u8>(), 0..6), x in proptest::collection::vec(any::<u8>(), 30..34)) {
        let _ = read(&[
            json!({"kty": "RSA", "kid": "r", "n": encoded(&n), "e": encoded(&e)}),
            json!({"kty": "EC", "crv": "P-256", "kid": "e", "x": encoded(&x), "y": encoded(&x)}),
        ]);
    }
}
