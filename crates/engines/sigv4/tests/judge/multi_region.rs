//! SigV4A: regions, keys of the other kind, and signatures that two readers could read differently.

use crate::support::{Request, THEN, at, expectation, multi_region_signer, secret, signer};
use sigv4::{Claim, Expectation, KeyCache, KeyPair, Mismatch, Payload, Refusal, SigningKey};

fn signature(request: &Request) -> String {
    let (_, header) = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    let header = std::str::from_utf8(header).unwrap();
    header.split_once("Signature=").unwrap().1.to_owned()
}

fn refused_as_wrong(request: &Request) -> bool {
    matches!(request.verify(&expectation()), Err(Refusal::Mismatch(Mismatch::Signature { .. })))
}

#[test]
fn a_signature_is_good_in_the_regions_it_names() {
    for (set, good) in [
        ("us-east-1", true),
        ("eu-west-1,us-east-1", true),
        ("us-*", true),
        ("*", true),
        ("eu-west-1", false),
        ("eu-*,ap-*", false),
        (",", false),
    ] {
        for request in [Request::get("/", "").signed_for(set), Request::get("/", "").presigned_for(set, 60)] {
            let verified = request.verify(&expectation());
            assert_eq!(verified.is_ok(), good, "{set}: {verified:?}");
            if let Err(refusal) = verified {
                assert_eq!(refusal.message(), format!("Credential should be scoped to a valid region, not '{set}'. "));
            }
        }
    }
}

#[test]
fn the_regions_must_be_named_once_signed_and_in_the_signatures_own_place() {
    let words = |request: &Request| request.verify(&expectation()).unwrap_err().message();
    let missing = "AWS4-ECDSA-P256-SHA256 requires existence of 'X-Amz-Region-Set'.";
    let signed = Request::get("/", "").signed_for("*");
    let mut without = signed.clone();
    without.headers.retain(|(name, _)| name != "x-amz-region-set");
    assert_eq!(words(&without), missing);
    without.query = "X-Amz-Region-Set=*".to_owned();
    assert_eq!(words(&without), missing);

    let presigned = Request::get("/", "").presigned_for("*", 60);
    let mut without = presigned.clone().with("X-Amz-Region-Set", "*");
    without.query = without.query.replace("X-Amz-Region-Set=%2A&", "");
    assert_eq!(words(&without), missing);

    let twice = signed.clone().with("X-Amz-Region-Set", "*");
    assert_eq!(words(&twice), "'X-Amz-Region-Set' must not be given more than once.");
    let mut twice = presigned;
    twice.query.push_str("&X-Amz-Region-Set=us-east-1");
    assert_eq!(words(&twice), "'X-Amz-Region-Set' must not be given more than once.");

    let mut widened = Request::get("/", "").signed_for("us-east-1");
    for (name, value) in &mut widened.headers {
        if name == "x-amz-region-set" {
            *value = b"*".to_vec();
        }
    }
    assert!(refused_as_wrong(&widened));
}

#[test]
fn a_credential_has_four_elements_and_fits_day_service_and_term() {
    let bent = |from: &str, to: &str| {
        let mut request = Request::get("/", "").signed_for("*");
        let (_, value) = request.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
        *value = String::from_utf8(value.clone()).unwrap().replace(from, to).into_bytes();
        request.verify(&expectation()).unwrap_err().message()
    };
    assert_eq!(
        bent("/service/", "/us-east-1/service/"),
        "Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got \
         'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request'"
    );
    assert!(bent("/service", "").starts_with("Credential must have exactly 4"));
    assert_eq!(bent("/service/", "/sts/"), "Credential should be scoped to correct service: 'service'. ");
    assert!(bent("aws4_request", "aws4a_request").starts_with("Credential should be scoped with a valid terminator"));
    assert!(bent("20150830", "20150829").starts_with("Date in Credential scope does not match"));
    assert!(bent("AWS4-ECDSA-P256-SHA256", "AWS4-ECDSA-P384-SHA384").starts_with("Unsupported AWS 'algorithm'"));
}

#[test]
fn the_window_is_the_same_for_both_algorithms() {
    let request = Request::get("/", "").signed_for("*");
    let presigned = Request::get("/", "").presigned_for("*", 604_800);
    for (request, seconds, good) in [
        (&request, 300, true),
        (&request, 301, false),
        (&request, -300, true),
        (&request, -301, false),
        (&presigned, 604_800, true),
        (&presigned, 604_801, false),
        (&presigned, -301, false),
    ] {
        let verified = request.verify(&Expectation { now: at(THEN + seconds), ..expectation() });
        assert_eq!(verified.is_ok(), good, "{seconds}: {verified:?}");
    }
}

/// SECURITY: a public key must never be taken for a shared one, nor the other way round.
#[test]
fn a_key_of_the_other_algorithm_proves_nothing() {
    let secret = secret();
    for (request, other) in [
        (Request::get("/", "").signed(), Request::get("/", "").signed_for("*")),
        (Request::get("/", "").signed_for("*"), Request::get("/", "").signed()),
    ] {
        let key = SigningKey::for_claim(&other.received(Claim::parse).unwrap(), &secret);
        let refused = request.received(|received| {
            Claim::parse(received).unwrap().verify(received, Payload::EMPTY, &key, &expectation())
        });
        assert!(matches!(refused, Err(Refusal::Mismatch(Mismatch::Signature { .. }))), "{refused:?}");
    }
}

#[test]
fn the_cache_keeps_one_pair_a_key_beside_the_derived_keys_and_forgets_both() {
    let cache = KeyCache::new(64);
    let ask = |request: &Request| {
        let claim = request.received(Claim::parse).unwrap();
        let key = cache.signing_key(&claim, || Ok::<_, Refusal>(secret())).unwrap();
        request.received(|received| claim.verify(received, Payload::EMPTY, &key, &expectation())).unwrap();
    };
    for set in ["*", "us-east-1", "us-*"] {
        ask(&Request::get("/", "").signed_for(set));
    }
    assert_eq!(cache.len(), 1);
    ask(&Request::get("/", "").signed());
    assert_eq!(cache.len(), 2);
    let claim = Request::get("/", "").signed().received(Claim::parse).unwrap();
    cache.forget(&claim.access_key_id);
    assert!(cache.is_empty());
}

#[test]
fn a_pair_belongs_to_its_access_key_and_secret() {
    let request = Request::get("/", "").signed_for("*");
    let claim = request.received(Claim::parse).unwrap();
    for (secret, good) in [(secret(), true), ("another".to_owned().into(), false), (String::new().into(), false)] {
        let key = SigningKey::for_claim(&claim, &secret);
        let verified = request.received(|received| claim.verify(received, Payload::EMPTY, &key, &expectation()));
        assert_eq!(verified.is_ok(), good);
    }
    let other = KeyPair::derive("AKIDOTHER", &secret()).unwrap();
    let signer = multi_region_signer(&other, "*");
    let unsigned = Request::get("/", "");
    let added = unsigned.received(|received| signer.sign(received, b"", at(THEN)).unwrap());
    let request = added.iter().fold(unsigned, |request, (name, value)| request.with(name, value));
    assert!(refused_as_wrong(&request));
}

/// The order of P-256, for the second signature that every signature has.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// `order - s`, big-endian.
fn negated(s: &[u8]) -> Vec<u8> {
    let order = hex::decode(ORDER).unwrap();
    let s: Vec<u8> = std::iter::repeat_n(0, 32 - s.len()).chain(s.iter().copied()).collect();
    let mut borrow = 0;
    let mut difference = vec![0; 32];
    for at in (0..32).rev() {
        let value = i16::from(order[at]) - i16::from(s[at]) - borrow;
        difference[at] = (value & 0xff) as u8;
        borrow = i16::from(value < 0);
    }
    difference
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len() - 1);
    let mut value = bytes[start..].to_vec();
    if value[0] & 0x80 != 0 {
        value.insert(0, 0);
    }
    [vec![2, value.len() as u8], value].concat()
}

fn der(r: &[u8], s: &[u8]) -> String {
    let inner = [integer(r), integer(s)].concat();
    hex::encode([vec![0x30, inner.len() as u8], inner].concat())
}

fn halves(signature: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = hex::decode(signature).unwrap();
    let r_len = usize::from(bytes[3]);
    let strip = |bytes: &[u8]| bytes[bytes.iter().position(|byte| *byte != 0).unwrap()..].to_vec();
    (strip(&bytes[4..4 + r_len]), strip(&bytes[6 + r_len..]))
}

/// Amazon's own signers send high and low `s`; nothing here takes a signature for a request's name, so both are good.
#[test]
fn a_high_and_a_low_s_are_the_same_signature() {
    let request = Request::get("/", "").signed_for("*");
    let (r, s) = halves(&signature(&request));
    assert!(request.clone().with_signature(&der(&r, &s)).verify(&expectation()).is_ok());
    assert!(request.with_signature(&der(&r, &negated(&s))).verify(&expectation()).is_ok());
}

#[test]
fn a_signature_in_any_form_but_der_is_refused() {
    let request = Request::get("/", "").signed_for("*");
    let good = signature(&request);
    let (r, s) = halves(&good);
    let order = hex::decode(ORDER).unwrap();
    let bytes = hex::decode(&good).unwrap();
    let body = &bytes[2..];
    let padded = {
        let (r, s) = (integer(&r), integer(&s));
        let r = [vec![2, r[1] + 1, 0], r[2..].to_vec()].concat();
        let inner = [r, s].concat();
        hex::encode([vec![0x30, inner.len() as u8], inner].concat())
    };
    let wide =
        |bytes: &[u8]| std::iter::repeat_n(0, 32 - bytes.len()).chain(bytes.iter().copied()).collect::<Vec<u8>>();
    for wrong in [
        String::new(),
        "00".to_owned(),
        "zz".repeat(35),
        good.to_uppercase(),
        good[1..].to_owned(),
        good[2..].to_owned(),
        format!("{good}0"),
        format!("{good}00"),
        format!(" {good}"),
        good.repeat(2),
        "0".repeat(64),
        "0".repeat(100_000),
        padded,
        // A length in the long form, an indefinite one, the raw pair.
        hex::encode([vec![0x30, 0x81, body.len() as u8], body.to_vec()].concat()),
        hex::encode([vec![0x30, 0x80], body.to_vec(), vec![0, 0]].concat()),
        hex::encode([wide(&r), wide(&s)].concat()),
        der(&[0], &[0]),
        der(&[0], &s),
        der(&r, &[0]),
        der(&order, &order),
        der(&r, &order),
        der(&s, &r),
        "3006020100020100".to_owned(),
        "30060201010201ff".to_owned(),
    ] {
        if wrong.is_empty() {
            assert!(request.clone().with_signature(&wrong).verify(&expectation()).is_err());
        } else {
            assert!(refused_as_wrong(&request.clone().with_signature(&wrong)), "{wrong}");
        }
    }
}

/// The HMAC of a text under anything public must not pass as a signature.
#[test]
fn the_name_of_the_algorithm_is_part_of_what_is_signed() {
    let secret = secret();
    let request = Request::get("/", "").with("X-Amz-Region-Set", "*");
    let added = request.received(|received| signer(&secret).sign(received, b"", at(THEN)));
    let signed = added.iter().fold(request, |request, (name, value)| request.with(name, value));
    let mut bent = signed;
    let (_, value) = bent.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
    let text = String::from_utf8(value.clone()).unwrap();
    *value = text
        .replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
        .replace("/us-east-1/service", "/service")
        .into_bytes();
    assert!(refused_as_wrong(&bent));
}
