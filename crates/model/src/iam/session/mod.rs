//! What a session token holds: temporary credentials that any node can check without reading a store.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>
//!
//! SECURITY: the token is sealed for the access key id it goes with, so it opens with no other key, and nobody but an
//! installation with the same master key can make one.

use std::collections::{BTreeMap, BTreeSet};

use base::id::AccessKeyId;
use base::seal::{MasterKey, Place, SealError, Sealed};
use base::{AccountId, Secret, Timestamp};

mod packed;

/// Temporary credentials and all that their holder may say of itself. Never stored: it lives in its token.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The public half, `ASIA…`.
    pub access_key: AccessKeyId,
    /// The secret half; only ever written into a sealed token.
    pub secret: Secret<String>,
    /// The account the permissions are of.
    pub account: AccountId,
    /// Whose permissions they are.
    pub subject: Subject,
    /// When it was handed out (`aws:TokenIssueTime`). A token keeps whole seconds.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The provider's ARN (`aws:FederatedProvider`).
    pub provider: String,
    /// The token's `sub`.
    pub subject: String,
    /// The token's audience.
    pub audience: String,
}

/// What a token begins with, so that its kind can be told.
const PREFIX: &str = "PortcullisSession2.";
/// No token is longer: it travels in one header beside others, and the whole head is bounded.
pub const TOKEN_CHARS_MAX: usize = 6_144;

/// The session does not fit into a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session's policies and tags are too large")]
pub struct TooLarge;

impl Session {
    /// Whether sessions policies were given, which then limit.
    pub fn is_limited(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// The token that goes with the access key.
    pub fn seal(&self, master_key: &MasterKey) -> Result<Secret<String>, TooLarge> {
        let sealed = master_key.seal(place(&self.access_key), &packed::pack(self));
        let token = format!("{PREFIX}{}", sealed.bare());
        if token.len() > TOKEN_CHARS_MAX { Err(TooLarge) } else { Ok(Secret::new(token)) }
    }

    /// How many bytes policies and tags take in a token: what callers can make large.
    pub fn packed_bytes(
        policy: Option<&str>,
        policy_arns: &BTreeSet<String>,
        tags: &BTreeMap<String, String>,
    ) -> usize {
        packed::bytes(policy, policy_arns, tags)
    }

    /// Opens a token that came with `access_key`. Whether it has expired, and whether its subject still exists, the
    /// caller judges.
    pub fn open(master_key: &MasterKey, access_key: &AccessKeyId, token: &str) -> Result<Self, SealError> {
        if token.len() > TOKEN_CHARS_MAX {
            return Err(SealError::Malformed);
        }
        let bare = token.strip_prefix(PREFIX).ok_or(SealError::Malformed)?;
        let opened = master_key.open(place(access_key), &Sealed::<Vec<u8>>::from_bare(bare))?;
        packed::unpack(access_key, opened.expose()).ok_or(SealError::Malformed)
    }
}

fn place(access_key: &AccessKeyId) -> Place<'_> {
    Place { table: "sts.session", id: access_key.as_str(), version: 2 }
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
            secret: Secret::new("hunter2hunter2".to_owned()),
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
        let token = session.seal(&key).expect("small");
        assert_eq!(Session::open(&key, &session.access_key, token.expose()), Ok(session.clone()));
        let other = AccessKeyId::parse("ASIAOTHER").expect("an id");
        assert_eq!(Session::open(&key, &other, token.expose()), Err(SealError::DoesNotOpen));
        let elsewhere = MasterKey::random();
        assert_eq!(Session::open(&elsewhere, &session.access_key, token.expose()), Err(SealError::DoesNotOpen));
        let long = format!("{PREFIX}{}", "A".repeat(TOKEN_CHARS_MAX));
        for bad in ["", PREFIX, "PortcullisSession2.!!", &long, &token.expose()[..token.expose().len() - 2]] {
            assert!(Session::open(&key, &session.access_key, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_holds_everything_of_its_session() {
        let key = MasterKey::random();
        let text = |text: &str| text.to_owned();
        let whole = Session {
            policy: Some("{}".repeat(1024)),
            policy_arns: BTreeSet::from([text("arn:aws:iam::aws:policy/AdministratorAccess")]),
            tags: BTreeMap::from([(text("team"), text("a")), (text("cost"), text("b"))]),
            transitive: BTreeSet::from([text("team")]),
            source_identity: Some(text("alice")),
            mfa: Some(Timestamp::from_second(7).expect("a time")),
            web_identity: Some(WebIdentity { provider: text("p"), subject: text("s"), audience: text("a") }),
            chained: true,
            ..session()
        };
        let user = Subject::User { name: text("u"), id: text("AIDA1") };
        for session in
            [whole.clone(), Session { subject: user, ..whole.clone() }, Session { subject: Subject::Root, ..whole }]
        {
            let token = session.seal(&key).expect("policies pack well");
            assert!(token.expose().len() < 600, "{}", token.expose().len());
            assert_eq!(Session::open(&key, &session.access_key, token.expose()), Ok(session));
        }
    }

    #[test]
    fn what_does_not_fit_into_a_token_is_told() {
        let key = MasterKey::random();
        let tags = (0..50).map(|at| (format!("{at}{}", base::id::random_text(120)), base::id::random_text(256)));
        assert_eq!(Session { tags: tags.collect(), ..session() }.seal(&key).map(|_| ()), Err(TooLarge));
    }

    #[test]
    fn a_token_and_its_print_show_no_secret() {
        let (key, session) = (MasterKey::random(), session());
        assert!(
            !session.seal(&key).expect("small").expose().contains("hunter2")
                && !format!("{session:?}").contains("hunter2")
        );
    }
}
