//! Entries as a block packs them, one behind the other: what records wait in until a block is made of them.

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;

use super::{BLOCK_BYTES_MAX, ENTRY_BYTES_MAX, Entry, PushError};

/// Some entries, in the order they were pushed.
#[derive(Debug, Default)]
pub struct Entries {
    // INVARIANT: whole entries and nothing else, at most `BLOCK_BYTES_MAX` bytes of them.
    raw: Vec<u8>,
}

/// What an entry takes besides its own bytes, at most: time, the mark whether an id follows, the id, and the length.
pub const ENTRY_HEAD_BYTES_MAX: usize = 8 + 1 + 16 + 4;

impl Entries {
    /// Adds an entry.
    pub fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(PushError::TooLarge);
        }
        if self.raw.len() + ENTRY_HEAD_BYTES_MAX + bytes.len() > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        let mut head = [0; ENTRY_HEAD_BYTES_MAX];
        head[..8].copy_from_slice(&crate::time::to_nanoseconds(storable(time)).to_le_bytes());
        let length = u32::try_from(bytes.len()).expect("longer entries were refused").to_le_bytes();
        let head: &[u8] = match request {
            None => {
                head[9..13].copy_from_slice(&length);
                &head[..13]
            }
            Some(RequestId(id)) => {
                head[8] = 1;
                head[9..25].copy_from_slice(id.as_bytes());
                head[25..].copy_from_slice(&length);
                &head
            }
        };
        self.raw.reserve(head.len() + bytes.len());
        self.raw.extend_from_slice(head);
        self.raw.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds all of `others` behind these, or none where they do not fit.
    pub fn append(&mut self, others: &Self) -> Result<(), PushError> {
        if self.raw.len() + others.raw.len() > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        self.raw.extend_from_slice(&others.raw);
        Ok(())
    }

    /// Bytes so far.
    pub fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Forgets them and keeps the room they had.
    pub fn clear(&mut self) {
        self.raw.clear();
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// What a block says of its entries.
    pub(super) fn summary(&self) -> Option<Summary> {
        let mut rest = self.raw.as_slice();
        let mut summary: Option<Summary> = None;
        while let Some((time, request)) = skip_entry(&mut rest) {
            let summary =
                summary.get_or_insert_with(|| Summary { first: time, last: time, entries: 0, ids: Vec::new() });
            summary.first = summary.first.min(time);
            summary.last = summary.last.max(time);
            summary.entries += 1;
            // A request's lines mostly follow each other; any other repetition only costs room.
            if let Some(id) = request
                && summary.ids.last() != Some(&id)
            {
                summary.ids.push(id);
            }
        }
        summary
    }
}

/// What a block says of its entries, times in nanoseconds.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) entries: u32,
    pub(super) ids: Vec<[u8; 16]>,
}

/// Times are stored as nanoseconds in 64 bits, which end in the years 1677 and 2262.
fn storable(time: Timestamp) -> Timestamp {
    time.clamp(crate::time::MIN, crate::time::MAX)
}

/// Takes an entry's time and id off the front, and passes over the rest of it.
fn skip_entry(rest: &mut &[u8]) -> Option<(i64, Option<[u8; 16]>)> {
    let (time, behind) = rest.split_first_chunk::<8>()?;
    let (mark, behind) = behind.split_first()?;
    let (id, behind) = match mark {
        0 => (None, behind),
        _ => behind.split_first_chunk::<16>().map(|(id, behind)| (Some(*id), behind))?,
    };
    let (length, behind) = behind.split_first_chunk::<4>()?;
    *rest = behind.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)?;
    Some((i64::from_le_bytes(*time), id))
}

/// Takes an entry off the front of what a block held.
pub(super) fn take_entry(rest: &mut Bytes) -> Option<Entry> {
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
