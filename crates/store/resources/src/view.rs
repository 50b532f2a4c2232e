//! A consistent view of one revision.

use async_trait::async_trait;

use crate::{Fault, Key, Revision};

/// A stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it stands.
    pub key: Key,
    /// When it was last written.
    pub revision: Revision,
    /// Its bytes.
    pub value: Vec<u8>,
}

/// Some documents of a range, and whether more follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of their ids.
    pub documents: Vec<Document>,
    /// More follow behind the last one.
    pub more: bool,
}

/// One entry of the change feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub revision: Revision,
    /// What. Whether it still exists the view tells.
    pub key: Key,
}

/// The change feed's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// All changes after the revision asked for, up to the view's own.
    Since(Vec<Change>),
    /// The feed no longer reaches back that far; begin anew from the documents.
    Truncated,
}

/// Reads at one revision: whatever is read through one view belongs together.
#[async_trait]
pub trait View: Send {
    /// The revision this view shows.
    fn revision(&self) -> Revision;

    /// One document.
    async fn get(&mut self, key: &Key) -> Result<Option<Document>, Fault>;

    /// Documents of `prefix`'s scope and table whose id begins with `prefix.id` and is above `after`, by id.
    async fn scan(&mut self, prefix: &Key, after: Option<&str>, limit: u32) -> Result<Page, Fault>;

    /// How many documents `prefix` has, and the highest revision among them.
    async fn measure(&mut self, prefix: &Key) -> Result<(u64, Option<Revision>), Fault>;

    /// The document an exact-match index points to, in whatever account or region it stands.
    async fn find(&mut self, index: &str, value: &str) -> Result<Option<Document>, Fault>;

    /// Documents of one table across all accounts and regions, by key: what a node reads at start.
    async fn scan_table(&mut self, table: &str, after: Option<&Key>, limit: u32) -> Result<Page, Fault>;

    /// What changed after `since`.
    async fn changes(&mut self, since: Revision) -> Result<Changes, Fault>;
}
