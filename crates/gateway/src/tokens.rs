//! Proves the tokens that API calls bring: what a native JWT authorizer asks.
//!
//! A token that was proven before costs a hash and a look: its signature stays true for as long as its issuer keeps the very
//! key that proved it. Everything else (issuer, audience, scopes, times) is judged anew on every call.

mod seen;

use std::sync::Arc;

use base::limits::{JWT_BYTES_MAX, SEEN_TOKENS_BYTES_MAX};
use base::{Clock, Timestamp};
use issuers::{Issuers, NoKey, Place, Rules};
use jwt::{Claims, Expected, Jws, Refusal};
use snapshot::JwtAuthorizer;

use seen::{Entry, Seen, digest};

/// The keys of issuers, and the tokens that were proven with them. A node has one.
#[derive(Debug)]
pub struct Tokens {
    issuers: Issuers,
    seen: Seen,
}

/// A token that is true, and made out to us.
#[derive(Debug, Clone)]
pub struct Proven {
    /// What it says.
    pub claims: Arc<Claims>,
    /// Whether its signature was proven before.
    pub seen: bool,
}

/// Why a token proves nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The token is at fault.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Its issuer's keys cannot be had: nobody can tell.
    #[error("the issuer's keys cannot be read: {0}")]
    NoKeys(Arc<str>),
}

impl Tokens {
    /// Reaches issuers only where the rules of `egress` let it.
    pub fn new(egress: egress::Config, clock: Arc<dyn Clock>) -> Self {
        Self::with(Issuers::new(egress, clock, Rules::API_CALLS))
    }

    /// Asks these issuers.
    pub fn with(issuers: Issuers) -> Self {
        Self { issuers, seen: Seen::new(SEEN_TOKENS_BYTES_MAX) }
    }

    /// Proves a token at `now`, as the authorizer expects it.
    pub async fn prove(&self, token: &str, authorizer: &JwtAuthorizer, now: Timestamp) -> Result<Proven, Unproven> {
        // SECURITY: the length first: nothing is even hashed of what is too long.
        if token.len() > JWT_BYTES_MAX {
            return Err(Refusal::TooLong { bytes: token.len(), max: JWT_BYTES_MAX }.into());
        }
        let expected = Expected {
            issuer: &authorizer.issuer,
            audiences: &authorizer.audiences,
            scopes: &authorizer.scopes,
            now: now.as_second(),
        };
        let place = Place::known_to_the_system(&authorizer.issuer);
        let digest = digest(token);
        if let Some(entry) = self.seen.find(&digest).filter(|entry| self.still_holds(entry, &place)) {
            expected.judge(&entry.claims)?;
            return Ok(Proven { claims: Arc::clone(&entry.claims), seen: true });
        }
        let jws = Jws::parse(token, JWT_BYTES_MAX)?;
        let claims = Claims::parse(&jws.payload)?;
        // SECURITY: what is wrong by the token's own words costs the issuer nothing; only whether it grants enough is told
        // after it is proven.
        let granted = match expected.judge(&claims) {
            Err(Refusal::Scope) => Err(Refusal::Scope),
            verdict => verdict.map(|()| Ok(()))?,
        };
        let key = self.issuers.key(&place, &jws.kid).await.map_err(|none| match none {
            NoKey::Unknown => Unproven::Refused(Refusal::UnknownKey),
            NoKey::Unreachable(why) => Unproven::NoKeys(why),
        })?;
        key.verify(&jws)?;
        let claims = Arc::new(claims);
        self.seen.keep(digest, Entry { claims: Arc::clone(&claims), key }, token.len());
        granted?;
        Ok(Proven { claims, seen: false })
    }

    /// Whether the authorizer's issuer still has the very key that proved a token.
    fn still_holds(&self, entry: &Entry, place: &Place) -> bool {
        self.issuers.at_hand(place, entry.key.kid()).is_some_and(|key| Arc::ptr_eq(&key, &entry.key))
    }
}
