//! An issuer that signs what it is told to.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, RsaEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt::{Claims, Expected, Jws, KeySet, Refusal};
use serde_json::{Value as Json, json};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://issuer.example/realm";

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Good claims with some others.
pub(crate) fn claims(with: &Json) -> Json {
    let mut claims = json!({
        "iss": ISSUER, "aud": "app", "sub": "alice", "exp": NOW + 60, "iat": NOW - 60, "scope": "read write",
    });
    claims.as_object_mut().expect("an object").extend(with.as_object().expect("members").clone());
    claims
}

/// An RSA key and an EC key.
pub(crate) struct Issuer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ec_384: EcdsaKeyPair,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let ec = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let ec_384 = EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_FIXED_SIGNING).expect("a key");
        Self { rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"), ec, ec_384 }
    }

    /// The RSA key as it is published, for one algorithm.
    pub(crate) fn rsa(&self, kid: &str, alg: &str) -> Json {
        let public = self.rsa.public_key();
        let n = encoded(public.modulus().big_endian_without_leading_zero());
        let e = encoded(public.exponent().big_endian_without_leading_zero());
        json!({"kid": kid, "kty": "RSA", "use": "sig", "alg": alg, "n": n, "e": e})
    }

    /// All keys: each is named as its algorithm.
    pub(crate) fn published(&self) -> Json {
        let point = |key: &EcdsaKeyPair, kid: &str, crv: &str| {
            let point = key.public_key().as_ref();
            let (x, y) = point[1..].split_at((point.len() - 1) / 2);
            json!({"kid": kid, "kty": "EC", "crv": crv, "x": encoded(x), "y": encoded(y)})
        };
        let rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map(|alg| self.rsa(alg, alg));
        let ec = [point(&self.ec, "ES256", "P-256"), point(&self.ec_384, "ES384", "P-384")];
        json!({"keys": rsa.into_iter().chain(ec).collect::<Vec<_>>()})
    }

    pub(crate) fn keys(&self) -> KeySet {
        let (keys, skipped) = KeySet::parse(self.published().to_string().as_bytes()).expect("a key set");
        assert_eq!(skipped, []);
        keys
    }

    /// What an attacker takes for a secret: the modulus as it is published.
    pub(crate) fn modulus(&self) -> Vec<u8> {
        self.rsa.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    pub(crate) fn sign(&self, header: &Json, payload: &[u8]) -> String {
        let signed = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(payload));
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let mut made = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(encoding, &random, signed.as_bytes(), &mut made).expect("the key signs");
            made
        };
        let made = match header["alg"].as_str().unwrap_or_default() {
            "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
            "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
            "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
            "PS256" => rsa(&signature::RSA_PSS_SHA256),
            "PS384" => rsa(&signature::RSA_PSS_SHA384),
            "PS512" => rsa(&signature::RSA_PSS_SHA512),
            "ES256" => self.ec.sign(&random, signed.as_bytes()).expect("the key signs").as_ref().to_vec(),
            "ES384" => self.ec_384.sign(&random, signed.as_bytes()).expect("the key signs").as_ref().to_vec(),
            _ => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.modulus());
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{signed}.{}", encoded(&made))
    }

    /// A token of the RS256 key with these claims besides the good ones.
    pub(crate) fn token(&self, with: &Json) -> String {
        self.sign(&json!({"alg": "RS256", "kid": "RS256"}), claims(with).to_string().as_bytes())
    }
}

/// The whole way of a token: read, judged, its key found, its signature proven.
pub(crate) fn prove(token: &str, keys: &KeySet) -> Result<Claims, Refusal> {
    let jws = Jws::parse(token, base::limits::JWT_BYTES_MAX)?;
    let claims = Claims::parse(&jws.payload)?;
    let expected = Expected { issuer: ISSUER, audiences: &["app".into()], scopes: &["read".into()], now: NOW };
    expected.judge(&claims)?;
    keys.get(&jws.kid).ok_or(Refusal::UnknownKey)?.verify(&jws)?;
    Ok(claims)
}
