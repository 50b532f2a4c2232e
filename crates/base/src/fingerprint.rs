//! Fingerprints of secrets: what a secret is looked up by where it must not lie open.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac::{self, HMAC_SHA256};

use crate::secret::equal_in_constant_time;

/// HMAC-SHA-256 of a secret and of what it belongs to. Nobody without the master key can make or foresee one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Sixty-four hexadecimal digits.
    pub fn to_text(&self) -> String {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("a half is below 16");
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Reads what [`Fingerprint::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let half = |digit: u8| char::from(digit).to_digit(16);
            *byte = (half(pair[0])? * 16 + half(pair[1])?) as u8;
        }
        Some(Self(bytes))
    }

    /// Whether both are the same; the time it takes tells nothing of where they differ.
    pub fn is(&self, other: &Self) -> bool {
        equal_in_constant_time(&self.0, &other.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(***)")
    }
}

/// Makes fingerprints under a key of its own that is derived from the master key. Clones share it.
#[derive(Clone)]
pub struct Fingerprints(Arc<hmac::Key>);

/// What the key is derived for; another purpose would take another text.
const PURPOSE: &[u8] = b"portcullis fingerprints of secrets 1";

impl Fingerprints {
    pub(crate) fn under(master: &[u8; 32]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, master), PURPOSE);
        Self(Arc::new(hmac::Key::new(HMAC_SHA256, derived.as_ref())))
    }

    /// The fingerprint of `secret` as a secret of `owner`: the same secret of somebody else has another one. An owner's
    /// text holds no NUL.
    pub fn of(&self, owner: &[&str], secret: &[u8]) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.0);
        for part in owner {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        context.update(secret);
        let tag = context.sign();
        let bytes = tag.as_ref().try_into().expect("SHA-256 has 32 bytes");
        Fingerprint(bytes)
    }
}

impl fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprints(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::MasterKey;

    #[test]
    fn a_fingerprint_tells_key_owner_and_secret_apart() {
        let (one, other) = (MasterKey::random().fingerprints(), MasterKey::random().fingerprints());
        let print = one.of(&["111111111111", "eu-west-1"], b"secret");
        assert!(print.is(&one.of(&["111111111111", "eu-west-1"], b"secret")));
        for different in [
            one.of(&["222222222222", "eu-west-1"], b"secret"),
            one.of(&["111111111111", "eu-west-1"], b"secreT"),
            one.of(&["111111111111"], b"eu-west-1secret"),
            one.of(&["111111111111eu-west-1"], b"secret"),
            other.of(&["111111111111", "eu-west-1"], b"secret"),
        ] {
            assert!(!print.is(&different));
        }
    }

    #[test]
    fn the_same_master_key_makes_the_same_fingerprints_after_a_restart() {
        let key = MasterKey::random();
        let again = MasterKey::parse(key.to_text().expose()).expect("our own text");
        assert_eq!(key.fingerprints().of(&["1"], b"x"), again.fingerprints().of(&["1"], b"x"));
    }

    #[test]
    fn a_fingerprint_is_read_as_it_was_written() {
        let print = MasterKey::random().fingerprints().of(&[], b"x");
        assert_eq!(Fingerprint::parse(&print.to_text()), Some(print));
        for text in ["", "00", &"g".repeat(64), &"0".repeat(65)] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
