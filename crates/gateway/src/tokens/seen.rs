//! Tokens whose signature was proven, so that it need not be proven again. Bounded by what they hold in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN};
use jwt::{Claims, Key};

/// The SHA-256 of a whole token, its signature included.
pub(super) type Digest = [u8; SHA256_OUTPUT_LEN];

/// A token's name in the cache.
pub(super) fn digest(token: &str) -> Digest {
    let mut digest = Digest::default();
    digest.copy_from_slice(aws_lc_rs::digest::digest(&SHA256, token.as_bytes()).as_ref());
    digest
}

/// What is kept of a token. SECURITY: not the token, which whoever reads memory could use.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) claims: Arc<Claims>,
    /// What proved it.
    pub(super) key: Arc<Key>,
}

/// Each shard's lock is held for a look into a table only.
#[derive(Debug)]
pub(super) struct Seen {
    shards: Vec<Mutex<Shard>>,
    bytes_per_generation: usize,
}

/// Two generations: when the young one is full it becomes the old one, and what nobody brought since is forgotten.
#[derive(Debug, Default)]
struct Shard {
    young: Generation,
    old: Generation,
}

#[derive(Debug, Default)]
struct Generation {
    entries: HashMap<Digest, (Arc<Entry>, usize)>,
    bytes: usize,
}

const SHARDS: usize = 16;
/// What claims take in memory for each byte of the token, and an entry besides, at the most: maps of short texts.
const BYTES_PER_BYTE: usize = 8;
const BYTES_PER_ENTRY: usize = 512;

impl Seen {
    pub(super) fn new(bytes_max: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, bytes_per_generation: bytes_max / SHARDS / 2 }
    }

    pub(super) fn find(&self, digest: &Digest) -> Option<Arc<Entry>> {
        let mut shard = self.shard(digest);
        if let Some((entry, _)) = shard.young.entries.get(digest) {
            return Some(Arc::clone(entry));
        }
        let (entry, bytes) = shard.old.entries.remove(digest)?;
        shard.old.bytes -= bytes;
        shard.insert(*digest, Arc::clone(&entry), bytes, self.bytes_per_generation);
        Some(entry)
    }

    pub(super) fn keep(&self, digest: Digest, entry: Entry, token_bytes: usize) {
        let bytes = BYTES_PER_ENTRY + BYTES_PER_BYTE * token_bytes;
        self.shard(&digest).insert(digest, Arc::new(entry), bytes, self.bytes_per_generation);
    }

    fn shard(&self, digest: &Digest) -> MutexGuard<'_, Shard> {
        // A thread that panicked inside cannot have left a half-made table.
        self.shards[usize::from(digest[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn insert(&mut self, digest: Digest, entry: Arc<Entry>, bytes: usize, max: usize) {
        if self.young.bytes + bytes > max {
            self.old = std::mem::take(&mut self.young);
        }
        let before = self.young.entries.insert(digest, (entry, bytes));
        self.young.bytes += bytes;
        self.young.bytes -= before.map_or(0, |(_, bytes)| bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Seen {
        fn bytes(&self) -> usize {
            let bytes = |shard: &Mutex<Shard>| shard.lock().map_or(0, |shard| shard.young.bytes + shard.old.bytes);
            self.shards.iter().map(bytes).sum()
        }
    }

    fn entry() -> Entry {
        let key = serde_json::json!({"kty": "RSA", "kid": "a", "n": format!("{}w", "z".repeat(341)), "e": "AQAB"});
        Entry {
            claims: Arc::new(Claims::parse(b"{}").expect("claims")),
            key: Arc::new(Key::read(&key).expect("a key")),
        }
    }

    #[test]
    fn what_is_kept_stays_within_its_bound_and_what_is_brought_again_stays() {
        let max = 1 << 20;
        let seen = Seen::new(max);
        let often = digest("often");
        seen.keep(often, entry(), 1_000);
        for number in 0..5_000 {
            seen.keep(digest(&number.to_string()), entry(), 1_000);
            assert!(seen.find(&often).is_some(), "{number}");
        }
        assert!(seen.bytes() <= max + SHARDS * (BYTES_PER_ENTRY + BYTES_PER_BYTE * 1_000), "{}", seen.bytes());
        assert!(seen.find(&digest("0")).is_none());
        assert!(seen.find(&digest("often.")).is_none());
    }
}
