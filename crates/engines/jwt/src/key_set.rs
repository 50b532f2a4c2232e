//! The keys that an issuer publishes. <https://www.rfc-editor.org/rfc/rfc7517#section-5>

use std::sync::Arc;

use base::limits::{JWKS_BYTES_MAX, JWKS_KEYS_MAX};
use serde::Deserialize;
use serde_json::Value;

use crate::{Key, Unusable};

/// The usable keys of an issuer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<Arc<Key>>,
}

/// A published key that is passed over, as RFC 7517 asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the set, from 0.
    pub index: usize,
    /// Why.
    pub why: Unusable,
}

/// Why a document is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKeySet {
    /// It is longer than is read.
    #[error("the key set is {bytes} bytes long; at most {JWKS_BYTES_MAX} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It is not an object with a list of keys.
    #[error("the key set is not an object with a list `keys`")]
    Malformed,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a key set, and tells of the keys that are passed over. Where two different keys have one id, neither is
    /// usable: which is meant would be a guess.
    pub fn parse(text: &[u8]) -> Result<(Self, Vec<Skipped>), NoKeySet> {
        if text.len() > JWKS_BYTES_MAX {
            return Err(NoKeySet::TooLong { bytes: text.len() });
        }
        let Published { keys: published } = serde_json::from_slice(text).map_err(|_| NoKeySet::Malformed)?;
        let mut skipped = Vec::new();
        let mut read: Vec<(usize, Key)> = Vec::new();
        for (index, key) in published.iter().enumerate().take(JWKS_KEYS_MAX) {
            match Key::read(key) {
                Ok(key) if read.iter().any(|(_, other)| *other == key) => {}
                Ok(key) => read.push((index, key)),
                Err(why) => skipped.push(Skipped { index, why }),
            }
        }
        if published.len() > JWKS_KEYS_MAX {
            skipped.push(Skipped { index: JWKS_KEYS_MAX, why: Unusable::Beyond });
        }
        let is_alone = |key: &Key| read.iter().filter(|(_, other)| other.kid() == key.kid()).count() == 1;
        let keys = read.iter().filter(|(_, key)| is_alone(key)).map(|(_, key)| Arc::new(key.clone())).collect();
        let twins = read.iter().filter(|(_, key)| !is_alone(key)).map(|(index, _)| *index);
        skipped.extend(twins.map(|index| Skipped { index, why: Unusable::SameId }));
        Ok((Self { keys }, skipped))
    }

    /// The key of this name.
    pub fn get(&self, kid: &str) -> Option<&Arc<Key>> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// How many keys are usable.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Tells whether no key is usable.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The same keys, each the very one of `before` where that has it: so that what was proven with it stays proven.
    #[must_use]
    pub fn keeping(self, before: &Self) -> Self {
        let kept = |key: Arc<Key>| before.keys.iter().find(|old| **old == key).cloned().unwrap_or(key);
        Self { keys: self.keys.into_iter().map(kept).collect() }
    }
}
