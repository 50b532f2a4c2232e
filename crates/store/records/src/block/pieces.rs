//! Entries on their way into a block: compressed a few at a time, wherever they are.

use base::Timestamp;
use base::id::RequestId;

use super::compression::{Compressor, PIECE_BYTES};
use super::entries::{Entries, Summary};
use super::{BLOCK_BYTES_MAX, Block, IdFilter, PushError};
use crate::Stream;

/// Entries of one stream, in the order they came: what is compressed, and behind it what is not yet.
#[derive(Debug, Default)]
pub struct Pieces {
    packed: Packed,
    entries: Entries,
}

/// What is left of entries once they are compressed.
#[derive(Debug, Default)]
struct Packed {
    /// What they took before.
    raw_bytes: usize,
    /// What they took when each stood for itself.
    whole_bytes: usize,
    payload: Vec<u8>,
    summary: Summary,
}

impl Pieces {
    pub(super) fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        self.entries.push(time, request, bytes)
    }

    /// Adds entries: all, or none where they do not fit. Those that are enough for a piece and no more than one are compressed
    /// at once, in some tens of microseconds, unless others wait before them; whoever may take longer compresses the rest.
    pub fn add(&mut self, entries: &Entries, compressor: &mut Compressor) -> Result<(), PushError> {
        self.check_room(entries.whole_bytes())?;
        if self.entries.is_empty() && (PIECE_BYTES..=2 * PIECE_BYTES).contains(&entries.bytes()) {
            self.packed.add(entries, compressor, || ());
            return Ok(());
        }
        self.entries.append(entries)
    }

    fn check_room(&self, whole_bytes: usize) -> Result<(), PushError> {
        if self.whole_bytes() + whole_bytes > BLOCK_BYTES_MAX { Err(PushError::Full) } else { Ok(()) }
    }

    /// Adds entries as they are: all, or none where they do not fit.
    pub fn add_unpacked(&mut self, entries: &Entries) -> Result<(), PushError> {
        self.check_room(entries.whole_bytes())?;
        self.entries.append(entries)
    }

    /// Adds what others gathered behind these: all, or none where it does not fit. As soon as there is enough for a piece it is
    /// compressed, and only that is kept. Behind each step that takes some time it calls `pause`.
    pub fn join(
        &mut self,
        others: &Self,
        compressor: &mut Compressor,
        mut pause: impl FnMut(),
    ) -> Result<(), PushError> {
        self.check_room(others.whole_bytes())?;
        if !others.packed.payload.is_empty() {
            self.pack(compressor, &mut pause);
            self.packed.join(&others.packed);
            pause();
        }
        let entries = &others.entries;
        if self.entries.is_empty() && entries.bytes() >= PIECE_BYTES {
            self.packed.add(entries, compressor, pause);
            return Ok(());
        }
        self.entries.append(entries)?;
        if self.entries.bytes() >= PIECE_BYTES {
            self.pack(compressor, pause);
        }
        Ok(())
    }

    /// Compresses all, with a call of `pause` behind each piece.
    pub(super) fn pack(&mut self, compressor: &mut Compressor, pause: impl FnMut()) {
        if !self.entries.is_empty() {
            self.packed.add(&self.entries, compressor, pause);
            self.entries.clear();
        }
    }

    /// The block of what is compressed, with calls of `pause` in between; `None` where that is nothing.
    pub(super) fn block(&self, stream: &Stream, pause: impl FnMut()) -> Option<Block> {
        self.packed.block(stream, pause)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes() == 0
    }

    /// Bytes that they take before compression.
    pub fn bytes(&self) -> usize {
        self.packed.raw_bytes + self.entries.bytes()
    }

    /// Bytes that they take when each stands for itself: see [`Entries::whole_bytes`].
    pub fn whole_bytes(&self) -> usize {
        self.packed.whole_bytes + self.entries.whole_bytes()
    }

    /// Bytes that are held: what is compressed takes less.
    pub fn held_bytes(&self) -> usize {
        self.packed.payload.len() + self.packed.summary.bytes() + self.entries.bytes()
    }

    /// As they are gathered where nothing is compressed.
    #[cfg(test)]
    pub(super) fn unpacked(entries: &Entries) -> Self {
        let mut pieces = Self::default();
        pieces.add_unpacked(entries).unwrap();
        pieces
    }

    #[cfg(test)]
    pub(super) fn unpacked_bytes(&self) -> usize {
        self.entries.bytes()
    }

    /// Forgets them and keeps the room they had.
    pub fn clear(&mut self) {
        self.packed.clear();
        self.entries.clear();
    }
}

impl Packed {
    fn add(&mut self, entries: &Entries, compressor: &mut Compressor, pause: impl FnMut()) {
        self.raw_bytes += entries.bytes();
        self.whole_bytes += entries.whole_bytes();
        // Compressing reads all of them in a row, which brings them near for the other, who skips from one to the next.
        compressor.compress(entries.as_bytes(), &mut self.payload, pause);
        self.summary.add(entries);
    }

    fn join(&mut self, others: &Self) {
        self.raw_bytes += others.raw_bytes;
        self.whole_bytes += others.whole_bytes;
        self.payload.extend_from_slice(&others.payload);
        self.summary.join(&others.summary);
    }

    fn block(&self, stream: &Stream, pause: impl FnMut()) -> Option<Block> {
        let (first, last) = self.summary.times()?;
        Some(Block {
            stream: stream.clone(),
            first: crate::time::from_nanoseconds(first),
            last: crate::time::from_nanoseconds(last),
            entries: self.summary.entries(),
            filter: IdFilter::of(self.summary.probes(), pause),
            // A copy is as long as it must be, and what grew for it is there for the next block.
            payload: bytes::Bytes::copy_from_slice(&self.payload),
        })
    }

    fn clear(&mut self) {
        (self.raw_bytes, self.whole_bytes) = (0, 0);
        self.payload.clear();
        self.summary.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{BlockBuilder, ENTRY_BYTES_MAX};

    fn builder() -> BlockBuilder {
        BlockBuilder::new(crate::block::tests::stream())
    }

    /// An entry of so many bytes that nothing compresses.
    fn noise(bytes: usize) -> Vec<u8> {
        (0..bytes.div_ceil(16)).flat_map(|_| RequestId::random().0.into_bytes()).take(bytes).collect()
    }

    fn entries(lengths: &[usize]) -> (Entries, Vec<Vec<u8>>) {
        let (mut entries, bodies): (_, Vec<_>) =
            (Entries::default(), lengths.iter().map(|length| noise(*length)).collect());
        for body in &bodies {
            entries.push(Timestamp::UNIX_EPOCH, Some(RequestId::random()), body).unwrap();
        }
        (entries, bodies)
    }

    #[test]
    fn entries_keep_their_order_whoever_compressed_them() {
        let (mut compressor, mut builder, mut all) = (Compressor::new(), builder(), Vec::new());
        // Too few for a piece, a piece, too many for one, and again, so that pieces follow what waits and the other way round.
        let runs: [&[&[usize]]; 4] = [
            &[&[10, 20]],
            &[&[PIECE_BYTES], &[PIECE_BYTES / 2, PIECE_BYTES], &[30]],
            &[&[3 * PIECE_BYTES], &[PIECE_BYTES], &[40]],
            &[&[PIECE_BYTES, 50]],
        ];
        for run in runs {
            let mut pieces = Pieces::default();
            for lengths in run {
                let (entries, bodies) = entries(lengths);
                pieces.add(&entries, &mut compressor).unwrap();
                all.extend(bodies);
            }
            builder.append(&pieces, &mut compressor, || ()).unwrap();
        }
        let block = builder.finish().unwrap();
        let read: Vec<Vec<u8>> = block.decode().unwrap().into_iter().map(|entry| entry.bytes.to_vec()).collect();
        assert_eq!(read, all);
    }

    #[test]
    fn only_what_takes_no_time_is_compressed_by_whoever_records() {
        let mut compressor = Compressor::new();
        for (length, packed) in [(PIECE_BYTES - 100, false), (PIECE_BYTES, true), (2 * PIECE_BYTES, false)] {
            let (mut pieces, (entries, _)) = (Pieces::default(), entries(&[length]));
            pieces.add(&entries, &mut compressor).unwrap();
            assert_eq!(pieces.unpacked_bytes() == 0, packed, "{length} bytes");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_whole() {
        let (mut compressor, mut pieces) = (Compressor::new(), Pieces::default());
        let (large, _) = entries(&[ENTRY_BYTES_MAX]);
        while pieces.add(&large, &mut compressor).is_ok() {}
        let before = (pieces.bytes(), pieces.held_bytes(), pieces.whole_bytes());
        assert!(before.2 > BLOCK_BYTES_MAX - 2 * ENTRY_BYTES_MAX && before.2 <= BLOCK_BYTES_MAX);
        let mut others = Pieces::default();
        others.add_unpacked(&large).unwrap();
        assert_eq!(pieces.add_unpacked(&large), Err(PushError::Full));
        assert_eq!(pieces.join(&others, &mut compressor, || ()), Err(PushError::Full));
        assert_eq!((pieces.bytes(), pieces.held_bytes(), pieces.whole_bytes()), before);
    }
}
