//! A caller: its principal, and the condition keys that tell of it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::sync::Arc;

use base::id::AccessKeyId;
use base::{AccountId, Timestamp};
use model::iam::Session;
use policy::{Keys, Principal};
use snapshot::{Role, User};

use crate::sessions::OpenSession;

/// Somebody whose signature was verified, or whom a what-if question puts in that place.
#[derive(Debug)]
pub struct Caller {
    pub(crate) who: Who,
    principal: Principal,
    access_key: Option<AccessKeyId>,
    pub(crate) session: Option<Arc<OpenSession>>,
}

/// Whose permissions the caller has.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    Root(AccountId),
    User(Arc<User>),
    Role { role: Arc<Role>, session: Arc<str> },
}

impl Who {
    pub(crate) fn account(&self) -> AccountId {
        match self {
            Self::Root(account) => *account,
            Self::User(user) => user.name.account,
            Self::Role { role, .. } => role.name.account,
        }
    }
}

impl Caller {
    pub(crate) fn new(who: Who, access_key: Option<AccessKeyId>, session: Option<Arc<OpenSession>>) -> Self {
        let principal = match &who {
            Who::Root(account) => Principal::Root { account: *account },
            Who::User(user) => Principal::User {
                account: user.name.account,
                arn: user.arn.to_string(),
                id: user.id.to_string(),
                name: user.name.name.to_string(),
            },
            Who::Role { role, session } => Principal::AssumedRole {
                account: role.name.account,
                role_arn: role.arn.to_string(),
                session_arn: format!("arn:aws:sts::{}:assumed-role/{}/{session}", role.name.account, role.name.name),
                id: role.id.to_string(),
                session: session.to_string(),
            },
        };
        Self { who, principal, access_key, session }
    }

    /// Who it is, as policies see it.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The account whose permissions it has.
    pub fn account(&self) -> AccountId {
        self.who.account()
    }

    /// The key it signed with; none in a what-if question.
    pub fn access_key(&self) -> Option<&AccessKeyId> {
        self.access_key.as_ref()
    }

    /// What its token says, when it signed with temporary credentials.
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_deref().map(|open| &open.session)
    }

    /// Adds all condition keys that tell of the caller.
    pub(crate) fn add_keys(&self, keys: Keys, now: Timestamp) -> Keys {
        let mut keys = self.principal.add_keys(keys);
        let own: &[(String, String)] = match &self.who {
            Who::Root(_) => &[],
            Who::User(user) => &user.tags,
            Who::Role { role, .. } => &role.tags,
        };
        for (key, value) in own {
            keys = keys.text(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        let Some(session) = self.session() else { return keys };
        // A session's tag hides the role's own of the same key: it is set after it.
        for (key, value) in &session.tags {
            keys = keys.text(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        let age = session.mfa.map(|shown| now.as_second() - shown.as_second());
        keys = keys.temporary_credentials(session.issued, age);
        if let Some(identity) = &session.source_identity {
            keys = keys.text("aws:SourceIdentity", identity.as_str());
        }
        if let Some(web) = &session.web_identity {
            keys = keys.text("aws:FederatedProvider", web.provider.as_str());
        }
        keys
    }
}
