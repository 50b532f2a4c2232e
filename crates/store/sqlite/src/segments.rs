//! The records store: blocks of events in files that only grow, a segment behind the other; retention takes whole files.
//!
//! A log is written once, in order, and read seldom: see `docs/decisions/0024-segments.md`. Each segment is a file of blocks and
//! an index of them, `tail` writes them and says what a killed process may leave, `query` reads.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base::Timestamp;
use store_records::{Block, BlockQuery, Events, Fault, FindQuery, Pruned, StoredBlock};

mod files;
mod index;
mod gone;
mod tail;
mod catalog;
mod hand;
mod query;
mod retention;
mod settle;
mod carry;
#[cfg(test)]
mod testing;

use self::catalog::Catalog;
use self::files::{Folder, Trouble};
use self::hand::Hand;
use crate::OpenError;
use crate::directory::Directory;

/// The folder of the segments.
const FOLDER: &str = "records";

/// The records of one data directory.
#[derive(Debug)]
pub(crate) struct Segments {
    catalog: Arc<Catalog>,
    hand: Arc<Hand>,
    /// Held by whoever takes away what is old: one at a time.
    pruning: Arc<Mutex<()>>,
}

impl Segments {
    /// Opens the segments, makes the first, and takes over what an earlier version kept.
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        carry::over(directory, &directory.path().join(FOLDER)).await?;
        let folder = Folder::new(directory.folder(FOLDER)?);
        let numbers = folder.numbers()?;
        let tail = settle::open(&folder, &numbers)?;
        let catalog = Arc::new(Catalog::new(folder, &numbers));
        catalog.know_tail(tail.number(), tail.index_end())?;
        let fail = |source| OpenError::Directory { dir: directory.path().to_owned(), source };
        let hand = Hand::start(tail, Arc::clone(&catalog), Arc::clone(directory)).map_err(fail)?;
        Ok(Self { catalog, hand: Arc::new(hand), pruning: Arc::default() })
    }

    /// Finishes what waits, and releases the files.
    pub(crate) async fn close(&self) {
        self.hand.close().await;
    }

    /// Reads files where waiting for a disk holds up nobody.
    async fn apart<T: Send + 'static>(
        &self,
        what: &'static str,
        read: impl FnOnce(&Catalog) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Fault> {
        let catalog = Arc::clone(&self.catalog);
        let read = tokio::task::spawn_blocking(move || read(&catalog)).await;
        read.map_err(|broken| Fault::new(what, broken))?.map_err(|trouble| Fault::new(what, trouble))
    }
}

impl From<Trouble> for OpenError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Newer { file, found } => {
                OpenError::Newer { file, found: u32::from(found), known: u32::from(index::FORMAT) }
            }
            other => OpenError::Records(Box::new(other)),
        }
    }
}

#[async_trait]
impl Events for Segments {
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault> {
        if blocks.is_empty() {
            return Ok(());
        }
        self.hand.append(blocks).await.map_err(|trouble| Fault::new("storing blocks", trouble))
    }

    async fn read(&self, query: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        let query = query.clone();
        self.apart("reading blocks", move |catalog| query::read(catalog, &query)).await
    }

    async fn candidates(&self, query: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        let query = query.clone();
        self.apart("looking for a request", move |catalog| query::candidates(catalog, &query)).await
    }

    async fn prune(&self, before: Timestamp, bytes_max: u64) -> Result<Pruned, Fault> {
        let (hand, pruning) = (Arc::clone(&self.hand), Arc::clone(&self.pruning));
        let prune = move |catalog: &Catalog| {
            // It guards nothing that could be left half-changed.
            let _one = pruning.lock().unwrap_or_else(PoisonError::into_inner);
            let pruned = retention::prune(catalog, &hand, before, bytes_max)?;
            settle::settle(catalog)?;
            Ok(pruned)
        };
        self.apart("removing old blocks", prune).await
    }

    async fn bytes(&self) -> Result<u64, Fault> {
        let sum = |catalog: &Catalog| {
            let segments = catalog.segments()?;
            Ok(segments.iter().map(|(.., known)| known.summary.bytes).sum())
        };
        self.apart("measuring", sum).await
    }
}
