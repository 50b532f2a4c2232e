//! An access key: the public id, and the secret sealed. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>

use base::id::AccessKeyId;
use base::seal::{Place, Sealed};
use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A key that signs calls. Stored under its account and `global`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The public half.
    pub id: AccessKeyId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Who signs with it.
    pub owner: Owner,
    /// The secret half.
    pub secret: Sealed<String>,
    /// How many secrets this record has held; part of the seal.
    pub version: u32,
    /// An inactive key signs nothing.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// Who signs with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// The account itself.
    Root,
    /// A user, by name; a user that is renamed takes its keys along.
    User(String),
}

impl Record for AccessKey {
    const TABLE: &'static str = "iam.access_key";

    fn id(&self) -> String {
        self.id.to_string()
    }

    /// Makes the id unique across accounts.
    fn index(&self) -> Vec<(String, String)> {
        vec![("iam.access_key.id".to_owned(), self.id.to_string())]
    }
}

impl AccessKey {
    /// The place its secret is sealed for. `path` is `{account}/{key id}` from [`AccessKey::place_id`].
    pub fn place(path: &str, version: u32) -> Place<'_> {
        Place { table: Self::TABLE, id: path, version }
    }

    /// The path that [`AccessKey::place`] takes.
    pub fn place_id(account: &AccountId, id: &AccessKeyId) -> String {
        format!("{account}/{id}")
    }
}
