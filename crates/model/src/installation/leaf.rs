//! A certificate that the local authority issued and renews.

use base::Timestamp;
use base::seal::{Place, Sealed};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A server certificate with its key. Stored under the installation's first account and `global`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalLeaf {
    /// The first of its names; also the record's id.
    pub name: String,
    /// All names it is valid for.
    pub names: Vec<String>,
    /// The leaf and whatever stands between it and the root.
    pub chain_pem: String,
    /// Its private key.
    pub key_pem: Sealed<String>,
    /// Counts the keys this record has held; part of the seal.
    pub version: u32,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
}

impl LocalLeaf {
    /// The place its key is sealed for.
    pub fn place(name: &str, version: u32) -> Place<'_> {
        Place { table: Self::TABLE, id: name, version }
    }
}

impl Record for LocalLeaf {
    const TABLE: &'static str = "installation.leaf";

    fn id(&self) -> String {
        self.name.clone()
    }
}
