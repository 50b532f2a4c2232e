//! Takes a block's entries apart again.

use base::id::RequestId;
use bytes::Bytes;

use super::alike::Alike;
use super::entries::{mark, signature};
use super::{BLOCK_BYTES_MAX, Entry};

/// Reads entries from the front of what a block held.
pub(super) struct Reader {
    rest: Bytes,
    /// The body of the entry before.
    last: Bytes,
    /// Bytes that entries may still take, each standing for itself.
    budget: usize,
}

impl Reader {
    pub(super) fn new(raw: Bytes) -> Self {
        Self { rest: raw, last: Bytes::new(), budget: BLOCK_BYTES_MAX }
    }

    /// Whether all are read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next entry. `None` where the bytes are none, or unfold to more than a block holds.
    pub(super) fn next(&mut self) -> Option<Entry> {
        let rest = &mut self.rest;
        let before = rest.len();
        let time = crate::time::from_nanoseconds(i64::from_le_bytes(take_array(rest)?));
        let [mark] = take_array(rest)?;
        let request = match mark & !mark::ALIKE {
            mark::NO_ID => None,
            mark::ID | mark::SPELLED | mark::SIGNED => Some(RequestId(uuid::Uuid::from_bytes(take_array(rest)?))),
            _ => return None,
        };
        let length = usize::try_from(u32::from_le_bytes(take_array(rest)?)).ok()?;
        let head_bytes = before - rest.len();
        if length > rest.len() {
            return None;
        }
        let mut kept = rest.split_to(length);
        let alike = if mark & mark::ALIKE == 0 { None } else { Some(Alike::take(&mut kept)?) };
        let length = alike.map_or(kept.len(), |alike| alike.length(kept.len()));
        self.budget = self.budget.checked_sub(head_bytes + length)?;
        self.last = match alike {
            None => kept,
            Some(alike) => alike.whole(&self.last, &kept)?.into(),
        };
        let body = self.last.clone();
        let bytes = match mark & !mark::ALIKE {
            mark::SPELLED => spell(request?, body)?,
            mark::SIGNED => [&body, &signature(time, request?)[..]].concat().into(),
            _ => body,
        };
        Some(Entry { time, request, bytes })
    }
}

/// Writes the id back to where it was left out.
fn spell(RequestId(id): RequestId, mut bytes: Bytes) -> Option<Bytes> {
    let at = usize::from(u16::from_le_bytes(take_array(&mut bytes)?));
    let (before, behind) = bytes.split_at_checked(at)?;
    let mut room = [0; uuid::fmt::Hyphenated::LENGTH];
    Some([before, id.hyphenated().encode_lower(&mut room).as_bytes(), behind].concat().into())
}

pub(super) fn take_array<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    let array = *rest.first_chunk::<N>()?;
    bytes::Buf::advance(rest, N);
    Some(array)
}
