//! Where issuers publish their keys, found by discovery and kept for a while.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html>
//!
//! SECURITY: anybody may bring a token, so tokens cost an issuer at most one look each [`LOOK_EVERY`], and this node at
//! most [`LOOKS_AT_ONCE`] connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base::Clock;
use bytes::Bytes;
use egress::{Config, Egress, Trust};
use futures_util::future::{Either, select};
use http_body_util::{BodyExt as _, Empty, Limited};
use model::iam::OidcProvider;
use operation::Untrue;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::keys::{self, Key};
use super::{no_key, token};

/// How long keys are believed without looking again.
const KEEP: Duration = Duration::from_hours(1);
/// How long keys are still used while their issuer does not answer.
const KEEP_AT_MOST: Duration = Duration::from_hours(24);
/// A key that is not among those kept, or an issuer that failed, is looked for again after this time only.
const LOOK_EVERY: Duration = Duration::from_secs(30);
const LOOKS_AT_ONCE: usize = 4;
const LOOK_WITHIN: Duration = Duration::from_secs(5);
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// More issuers than one node is asked about; beyond, the one that was not looked at for longest is forgotten.
const ISSUERS_MAX: usize = 1_000;

/// The SHA-1 of a certificate.
pub(super) type Thumbprint = [u8; 20];

/// Fetches documents over the network, only where the egress rules let it. Looks are rare: each has connections of its own.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) config: Config,
    pub(super) clock: Arc<dyn Clock>,
}

/// Fetches a document.
#[async_trait]
pub(super) trait Fetch: Send + Sync + std::fmt::Debug {
    /// The body at an `https` URL, if it is there and not too large. A server that is not known to the system must be
    /// known by one of the thumbprints, where there are any.
    async fn get(&self, url: &str, thumbprints: &[Thumbprint]) -> Result<Bytes, String>;
}

/// Keys by issuer and thumbprints.
#[derive(Debug)]
pub(super) struct Issuers {
    fetch: Box<dyn Fetch>,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<String, Kept>>,
    looks: Semaphore,
}

#[derive(Debug, Clone)]
struct Kept {
    keys: Arc<[Key]>,
    /// When they were read; none while the issuer has never answered.
    read: Option<Duration>,
    looked: Duration,
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

impl Issuers {
    pub(super) fn new(fetch: Box<dyn Fetch>, clock: Arc<dyn Clock>) -> Self {
        Self { fetch, clock, kept: Mutex::default(), looks: Semaphore::new(LOOKS_AT_ONCE) }
    }

    /// The provider's key with this id.
    pub(super) async fn key(&self, provider: &OidcProvider, kid: &str) -> Result<Key, Untrue> {
        let now = self.clock.elapsed();
        // SECURITY: keys that were read from a server which one account knows by its thumbprint are nothing to another
        // account that does not.
        let place = &format!("{} {}", provider.issuer, provider.thumbprints.join(" "));
        let kept = self.find(place);
        let found = kept.as_ref().and_then(|kept| kept.key(kid));
        let is_fresh = kept.as_ref().and_then(|kept| kept.read).is_some_and(|read| now < read + KEEP);
        if let (Some(found), true) = (&found, is_fresh) {
            return Ok(found.clone());
        }
        let may_look = kept.as_ref().is_none_or(|kept| now >= kept.looked + LOOK_EVERY);
        if !may_look {
            return stale(kept.as_ref(), found, now);
        }
        // SECURITY: nobody waits in line for a slow issuer.
        let Ok(_look) = self.looks.try_acquire() else { return stale(kept.as_ref(), found, now) };
        self.keep(place, kept.clone().unwrap_or(Kept { keys: Arc::new([]), read: None, looked: now }), now);
        match self.look(&provider.issuer, &thumbprints(provider)).await {
            Ok(keys) => {
                let fresh = Kept { keys: keys.into(), read: Some(self.clock.elapsed()), looked: now };
                let found = fresh.key(kid);
                self.keep(place, fresh, now);
                found.ok_or_else(|| Untrue::Invalid(no_key()))
            }
            Err(why) => {
                tracing::warn!(issuer = provider.issuer, why, "the keys of an identity provider cannot be read");
                stale(kept.as_ref(), found, now)
            }
        }
    }

    async fn look(&self, issuer: &str, thumbprints: &[Thumbprint]) -> Result<Vec<Key>, String> {
        let looking = std::pin::pin!(async {
            let url = format!("https://{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
            let discovered = self.fetch.get(&url, thumbprints).await?;
            let discovered: Discovered = serde_json::from_slice(&discovered).map_err(|fault| fault.to_string())?;
            let told = discovered.issuer.strip_prefix("https://").map(token::named);
            if told.as_deref() != Some(issuer) {
                return Err("the issuer names another issuer".to_owned());
            }
            if !discovered.jwks_uri.starts_with("https://") {
                return Err("the issuer's keys are not at an https URL".to_owned());
            }
            let keys = self.fetch.get(&discovered.jwks_uri, thumbprints).await?;
            keys::read(&keys).ok_or_else(|| "the issuer's keys are no key set".to_owned())
        });
        match select(looking, self.clock.sleep(LOOK_WITHIN)).await {
            Either::Left((keys, _)) => keys,
            Either::Right(_) => Err("the issuer is too slow".to_owned()),
        }
    }

    fn find(&self, place: &str) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    }

    fn keep(&self, place: &str, kept: Kept, now: Duration) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ISSUERS_MAX && !all.contains_key(place) {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.looked).map(|(place, _)| place.clone());
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        all.insert(place.to_owned(), Kept { looked: now, ..kept });
    }
}

impl Kept {
    fn key(&self, kid: &str) -> Option<Key> {
        self.keys.iter().find(|key| key.kid == kid).cloned()
    }
}

/// What is answered without looking: a key that is not too old, or that there is none.
fn stale(kept: Option<&Kept>, found: Option<Key>, now: Duration) -> Result<Key, Untrue> {
    let read = kept.and_then(|kept| kept.read);
    match (found, read) {
        (Some(found), Some(read)) if now < read + KEEP_AT_MOST => Ok(found),
        (None, Some(_)) => Err(Untrue::Invalid(no_key())),
        (Some(_) | None, _) => Err(Untrue::Unreachable(no_key())),
    }
}

/// Registered thumbprints are hexadecimal; what is not is nobody's.
fn thumbprints(provider: &OidcProvider) -> Vec<Thumbprint> {
    let read = |text: &String| {
        let mut bytes = Thumbprint::default();
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = text.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
        }
        bytes
    };
    provider.thumbprints.iter().map(read).collect()
}

#[async_trait]
impl Fetch for Network {
    async fn get(&self, url: &str, thumbprints: &[Thumbprint]) -> Result<Bytes, String> {
        let egress = Egress::new(self.config.clone().pinned(thumbprints.to_vec()), Arc::clone(&self.clock));
        let request = http::Request::get(url).header("accept", "application/json").body(Empty::<Bytes>::new());
        let request = request.map_err(|fault| fault.to_string())?;
        let answer = egress.send(request, Trust::Verified).await.map_err(|fault| base::with_causes(&fault))?;
        if answer.status() != http::StatusCode::OK {
            return Err(format!("{url} answers {}", answer.status()));
        }
        let body = Limited::new(answer.into_body(), DOCUMENT_BYTES_MAX).collect().await;
        Ok(body.map_err(|fault| fault.to_string())?.to_bytes())
    }
}
