//! From a claim to its key, and from a verified signature to a caller.

use std::sync::Arc;

use base::seal::MasterKey;
use base::{AccountId, Timestamp};
use model::iam::{Session, Subject};
use sigv4::{Claim, KeyCache, Refusal, SigningKey, Verified};
use snapshot::access_key::KeyOwner;
use snapshot::{AccessKey, Name, Snapshot};

use crate::Caller;
use crate::caller::Who;
use crate::sessions::{OpenSession, Sessions};
use crate::uses::KeyUses;

/// Finds keys and opens session tokens; keeps what was derived and opened, within bounds.
#[derive(Debug)]
pub struct Identities {
    master_key: Arc<MasterKey>,
    keys: KeyCache,
    sessions: Sessions,
    uses: Arc<KeyUses>,
}

/// The holder of a key that a claim names. Nothing is proven yet.
#[derive(Debug)]
pub struct Known {
    credentials: Credentials,
    who: Who,
}

#[derive(Debug)]
enum Credentials {
    LongTerm(Arc<AccessKey>),
    Temporary(Arc<OpenSession>),
}

impl Identities {
    /// Keeps about `entries` signing keys and as many opened sessions; notes in `uses` which keys signed.
    pub fn new(master_key: Arc<MasterKey>, entries: usize, uses: Arc<KeyUses>) -> Self {
        Self { master_key, keys: KeyCache::new(entries), sessions: Sessions::new(entries), uses }
    }

    /// The holder of the claimed key. A key that is unknown or inactive, whose user or role is gone, or that comes with the
    /// wrong token, is nobody's.
    pub fn known(&self, claim: &Claim, snapshot: &Snapshot, now: Timestamp) -> Result<Known, Refusal> {
        match &claim.session_token {
            None => {
                let key = snapshot.access_keys.get(&claim.access_key_id).filter(|key| key.active);
                let key = Arc::clone(key.ok_or(Refusal::UnknownKey)?);
                let who = match &key.owner {
                    KeyOwner::Root => Who::Root(key.account),
                    KeyOwner::User(name) => Who::User(user(snapshot, name, None)?),
                };
                Ok(Known { credentials: Credentials::LongTerm(key), who })
            }
            Some(token) => {
                let open = self.sessions.open(&self.master_key, &claim.access_key_id, token.expose())?;
                if open.session.expires <= now {
                    return Err(Refusal::ExpiredToken);
                }
                let who = holder(&open.session, snapshot)?;
                Ok(Known { credentials: Credentials::Temporary(open), who })
            }
        }
    }

    /// The key that the claim must have been signed with. Call [`Claim::check`] before, so that only keys of today and of
    /// this place are kept.
    pub fn signing_key(&self, claim: &Claim, known: &Known) -> Arc<SigningKey> {
        let secret = || {
            Ok::<_, std::convert::Infallible>(match &known.credentials {
                Credentials::LongTerm(key) => key.secret.clone(),
                Credentials::Temporary(open) => open.session.secret.clone(),
            })
        };
        let Ok(key) = self.keys.signing_key(claim, secret);
        key
    }

    /// The proven holder; that its key signed at `now` is noted.
    pub fn caller(&self, known: Known, verified: Verified, now: Timestamp) -> Caller {
        let session = match known.credentials {
            Credentials::LongTerm(key) => {
                self.uses.note(&key, &verified, now);
                None
            }
            Credentials::Temporary(open) => Some(open),
        };
        Caller::new(known.who, Some(verified.access_key_id), session)
    }
}

impl Known {
    /// The account whose permissions the key has.
    pub fn account(&self) -> AccountId {
        self.who.account()
    }
}

/// SECURITY: a session ends with its user or role; one made anew under the old name is somebody else.
fn holder(session: &Session, snapshot: &Snapshot) -> Result<Who, Refusal> {
    match &session.subject {
        Subject::Root => Ok(Who::Root(session.account)),
        Subject::User { name, id } => Ok(Who::User(user(snapshot, &Name::new(session.account, name), Some(id))?)),
        Subject::Role { name, id, session: session_name } => {
            let role = snapshot.roles.get(&Name::new(session.account, name)).filter(|role| *role.id == **id);
            let role = Arc::clone(role.ok_or(Refusal::UnknownKey)?);
            Ok(Who::Role { role, session: session_name.as_str().into() })
        }
    }
}

fn user(snapshot: &Snapshot, name: &Name, id: Option<&str>) -> Result<Arc<snapshot::User>, Refusal> {
    let user = snapshot.users.get(name).filter(|user| id.is_none_or(|id| *user.id == *id));
    user.cloned().ok_or(Refusal::UnknownKey)
}
