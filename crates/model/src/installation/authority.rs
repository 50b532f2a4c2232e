//! The local certificate authority, made at first start.

use base::seal::{Place, Sealed};
use serde::{Deserialize, Serialize};

use crate::Record;

/// The root certificate and its key. One document per installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalAuthority {
    /// The root certificate.
    pub certificate_pem: String,
    /// Its private key.
    pub key_pem: Sealed<String>,
    /// Counts the keys this record has held; part of the seal.
    pub version: u32,
}

impl Record for LocalAuthority {
    const TABLE: &'static str = "installation.authority";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }
}

impl LocalAuthority {
    /// The one id of this table.
    pub const ID: &'static str = "local";

    /// The place its key is sealed for.
    pub fn place(version: u32) -> Place<'static> {
        Place { table: Self::TABLE, id: Self::ID, version }
    }
}
