//! Secrets at rest: AES-256-GCM under the installation's master key, bound to the place they are stored in.

use std::fmt;
use std::marker::PhantomData;

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::{Fingerprints, Secret};

/// Why a sealed value could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The master key's text is not 32 bytes in hexadecimal.
    #[error("a master key is 64 hexadecimal digits")]
    MalformedKey,
    /// The sealed text is not in our form.
    #[error("the sealed value is malformed")]
    Malformed,
    /// Another key, another place, or changed bytes.
    #[error("the sealed value does not open: wrong master key, or it was moved or changed")]
    DoesNotOpen,
}

/// Where a sealed value lives; a value moved elsewhere does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The record's whole key, account and region included.
    pub id: &'a str,
    /// Counts the values this record has held.
    pub version: u32,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.id, self.version).into_bytes()
    }
}

/// The key-encryption key. Read from `DIR/master.key`, a file or the environment.
pub struct MasterKey {
    key: RandomizedNonceKey,
    text: Zeroizing<String>,
    fingerprints: Fingerprints,
}

impl MasterKey {
    /// A fresh random key.
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0u8; 32]);
        aws_lc_rs::rand::fill(bytes.as_mut()).expect("the operating system's random generator answers");
        Self::from_bytes(&bytes)
    }

    /// Reads 64 hexadecimal digits; white space around them is ignored.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return Err(SealError::MalformedKey);
        }
        let mut bytes = Zeroizing::new([0u8; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16).ok_or(SealError::MalformedKey)?;
            let low = char::from(pair[1]).to_digit(16).ok_or(SealError::MalformedKey)?;
            *byte = (high * 16 + low) as u8;
        }
        Ok(Self::from_bytes(&bytes))
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes).expect("32 bytes are an AES-256 key");
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in bytes {
            text.extend(
                [byte >> 4, byte & 15].map(|half| char::from_digit(u32::from(half), 16).expect("a half is below 16")),
            );
        }
        Self { key, text, fingerprints: Fingerprints::under(bytes) }
    }

    /// What secrets are looked up by without being kept open.
    pub fn fingerprints(&self) -> Fingerprints {
        self.fingerprints.clone()
    }

    /// The hexadecimal form, for the file of mode 0600 that holds it.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(self.text.as_str().to_owned())
    }

    /// Seals `value` for `place`.
    pub fn seal<T: AsRef<[u8]> + zeroize::Zeroize>(&self, place: Place<'_>, value: &Secret<T>) -> Sealed<T> {
        let mut bytes = value.expose().as_ref().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(place.associated_data()), &mut bytes)
            .expect("sealing fails only for inputs of 64 GiB");
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut bytes);
        Sealed { text: format!("{PREFIX}{}", STANDARD_NO_PAD.encode(whole)), of: PhantomData }
    }

    /// Opens a value that was sealed for the same `place` under the same key.
    pub fn open<T>(&self, place: Place<'_>, sealed: &Sealed<T>) -> Result<Secret<Vec<u8>>, SealError> {
        let encoded = sealed.text.strip_prefix(PREFIX).ok_or(SealError::Malformed)?;
        let whole = STANDARD_NO_PAD.decode(encoded).map_err(|_| SealError::Malformed)?;
        let (nonce, rest) = whole.split_at_checked(12).ok_or(SealError::Malformed)?;
        let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Malformed)?;
        let mut bytes = Zeroizing::new(rest.to_vec());
        let open = self
            .key
            .open_in_place(nonce, Aad::from(place.associated_data()), &mut bytes)
            .map_err(|_| SealError::DoesNotOpen)?;
        Ok(Secret::new(open.to_vec()))
    }

    /// Opens a sealed text.
    pub fn open_text(&self, place: Place<'_>, sealed: &Sealed<String>) -> Result<Secret<String>, SealError> {
        let bytes = self.open(place, sealed)?;
        let text = std::str::from_utf8(bytes.expose()).map_err(|_| SealError::Malformed)?;
        Ok(Secret::new(text.to_owned()))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// Names the form of sealed texts, so that a later one can be told apart.
const PREFIX: &str = "sealed:1:";

/// A secret `T` as it is stored: only the master key and the right [`Place`] open it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Sealed<T> {
    text: String,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// The sealed value without the name of its form: what a token shows to others.
    pub fn bare(&self) -> &str {
        self.text.strip_prefix(PREFIX).unwrap_or(&self.text)
    }

    /// Takes up what [`Sealed::bare`] gave; whether it opens, the master key tells.
    pub fn from_bare(bare: &str) -> Self {
        Self { text: format!("{PREFIX}{bare}"), of: PhantomData }
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place { table: "access_key", id: "1/AKIA", version: 1 };

    #[test]
    fn a_sealed_text_opens_again_with_its_key_and_place() {
        let key = MasterKey::random();
        let sealed = key.seal(HERE, &Secret::new("a secret".to_owned()));
        let stored = serde_json::to_string(&sealed).expect("a string");
        assert!(!stored.contains("secret\"") && stored.starts_with("\"sealed:1:"));
        let again: Sealed<String> = serde_json::from_str(&stored).expect("a string");
        let reread = MasterKey::parse(key.to_text().expose()).expect("its own text");
        assert_eq!(reread.open_text(HERE, &again).expect("opens").expose(), "a secret");
    }

    #[test]
    fn a_sealed_text_does_not_open_elsewhere_or_under_another_key() {
        let key = MasterKey::random();
        let sealed = key.seal(HERE, &Secret::new("a secret".to_owned()));
        for place in [Place { table: "other", ..HERE }, Place { id: "2/AKIA", ..HERE }, Place { version: 2, ..HERE }] {
            assert_eq!(key.open_text(place, &sealed).expect_err("moved"), SealError::DoesNotOpen);
        }
        assert_eq!(MasterKey::random().open_text(HERE, &sealed).expect_err("other key"), SealError::DoesNotOpen);
    }

    #[test]
    fn a_master_key_is_64_hexadecimal_digits() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(65)] {
            assert_eq!(MasterKey::parse(text).expect_err("malformed"), SealError::MalformedKey);
        }
        assert!(MasterKey::parse(&format!("{}\n", "0a".repeat(32))).is_ok());
    }
}
