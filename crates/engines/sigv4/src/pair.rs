//! SigV4A's pair of keys, derived from the secret: both sides compute it, so no certificate is needed.
//! The derivation is NIST SP 800-108's counter mode over HMAC-SHA256, with candidates outside the curve's order skipped:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>

use std::fmt;

use aws_lc_rs::agreement::{self, ECDH_P256};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
};
use base::Secret;

use crate::Algorithm;

/// The private half and the public half. It never prints itself.
pub struct KeyPair(EcdsaKeyPair);

/// No pair could be made of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPair;

impl KeyPair {
    /// Derives the pair. It holds for every day, region and service.
    pub fn derive(access_key_id: &str, secret: &Secret<String>) -> Result<Self, NoPair> {
        let scalar = scalar(access_key_id, secret)?;
        // ECDH's type is the library's only way from a private key to its public key.
        let public = agreement::PrivateKey::from_private_key(&ECDH_P256, scalar.expose())?.compute_public_key()?;
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar.expose(), public.as_ref())?;
        Ok(Self(pair))
    }

    /// The half that proves signatures.
    pub(crate) fn public(&self) -> Result<ParsedPublicKey, NoPair> {
        Ok(ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, self.0.public_key().as_ref())?)
    }

    /// The signature of a string to sign, in lower-case hexadecimal of its DER form.
    pub(crate) fn sign(&self, text: &[u8]) -> Result<String, NoPair> {
        Ok(hex::encode(self.0.sign(&SystemRandom::new(), text)?))
    }
}

/// The private key: the first candidate that lies within the order, plus one.
fn scalar(access_key_id: &str, secret: &Secret<String>) -> Result<Secret<[u8; 32]>, NoPair> {
    let input = Secret::new(format!("AWS4A{}", secret.expose()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, input.expose().as_bytes());
    // One candidate in four thousand million fails, so the second round is already a curiosity.
    for counter in 1..=254u8 {
        let mut context = hmac::Context::with_key(&key);
        context.update(&1u32.to_be_bytes());
        context.update(Algorithm::EcdsaP256Sha256.name().as_bytes());
        context.update(&[0]);
        context.update(access_key_id.as_bytes());
        context.update(&[counter]);
        context.update(&256u32.to_be_bytes());
        let candidate = <[u8; 32]>::try_from(context.sign().as_ref()).map(Secret::new).map_err(|_| NoPair)?;
        if let Some(scalar) = plus_one_within_order(&candidate) {
            return Ok(scalar);
        }
    }
    Err(NoPair)
}

/// The order of P-256, less two (NIST SP 800-186, section 3.2.1.3).
const ORDER_LESS_TWO: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// `candidate + 1`, when `candidate` is at most the order less two.
/// SECURITY: every byte is read whatever the others are, so that time tells nothing about the key.
fn plus_one_within_order(candidate: &Secret<[u8; 32]>) -> Option<Secret<[u8; 32]>> {
    let (mut borrow, mut carry) = (0, 1);
    let mut sum = [0; 32];
    for at in (0..32).rev() {
        let byte = candidate.expose()[at];
        let difference = i16::from(ORDER_LESS_TWO[at]) - i16::from(byte) - borrow;
        borrow = (difference >> 8) & 1;
        let more = u16::from(byte) + carry;
        sum[at] = (more & 0xff) as u8;
        carry = more >> 8;
    }
    let sum = Secret::new(sum);
    (borrow == 0).then_some(sum)
}

impl From<Unspecified> for NoPair {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl From<KeyRejected> for NoPair {
    fn from(_: KeyRejected) -> Self {
        Self
    }
}

impl fmt::Display for NoPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no pair of keys can be derived from this secret")
    }
}

impl std::error::Error for NoPair {}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(by: i16) -> Secret<[u8; 32]> {
        let mut bytes = ORDER_LESS_TWO;
        bytes[31] = (i16::from(bytes[31]) + by) as u8;
        Secret::new(bytes)
    }

    #[test]
    fn a_candidate_beyond_the_order_is_skipped_and_any_other_grows_by_one() {
        let scalar = |candidate| plus_one_within_order(&candidate).map(|scalar| *scalar.expose());
        assert_eq!(scalar(moved(0)), Some(*moved(1).expose()));
        assert_eq!(scalar(moved(-1)), Some(ORDER_LESS_TWO));
        assert_eq!(scalar(moved(1)), None);
        assert_eq!(scalar(Secret::new([0xff; 32])), None);
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(scalar(Secret::new([0; 32])), Some(one));
        let (mut low, mut next) = ([0; 32], [0; 32]);
        (low[31], low[30], next[29]) = (0xff, 0xff, 1);
        assert_eq!(scalar(Secret::new(low)), Some(next));
        let mut high = [0xff; 32];
        high[4] = 0;
        high[5] = 0;
        high[6] = 0;
        high[7] = 0;
        assert_eq!(scalar(Secret::new(high)), None);
    }

    #[test]
    fn a_pair_does_not_print_itself() {
        let pair = KeyPair::derive("AKIDEXAMPLE", &Secret::new("secret".to_owned())).expect("a pair");
        assert_eq!(format!("{pair:?}"), "KeyPair(***)");
    }
}
