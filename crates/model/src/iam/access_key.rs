//! An access key: the public id, and the secret sealed. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>

use base::id::{AccessKeyId, random_from};
use base::seal::{MasterKey, Place, Sealed};
use base::{AccountId, Secret, Timestamp};
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

/// That somebody has a key: what lists an owner's keys without reading all of them. Written and removed with the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedKey {
    /// Whose it is.
    pub owner: Owner,
    /// Which.
    pub key: AccessKeyId,
}

impl OwnedKey {
    /// The prefix under which an owner's keys stand.
    pub fn prefix(owner: &Owner) -> String {
        match owner {
            Owner::Root => "root/".to_owned(),
            Owner::User(name) => format!("user/{name}/"),
        }
    }
}

impl Record for OwnedKey {
    const TABLE: &'static str = "iam.owned_key";

    fn id(&self) -> String {
        format!("{}{}", Self::prefix(&self.owner), self.key)
    }
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

const ID_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl AccessKey {
    /// A key that does not exist yet, with its secret: sealed in the record, open beside it for the one time it is shown.
    pub fn fresh(master_key: &MasterKey, account: AccountId, owner: Owner, now: Timestamp) -> (Self, Secret<String>) {
        let id =
            AccessKeyId::parse(&format!("AKIA{}", random_from(ID_ALPHABET, 16))).expect("letters and digits are an id");
        let secret = Secret::new(random_from(SECRET_ALPHABET, 40));
        let place_id = Self::place_id(&account, &id);
        let sealed = master_key.seal(Self::place(&place_id, 1), &secret);
        let key = Self { id, account, owner, secret: sealed, version: 1, active: true, created: now };
        (key, secret)
    }

    /// The entry that lists it under its owner.
    pub fn owned(&self) -> OwnedKey {
        OwnedKey { owner: self.owner.clone(), key: self.id.clone() }
    }

    /// The place its secret is sealed for. `path` is `{account}/{key id}` from [`AccessKey::place_id`].
    pub fn place(path: &str, version: u32) -> Place<'_> {
        Place { table: Self::TABLE, id: path, version }
    }

    /// The path that [`AccessKey::place`] takes.
    pub fn place_id(account: &AccountId, id: &AccessKeyId) -> String {
        format!("{account}/{id}")
    }
}
