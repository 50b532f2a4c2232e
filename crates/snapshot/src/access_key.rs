//! An access key, opened: what signatures are checked against.

use std::sync::atomic::{AtomicI64, Ordering};

use base::{AccountId, Secret, Timestamp};

use crate::Name;

/// A key that signs calls.
#[derive(Debug)]
pub struct AccessKey {
    /// The account it belongs to.
    pub account: AccountId,
    /// The secret half.
    pub secret: Secret<String>,
    /// An inactive key signs nothing.
    pub active: bool,
    /// Who signs with it.
    pub owner: KeyOwner,
    /// When its use was last noted.
    pub noted: Noted,
}

/// The minute in which a key's use was last noted, so that a busy key costs one note a minute.
#[derive(Debug)]
pub struct Noted(AtomicI64);

impl Default for Noted {
    /// Never.
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Noted {
    /// Whether nobody has noted a use in this minute yet. One caller a minute is told so, however many ask at once.
    pub fn is_first(&self, now: Timestamp) -> bool {
        let minute = now.as_second().div_euclid(60);
        // Reading alone leaves the cache line shared between the workers.
        self.0.load(Ordering::Relaxed) != minute && self.0.swap(minute, Ordering::Relaxed) != minute
    }
}

/// Who signs with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOwner {
    /// The account itself.
    Root,
    /// A user, to be found in [`crate::Snapshot::users`].
    User(Name),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_use_a_minute_is_noted() {
        let noted = Noted::default();
        let first =
            [0, 1, 59, 60, 61, 119, 120].map(|second| noted.is_first(Timestamp::from_second(second).expect("a time")));
        assert_eq!(first, [true, false, false, true, false, false, true]);
    }

    #[test]
    fn of_many_who_use_a_key_at_once_one_notes_it() {
        let (noted, now) = (Noted::default(), Timestamp::UNIX_EPOCH);
        let firsts = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| noted.is_first(now))).collect();
            asked.into_iter().map(|asked| asked.join().expect("no panic")).filter(|first| *first).count()
        });
        assert_eq!(firsts, 1);
    }
}
