//! Proves the tokens that API calls bring: what a native JWT authorizer asks.
//!
//! A token that was proven before costs a hash and a look: its signature stays true for as long as its issuer keeps the very
//! key that proved it. Everything else (issuer, audience, scopes, times) is judged anew on every call.

use std::sync::Arc;

use base::limits::{JWT_BYTES_MAX, SEEN_TOKENS_BYTES_MAX};
use base::{Clock, Timestamp};
use issuers::{Issuers, NoKey, Place, Rules};
use jwt::{Claims, Expected, Jws, Key, Refusal};
use snapshot::JwtAuthorizer;

use crate::remembered::{Digest, Remembered};

/// The keys of issuers, and the tokens that were proven with them. A node has one.
#[derive(Debug)]
pub struct Tokens {
    issuers: Issuers,
    seen: Remembered<Arc<Seen>>,
}

/// A token whose signature was proven, so that it need not be proven again.
#[derive(Debug)]
struct Seen {
    claims: Arc<Claims>,
    /// What proved it.
    key: Arc<Key>,
}

/// What claims take in memory for each byte of the token, and a proof besides, at the most: maps of short texts.
const BYTES_PER_BYTE: usize = 8;
const BYTES_PER_PROOF: usize = 512;

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
        Self { issuers, seen: Remembered::new(SEEN_TOKENS_BYTES_MAX) }
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
        let digest = Digest::of(token.as_bytes());
        if let Some(seen) = self.seen.find(&digest).filter(|seen| self.still_holds(seen, &place)) {
            expected.judge(&seen.claims)?;
            return Ok(Proven { claims: Arc::clone(&seen.claims), seen: true });
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
        let seen = Arc::new(Seen { claims: Arc::clone(&claims), key });
        self.seen.keep(digest, seen, BYTES_PER_PROOF + BYTES_PER_BYTE * token.len());
        granted?;
        Ok(Proven { claims, seen: false })
    }

    /// Whether the authorizer's issuer still has the very key that proved a token.
    fn still_holds(&self, seen: &Seen, place: &Place) -> bool {
        self.issuers.at_hand(place, seen.key.kid()).is_some_and(|key| Arc::ptr_eq(&key, &seen.key))
    }
}
