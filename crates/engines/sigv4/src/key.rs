//! The key that a signature is proven with: derived from the secret, as the claim's algorithm says.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key>

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;
use base::Secret;
use base::secret::equal_in_constant_time;

use crate::hexadecimal::Hex;
use crate::{Algorithm, Claim, KeyPair, TERMINATOR};

/// A derived key. It never prints itself, and the memory of a shared key is wiped when it is dropped.
pub struct SigningKey(Kind);

enum Kind {
    /// SigV4: signs and proves.
    Shared(Box<hmac::Key>),
    /// SigV4A: the public half, which proves only.
    Public(ParsedPublicKey),
    /// A secret that gives no pair of keys proves nothing.
    Unusable,
}

impl SigningKey {
    /// Derives SigV4's key; `date` is eight digits.
    pub fn derive(secret: &Secret<String>, date: &str, region: &str, service: &str) -> Self {
        Self(Kind::Shared(Box::new(shared(secret, date, region, service))))
    }

    /// Derives the key that a claim must have been signed with.
    pub fn for_claim(claim: &Claim, secret: &Secret<String>) -> Self {
        match claim.algorithm {
            Algorithm::HmacSha256 => {
                let scope = &claim.scope;
                Self::derive(secret, &scope.date, scope.region.as_deref().unwrap_or_default(), &scope.service)
            }
            Algorithm::EcdsaP256Sha256 => {
                let public = KeyPair::derive(claim.access_key_id.as_str(), secret).and_then(|pair| pair.public());
                Self(public.map_or(Kind::Unusable, Kind::Public))
            }
        }
    }

    /// Tells whether `signature` is `text`'s. SECURITY: a key of the other algorithm proves nothing.
    pub(crate) fn proves(&self, algorithm: Algorithm, text: &[u8], signature: &str) -> bool {
        match (&self.0, algorithm) {
            (Kind::Shared(key), Algorithm::HmacSha256) => {
                let computed = Hex::of(hmac::sign(key, text).as_ref());
                equal_in_constant_time(computed.as_bytes(), signature.as_bytes())
            }
            (Kind::Public(key), Algorithm::EcdsaP256Sha256) => {
                let mut der = [0; DER_BYTES_MAX];
                decode(signature, &mut der).is_some_and(|der| key.verify_sig(text, der).is_ok())
            }
            (Kind::Shared(_) | Kind::Unusable, Algorithm::EcdsaP256Sha256)
            | (Kind::Public(_) | Kind::Unusable, Algorithm::HmacSha256) => false,
        }
    }
}

/// The chain of HMACs.
pub(crate) fn shared(secret: &Secret<String>, date: &str, region: &str, service: &str) -> hmac::Key {
    let start = Secret::new(format!("AWS4{}", secret.expose()));
    let mut key = key(start.expose().as_bytes());
    for part in [date, region, service, TERMINATOR] {
        key = self::key(hmac::sign(&key, part.as_bytes()).as_ref());
    }
    key
}

fn key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

/// A P-256 signature in DER: a sequence of two integers of at most 33 bytes.
const DER_BYTES_MAX: usize = 72;

/// Reads lower-case hexadecimal; whatever is longer than a signature can be is none.
fn decode<'a>(signature: &str, into: &'a mut [u8; DER_BYTES_MAX]) -> Option<&'a [u8]> {
    if signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let der = into.get_mut(..signature.len() / 2)?;
    hex::decode_to_slice(signature, der).ok()?;
    Some(der)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}
