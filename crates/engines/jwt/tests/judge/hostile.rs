//! Tokens that are forged, broken, or could be read in two ways.

use jwt::{Algorithm, Part, Refusal};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{Issuer, claims, encoded, prove};

#[test]
fn a_token_is_proven_under_the_one_algorithm_of_its_key() {
    let (issuer, keys) = (Issuer::new(), Issuer::keys);
    let keys = keys(&issuer);
    let names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"];
    for named in names {
        for kid in names {
            let token = issuer.sign(&json!({"alg": named, "kid": kid}), claims(&json!({})).to_string().as_bytes());
            let (named, own) = (Algorithm::named(named).expect("a name"), Algorithm::named(kid).expect("a name"));
            let expected = if named == own { Ok("alice") } else { Err(Refusal::OtherAlgorithm { named, own }) };
            let proven = prove(&token, &keys);
            let proven = proven.as_ref().map(|claims| claims.subject.as_deref().unwrap_or_default());
            assert_eq!(proven.map_err(Clone::clone), expected, "{named:?} {kid}");
        }
    }
}

#[test]
fn an_unsigned_token_and_a_shared_secret_prove_nothing() {
    let issuer = Issuer::new();
    let keys = issuer.keys();
    for (alg, refusal) in [
        (json!("none"), Refusal::NotSigned),
        (json!("nOnE"), Refusal::NotSigned),
        // Signed with the public key as the secret, which everybody knows.
        (json!("HS256"), Refusal::SharedSecret),
        (json!("HS384"), Refusal::SharedSecret),
        (json!("HS512"), Refusal::SharedSecret),
        (json!("rs256"), Refusal::UnknownAlgorithm),
        (json!("RS1"), Refusal::UnknownAlgorithm),
        (json!("ES512"), Refusal::UnknownAlgorithm),
        (json!("EdDSA"), Refusal::UnknownAlgorithm),
        (json!(""), Refusal::UnknownAlgorithm),
        (json!(256), Refusal::UnknownAlgorithm),
        (json!(["RS256"]), Refusal::UnknownAlgorithm),
        (Json::Null, Refusal::UnknownAlgorithm),
    ] {
        let token = issuer.sign(&json!({"alg": alg, "kid": "RS256"}), claims(&json!({})).to_string().as_bytes());
        assert_eq!(prove(&token, &keys), Err(refusal.clone()), "{alg}");
        let (signed, _) = token.rsplit_once('.').expect("a signature");
        assert_eq!(prove(&format!("{signed}."), &keys), Err(refusal), "{alg} without a signature");
    }
}

#[test]
fn a_key_that_a_token_brings_along_is_not_read() {
    let (issuer, forger) = (Issuer::new(), Issuer::new());
    let keys = issuer.keys();
    for (name, value) in [
        ("jwk", forger.rsa("RS256", "RS256")),
        ("jku", json!("https://forger.example/keys")),
        ("x5u", json!("https://forger.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = json!({"alg": "RS256", "kid": "RS256", name: value});
        let payload = claims(&json!({})).to_string();
        assert_eq!(prove(&forger.sign(&header, payload.as_bytes()), &keys), Err(Refusal::Signature), "{name}");
        assert!(prove(&issuer.sign(&header, payload.as_bytes()), &keys).is_ok(), "{name} is nothing to us");
    }
    for name in ["crit", "b64", "zip"] {
        let header = json!({"alg": "RS256", "kid": "RS256", name: ["exp"]});
        let token = issuer.sign(&header, claims(&json!({})).to_string().as_bytes());
        assert_eq!(prove(&token, &keys), Err(Refusal::Extension), "{name}");
    }
}

#[test]
fn what_is_no_token_is_refused_and_told_apart() {
    let issuer = Issuer::new();
    let keys = issuer.keys();
    let good = issuer.token(&json!({}));
    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let (header, payload) = signed.split_once('.').expect("two parts");
    let deep = encoded(format!("{{\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000)).as_bytes());
    let other = encoded(claims(&json!({"sub": "bob"})).to_string().as_bytes());
    let head = |text: &str| format!("{}.{payload}.{signature}", encoded(text.as_bytes()));
    let body = |text: &[u8]| format!("{header}.{}.{signature}", encoded(text));
    for (token, refusal) in [
        ("a".repeat(1_000_000), Refusal::TooLong { bytes: 1_000_000, max: 8_192 }),
        (String::new(), Refusal::NotThreeParts),
        ("a.b".to_owned(), Refusal::NotThreeParts),
        (format!("{good}.AAAA"), Refusal::NotThreeParts),
        (format!("{good}="), Refusal::Encoding(Part::Signature)),
        (format!("{good} "), Refusal::Encoding(Part::Signature)),
        (format!(" {good}"), Refusal::Encoding(Part::Header)),
        (format!("{header}.{payload}+.{signature}"), Refusal::Encoding(Part::Claims)),
        (format!("{header}.\u{e4}.{signature}"), Refusal::Encoding(Part::Claims)),
        ("..".to_owned(), Refusal::NotJson(Part::Header)),
        (format!("{header}..{signature}"), Refusal::NotJson(Part::Claims)),
        (format!("{header}.{deep}.{signature}"), Refusal::NotJson(Part::Claims)),
        (format!("{header}.{other}.{signature}"), Refusal::Signature),
        (format!("{signed}."), Refusal::Signature),
        (head("[]"), Refusal::NotJson(Part::Header)),
        (head(r#"{"alg":"RS256","kid":"a","kid":"RS256"}"#), Refusal::Duplicate(Part::Header)),
        (head(r#"{"alg":"none","kid":"a","alg":"RS256"}"#), Refusal::Duplicate(Part::Header)),
        (head(r#"{"alg":"RS256"}"#), Refusal::NoKeyId),
        (head(r#"{"alg":"RS256","kid":""}"#), Refusal::NoKeyId),
        (head(r#"{"alg":"RS256","kid":7}"#), Refusal::NoKeyId),
        (head(r#"{"alg":"RS256","kid":"../../RS256"}"#), Refusal::UnknownKey),
        (body(br#"{"sub":"alice","sub":"bob"}"#), Refusal::Duplicate(Part::Claims)),
        (body(b"{\"sub\":\"\xff\"}"), Refusal::NotJson(Part::Claims)),
        (body(b"{\"exp\":1e400}"), Refusal::NotJson(Part::Claims)),
        (body(b"\"alice\""), Refusal::NotJson(Part::Claims)),
    ] {
        assert_eq!(prove(&token, &keys), Err(refusal), "{}", token.get(..200).unwrap_or(&token));
    }
    assert_eq!(prove(&Issuer::new().token(&json!({})), &keys), Err(Refusal::Signature), "another's key");
}

#[test]
fn no_single_changed_byte_of_a_token_proves() {
    let issuer = Issuer::new();
    let (keys, good) = (issuer.keys(), issuer.token(&json!({})));
    assert!(prove(&good, &keys).is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert!(prove(&changed, &keys).is_err(), "byte {at}");
    }
}

#[test]
fn a_refusal_repeats_nothing_of_the_token() {
    let (keys, mark) = (Issuer::new().keys(), "s3cr3t");
    let issuer = Issuer::new();
    for with in [json!({"iss": mark}), json!({"aud": mark}), json!({"exp": mark}), json!({"scope": mark})] {
        let refusal = prove(&issuer.token(&with), &keys).expect_err("it is refused");
        assert!(!refusal.to_string().contains(mark), "{refusal}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_-]{0,80}){0,4}") {
        if let Ok(jws) = jwt::Jws::parse(&text, 8_192) {
            let _ = jwt::Claims::parse(&jws.payload);
        }
    }

    #[test]
    fn any_bytes_are_claims_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = jwt::Claims::parse(&bytes);
    }

    #[test]
    fn any_header_is_read_or_refused(alg in "\\PC{0,8}", kid in "\\PC{0,8}", other in "\\PC{0,8}") {
        let header = json!({"alg": alg, "kid": kid, "x": other}).to_string();
        let token = format!("{}.e30.AAAA", encoded(header.as_bytes()));
        prop_assert!(jwt::Jws::parse(&token, 8_192).is_err());
    }
}
