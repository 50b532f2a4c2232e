//! Ports to what traffic leaves behind: events, in compressed blocks (access logs, execution logs, trails), blobs (function
//! code), counters (what quotas used), and queues (what is still to be done).
//!
//! It must not know: AWS, what a line, a blob, a counter or an item means, SQL, or which backend answers. Begin with [`Events`]
//! and [`block`], with [`blobs`], with [`Counters`], or with [`queue`].

pub mod block;
pub mod time;
pub mod contract;
pub mod blobs;
pub mod blobs_contract;
pub mod counters;
pub mod counters_contract;
pub mod queue;
pub mod queue_contract;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use async_trait::async_trait;
use base::Timestamp;
use base::id::RequestId;

pub use blobs::{BlobKey, Blobs, Digest, PutError, Swept};
pub use block::{Block, BlockBuilder, Compressor, Entries, Entry, IdFilter, Pieces, PushError, StoredBlock};
pub use counters::Counters;
pub use queue::Queue;

/// The records store failed.
#[derive(Debug, thiserror::Error)]
#[error("the records store failed: {what}")]
pub struct Fault {
    /// What was being done.
    pub what: &'static str,
    /// The backend's own error.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// Wraps a backend's error.
    pub fn new(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what, source: source.into() }
    }
}

/// Which series a block belongs to: an account and region, and a stream such as `access/a1b2c3/prod`,
/// `execution/a1b2c3/prod` or `trail`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stream {
    /// The owner; trails of front-end refusals belong to the installation's first account.
    pub scope: base::Scope,
    /// The stream's name.
    pub name: String,
}

/// Which blocks to read.
#[derive(Debug, Clone)]
pub struct BlockQuery {
    /// Whose; `None` for every account and region of the installation.
    pub scope: Option<base::Scope>,
    /// Streams whose name begins so.
    pub stream_prefix: String,
    /// Blocks that hold something at or after this time.
    pub from: Timestamp,
    /// Blocks that hold something at or before this time.
    pub to: Timestamp,
    /// Only blocks stored after this sequence number: how `--follow` goes on.
    pub after: Option<i64>,
    /// At most so many, oldest first (newest first where `newest_first`).
    pub limit: u32,
    /// Turns the order.
    pub newest_first: bool,
}

impl BlockQuery {
    /// All that is stored, oldest first.
    pub fn everything() -> Self {
        Self {
            scope: None,
            stream_prefix: String::new(),
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            after: None,
            limit: u32::MAX,
            newest_first: false,
        }
    }
}

/// Which request's entries to find.
#[derive(Debug, Clone)]
pub struct FindQuery {
    /// The request.
    pub request: RequestId,
    /// Whose streams; `None` for every account and region of the installation.
    pub scope: Option<base::Scope>,
    /// Streams whose name begins so.
    pub stream_prefix: String,
}

/// An entry and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The series.
    pub stream: Stream,
    /// The block's number.
    pub sequence: i64,
    /// The entry.
    pub entry: Entry,
}

/// Blocks that one [`Events::candidates`] answers at most: a request's entries lie in a few.
pub const CANDIDATES_MAX: usize = 256;

/// What retention removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Blocks that went.
    pub blocks: u64,
    /// Their stored bytes.
    pub bytes: u64,
}

/// The event log.
#[async_trait]
pub trait Events: Send + Sync + std::fmt::Debug {
    /// Stores blocks, all or none.
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault>;

    /// Reads blocks.
    async fn read(&self, query: &BlockQuery) -> Result<Vec<StoredBlock>, Fault>;

    /// The blocks whose filter says that they may hold something of the request, oldest first and at most
    /// [`CANDIDATES_MAX`]. It reads the filters of all blocks and the payloads of these alone.
    async fn candidates(&self, query: &FindQuery) -> Result<Vec<StoredBlock>, Fault>;

    /// Everything recorded for one request, in the order in which it was stored.
    async fn find(&self, query: &FindQuery) -> Result<Vec<Found>, Fault> {
        let mut found = Vec::new();
        for candidate in self.candidates(query).await? {
            let mine = candidate.decode()?.into_iter().filter(|entry| entry.request == Some(query.request));
            found.extend(mine.map(|entry| Found {
                stream: candidate.stream().clone(),
                sequence: candidate.sequence,
                entry,
            }));
        }
        Ok(found)
    }

    /// Deletes the oldest blocks: those that end before `before`, then more until at most `bytes_max` remain.
    async fn prune(&self, before: Timestamp, bytes_max: u64) -> Result<Pruned, Fault>;

    /// Bytes stored now.
    async fn bytes(&self) -> Result<u64, Fault>;
}
