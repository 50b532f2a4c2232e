//! What a transaction writes, and what it relied on.

use std::collections::BTreeMap;

use crate::{AuditEntry, Fault, Key, Lease, Revision};

/// One change to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Stores the document, new or not. `index` holds exact-match index entries, written in the same transaction;
    /// they replace all earlier ones of this document.
    Put {
        /// Where.
        key: Key,
        /// What.
        value: Vec<u8>,
        /// `(index name, index value)` pairs under which [`crate::View::find`] finds it, installation-wide.
        index: Vec<(String, String)>,
    },
    /// Removes the document and its index entries.
    Delete {
        /// Where.
        key: Key,
    },
}

impl Write {
    /// The document it changes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// Something that must still hold when the batch commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// The document still has this revision, or is still absent.
    Document {
        /// Where.
        key: Key,
        /// The revision that was read, `None` for absent.
        revision: Option<Revision>,
    },
    /// The set of documents whose id begins with `prefix` is what was read: nothing added, changed or removed.
    Range {
        /// Scope and table; its `id` is the prefix.
        prefix: Key,
        /// How many documents there were.
        count: u64,
        /// The highest revision among them.
        newest: Option<Revision>,
    },
    /// With `more` documents more, at most `max` have an id that begins with `prefix`. Others may come, change and go.
    Room {
        /// Scope and table; its `id` is the prefix.
        prefix: Key,
        /// How many the batch adds.
        more: u64,
        /// How many there may be.
        max: u64,
    },
    /// An exact-match index still answers what was read.
    Index {
        /// The index's name.
        name: String,
        /// The value looked up.
        value: String,
        /// The key found, or none.
        found: Option<Key>,
    },
    /// The writer still holds its lease: same fence, not expired for anybody else.
    Lease(Lease),
}

/// A transaction ready to commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// What must hold.
    pub preconditions: Vec<Precondition>,
    /// What changes, in order.
    pub writes: Vec<Write>,
    /// The audit entries that travel with it.
    pub audit: Vec<AuditEntry>,
}

impl Batch {
    /// What the writes come to: one for each document, the last. A backend frees the index entries of them all before
    /// it makes new ones, so that an index value can pass from one document to another inside a batch.
    pub fn outcome(&self) -> Vec<&Write> {
        let last: BTreeMap<&Key, &Write> = self.writes.iter().map(|write| (write.key(), write)).collect();
        last.into_values().collect()
    }
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody changed what the transaction relied on, or an index value belongs to another document; run it again on
    /// a new view.
    #[error("another transaction changed what this one relied on")]
    Conflict,
    /// The writer's lease has passed to another holder; it must stop.
    #[error("the lease is held by somebody else")]
    Fenced,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
