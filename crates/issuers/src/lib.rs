//! The keys that issuers of tokens publish: found by discovery, kept for a while, and looked for again.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html>
//!
//! Whoever proves a token asks here for the key that the token names: the service `sts`, and the gateway for native JWT
//! authorizers. Begin with [`Issuers::key`]; `issuer.rs` is the life of one issuer's keys, `look.rs` how they are read.
//!
//! SECURITY: anybody may bring a token, so tokens cost an issuer at most one look each [`Rules::look_every`], however many
//! ask and whatever keys they name. Names of keys that are not there are not remembered: nothing grows with them.
//!
//! It must not know: what a token is for, any service, how a request travels.

mod fetch;
mod issuer;
mod look;
mod name;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use base::Clock;
use jwt::Key;
use tokio::sync::{Semaphore, watch};

use fetch::Network;
use issuer::Issuer;

pub use fetch::{Fetch, Thumbprint};
pub use name::named;

/// How long keys are believed, and how often their issuer is asked.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// From this age on keys are looked for again, and nobody waits for that.
    pub refresh_after: Duration,
    /// From this age on whoever needs a key waits for the look.
    pub believe: Duration,
    /// Keys of this age are used no more, even where their issuer does not answer.
    pub keep_at_most: Duration,
    /// An issuer that was looked at is not looked at again before this time is over.
    pub look_every: Duration,
    /// How long one document may take.
    pub document_within: Duration,
}

impl Rules {
    /// Of tokens that API calls bring. AWS keeps keys for two hours and waits 1,500 ms for a document.
    pub const API_CALLS: Self = Self {
        refresh_after: Duration::from_hours(1),
        believe: Duration::from_hours(2),
        keep_at_most: Duration::from_hours(2),
        look_every: Duration::from_secs(10),
        document_within: Duration::from_millis(1_500),
    };
    /// Of tokens that are brought for the credentials of a role.
    pub const WEB_IDENTITIES: Self = Self {
        refresh_after: Duration::from_hours(1),
        believe: Duration::from_hours(1),
        keep_at_most: Duration::from_hours(24),
        look_every: Duration::from_secs(30),
        document_within: Duration::from_millis(2_500),
    };
}

/// An issuer, and how its server is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The issuer's URL: `https`, or `http` on the loopback.
    pub url: Arc<str>,
    /// SHA-1 of certificates by which a server is known that the system does not know. SECURITY: keys that were read from
    /// a server which one account knows so are nothing to another that does not: they are another place.
    pub thumbprints: Vec<Thumbprint>,
}

impl Place {
    /// An issuer whose server the system knows.
    pub fn known_to_the_system(url: &Arc<str>) -> Self {
        Self { url: Arc::clone(url), thumbprints: Vec::new() }
    }
}

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// The issuer has no key of this name.
    #[error("the issuer has no key of this id (kid)")]
    Unknown,
    /// The issuer's keys cannot be had, or not for too long.
    #[error("the issuer's keys cannot be read: {0}")]
    Unreachable(Arc<str>),
}

/// Looks at other issuers that run at once.
const LOOKS_AT_ONCE: usize = 8;
/// More issuers than one node is asked about; beyond, the one that was not looked at for longest is forgotten.
const ISSUERS_MAX: usize = 1_000;

/// The keys of all issuers. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Issuers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    fetch: Box<dyn Fetch>,
    clock: Arc<dyn Clock>,
    rules: Rules,
    /// Read without a lock by every request; written when an issuer is met for the first time.
    known: ArcSwap<HashMap<Place, Arc<Issuer>>>,
    writing: Mutex<()>,
    looks: Semaphore,
}

impl Issuers {
    /// Reaches issuers over the network, only where the rules of `egress` let it.
    pub fn new(egress: egress::Config, clock: Arc<dyn Clock>, rules: Rules) -> Self {
        let network = Network { config: egress, clock: Arc::clone(&clock) };
        Self::with(Box::new(network), clock, rules)
    }

    /// Gets documents from wherever `fetch` has them.
    pub fn with(fetch: Box<dyn Fetch>, clock: Arc<dyn Clock>, rules: Rules) -> Self {
        let looks = Semaphore::new(LOOKS_AT_ONCE);
        Self(Arc::new(Inner { fetch, clock, rules, known: ArcSwap::default(), writing: Mutex::new(()), looks }))
    }

    /// The issuer's key of this name, if it is at hand and to be believed. Nobody waits; keys that grow old are looked for
    /// again meanwhile.
    pub fn at_hand(&self, place: &Place, kid: &str) -> Option<Arc<Key>> {
        let inner = &self.0;
        let known = inner.known.load();
        let issuer = known.get(place)?;
        let now = inner.clock.elapsed();
        let (key, age) = issuer.key(kid, now)?;
        if age >= inner.rules.believe {
            return None;
        }
        if age >= inner.rules.refresh_after {
            self.begin_look(issuer, now);
        }
        Some(key)
    }

    /// The issuer's key of this name. Waits for a look where there is none to be believed, and the issuer was not looked at
    /// just now.
    pub async fn key(&self, place: &Place, kid: &str) -> Result<Arc<Key>, NoKey> {
        if let Some(key) = self.at_hand(place, kid) {
            return Ok(key);
        }
        let issuer = self.issuer(place);
        if let Some(mut look) = self.begin_look(&issuer, self.0.clock.elapsed()) {
            // The look lets go of its end when it is over, however it ends.
            while look.changed().await.is_ok() {}
        }
        issuer.answer(kid, self.0.clock.elapsed(), self.0.rules.keep_at_most)
    }

    /// Begins to look, or joins those who wait for a look already; none where the issuer was looked at just now.
    fn begin_look(&self, issuer: &Arc<Issuer>, now: Duration) -> Option<watch::Receiver<()>> {
        let (done, waiting) = match issuer.board(now, self.0.rules.look_every)? {
            issuer::Boarded::Joined(waiting) => return Some(waiting),
            issuer::Boarded::First(done, waiting) => (done, waiting),
        };
        let (inner, issuer) = (Arc::clone(&self.0), Arc::clone(issuer));
        // A look belongs to nobody: whoever asked first may go away, and the others still get their keys.
        tokio::spawn(async move {
            let read = look::look(&*inner.fetch, &inner.looks, &*inner.clock, &issuer.place, inner.rules).await;
            issuer.keep(read, inner.clock.elapsed());
            drop(done);
        });
        Some(waiting)
    }

    fn issuer(&self, place: &Place) -> Arc<Issuer> {
        if let Some(issuer) = self.0.known.load().get(place) {
            return Arc::clone(issuer);
        }
        let _one_at_a_time = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = HashMap::clone(&self.0.known.load());
        if let Some(issuer) = known.get(place) {
            return Arc::clone(issuer);
        }
        if known.len() >= ISSUERS_MAX {
            let oldest = known.values().min_by_key(|issuer| issuer.looked()).map(|issuer| issuer.place.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        let issuer = Arc::new(Issuer::new(place.clone()));
        known.insert(place.clone(), Arc::clone(&issuer));
        self.0.known.store(Arc::new(known));
        issuer
    }
}

#[cfg(test)]
mod tests;
