//! The key that signs: derived from the secret for one day, region and service.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key>

use std::fmt;

use aws_lc_rs::hmac;
use base::Secret;

use crate::TERMINATOR;

/// A derived signing key. It never prints itself, and its memory is wiped when it is dropped.
pub struct SigningKey(hmac::Key);

impl SigningKey {
    /// Derives the key; `date` is eight digits.
    pub fn derive(secret: &Secret<String>, date: &str, region: &str, service: &str) -> Self {
        let start = Secret::new(format!("AWS4{}", secret.expose()));
        let mut key = key(start.expose().as_bytes());
        for part in [date, region, service, TERMINATOR] {
            key = self::key(hmac::sign(&key, part.as_bytes()).as_ref());
        }
        Self(key)
    }

    /// The signature of a string to sign, in lower-case hexadecimal.
    pub(crate) fn sign(&self, text: &[u8]) -> String {
        hex::encode(hmac::sign(&self.0, text))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

fn key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}
