//! What a session token holds: temporary credentials that any node can check without reading a store.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>
//!
//! SECURITY: the token is sealed for the access key id it goes with, so it opens with no other key, and nobody but an
//! installation with the same master key can make one.

use std::collections::{BTreeMap, BTreeSet};

use base::id::AccessKeyId;
use base::seal::{MasterKey, Place, SealError, Sealed};
use base::{AccountId, Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// Temporary credentials and all that their holder may say of itself. Never stored: it lives in its token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The public half, `ASIA…`.
    pub access_key: AccessKeyId,
    /// The secret half; only ever written into a sealed token.
    pub secret: String,
    /// The account the permissions are of.
    pub account: AccountId,
    /// Whose permissions they are.
    pub subject: Subject,
    /// When it was handed out (`aws:TokenIssueTime`).
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The inline session policy.
    pub policy: Option<String>,
    /// ARNs of managed session policies.
    pub policy_arns: BTreeSet<String>,
    /// Session tags; they hide the role's own of the same key.
    pub tags: BTreeMap<String, String>,
    /// The keys of tags that follow into further sessions.
    pub transitive: BTreeSet<String>,
    /// `aws:SourceIdentity`; it follows into further sessions.
    pub source_identity: Option<String>,
    /// When a second factor was shown; `None` when none was.
    pub mfa: Option<Timestamp>,
    /// Who vouched for the holder, if a provider did.
    pub web_identity: Option<WebIdentity>,
    /// Whether it was made with the credentials of a role's session.
    pub chained: bool,
}

/// Whose permissions a session has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// The account's root user (`GetSessionToken`).
    Root,
    /// A user (`GetSessionToken`).
    User {
        /// Its name.
        name: String,
        /// Its unique id: the session ends with the user.
        id: String,
    },
    /// A role (`AssumeRole` and its kin).
    Role {
        /// The role's name.
        name: String,
        /// Its unique id: the session ends with the role.
        id: String,
        /// The session's own name.
        session: String,
    },
}

/// What an identity provider said of the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebIdentity {
    /// The provider's ARN (`aws:FederatedProvider`).
    pub provider: String,
    /// The token's `sub`.
    pub subject: String,
    /// The token's audience.
    pub audience: String,
}

/// What a token begins with, so that its kind can be told.
const PREFIX: &str = "PortcullisSession1.";

impl Session {
    /// Whether sessions policies were given, which then limit.
    pub fn is_limited(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// The token that goes with the access key.
    pub fn seal(&self, master_key: &MasterKey) -> Secret<String> {
        let bytes = Secret::new(serde_json::to_vec(self).expect("maps with text keys are JSON"));
        let sealed = master_key.seal(place(&self.access_key), &bytes);
        Secret::new(format!("{PREFIX}{}", sealed.bare()))
    }

    /// Opens a token that came with `access_key`. Whether it has expired, and whether its subject still exists, the
    /// caller judges.
    pub fn open(master_key: &MasterKey, access_key: &AccessKeyId, token: &str) -> Result<Self, SealError> {
        let bare = token.strip_prefix(PREFIX).ok_or(SealError::Malformed)?;
        let opened = master_key.open(place(access_key), &Sealed::<Vec<u8>>::from_bare(bare))?;
        let session: Self = serde_json::from_slice(opened.expose()).map_err(|_| SealError::Malformed)?;
        if session.access_key == *access_key { Ok(session) } else { Err(SealError::DoesNotOpen) }
    }
}

fn place(access_key: &AccessKeyId) -> Place<'_> {
    Place { table: "sts.session", id: access_key.as_str(), version: 1 }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("access_key", &self.access_key)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            access_key: AccessKeyId::parse("ASIAEXAMPLE").expect("an id"),
            secret: "hunter2hunter2".to_owned(),
            account: AccountId::parse("111111111111").expect("an account"),
            subject: Subject::Role { name: "r".to_owned(), id: "AROA1".to_owned(), session: "s".to_owned() },
            issued: Timestamp::UNIX_EPOCH,
            expires: Timestamp::UNIX_EPOCH,
            policy: None,
            policy_arns: BTreeSet::new(),
            tags: BTreeMap::new(),
            transitive: BTreeSet::new(),
            source_identity: None,
            mfa: None,
            web_identity: None,
            chained: false,
        }
    }

    #[test]
    fn a_token_opens_with_its_own_access_key_only() {
        let (key, session) = (MasterKey::random(), session());
        let token = session.seal(&key);
        assert_eq!(Session::open(&key, &session.access_key, token.expose()), Ok(session.clone()));
        let other = AccessKeyId::parse("ASIAOTHER").expect("an id");
        assert_eq!(Session::open(&key, &other, token.expose()), Err(SealError::DoesNotOpen));
        let elsewhere = MasterKey::random();
        assert_eq!(Session::open(&elsewhere, &session.access_key, token.expose()), Err(SealError::DoesNotOpen));
        for bad in ["", "PortcullisSession1.", "PortcullisSession1.!!", &token.expose()[..token.expose().len() - 2]] {
            assert!(Session::open(&key, &session.access_key, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_and_its_print_show_no_secret() {
        let (key, session) = (MasterKey::random(), session());
        assert!(!session.seal(&key).expose().contains("hunter2") && !format!("{session:?}").contains("hunter2"));
    }
}
