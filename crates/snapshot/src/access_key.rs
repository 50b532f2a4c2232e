//! An access key, opened: what signatures are checked against.

use base::{AccountId, Secret};

use crate::Name;

/// A key that signs calls.
#[derive(Debug)]
pub struct AccessKey {
    /// The account it belongs to.
    pub account: AccountId,
    /// The secret half.
    pub secret: Secret<String>,
    /// An inactive key signs nothing.
    pub active: bool,
    /// Who signs with it.
    pub owner: KeyOwner,
}

/// Who signs with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOwner {
    /// The account itself.
    Root,
    /// A user, to be found in [`crate::Snapshot::users`].
    User(Name),
}
