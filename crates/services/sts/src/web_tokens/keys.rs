//! JSON Web Keys, and signatures made with them. <https://www.rfc-editor.org/rfc/rfc7517>

use aws_lc_rs::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use operation::Untrue;
use serde::Deserialize;

use super::token::Algorithm;

/// More keys than any issuer publishes.
const KEYS_MAX: usize = 100;
/// RSA keys of 2,048 to 8,192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key that signatures are verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kid: String,
    /// The one algorithm that the issuer names for it.
    alg: Option<String>,
    kind: KeyKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum KeyKind {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Published {
    kid: Option<String>,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a set that can verify something here; others are passed over, as RFC 7517 asks.
pub(super) fn read(text: &[u8]) -> Option<Vec<Key>> {
    let set: KeySet = serde_json::from_slice(text).ok()?;
    let published = set.keys.into_iter().take(KEYS_MAX).filter_map(|key| serde_json::from_value::<Published>(key).ok());
    Some(published.filter_map(Key::of).collect())
}

impl Key {
    fn of(published: Published) -> Option<Self> {
        if published.used_for.as_deref().is_some_and(|used_for| used_for != "sig") {
            return None;
        }
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok();
        let kind = match (published.kty.as_str(), published.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (bytes(published.n)?, bytes(published.e)?);
                let n: Vec<u8> = n.into_iter().skip_while(|byte| *byte == 0).collect();
                if !MODULUS_BYTES.contains(&n.len()) || e.is_empty() || e.len() > 8 {
                    return None;
                }
                KeyKind::Rsa { n, e }
            }
            ("EC", Some("P-256")) => KeyKind::P256(point(bytes(published.x)?, bytes(published.y)?, 32)?),
            ("EC", Some("P-384")) => KeyKind::P384(point(bytes(published.x)?, bytes(published.y)?, 48)?),
            _ => return None,
        };
        Some(Self { kid: published.kid.filter(|kid| !kid.is_empty())?, alg: published.alg, kind })
    }

    /// SECURITY: the key's own kind decides what its signatures are, not the token.
    pub(super) fn verify(&self, alg: Algorithm, signed: &[u8], signature: &[u8]) -> Result<(), Untrue> {
        let wrong = || Untrue::Invalid("Signature of the token does not verify".to_owned());
        if self.alg.as_deref().is_some_and(|own| own != name(alg)) {
            return Err(wrong());
        }
        let verified = match (&self.kind, alg) {
            (KeyKind::Rsa { n, e }, _) => {
                let parameters = rsa(alg).ok_or_else(wrong)?;
                RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature)
            }
            (KeyKind::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            (KeyKind::P384(point), Algorithm::Es384) => {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point).verify(signed, signature)
            }
            (KeyKind::P256(_) | KeyKind::P384(_), _) => return Err(wrong()),
        };
        verified.map_err(|_| wrong())
    }
}

fn rsa(alg: Algorithm) -> Option<&'static signature::RsaParameters> {
    match alg {
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 | Algorithm::Es384 => None,
    }
}

fn name(alg: Algorithm) -> &'static str {
    match alg {
        Algorithm::Rs256 => "RS256",
        Algorithm::Rs384 => "RS384",
        Algorithm::Rs512 => "RS512",
        Algorithm::Ps256 => "PS256",
        Algorithm::Ps384 => "PS384",
        Algorithm::Ps512 => "PS512",
        Algorithm::Es256 => "ES256",
        Algorithm::Es384 => "ES384",
    }
}

/// An uncompressed point.
fn point(x: Vec<u8>, y: Vec<u8>, bytes: usize) -> Option<Vec<u8>> {
    if x.len() != bytes || y.len() != bytes {
        return None;
    }
    let mut point = vec![4];
    point.extend(x);
    point.extend(y);
    Some(point)
}
