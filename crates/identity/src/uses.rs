//! When access keys were last used: noted where a signature is proven, drained once a minute by whoever stores it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html>
//!
//! A request whose key was noted in this minute costs one read of an atomic; no lock, no allocation.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base::id::AccessKeyId;
use base::{AccountId, Timestamp};
use sigv4::Verified;
use snapshot::AccessKey;

/// The notes of a node, shared by both planes.
#[derive(Debug)]
pub struct KeyUses {
    shards: [Mutex<HashMap<AccessKeyId, KeyUse>>; SHARDS],
    hasher: std::hash::RandomState,
}

/// One key's latest use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key's account.
    pub account: AccountId,
    /// When.
    pub when: Timestamp,
    /// The service it signed for.
    pub service: String,
    /// The region it signed for; none with SigV4A, which signs for a set of them.
    pub region: Option<String>,
}

const SHARDS: usize = 16;
/// With more keys than this in use at once, some go without a note until the next minute.
const NOTES_PER_SHARD_MAX: usize = 1024;

impl Default for KeyUses {
    fn default() -> Self {
        Self { shards: Default::default(), hasher: std::hash::RandomState::new() }
    }
}

impl KeyUses {
    /// Notes that a key signed, if this is its first use in this minute.
    pub(crate) fn note(&self, key: &AccessKey, verified: &Verified, now: Timestamp) {
        if !key.noted.is_first(now) {
            return;
        }
        let scope = &verified.scope;
        let new =
            KeyUse { account: key.account, when: now, service: scope.service.clone(), region: scope.region.clone() };
        self.keep(verified.access_key_id.clone(), new);
    }

    /// Takes all notes away.
    pub fn drain(&self) -> Vec<(AccessKeyId, KeyUse)> {
        self.shards.iter().flat_map(|shard| std::mem::take(&mut *locked(shard))).collect()
    }

    /// Brings back notes that could not be stored; newer ones stay.
    pub fn put_back(&self, notes: Vec<(AccessKeyId, KeyUse)>) {
        for (key, note) in notes {
            self.keep(key, note);
        }
    }

    fn keep(&self, key: AccessKeyId, new: KeyUse) {
        let shard = usize::try_from(self.hasher.hash_one(&key) % SHARDS as u64).unwrap_or_default();
        let mut notes = locked(&self.shards[shard]);
        if let Some(known) = notes.get_mut(&key) {
            if known.when < new.when {
                *known = new;
            }
        } else if notes.len() < NOTES_PER_SHARD_MAX {
            notes.insert(key, new);
        }
    }
}

fn locked(shard: &Mutex<HashMap<AccessKeyId, KeyUse>>) -> MutexGuard<'_, HashMap<AccessKeyId, KeyUse>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> AccessKeyId {
        AccessKeyId::parse(&format!("AKIA{number}")).expect("an id")
    }

    fn used(second: i64) -> KeyUse {
        KeyUse {
            account: AccountId::parse("111111111111").expect("an account"),
            when: Timestamp::from_second(second).expect("a time"),
            service: "apigateway".to_owned(),
            region: None,
        }
    }

    #[test]
    fn the_latest_use_of_a_key_is_kept_and_drained_once() {
        let uses = KeyUses::default();
        for second in [60, 180, 120] {
            uses.keep(key(1), used(second));
        }
        assert_eq!(uses.drain(), [(key(1), used(180))]);
        assert_eq!(uses.drain(), []);
    }

    #[test]
    fn notes_that_come_back_do_not_hide_newer_ones() {
        let uses = KeyUses::default();
        uses.keep(key(1), used(60));
        let failed = uses.drain();
        uses.keep(key(1), used(120));
        uses.put_back(failed);
        assert_eq!(uses.drain(), [(key(1), used(120))]);
    }

    #[test]
    fn notes_are_bounded() {
        let uses = KeyUses::default();
        for number in 0..3 * SHARDS * NOTES_PER_SHARD_MAX {
            uses.keep(key(number), used(60));
        }
        assert_eq!(uses.drain().len(), SHARDS * NOTES_PER_SHARD_MAX);
    }
}
