//! Entries as a block packs them, one behind the other: what records wait in until a block is made of them.

use base::Timestamp;
use base::id::RequestId;

use super::alike::Alike;
use super::{BLOCK_BYTES_MAX, ENTRY_BYTES_MAX, IdFilter, PushError};

/// Some entries, in the order they were pushed. Of one that is much like the one before only the difference is kept: a
/// stage's lines and trails mostly differ in their middle, and what is not kept need not be compressed.
#[derive(Debug, Default)]
pub struct Entries {
    // INVARIANT: whole entries and nothing else, of which the first needs no other.
    raw: Vec<u8>,
    // INVARIANT: what they take when each stands for itself, so no less than `raw`, and at most `BLOCK_BYTES_MAX`.
    whole_bytes: usize,
    /// What the next one may be like: the body of the last, if it is short enough.
    last: Vec<u8>,
    /// Where the next one's body is put together.
    next: Vec<u8>,
}

/// Longer bodies are not compared, since they would have to be remembered: one for each stream.
const ALIKE_BYTES_MAX: usize = 2 * 1024;

/// What an entry takes besides its own bytes, at most: time, mark, the request's id, and the length.
pub const ENTRY_HEAD_BYTES_MAX: usize = 8 + 1 + 16 + 4;

/// What follows an entry's time.
pub(super) mod mark {
    /// The length and the bytes.
    pub(in crate::block) const NO_ID: u8 = 0;
    /// The request's id, the length and the bytes.
    pub(in crate::block) const ID: u8 = 1;
    /// The same, but the bytes begin with the place (two bytes) where the id is to be spelled into the rest.
    pub(in crate::block) const SPELLED: u8 = 2;
    /// The request's id, the length and the bytes, which its time and id follow once more.
    pub(in crate::block) const SIGNED: u8 = 3;
    /// Together with one of these: instead of the bytes, how many they have in common with those of the entry before, at the
    /// front and at the end (two bytes each), and what stands between.
    pub(in crate::block) const ALIKE: u8 = 0x10;
}

impl Entries {
    /// Adds an entry. If its bytes end in its time (nanoseconds, the low byte first) and its request's id, as trails do, those
    /// are kept once.
    pub fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        match request {
            None => self.put(time, mark::NO_ID, &[], [bytes, &[], &[]]),
            Some(id) => match bytes.strip_suffix(&signature(time, id)) {
                Some(bytes) => self.put(time, mark::SIGNED, id.0.as_bytes(), [bytes, &[], &[]]),
                None => self.put(time, mark::ID, id.0.as_bytes(), [bytes, &[], &[]]),
            },
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
        if self.whole_bytes + ENTRY_HEAD_BYTES_MAX + length > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        let alike = self.compare(length, &parts);
        let (mark, kept) =
            alike.map_or((mark, length), |alike| (mark | mark::ALIKE, Alike::HEAD_BYTES + alike.differs(length)));
        // The head is put together first: a few bytes at a time, growing a list costs more than filling it.
        let mut head = [0; ENTRY_HEAD_BYTES_MAX];
        let end = 9 + id.len() + 4;
        head[..8].copy_from_slice(&crate::time::to_nanoseconds(storable(time)).to_le_bytes());
        head[8] = mark;
        head[9..end - 4].copy_from_slice(id);
        let length_bytes = u32::try_from(kept).expect("longer entries were refused").to_le_bytes();
        head[end - 4..end].copy_from_slice(&length_bytes);
        self.raw.reserve(ENTRY_HEAD_BYTES_MAX + kept);
        self.raw.extend_from_slice(&head[..end]);
        match alike {
            Some(alike) => alike.put(&self.next, &mut self.raw),
            None => {
                for part in parts {
                    self.raw.extend_from_slice(part);
                }
            }
        }
        self.whole_bytes += end + length;
        std::mem::swap(&mut self.last, &mut self.next);
        Ok(())
    }

    /// Puts a body together and compares it with the one before; nothing where there is little to gain.
    fn compare(&mut self, length: usize, parts: &[&[u8]; 3]) -> Option<Alike> {
        self.next.clear();
        if length > ALIKE_BYTES_MAX {
            return None;
        }
        for part in parts {
            self.next.extend_from_slice(part);
        }
        Alike::of(&self.last, &self.next)
    }

    /// Adds all of `others` behind these, or none where they do not fit.
    pub fn append(&mut self, others: &Self) -> Result<(), PushError> {
        if self.whole_bytes + others.whole_bytes > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        self.raw.extend_from_slice(&others.raw);
        self.whole_bytes += others.whole_bytes;
        // The last one is theirs now.
        self.last.clear();
        Ok(())
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// Bytes that they take when each stands for itself: what a reader has to hold, but for ids and times that it writes
    /// back.
    pub fn whole_bytes(&self) -> usize {
        self.whole_bytes
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Forgets them and keeps the room they had.
    pub fn clear(&mut self) {
        self.raw.clear();
        self.whole_bytes = 0;
        self.last.clear();
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

    /// Says it of those that others speak of, too.
    pub(super) fn join(&mut self, others: &Self) {
        let Some((first, last)) = others.times else { return };
        let (earliest, latest) = self.times.unwrap_or((first, last));
        self.times = Some((earliest.min(first), latest.max(last)));
        self.entries += others.entries;
        self.probes.extend_from_slice(&others.probes);
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

/// What the bytes of a signed entry end in.
pub(super) fn signature(time: Timestamp, RequestId(id): RequestId) -> [u8; 24] {
    let mut signature = [0; 24];
    signature[..8].copy_from_slice(&crate::time::to_nanoseconds(storable(time)).to_le_bytes());
    signature[8..].copy_from_slice(id.as_bytes());
    signature
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
        mark if mark & !mark::ALIKE == mark::NO_ID => (None, behind),
        _ => behind.split_first_chunk::<16>().map(|(id, behind)| (Some(*id), behind))?,
    };
    let (length, behind) = behind.split_first_chunk::<4>()?;
    *rest = behind.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)?;
    Some((i64::from_le_bytes(*time), id))
}
