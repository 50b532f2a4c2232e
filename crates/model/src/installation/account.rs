//! An account of this installation.

use base::id::AccessKeyId;
use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

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
