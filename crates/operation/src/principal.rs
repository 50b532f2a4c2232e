//! Who calls: what authentication proved.

use base::AccountId;
use base::id::AccessKeyId;

/// An authenticated caller, or the system itself in a background job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The account's root user.
    Root {
        /// The account.
        account: AccountId,
        /// The key it signed with.
        access_key: AccessKeyId,
    },
    /// Our own background work, named after the job.
    System {
        /// The account the work is done for.
        account: AccountId,
        /// The job's name.
        job: &'static str,
    },
}

impl Principal {
    /// The account it belongs to.
    pub fn account(&self) -> AccountId {
        match self {
            Principal::Root { account, .. } | Principal::System { account, .. } => *account,
        }
    }

    /// Its ARN, as `GetCallerIdentity` and policies name it.
    pub fn arn(&self) -> String {
        match self {
            Principal::Root { account, .. } => format!("arn:aws:iam::{account}:root"),
            Principal::System { account, job } => format!("arn:aws:iam::{account}:system/{job}"),
        }
    }

    /// Its unique id (`aws:userid`).
    pub fn user_id(&self) -> String {
        match self {
            Principal::Root { account, .. } => account.to_string(),
            Principal::System { job, .. } => format!("system:{job}"),
        }
    }

    /// The key it signed with, if it signed.
    pub fn access_key(&self) -> Option<&AccessKeyId> {
        match self {
            Principal::Root { access_key, .. } => Some(access_key),
            Principal::System { .. } => None,
        }
    }
}
