//! What is remembered under a digest for as long as somebody asks for it: bounded by its bytes, and quick to ask.
//!
//! SECURITY: a digest of 128 bits stands for an identity, so that no token is kept, which whoever reads memory could use; it
//! is made under a key of this process, so that no two identities meet, however many of them a stranger makes.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// What something is remembered under: a tag of 128 bits that only this process can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 16]);

/// Made by chance when it is first asked for, and never told.
static KEY: LazyLock<LessSafeKey> = LazyLock::new(|| {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system's random generator answers");
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).expect("32 bytes are an AES-256 key"))
});

impl Digest {
    /// Of these bytes: a fifth of what SHA-256 takes for a token of 900 bytes.
    // SECURITY: nothing is encrypted and no tag leaves the process, so the nonce may be the same each time: GHASH under a key
    // that nobody knows is a universal hash, and who cannot see tags cannot look for two identities that meet.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let tag = KEY.seal_in_place_separate_tag(nonce, Aad::from(bytes), &mut []);
        let tag = tag.expect("sealing fails only for inputs of 64 GiB");
        Self(tag.as_ref().try_into().expect("a tag has 16 bytes"))
    }
}

/// Values under digests. Each shard's lock is held for a look into a table only.
#[derive(Debug)]
pub(crate) struct Remembered<V> {
    shards: Box<[Mutex<Shard<V>>]>,
    bytes_per_generation: usize,
}

/// Two generations: when the young one is full it becomes the old one, and what nobody asked for since is forgotten.
#[derive(Debug)]
struct Shard<V> {
    young: Generation<V>,
    old: Generation<V>,
}

#[derive(Debug)]
struct Generation<V> {
    entries: HashMap<Digest, (V, usize)>,
    bytes: usize,
}

/// In how many parts the memory is divided. A value that takes more than a part's half is not remembered.
pub(crate) const SHARDS: usize = 16;

impl<V: Clone> Remembered<V> {
    /// Room for so many bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard { young: Generation::new(), old: Generation::new() }));
        Self { shards: shards.collect(), bytes_per_generation: bytes_max / SHARDS / 2 }
    }

    /// The value that was kept last under a digest, unless it was forgotten.
    pub(crate) fn find(&self, digest: &Digest) -> Option<V> {
        let mut shard = self.shard(digest);
        if let Some((value, _)) = shard.young.entries.get(digest) {
            return Some(value.clone());
        }
        let (value, bytes) = shard.old.take(digest)?;
        shard.insert(*digest, value.clone(), bytes, self.bytes_per_generation);
        Some(value)
    }

    /// Keeps a value, which takes so many bytes. What stood under its digest before is forgotten.
    pub(crate) fn keep(&self, digest: Digest, value: V, bytes: usize) {
        self.shard(&digest).insert(digest, value, bytes, self.bytes_per_generation);
    }

    /// How many bytes all values take.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |shard: &Mutex<Shard<V>>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.bytes + shard.old.bytes
        };
        self.shards.iter().map(bytes).sum()
    }

    fn shard(&self, digest: &Digest) -> MutexGuard<'_, Shard<V>> {
        // A thread that panicked inside cannot have left a half-made table.
        self.shards[usize::from(digest.0[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Shard<V> {
    fn insert(&mut self, digest: Digest, value: V, bytes: usize, max: usize) {
        self.young.take(&digest);
        self.old.take(&digest);
        if bytes > max {
            return;
        }
        if self.young.bytes + bytes > max {
            self.old = std::mem::replace(&mut self.young, Generation::new());
        }
        self.young.entries.insert(digest, (value, bytes));
        self.young.bytes += bytes;
    }
}

impl<V> Generation<V> {
    fn new() -> Self {
        Self { entries: HashMap::new(), bytes: 0 }
    }

    fn take(&mut self, digest: &Digest) -> Option<(V, usize)> {
        let taken = self.entries.remove(digest)?;
        self.bytes -= taken.1;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: usize) -> Digest {
        Digest::of(&number.to_le_bytes())
    }

    #[test]
    fn what_is_kept_stays_within_its_bound_and_what_is_asked_for_stays() {
        let max = 32 * 1_000;
        let remembered = Remembered::new(max);
        remembered.keep(digest(0), 0, 100);
        for number in 1..5_000 {
            remembered.keep(digest(number), number, 1 + number % 300);
            assert!(remembered.bytes() <= max, "{number}");
            assert_eq!(remembered.find(&digest(0)), Some(0), "{number}");
        }
        assert_eq!(remembered.find(&digest(1)), None);
        assert_eq!(remembered.find(&digest(4_999)), Some(4_999));
    }

    #[test]
    fn a_later_value_takes_the_place_of_an_earlier_one_also_where_it_is_too_long() {
        let remembered = Remembered::new(32 * 1_000);
        remembered.keep(digest(1), "first", 500);
        remembered.keep(digest(1), "second", 700);
        assert_eq!((remembered.find(&digest(1)), remembered.bytes()), (Some("second"), 700));
        remembered.keep(digest(1), "third", 1_001);
        assert_eq!((remembered.find(&digest(1)), remembered.bytes()), (None, 0));
    }
}
