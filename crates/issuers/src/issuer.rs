//! The life of one issuer's keys on this node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jwt::{Key, KeySet};
use tokio::sync::watch;

use crate::{NoKey, Place};

#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) place: Place,
    /// Read without a lock by every request.
    keys: ArcSwapOption<Known>,
    looks: Mutex<Looks>,
}

#[derive(Debug)]
struct Known {
    keys: KeySet,
    /// When they were read.
    read: Duration,
}

#[derive(Debug, Default)]
struct Looks {
    last: Option<Duration>,
    /// Why the last one brought nothing.
    failed: Option<Arc<str>>,
    /// The one that is under way: its other end goes when it is over.
    under_way: Option<watch::Receiver<()>>,
}

/// A place among those who wait for a look.
pub(crate) enum Boarded {
    /// Nobody looks yet: whoever gets this must, and let go of the first end when it is over.
    First(watch::Sender<()>, watch::Receiver<()>),
    /// Somebody looks already.
    Joined(watch::Receiver<()>),
}

impl Issuer {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, keys: ArcSwapOption::empty(), looks: Mutex::default() }
    }

    /// The key of this name and its age, whether or not it is to be believed.
    pub(crate) fn key(&self, kid: &str, now: Duration) -> Option<(Arc<Key>, Duration)> {
        let known = self.keys.load();
        let known = known.as_ref()?;
        Some((Arc::clone(known.keys.get(kid)?), now.saturating_sub(known.read)))
    }

    /// What is known now: a key that is not too old, or that there is none.
    pub(crate) fn answer(&self, kid: &str, now: Duration, keep_at_most: Duration) -> Result<Arc<Key>, NoKey> {
        let known = self.keys.load();
        match known.as_ref().filter(|known| now.saturating_sub(known.read) < keep_at_most) {
            Some(known) => known.keys.get(kid).cloned().ok_or(NoKey::Unknown),
            None => {
                Err(NoKey::Unreachable(self.looks().failed.clone().unwrap_or_else(|| "too many look at once".into())))
            }
        }
    }

    /// Asks to look; none where the last look is too young.
    pub(crate) fn board(&self, now: Duration, look_every: Duration) -> Option<Boarded> {
        let mut looks = self.looks();
        if let Some(waiting) = looks.under_way.as_ref().filter(|waiting| waiting.has_changed().is_ok()) {
            return Some(Boarded::Joined(waiting.clone()));
        }
        if looks.last.is_some_and(|last| now < last + look_every) {
            return None;
        }
        let (done, waiting) = watch::channel(());
        looks.last = Some(now);
        looks.under_way = Some(waiting.clone());
        Some(Boarded::First(done, waiting))
    }

    /// Keeps what a look brought. Keys that are withdrawn are gone; those that stayed are the very same.
    pub(crate) fn keep(&self, read: Result<KeySet, String>, now: Duration) {
        let failed = match read {
            Ok(keys) => {
                let before = self.keys.load_full();
                let keys = before.map_or(keys.clone(), |before| keys.keeping(&before.keys));
                self.keys.store(Some(Arc::new(Known { keys, read: now })));
                None
            }
            Err(why) => {
                tracing::warn!(issuer = &*self.place.url, why, "the keys of an issuer cannot be read");
                Some(why.into())
            }
        };
        self.looks().failed = failed;
    }

    pub(crate) fn looked(&self) -> Option<Duration> {
        self.looks().last
    }

    /// A thread that panicked inside cannot have left it half-made.
    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
