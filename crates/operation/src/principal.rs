//! Who calls: what authentication proved.

use std::sync::Arc;

use base::AccountId;
use base::id::AccessKeyId;
use model::iam::Session;

/// An authenticated caller, a caller of an operation that takes no signature, or the system itself in a background job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The account's root user.
    Root {
        /// The account.
        account: AccountId,
        /// What it signed with.
        credentials: Credentials,
    },
    /// A user.
    User {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:user/path/name`.
        arn: String,
        /// `AIDA…`.
        id: String,
        /// Its friendly name.
        name: String,
        /// What it signed with.
        credentials: Credentials,
    },
    /// A session of a role.
    AssumedRole {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:role/path/name`.
        role_arn: String,
        /// `arn:aws:sts::ACCOUNT:assumed-role/name/session`.
        session_arn: String,
        /// `AROA…`, the role's id.
        role_id: String,
        /// The session's name.
        session_name: String,
        /// What it signed with.
        credentials: Credentials,
    },
    /// Somebody who did not sign, as a few operations allow. Nothing is proven.
    Unsigned {
        /// The installation's first account, whose records such calls join.
        account: AccountId,
    },
    /// Somebody whom an identity provider vouches for, as an operation that takes no signature proved.
    WebIdentity {
        /// The account of the role that was asked for.
        account: AccountId,
        /// The provider's ARN.
        provider: String,
        /// The token's audience.
        audience: String,
        /// The token's `sub`.
        subject: String,
    },
    /// Our own background work, named after the job.
    System {
        /// The account the work is done for.
        account: AccountId,
        /// The job's name.
        job: &'static str,
    },
}

/// What a caller signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key.
    pub access_key: AccessKeyId,
    /// What its token says, when the key is temporary.
    pub session: Option<Arc<Session>>,
}

impl Credentials {
    /// A key that lasts.
    pub fn long_term(access_key: AccessKeyId) -> Self {
        Self { access_key, session: None }
    }
}

impl Principal {
    /// The account it belongs to.
    pub fn account(&self) -> AccountId {
        match self {
            Principal::Root { account, .. }
            | Principal::User { account, .. }
            | Principal::AssumedRole { account, .. }
            | Principal::Unsigned { account }
            | Principal::WebIdentity { account, .. }
            | Principal::System { account, .. } => *account,
        }
    }

    /// Its ARN, as `GetCallerIdentity` and policies name it.
    pub fn arn(&self) -> String {
        match self {
            Principal::Root { account, .. } => format!("arn:aws:iam::{account}:root"),
            Principal::User { arn, .. } => arn.clone(),
            Principal::AssumedRole { session_arn, .. } => session_arn.clone(),
            Principal::Unsigned { .. } => "anonymous".to_owned(),
            Principal::WebIdentity { provider, subject, .. } => format!("{provider}:{subject}"),
            Principal::System { account, job } => format!("arn:aws:iam::{account}:system/{job}"),
        }
    }

    /// Its unique id (`aws:userid`).
    pub fn user_id(&self) -> String {
        match self {
            Principal::Root { account, .. } => account.to_string(),
            Principal::User { id, .. } => id.clone(),
            Principal::AssumedRole { role_id, session_name, .. } => format!("{role_id}:{session_name}"),
            Principal::Unsigned { .. } => "anonymous".to_owned(),
            Principal::WebIdentity { provider, audience, subject, .. } => format!("{provider}:{audience}:{subject}"),
            Principal::System { job, .. } => format!("system:{job}"),
        }
    }

    /// What it signed with, if it signed.
    pub fn credentials(&self) -> Option<&Credentials> {
        match self {
            Principal::Root { credentials, .. }
            | Principal::User { credentials, .. }
            | Principal::AssumedRole { credentials, .. } => Some(credentials),
            Principal::Unsigned { .. } | Principal::WebIdentity { .. } | Principal::System { .. } => None,
        }
    }

    /// The key it signed with, if it signed.
    pub fn access_key(&self) -> Option<&AccessKeyId> {
        self.credentials().map(|credentials| &credentials.access_key)
    }

    /// What its token says, if it signed with temporary credentials.
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.credentials()?.session.as_ref()
    }
}
