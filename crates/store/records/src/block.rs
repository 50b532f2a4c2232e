//! A block: some entries of one stream, compressed, with time bounds and a filter of request ids.

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;

use self::reader::Reader;
use crate::{Fault, Stream};

mod entries;
mod alike;
mod reader;
mod pieces;
mod builder;
mod compression;
mod filter;
#[cfg(test)]
mod tests;

pub use builder::BlockBuilder;
pub use compression::{Compressor, PIECE_BYTES};
pub use entries::{ENTRY_HEAD_BYTES_MAX, Entries};
pub use filter::IdFilter;
pub use pieces::Pieces;

/// Bytes of one block's entries before compression, at most: what a reader may have to hold.
pub const BLOCK_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of one entry, at most.
pub const ENTRY_BYTES_MAX: usize = 1024 * 1024;

/// One thing that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub time: Timestamp,
    /// For which request, where it was for one.
    pub request: Option<RequestId>,
    /// What, opaque here.
    pub bytes: Bytes,
}

/// Entries of one stream, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The series it belongs to.
    pub stream: Stream,
    /// The earliest time in it.
    pub first: Timestamp,
    /// The latest time in it.
    pub last: Timestamp,
    /// How many entries it holds.
    pub entries: u32,
    /// Tells which request ids it may hold, without the payload.
    pub filter: IdFilter,
    /// The compressed entries.
    pub payload: Bytes,
}

impl Block {
    /// Reads the entries, in the order they were pushed. A block whose bytes were damaged is a fault.
    pub fn decode(&self) -> Result<Vec<Entry>, Fault> {
        let raw = compression::decompress(&self.payload)?;
        let mut reader = Reader::new(raw.into());
        let mut read = Vec::new();
        while !reader.is_done() {
            read.push(reader.next().ok_or_else(|| damaged("an entry is cut off"))?);
        }
        if read.len() != self.entries as usize {
            return Err(damaged("the number of entries differs from the stored one"));
        }
        Ok(read)
    }

    /// What it takes of the store's space, for retention.
    pub fn stored_bytes(&self) -> u64 {
        ROW_BYTES + (self.filter.as_bytes().len() + self.payload.len() + self.stream.name.len()) as u64
    }
}

/// What a backend's row costs besides its payload, filter and name; an estimate.
const ROW_BYTES: u64 = 128;

/// A block with its place in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// Rises with every block stored; readers follow by it.
    pub sequence: i64,
    /// The block.
    pub block: Block,
}

impl StoredBlock {
    /// The series it belongs to.
    pub fn stream(&self) -> &Stream {
        &self.block.stream
    }

    /// Reads the entries: see [`Block::decode`].
    pub fn decode(&self) -> Result<Vec<Entry>, Fault> {
        self.block.decode()
    }
}

/// Why an entry does not go into a builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// Finish this block and push the entry into the next one.
    #[error("the block is full")]
    Full,
    /// No block takes it.
    #[error("an entry holds at most {ENTRY_BYTES_MAX} bytes")]
    TooLarge,
}

fn damaged(why: &'static str) -> Fault {
    Fault::new("reading a block", why)
}
