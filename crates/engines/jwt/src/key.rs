//! A public key that an issuer publishes, ready to verify. <https://www.rfc-editor.org/rfc/rfc7517#section-4>

use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::algorithm::Verification;
use crate::{Algorithm, Jws, Refusal};

/// RSA keys, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key. Two are equal when they verify the same signatures under the same name.
#[derive(Clone)]
pub struct Key {
    kid: Box<str>,
    algorithm: Algorithm,
    /// What was published: the modulus and the exponent, or the point.
    material: [Vec<u8>; 2],
    public: ParsedPublicKey,
}

/// Why a published key verifies nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is no object, or a member of it has the wrong type.
    #[error("it is not a key")]
    NoKey,
    /// No token can name it.
    #[error("it has no id (kid)")]
    NoId,
    /// It is for encryption, or for signing only.
    #[error("it is not for verifying (use, key_ops)")]
    OtherUse,
    /// It is of another kind than RSA, P-256 or P-384.
    #[error("its kind is not RSA, P-256 or P-384 (kty, crv)")]
    Kind,
    /// Its algorithm is not one of its kind that is taken.
    #[error("its algorithm is not one that is taken for its kind (alg)")]
    Algorithm,
    /// An RSA key of too few or too many bits.
    #[error("an RSA key must have 2,048 to 8,192 bits")]
    Bits,
    /// Its numbers make no key.
    #[error("its numbers make no key")]
    Numbers,
    /// Another key of the set has the same id.
    #[error("another key has the same id (kid)")]
    SameId,
    /// The set has more keys than are read.
    #[error("it stands behind more keys than are read")]
    Beyond,
}

#[derive(Deserialize)]
struct Published {
    kid: Option<String>,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// Reads a published key. One that names no algorithm is for the usual one of its kind: `RS256`, `ES256` or `ES384`.
    pub fn read(published: &Value) -> Result<Self, Unusable> {
        let published = Published::deserialize(published).map_err(|_| Unusable::NoKey)?;
        let kid = published.kid.clone().filter(|kid| !kid.is_empty()).ok_or(Unusable::NoId)?;
        let verifies = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        if published.used_for.as_deref().is_some_and(|used_for| used_for != "sig")
            || !published.key_ops.as_ref().is_none_or(verifies)
        {
            return Err(Unusable::OtherUse);
        }
        let usual = usual(&published)?;
        let algorithm =
            published.alg.as_deref().map_or(Ok(usual), Algorithm::named).map_err(|_| Unusable::Algorithm)?;
        let (material, public) = match (algorithm.verification(), usual.verification()) {
            (Verification::Rsa(parameters), Verification::Rsa(_)) => {
                let [n, e] = rsa(&published)?;
                let public = RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() };
                let public = public.to_parsed_public_key(parameters).map_err(|_| Unusable::Numbers)?;
                ([n, e], public)
            }
            (Verification::Ec(curve), Verification::Ec(_)) if algorithm == usual => {
                let point = point(&published, if algorithm == Algorithm::Es256 { 32 } else { 48 })?;
                let public = ParsedPublicKey::new(curve, &point).map_err(|_| Unusable::Numbers)?;
                ([point, Vec::new()], public)
            }
            (Verification::Rsa(_), Verification::Ec(_))
            | (Verification::Ec(_), Verification::Rsa(_) | Verification::Ec(_)) => return Err(Unusable::Algorithm),
        };
        Ok(Self { kid: kid.into(), algorithm, material, public })
    }

    /// The name that tokens know it by.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Proves a token's signature. SECURITY: the key decides what its signatures are, not the token.
    pub fn verify(&self, token: &Jws<'_>) -> Result<(), Refusal> {
        if token.algorithm != self.algorithm {
            return Err(Refusal::OtherAlgorithm { named: token.algorithm, own: self.algorithm });
        }
        self.public.verify_sig(token.signed, &token.signature).map_err(|_| Refusal::Signature)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.kid == other.kid && self.algorithm == other.algorithm && self.material == other.material
    }
}

impl Eq for Key {}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The algorithm of a key that names none.
fn usual(published: &Published) -> Result<Algorithm, Unusable> {
    match (published.kty.as_str(), published.crv.as_deref()) {
        ("RSA", None) => Ok(Algorithm::Rs256),
        ("EC", Some("P-256")) => Ok(Algorithm::Es256),
        ("EC", Some("P-384")) => Ok(Algorithm::Es384),
        _ => Err(Unusable::Kind),
    }
}

fn number(text: Option<&String>) -> Result<Vec<u8>, Unusable> {
    URL_SAFE_NO_PAD.decode(text.ok_or(Unusable::Numbers)?.trim_end_matches('=')).map_err(|_| Unusable::Numbers)
}

/// Modulus and exponent without zeros in front.
fn rsa(published: &Published) -> Result<[Vec<u8>; 2], Unusable> {
    let digits = |text| number(text).map(|bytes| bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>());
    let (n, e) = (digits(published.n.as_ref())?, digits(published.e.as_ref())?);
    let bits = (n.len() * 8).saturating_sub(n.first().map_or(0, |first| first.leading_zeros() as usize));
    if !RSA_BITS.contains(&bits) {
        return Err(Unusable::Bits);
    }
    // SECURITY: with an exponent of one everything is signed.
    let (is_small, is_odd) = (e.len() <= 4, e.last().is_some_and(|last| last % 2 == 1));
    if is_small && is_odd && e != [1] { Ok([n, e]) } else { Err(Unusable::Numbers) }
}

/// An uncompressed point.
fn point(published: &Published, bytes: usize) -> Result<Vec<u8>, Unusable> {
    let (x, y) = (number(published.x.as_ref())?, number(published.y.as_ref())?);
    if x.len() != bytes || y.len() != bytes {
        return Err(Unusable::Numbers);
    }
    Ok([&[4][..], &x, &y].concat())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::json;

    use super::*;

    const FILES: [(&str, Algorithm); 11] = [
        ("rsa_signature_2048_sha256_test.json", Algorithm::Rs256),
        ("rsa_signature_3072_sha256_test.json", Algorithm::Rs256),
        ("rsa_signature_4096_sha384_test.json", Algorithm::Rs384),
        ("rsa_signature_2048_sha384_test.json", Algorithm::Rs384),
        ("rsa_signature_2048_sha512_test.json", Algorithm::Rs512),
        ("rsa_pss_2048_sha256_mgf1_32_test.json", Algorithm::Ps256),
        ("rsa_pss_3072_sha256_mgf1_32_test.json", Algorithm::Ps256),
        ("rsa_pss_2048_sha384_mgf1_48_test.json", Algorithm::Ps384),
        ("rsa_pss_4096_sha512_mgf1_64_test.json", Algorithm::Ps512),
        ("ecdsa_secp256r1_sha256_p1363_test.json", Algorithm::Es256),
        ("ecdsa_secp384r1_sha384_p1363_test.json", Algorithm::Es384),
    ];

    #[test]
    fn wycheproofs_signatures_are_judged_as_it_says() {
        let (mut valid, mut invalid) = (0, 0);
        for (file, algorithm) in FILES {
            let Some(document) = vectors(file) else {
                println!("no Wycheproof vectors found; set PORTCULLIS_VECTORS to run them");
                return;
            };
            for group in document["testGroups"].as_array().expect("groups") {
                let key = Key::read(&published(group, algorithm)).expect("a key");
                for test in group["tests"].as_array().expect("tests") {
                    let (message, signature) = (hexadecimal(&test["msg"]), hexadecimal(&test["sig"]));
                    let (kid, payload) = (String::new(), Vec::new());
                    let outcome = key.verify(&Jws { algorithm, kid, payload, signed: &message, signature }).is_ok();
                    match test["result"].as_str() {
                        Some("valid") => assert!(outcome, "{file} {}", test["tcId"]),
                        Some("invalid") => assert!(!outcome, "{file} {}", test["tcId"]),
                        // What is called acceptable may go either way.
                        _ => continue,
                    }
                    (valid, invalid) = (valid + usize::from(outcome), invalid + usize::from(!outcome));
                }
            }
        }
        assert!(valid > 500 && invalid > 1_500, "only {valid} valid and {invalid} invalid vectors ran");
    }

    /// A key of Wycheproof's as an issuer publishes it.
    fn published(group: &Value, algorithm: Algorithm) -> Value {
        let key = &group["publicKey"];
        let number = |member: &Value, bytes| {
            let digits: Vec<u8> = hexadecimal(member).into_iter().skip_while(|byte| *byte == 0).collect();
            let zeros = vec![0; usize::saturating_sub(bytes, digits.len())];
            URL_SAFE_NO_PAD.encode([zeros, digits].concat())
        };
        let point = |curve: &str, bytes| json!({"kid": "k", "kty": "EC", "crv": curve, "x": number(&key["wx"], bytes), "y": number(&key["wy"], bytes)});
        match algorithm {
            Algorithm::Es256 => point("P-256", 32),
            Algorithm::Es384 => point("P-384", 48),
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => {
                let (n, e) = (number(&key["modulus"], 0), number(&key["publicExponent"], 0));
                json!({"kid": "k", "kty": "RSA", "alg": algorithm.name(), "n": n, "e": e})
            }
        }
    }

    fn hexadecimal(text: &Value) -> Vec<u8> {
        let pairs = text.as_str().unwrap_or_default().as_bytes().chunks(2);
        pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
    }

    fn vectors(name: &str) -> Option<Value> {
        let root = std::env::var_os("PORTCULLIS_VECTORS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
        let text = std::fs::read(root.join("wycheproof/testvectors_v1").join(name)).ok()?;
        Some(serde_json::from_slice(&text).expect("JSON"))
    }
}
