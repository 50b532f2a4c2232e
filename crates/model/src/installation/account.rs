//! An account of this installation.

use base::id::AccessKeyId;
use base::seal::MasterKey;
use base::{AccountId, Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;
use crate::iam::{AccessKey, Owner};

/// An account and the root key that was made with it. Stored under the account and `global`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// The root key that `portcullis credentials` prints.
    pub root_access_key: AccessKeyId,
    /// When it was made.
    pub created: Timestamp,
}

impl Record for Account {
    const TABLE: &'static str = "installation.account";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// An account that does not exist yet: whoever makes it stores the account, the key, and the key's entry under its owner.
#[derive(Debug)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// Its root key.
    pub key: AccessKey,
    /// The root key's secret, for the one time it is shown.
    pub secret: Secret<String>,
}

impl NewAccount {
    /// An account with a fresh root key.
    pub fn of(master_key: &MasterKey, id: AccountId, now: Timestamp) -> Self {
        let (key, secret) = AccessKey::fresh(master_key, id, Owner::Root, now);
        Self { account: Account { id, root_access_key: key.id.clone(), created: now }, key, secret }
    }
}
