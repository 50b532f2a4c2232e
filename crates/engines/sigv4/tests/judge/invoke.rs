//! Calls to a deployed API: what is known before the body is read, and what the body must be.

use crate::support::{KEY, Request, THEN, at, secret};
use sigv4::{
    Claim, Expectation, HeadProof, KeyPair, Mismatch, MultiRegionSigner, PathRule, Payload, Refusal, Signer,
    SigningKey, Verified,
};

const OF_HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLE+token==";

fn post(announced: Option<&str>) -> Request {
    let mut request = Request::get("/prod/pets", "a=1");
    request.method = "POST".to_owned();
    request.body = b"hello".to_vec();
    match announced {
        Some(announced) => request.with("X-Amz-Content-Sha256", announced),
        None => request,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Header,
    Query,
}

/// Signs for `execute-api` with SigV4 or SigV4A; `body` is what the client hashes.
fn signed(request: &Request, asymmetric: bool, place: Place, token: Option<&str>) -> Request {
    let (secret, token) = (secret(), token.map(|token| token.to_owned().into()));
    let pair = KeyPair::derive(KEY, &secret).unwrap();
    let (service, session_token, path) = ("execute-api", token.as_ref(), PathRule::Normalized);
    let one = Signer { access_key_id: KEY, secret: &secret, session_token, region: "eu-west-1", service, path };
    let many = MultiRegionSigner {
        access_key_id: KEY,
        pair: &pair,
        session_token,
        region_set: "us-east-1,eu-*",
        service,
        path,
    };
    let mut request = request.clone();
    let body = request.body.clone();
    if place == Place::Query {
        request.query = request.received(|received| {
            if asymmetric {
                many.presign(received, &body, at(THEN), 60).unwrap()
            } else {
                one.presign(received, &body, at(THEN), 60)
            }
        });
        return request;
    }
    let added = request.received(|received| {
        if asymmetric { many.sign(received, &body, at(THEN)).unwrap() } else { one.sign(received, &body, at(THEN)) }
    });
    added.into_iter().fold(request, |request, (name, value)| request.with(name, &value))
}

fn invoke<'a>() -> Expectation<'a> {
    Expectation::invoke(&["eu-west-1"], at(THEN))
}

fn verify(request: &Request) -> Result<Verified, Refusal> {
    request.verify(&invoke())
}

fn prove_head(request: &Request) -> Result<Option<HeadProof>, Refusal> {
    request.received(|received| {
        let claim = Claim::parse(received)?;
        claim.prove_head(received, &SigningKey::for_claim(&claim, &secret()), &invoke())
    })
}

#[test]
fn both_algorithms_are_good_in_both_places_with_and_without_a_token() {
    for asymmetric in [false, true] {
        for place in [Place::Header, Place::Query] {
            for token in [None, Some(TOKEN)] {
                let request = signed(&post(None), asymmetric, place, token);
                let verified = verify(&request);
                assert!(verified.as_ref().is_ok_and(|verified| verified.body_is_signed), "{verified:?}");
                let claim = request.received(Claim::parse).unwrap();
                assert_eq!(claim.session_token.as_ref().map(|token| token.expose().as_str()), token);

                let mut other_body = request.clone();
                other_body.body = b"hellO".to_vec();
                let refused = verify(&other_body);
                assert!(matches!(refused, Err(Refusal::Mismatch(Mismatch::Signature { .. }))), "{refused:?}");
            }
        }
    }
}

#[test]
fn a_token_may_be_added_unsigned_in_the_header_or_the_query() {
    for asymmetric in [false, true] {
        for place in [Place::Header, Place::Query] {
            let request = signed(&post(None), asymmetric, place, None);
            let mut in_query = request.clone();
            in_query
                .query
                .push_str("&X-Amz-Security-Token=AQoDYXdzEPT%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEXAMPLE%2Btoken%3D%3D");
            for request in [in_query, request.with("X-Amz-Security-Token", TOKEN)] {
                let verified = verify(&request);
                assert!(verified.is_ok(), "{verified:?}");
                let claim = request.received(Claim::parse).unwrap();
                assert_eq!(claim.session_token.unwrap().expose(), TOKEN);
            }
        }
    }
}

#[test]
fn two_different_tokens_are_refused() {
    let request = signed(&post(None), false, Place::Query, Some(TOKEN));
    let same = request.clone().with("X-Amz-Security-Token", TOKEN);
    assert!(verify(&same).is_ok());
    let other = request.with("X-Amz-Security-Token", "other");
    assert_eq!(verify(&other).unwrap_err().message(), "'X-Amz-Security-Token' must not be given more than once.");
}

#[test]
fn a_token_that_was_signed_cannot_be_exchanged() {
    for asymmetric in [false, true] {
        let mut request = signed(&post(None), asymmetric, Place::Header, Some(TOKEN));
        for (name, value) in &mut request.headers {
            if name == "x-amz-security-token" {
                *value = b"another".to_vec();
            }
        }
        assert!(verify(&request).is_err());
        let mut request = signed(&post(None), asymmetric, Place::Query, Some(TOKEN));
        request.query = request.query.replace("token", "t0ken");
        assert!(verify(&request).is_err());
    }
}

#[test]
fn an_announced_body_is_judged_before_it_is_read() {
    for asymmetric in [false, true] {
        let request = signed(&post(Some(OF_HELLO)), asymmetric, Place::Header, None);
        let proof = prove_head(&request).unwrap().expect("the hash was announced");
        assert!(proof.verify_body(Payload::Bytes(b"hello")).is_ok_and(|verified| verified.body_is_signed));
        let proof = prove_head(&request).unwrap().expect("the hash was announced");
        assert_eq!(proof.verify_body(Payload::Bytes(b"hellO")).unwrap_err(), Refusal::Mismatch(Mismatch::Payload));
        let forged = request.with_signature(&"0".repeat(64));
        assert!(matches!(prove_head(&forged), Err(Refusal::Mismatch(Mismatch::Signature { .. }))));
    }
}

#[test]
fn without_an_announcement_the_body_must_be_read_first() {
    for announced in [None, Some("UNSIGNED-PAYLOAD"), Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), Some("")] {
        let request = signed(&post(announced), false, Place::Header, None);
        assert!(prove_head(&request).unwrap().is_none(), "{announced:?}");
    }
}

#[test]
fn a_hopeless_claim_is_refused_without_key_and_body() {
    let request = signed(&post(None), false, Place::Header, None);
    let check = |expectation: &Expectation<'_>| {
        request.received(|received| Claim::parse(received)?.check(received, expectation))
    };
    assert_eq!(check(&invoke()), Ok(()));
    for (expectation, words) in [
        (Expectation { now: at(THEN + 301), ..invoke() }, "Signature expired"),
        (Expectation { now: at(THEN - 301), ..invoke() }, "Signature not yet current"),
        (Expectation { regions: &["us-east-1"], ..invoke() }, "Credential should be scoped to a valid region"),
        (Expectation { service: "sts", ..invoke() }, "Credential should be scoped to correct service: 'sts'. "),
    ] {
        let refusal = check(&expectation).unwrap_err();
        assert!(refusal.message().starts_with(words), "{refusal}");
    }
}

/// S3's forms of signing do not exist elsewhere: AWS hashes what it received, and says so in the canonical string.
#[test]
fn unsigned_and_streaming_bodies_are_refused_with_the_hash_that_was_expected() {
    for announced in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        OF_NOTHING,
    ] {
        // A client of S3's kind puts the announcement in place of the hash; no body of ours has that hash.
        let mut request = post(Some(announced));
        request.body = announced.as_bytes().to_vec();
        let mut request = signed(&request, false, Place::Header, None);
        request.body = b"hello".to_vec();
        let message = verify(&request).unwrap_err().message();
        assert!(message.contains(&format!("\nx-amz-content-sha256:{announced}\n")), "{message}");
        assert!(message.contains(&format!("\n{OF_HELLO}'\n\nThe String-to-Sign")), "{message}");
    }
}

#[test]
fn a_right_signature_does_not_excuse_a_wrong_announcement() {
    for announced in [OF_NOTHING, "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "", "0"] {
        let request = signed(&post(Some(announced)), false, Place::Header, None);
        assert_eq!(verify(&request), Err(Refusal::Mismatch(Mismatch::Payload)), "{announced}");
    }
    let upper = signed(&post(Some(&OF_HELLO.to_uppercase())), false, Place::Header, None);
    assert!(verify(&upper).is_ok());
}
