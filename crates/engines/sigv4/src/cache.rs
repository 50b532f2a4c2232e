//! Keeps derived signing keys, so that a request costs one HMAC instead of five, and SigV4A one verification.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::Secret;
use base::id::AccessKeyId;

use crate::{Algorithm, Claim, SigningKey};

/// A bounded table of signing keys. Each shard's lock is held for a table look-up only, never while a key is derived.
#[derive(Debug)]
pub struct KeyCache {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    keys_per_generation: usize,
}

/// Two generations: when the young one is full it becomes the old one, and what nobody asked for since is forgotten.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<u64, Entry>,
    old: HashMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    access_key_id: AccessKeyId,
    place: Option<Place>,
    key: Arc<SigningKey>,
}

/// What SigV4's key is derived for; SigV4A's key is the same everywhere and always.
#[derive(Debug)]
struct Place {
    date: String,
    region: Option<String>,
    service: String,
}

const SHARDS: usize = 16;

impl KeyCache {
    /// A cache for about `keys` keys (each shard keeps between half of its share and its share).
    pub fn new(keys: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            keys_per_generation: (keys / SHARDS / 2).max(1),
        }
    }

    /// The key that `claim` must have been signed with. `secret` is asked for only when the key is not kept already.
    /// Call [`Claim::check`] first, so that only keys of today and of this place are kept.
    pub fn signing_key<E>(
        &self,
        claim: &Claim,
        secret: impl FnOnce() -> Result<Secret<String>, E>,
    ) -> Result<Arc<SigningKey>, E> {
        let hash = self.hasher.hash_one((claim.access_key_id.as_str(), place(claim)));
        if let Some(key) = self.find(hash, claim) {
            return Ok(key);
        }
        let key = Arc::new(SigningKey::for_claim(claim, &secret()?));
        let place = place(claim).map(|(date, region, service)| Place {
            date: date.to_owned(),
            region: region.map(str::to_owned),
            service: service.to_owned(),
        });
        let entry = Entry { access_key_id: claim.access_key_id.clone(), place, key: Arc::clone(&key) };
        self.insert(hash, entry);
        Ok(key)
    }

    /// Forgets an access key that was deleted or given another secret.
    pub fn forget(&self, access_key_id: &AccessKeyId) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            shard.young.retain(|_, entry| entry.access_key_id != *access_key_id);
            shard.old.retain(|_, entry| entry.access_key_id != *access_key_id);
        }
    }

    /// How many keys are kept.
    pub fn len(&self) -> usize {
        self.shards.iter().map(lock).map(|shard| shard.young.len() + shard.old.len()).sum()
    }

    /// Tells whether no key is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&self, hash: u64, claim: &Claim) -> Option<Arc<SigningKey>> {
        let mut shard = self.shard(hash);
        if let Some(entry) = shard.young.get(&hash) {
            return entry.fits(claim).then(|| Arc::clone(&entry.key));
        }
        let entry = shard.old.remove(&hash)?;
        let key = entry.fits(claim).then(|| Arc::clone(&entry.key));
        shard.insert(hash, entry, self.keys_per_generation);
        key
    }

    fn insert(&self, hash: u64, entry: Entry) {
        self.shard(hash).insert(hash, entry, self.keys_per_generation);
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        lock(&self.shards[hash as usize % SHARDS])
    }
}

impl Shard {
    fn insert(&mut self, hash: u64, entry: Entry, max: usize) {
        if self.young.len() >= max && !self.young.contains_key(&hash) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, entry);
    }
}

impl Entry {
    fn fits(&self, claim: &Claim) -> bool {
        let own = self.place.as_ref().map(|own| (own.date.as_str(), own.region.as_deref(), own.service.as_str()));
        self.access_key_id == claim.access_key_id && own == place(claim)
    }
}

/// What a claim's key is derived for, besides the secret.
fn place(claim: &Claim) -> Option<(&str, Option<&str>, &str)> {
    let scope = &claim.scope;
    match claim.algorithm {
        Algorithm::HmacSha256 => Some((&scope.date, scope.region.as_deref(), &scope.service)),
        Algorithm::EcdsaP256Sha256 => None,
    }
}

/// A thread that panicked inside cannot have left a half-made table, so its lock is taken over.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;
    use crate::Received;

    fn claim(key: &str, service: &str) -> Claim {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20150830/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let headers = [("x-amz-date", b"20150830T123600Z".as_slice()), ("authorization", authorization.as_bytes())];
        Claim::parse(&Received { method: "GET", path: "/", query: "", headers: &headers }).expect("a claim")
    }

    fn ask(cache: &KeyCache, claim: &Claim, derived: &Cell<usize>) {
        let secret = || {
            derived.set(derived.get() + 1);
            Ok::<_, Infallible>(Secret::new("secret".to_owned()))
        };
        let Ok(_) = cache.signing_key(claim, secret);
    }

    #[test]
    fn a_key_is_derived_once_and_again_when_it_was_forgotten() {
        let (cache, derived) = (KeyCache::new(1024), Cell::new(0));
        let (one, two) = (claim("AKIA1", "a"), claim("AKIA1", "b"));
        for _ in 0..3 {
            ask(&cache, &one, &derived);
            ask(&cache, &two, &derived);
        }
        assert_eq!((derived.get(), cache.len()), (2, 2));
        cache.forget(&one.access_key_id);
        assert!(cache.is_empty());
        ask(&cache, &one, &derived);
        assert_eq!(derived.get(), 3);
    }

    #[test]
    fn the_cache_stays_within_its_bound() {
        let (cache, derived) = (KeyCache::new(64), Cell::new(0));
        for number in 0..1000 {
            ask(&cache, &claim(&format!("AKIA{number}"), "a"), &derived);
        }
        assert_eq!(derived.get(), 1000);
        assert!(cache.len() <= 64, "{}", cache.len());
    }
}
