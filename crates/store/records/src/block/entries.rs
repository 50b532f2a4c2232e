//! Entries as a block packs them, one behind the other: what records wait in until a block is made of them.

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;

use super::{BLOCK_BYTES_MAX, ENTRY_BYTES_MAX, Entry, IdFilter, PushError};

/// Some entries, in the order they were pushed.
#[derive(Debug, Default)]
pub struct Entries {
    // INVARIANT: whole entries and nothing else, at most `BLOCK_BYTES_MAX` bytes of them.
    raw: Vec<u8>,
}

/// What an entry takes besides its own bytes, at most: time, mark, the request's id, and the length.
pub const ENTRY_HEAD_BYTES_MAX: usize = 8 + 1 + 16 + 4;

/// What follows an entry's time.
mod mark {
    /// The length and the bytes.
    pub(super) const NO_ID: u8 = 0;
    /// The request's id, the length and the bytes.
    pub(super) const ID: u8 = 1;
    /// The same, but the bytes begin with the place (two bytes) where the id is to be spelled into the rest.
    pub(super) const SPELLED: u8 = 2;
}

impl Entries {
    /// Adds an entry.
    pub fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        match request {
            None => self.put(time, mark::NO_ID, &[], [bytes, &[], &[]]),
            Some(RequestId(id)) => self.put(time, mark::ID, id.as_bytes(), [bytes, &[], &[]]),
        }
    }

    /// Adds an entry whose bytes spell its request's id at `at`: random digits do not compress, so the block keeps them once.
    pub fn push_spelled(&mut self, time: Timestamp, id: RequestId, bytes: &[u8], at: usize) -> Result<(), PushError> {
        let mut room = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = id.0.hyphenated().encode_lower(&mut room).as_bytes();
        let split = bytes.split_at_checked(at).and_then(|(before, rest)| Some((before, rest.strip_prefix(text)?)));
        match (split, u16::try_from(at)) {
            (Some((before, behind)), Ok(at)) => {
                self.put(time, mark::SPELLED, id.0.as_bytes(), [&at.to_le_bytes(), before, behind])
            }
            _ => self.push(time, Some(id), bytes),
        }
    }

    fn put(&mut self, time: Timestamp, mark: u8, id: &[u8], parts: [&[u8]; 3]) -> Result<(), PushError> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        if length > ENTRY_BYTES_MAX {
            return Err(PushError::TooLarge);
        }
        if self.raw.len() + ENTRY_HEAD_BYTES_MAX + length > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        // The head is put together first: a few bytes at a time, growing a list costs more than filling it.
        let mut head = [0; ENTRY_HEAD_BYTES_MAX];
        let end = 9 + id.len() + 4;
        head[..8].copy_from_slice(&crate::time::to_nanoseconds(storable(time)).to_le_bytes());
        head[8] = mark;
        head[9..end - 4].copy_from_slice(id);
        let length_bytes = u32::try_from(length).expect("longer entries were refused").to_le_bytes();
        head[end - 4..end].copy_from_slice(&length_bytes);
        self.raw.reserve(ENTRY_HEAD_BYTES_MAX + length);
        self.raw.extend_from_slice(&head[..end]);
        for part in parts {
            self.raw.extend_from_slice(part);
        }
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
}

/// What a block says of its entries.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// The earliest and the latest, in nanoseconds.
    times: Option<(i64, i64)>,
    entries: u32,
    /// What the filter needs of the ids: half of each.
    probes: Vec<(u32, u32)>,
}

impl Summary {
    /// Says it of more of them.
    pub(super) fn add(&mut self, entries: &Entries) {
        let mut rest = entries.raw.as_slice();
        while let Some((time, request)) = skip_entry(&mut rest) {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
            self.entries += 1;
            // A request's lines mostly follow each other; any other repetition only costs room.
            if let Some(probe) = request.map(|id| IdFilter::probe(RequestId(uuid::Uuid::from_bytes(id))))
                && self.probes.last() != Some(&probe)
            {
                self.probes.push(probe);
            }
        }
    }

    /// The earliest and the latest time in nanoseconds, where there is an entry.
    pub(super) fn times(&self) -> Option<(i64, i64)> {
        self.times
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> u32 {
        self.entries
    }

    /// What the filter is made of.
    pub(super) fn probes(&self) -> &[(u32, u32)] {
        &self.probes
    }

    /// What it takes of the memory.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.probes.as_slice())
    }

    /// Forgets the entries and keeps the room.
    pub(super) fn clear(&mut self) {
        self.times = None;
        self.entries = 0;
        self.probes.clear();
    }
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
        &mark::NO_ID => (None, behind),
        _ => behind.split_first_chunk::<16>().map(|(id, behind)| (Some(*id), behind))?,
    };
    let (length, behind) = behind.split_first_chunk::<4>()?;
    *rest = behind.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)?;
    Some((i64::from_le_bytes(*time), id))
}

/// Takes an entry off the front of what a block held.
pub(super) fn take_entry(rest: &mut Bytes) -> Option<Entry> {
    let time = crate::time::from_nanoseconds(i64::from_le_bytes(take_array(rest)?));
    let [mark] = take_array(rest)?;
    let request = match mark {
        mark::NO_ID => None,
        mark::ID | mark::SPELLED => Some(RequestId(uuid::Uuid::from_bytes(take_array(rest)?))),
        _ => return None,
    };
    let length = usize::try_from(u32::from_le_bytes(take_array(rest)?)).ok()?;
    if length > rest.len() {
        return None;
    }
    let bytes = rest.split_to(length);
    let bytes = if mark == mark::SPELLED { spell(request?, bytes)? } else { bytes };
    Some(Entry { time, request, bytes })
}

/// Writes the id back to where it was left out.
fn spell(RequestId(id): RequestId, mut bytes: Bytes) -> Option<Bytes> {
    let at = usize::from(u16::from_le_bytes(take_array(&mut bytes)?));
    let (before, behind) = bytes.split_at_checked(at)?;
    let mut room = [0; uuid::fmt::Hyphenated::LENGTH];
    Some([before, id.hyphenated().encode_lower(&mut room).as_bytes(), behind].concat().into())
}

fn take_array<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    let array = *rest.first_chunk::<N>()?;
    bytes::Buf::advance(rest, N);
    Some(array)
}
