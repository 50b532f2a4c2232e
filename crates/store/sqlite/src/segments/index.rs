//! The index of a segment: what each of its blocks is, in batches that are there whole or not at all.
//!
//! The file begins with [`MARK`] and the format's number. A batch is the length of its body and the body's CRC-32, four bytes
//! each, and the body: one head behind the other. All numbers are little-endian.

use std::ops::Range;

use bytes::Buf as _;
use store_records::Block;
use store_records::time::to_nanoseconds;

/// How an index begins; the format's number follows in one byte.
const MARK: &[u8; 7] = b"pcindex";

/// The newest format this version knows.
pub(super) const FORMAT: u8 = 1;

/// Bytes before the first batch.
pub(super) const HEADER_BYTES: usize = MARK.len() + 1;

/// Bytes before a batch's body.
const BATCH_HEAD_BYTES: usize = 8;

/// What the file begins with.
pub(super) fn header() -> [u8; HEADER_BYTES] {
    let mut header = [FORMAT; HEADER_BYTES];
    header[..MARK.len()].copy_from_slice(MARK);
    header
}

/// How an index begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// With nothing: it was made, and the process died or the power went before more of it was on the disk.
    Blank,
    /// As an index of this format.
    Index,
    /// As one of a later version.
    Newer(u8),
    /// Otherwise.
    Damaged,
}

/// Reads how an index begins.
pub(super) fn opening(index: &[u8]) -> Opening {
    match index.strip_prefix(MARK).and_then(<[u8]>::first) {
        Some(&FORMAT) => Opening::Index,
        Some(&found) if found > FORMAT => Opening::Newer(found),
        // Whole pages of zeros are what some file systems leave of a file that was not written back.
        None if index.len() < HEADER_BYTES || index.iter().all(|byte| *byte == 0) => Opening::Blank,
        Some(_) | None => Opening::Damaged,
    }
}

/// What a block is, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// Its number in the segment, from 0.
    pub(super) ordinal: u32,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) stream: &'a str,
    /// Times are nanoseconds since 1970.
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) entries: u32,
    /// What it takes of the store's space: [`Block::stored_bytes`].
    pub(super) bytes: u64,
    pub(super) filter: &'a [u8],
    /// Where its payload lies in the file of blocks.
    pub(super) payload: Range<u64>,
    pub(super) payload_crc: u32,
}

/// A batch of an index.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    pub(super) heads: Vec<Head<'a>>,
    /// Where it ends in the index.
    pub(super) end: usize,
}

/// The batch of some blocks, whose payloads lie one behind the other.
pub(super) fn batch(blocks: &[Block]) -> Vec<u8> {
    let mut batch = vec![0; BATCH_HEAD_BYTES];
    for block in blocks {
        let (scope, filter) = (&block.stream.scope, block.filter.as_bytes());
        batch.extend(to_nanoseconds(block.first).to_le_bytes());
        batch.extend(to_nanoseconds(block.last).to_le_bytes());
        batch.extend(block.stored_bytes().to_le_bytes());
        batch.extend(block.entries.to_le_bytes());
        batch.extend(crc32fast::hash(&block.payload).to_le_bytes());
        let parts = [scope.account.as_str(), scope.region.as_str(), &block.stream.name].map(str::as_bytes);
        for length in [block.payload.len(), filter.len()].into_iter().chain(parts.map(<[u8]>::len)) {
            // All are bounded far below: blocks by their builder, names by their makers.
            batch.extend((length as u32).to_le_bytes());
        }
        for part in parts {
            batch.extend(part);
        }
        batch.extend(filter);
    }
    let body = &batch[BATCH_HEAD_BYTES..];
    let (length, crc) = (body.len() as u32, crc32fast::hash(body));
    batch[..4].copy_from_slice(&length.to_le_bytes());
    batch[4..BATCH_HEAD_BYTES].copy_from_slice(&crc.to_le_bytes());
    batch
}

/// Reads the batches of an index, up to its end or to the first that is not whole.
#[derive(Debug)]
pub(super) struct Batches<'a> {
    index: &'a [u8],
    at: usize,
    payload: u64,
    ordinal: u32,
}

impl<'a> Batches<'a> {
    /// `index` is the whole file.
    pub(super) fn of(index: &'a [u8]) -> Self {
        Self { index, at: HEADER_BYTES.min(index.len()), payload: 0, ordinal: 0 }
    }

    /// Whether all of the index was read.
    pub(super) fn is_done(&self) -> bool {
        self.at == self.index.len()
    }

    fn body(&self) -> Option<&'a [u8]> {
        let mut rest = self.index.get(self.at..)?;
        let (length, crc) = (rest.try_get_u32_le().ok()?, rest.try_get_u32_le().ok()?);
        let body = rest.get(..length as usize)?;
        (!body.is_empty() && crc32fast::hash(body) == crc).then_some(body)
    }

    fn heads(&self, mut body: &'a [u8]) -> Option<Vec<Head<'a>>> {
        let mut heads = Vec::new();
        let mut payload = self.payload;
        while !body.is_empty() {
            let ordinal = self.ordinal.checked_add(heads.len() as u32)?;
            let head = head(&mut body, ordinal, payload)?;
            payload = head.payload.end;
            heads.push(head);
        }
        Some(heads)
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Batch<'a>;

    fn next(&mut self) -> Option<Batch<'a>> {
        let body = self.body()?;
        let heads = self.heads(body)?;
        self.at += BATCH_HEAD_BYTES + body.len();
        self.payload = heads.last()?.payload.end;
        self.ordinal += heads.len() as u32;
        Some(Batch { heads, end: self.at })
    }
}

fn head<'a>(body: &mut &'a [u8], ordinal: u32, start: u64) -> Option<Head<'a>> {
    let (first, last) = (body.try_get_i64_le().ok()?, body.try_get_i64_le().ok()?);
    let bytes = body.try_get_u64_le().ok()?;
    let (entries, payload_crc) = (body.try_get_u32_le().ok()?, body.try_get_u32_le().ok()?);
    let [mut payload, mut filter, mut account, mut region, mut stream] = [0_u32; 5];
    for length in [&mut payload, &mut filter, &mut account, &mut region, &mut stream] {
        *length = body.try_get_u32_le().ok()?;
    }
    let mut part = |length: u32| body.split_off(..length as usize);
    let (account, region) = (str::from_utf8(part(account)?).ok()?, str::from_utf8(part(region)?).ok()?);
    let stream = str::from_utf8(part(stream)?).ok()?;
    let filter = part(filter)?;
    let payload = start..start.checked_add(u64::from(payload))?;
    Some(Head { ordinal, account, region, stream, first, last, entries, bytes, filter, payload, payload_crc })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::testing::block;

    fn index(batches: &[&[Block]]) -> Vec<u8> {
        let mut index = header().to_vec();
        for blocks in batches {
            index.extend(batch(blocks));
        }
        index
    }

    #[test]
    fn heads_come_back_as_they_were() {
        let blocks = [block("access/a/prod", 3, 9), block("trail", 1, 1), block("é", -5, 2)];
        let index = index(&[&blocks[..1], &blocks[1..]]);
        let mut batches = Batches::of(&index);
        let heads: Vec<Head<'_>> = batches.by_ref().flat_map(|batch| batch.heads).collect();
        assert!(batches.is_done());
        let mut end = 0;
        for (ordinal, (head, block)) in (0..).zip(heads.iter().zip(&blocks)) {
            assert_eq!((head.ordinal, head.stream), (ordinal, block.stream.name.as_str()));
            assert_eq!((head.account, head.region), ("111111111111", "eu-west-1"));
            assert_eq!((head.first, head.last), (to_nanoseconds(block.first), to_nanoseconds(block.last)));
            assert_eq!((head.entries, head.bytes), (block.entries, block.stored_bytes()));
            assert_eq!(head.filter, block.filter.as_bytes());
            assert_eq!(head.payload, end..end + block.payload.len() as u64);
            end = head.payload.end;
        }
        assert_eq!(heads.len(), blocks.len());
    }

    #[test]
    fn an_index_cut_anywhere_gives_its_whole_batches() {
        let blocks = [block("trail", 0, 1), block("trail", 2, 3), block("trail", 4, 5)];
        let whole = index(&[&blocks[..2], &blocks[2..]]);
        let first = HEADER_BYTES + batch(&blocks[..2]).len();
        for length in 0..whole.len() {
            let mut batches = Batches::of(&whole[..length]);
            let count = batches.by_ref().map(|batch| batch.heads.len()).sum::<usize>();
            assert_eq!(count, if length < first { 0 } else { 2 }, "cut after {length}");
            assert_eq!(batches.is_done(), length <= HEADER_BYTES || length == first, "cut after {length}");
        }
    }

    #[test]
    fn a_changed_byte_ends_the_index_where_it_is() {
        let blocks = [block("trail", 0, 1), block("trail", 2, 3)];
        let whole = index(&[&blocks[..1], &blocks[1..]]);
        for at in HEADER_BYTES..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x41;
            let mut batches = Batches::of(&changed);
            let count = batches.by_ref().count();
            assert!(count < 2 && !batches.is_done(), "{count} batches with byte {at} changed");
        }
    }

    #[test]
    fn lengths_that_lie_cost_nothing() {
        // The CRC is right, so that only the lengths can refuse it.
        for at in (32..52).step_by(4) {
            let mut body = batch(&[block("trail", 0, 1)])[BATCH_HEAD_BYTES..].to_vec();
            body[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            let mut lying = header().to_vec();
            lying.extend((body.len() as u32).to_le_bytes());
            lying.extend(crc32fast::hash(&body).to_le_bytes());
            lying.extend(body);
            let heads: Vec<_> = Batches::of(&lying).flat_map(|batch| batch.heads).collect();
            // A payload's length is held against its file, where it is read.
            assert!(heads.is_empty() || at == 32, "{heads:?}");
        }
    }
}
