//! A block: some entries of one stream, compressed, with time bounds and a filter of request ids.

use std::io::Read as _;

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;

use crate::{Fault, Stream};

mod filter;

pub use filter::IdFilter;

/// Bytes of one block's entries before compression, at most: what a reader may have to hold.
pub const BLOCK_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of one entry, at most.
pub const ENTRY_BYTES_MAX: usize = 1024 * 1024;

/// Fast rather than small: the gateway's own cores compress.
const COMPRESSION_LEVEL: i32 = -3;

/// A reader's decompression window is at most 2^23 bytes, whatever a corrupt frame asks for.
const WINDOW_LOG_MAX: u32 = 23;

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
        let raw = decompress(&self.payload)?;
        let mut rest = Bytes::from(raw);
        let mut entries = Vec::new();
        while !rest.is_empty() {
            entries.push(take_entry(&mut rest).ok_or_else(|| damaged("an entry is cut off"))?);
        }
        if entries.len() != self.entries as usize {
            return Err(damaged("the number of entries differs from the stored one"));
        }
        Ok(entries)
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

/// Gathers entries until they make a block.
#[derive(Debug)]
pub struct BlockBuilder {
    stream: Stream,
    bounds: Option<(Timestamp, Timestamp)>,
    entries: u32,
    ids: Vec<[u8; 16]>,
    raw: Vec<u8>,
}

impl BlockBuilder {
    /// An empty block of `stream`.
    pub fn new(stream: Stream) -> Self {
        Self { stream, bounds: None, entries: 0, ids: Vec::new(), raw: Vec::new() }
    }

    /// Adds an entry.
    pub fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(PushError::TooLarge);
        }
        if self.raw.len() + ENTRY_HEAD_BYTES_MAX + bytes.len() > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        let time = storable(time);
        put_entry(&mut self.raw, time, request, bytes);
        self.entries += 1;
        self.bounds = Some(self.bounds.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        if let Some(RequestId(id)) = request {
            self.ids.push(id.into_bytes());
        }
        Ok(())
    }

    /// The series the block will belong to.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.entries as usize
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Bytes so far, before compression.
    pub fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// Compresses; `None` where nothing was pushed.
    pub fn finish(self) -> Option<Block> {
        let (first, last) = self.bounds?;
        let payload = compress(&self.raw).expect("compressing into memory fails only without memory");
        Some(Block {
            stream: self.stream,
            first,
            last,
            entries: self.entries,
            filter: IdFilter::of(self.ids),
            payload: payload.into(),
        })
    }
}

/// Times are stored as nanoseconds in 64 bits, which end in the years 1677 and 2262.
fn storable(time: Timestamp) -> Timestamp {
    time.clamp(crate::time::MIN, crate::time::MAX)
}

fn compress(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(COMPRESSION_LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(raw)
}

fn decompress(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let fault = |error: std::io::Error| Fault::new("reading a block", error);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(payload).map_err(fault)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(fault)?;
    let mut raw = Vec::new();
    decoder.take(BLOCK_BYTES_MAX as u64 + 1).read_to_end(&mut raw).map_err(fault)?;
    if raw.len() > BLOCK_BYTES_MAX {
        return Err(damaged("it unpacks to more than a block may hold"));
    }
    Ok(raw)
}

fn damaged(why: &'static str) -> Fault {
    Fault::new("reading a block", why)
}

/// Time, the mark whether an id follows, the id, and the length of the bytes.
const ENTRY_HEAD_BYTES_MAX: usize = 8 + 1 + 16 + 4;

fn put_entry(raw: &mut Vec<u8>, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) {
    raw.extend_from_slice(&crate::time::to_nanoseconds(time).to_le_bytes());
    match request {
        None => raw.push(0),
        Some(RequestId(id)) => {
            raw.push(1);
            raw.extend_from_slice(id.as_bytes());
        }
    }
    let length = u32::try_from(bytes.len()).expect("push refused longer entries");
    raw.extend_from_slice(&length.to_le_bytes());
    raw.extend_from_slice(bytes);
}

fn take_entry(rest: &mut Bytes) -> Option<Entry> {
    let time = crate::time::from_nanoseconds(i64::from_le_bytes(take_array(rest)?));
    let request = match take_array::<1>(rest)? {
        [0] => None,
        [1] => Some(RequestId(uuid::Uuid::from_bytes(take_array(rest)?))),
        _ => return None,
    };
    let length = usize::try_from(u32::from_le_bytes(take_array(rest)?)).ok()?;
    (length <= rest.len()).then(|| Entry { time, request, bytes: rest.split_to(length) })
}

fn take_array<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    let array = *rest.first_chunk::<N>()?;
    bytes::Buf::advance(rest, N);
    Some(array)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stream() -> Stream {
        let scope = base::Scope {
            account: base::AccountId::parse("111111111111").unwrap(),
            region: base::Region::parse("eu-west-1").unwrap(),
        };
        Stream { scope, name: "access/a1b2c3/prod".to_owned() }
    }

    fn block(entries: &[(i64, Option<u128>, Vec<u8>)]) -> Option<Block> {
        let mut builder = BlockBuilder::new(stream());
        for (time, id, bytes) in entries {
            let id = id.map(|id| RequestId(uuid::Uuid::from_u128(id)));
            builder.push(crate::time::from_nanoseconds(*time), id, bytes).unwrap();
        }
        builder.finish()
    }

    #[test]
    fn a_block_of_nothing_is_none() {
        assert_eq!(block(&[]), None);
    }

    #[test]
    fn a_block_knows_its_bounds_even_where_entries_come_out_of_order() {
        let block = block(&[(5, None, vec![]), (-7, None, vec![]), (3, None, vec![])]).unwrap();
        assert_eq!(block.first, crate::time::from_nanoseconds(-7));
        assert_eq!(block.last, crate::time::from_nanoseconds(5));
        assert_eq!(block.entries, 3);
    }

    #[test]
    fn an_entry_or_a_block_that_is_too_large_is_refused() {
        let mut builder = BlockBuilder::new(stream());
        let large = vec![0; ENTRY_BYTES_MAX + 1];
        assert_eq!(builder.push(Timestamp::UNIX_EPOCH, None, &large), Err(PushError::TooLarge));
        let whole = &large[1..];
        let full = (0..=8).find_map(|_| builder.push(Timestamp::UNIX_EPOCH, None, whole).err());
        assert_eq!(full, Some(PushError::Full));
        assert_eq!(builder.finish().unwrap().decode().unwrap().len(), 7);
    }

    #[test]
    fn a_payload_that_unpacks_to_more_than_a_block_is_a_fault() {
        let mut block = block(&[(0, None, vec![])]).unwrap();
        block.payload = compress(&vec![0; BLOCK_BYTES_MAX + 1]).unwrap().into();
        assert!(block.decode().is_err());
    }

    #[test]
    fn a_block_with_a_wrong_count_or_a_cut_entry_is_a_fault() {
        let good = block(&[(0, Some(1), b"one".to_vec()), (1, None, b"two".to_vec())]).unwrap();
        assert!(Block { entries: 3, ..good.clone() }.decode().is_err());
        let raw = decompress(&good.payload).unwrap();
        for cut in 1..raw.len() {
            let payload = compress(&raw[..cut]).unwrap().into();
            assert!(Block { payload, ..good.clone() }.decode().is_err(), "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn what_was_pushed_is_read_again(
            entries in prop::collection::vec((any::<i64>(), any::<Option<u128>>(), any::<Vec<u8>>()), 1..50),
        ) {
            let block = block(&entries).unwrap();
            let read = block.decode().unwrap();
            prop_assert_eq!(read.len(), entries.len());
            for (entry, (time, id, bytes)) in read.iter().zip(&entries) {
                prop_assert_eq!(crate::time::to_nanoseconds(entry.time), *time);
                prop_assert_eq!(entry.request.map(|RequestId(id)| id.as_u128()), *id);
                prop_assert_eq!(&entry.bytes[..], &bytes[..]);
                if let Some(id) = entry.request {
                    prop_assert!(block.filter.may_hold(id));
                }
            }
        }

        #[test]
        fn a_damaged_block_never_panics(payload in any::<Vec<u8>>(), entries in any::<u32>()) {
            let good = block(&[(0, None, vec![])]).unwrap();
            let _ = Block { payload: payload.clone().into(), entries, ..good.clone() }.decode();
            // The same bytes as a sound frame: what lies inside is damaged.
            let _ = Block { payload: compress(&payload).unwrap().into(), entries, ..good }.decode();
        }

        #[test]
        fn a_flipped_bit_is_a_fault(at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let good = block(&[(0, Some(1), b"some words".to_vec()), (1, None, b"more of them".to_vec())]).unwrap();
            let mut payload = good.payload.to_vec();
            let at = at.index(payload.len());
            payload[at] ^= 1 << bit;
            if let Ok(entries) = (Block { payload: payload.into(), ..good.clone() }).decode() {
                prop_assert_eq!(entries, good.decode().unwrap(), "only bits that mean nothing may flip");
            }
        }
    }
}
