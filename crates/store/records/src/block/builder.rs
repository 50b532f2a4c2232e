//! Makes a block: entries go in, and are compressed piece by piece while more of them come.

use base::Timestamp;
use base::id::RequestId;

use super::compression::Compressor;
use super::entries::ENTRY_HEAD_BYTES_MAX;
use super::pieces::Pieces;
use super::{BLOCK_BYTES_MAX, Block, ENTRY_BYTES_MAX, PushError};
use crate::Stream;

/// Gathers entries until they make a block.
#[derive(Debug)]
pub struct BlockBuilder {
    stream: Stream,
    pieces: Pieces,
}

impl BlockBuilder {
    /// An empty block of `stream`.
    pub fn new(stream: Stream) -> Self {
        Self { stream, pieces: Pieces::default() }
    }

    /// Adds an entry.
    pub fn push(&mut self, time: Timestamp, request: Option<RequestId>, bytes: &[u8]) -> Result<(), PushError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(PushError::TooLarge);
        }
        if self.whole_bytes() + ENTRY_HEAD_BYTES_MAX + bytes.len() > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        self.pieces.push(time, request, bytes)
    }

    /// Adds what was gathered elsewhere: see [`Pieces::join`].
    pub fn append(
        &mut self,
        pieces: &Pieces,
        compressor: &mut Compressor,
        pause: impl FnMut(),
    ) -> Result<(), PushError> {
        self.pieces.join(pieces, compressor, pause)
    }

    /// The series the block will belong to.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Bytes so far, before compression.
    pub fn bytes(&self) -> usize {
        self.pieces.bytes()
    }

    /// Bytes so far when each entry stands for itself: see [`Pieces::whole_bytes`].
    pub fn whole_bytes(&self) -> usize {
        self.pieces.whole_bytes()
    }

    /// Bytes that it holds: what is compressed takes less.
    pub fn held_bytes(&self) -> usize {
        self.pieces.held_bytes()
    }

    /// Compresses; `None` where nothing was pushed.
    pub fn finish(mut self) -> Option<Block> {
        self.finish_and_renew(&mut Compressor::new(), || ())
    }

    /// Compresses what is left and begins the next block of the stream in the same room. Behind each step that takes some time
    /// it calls `pause`.
    pub fn finish_and_renew(&mut self, compressor: &mut Compressor, mut pause: impl FnMut()) -> Option<Block> {
        self.pieces.pack(compressor, &mut pause);
        let block = self.pieces.block(&self.stream, pause);
        self.pieces.clear();
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::compression::PIECE_BYTES;
    use crate::block::entries::Entries;

    fn builder() -> BlockBuilder {
        BlockBuilder::new(crate::block::tests::stream())
    }

    fn id(number: u32) -> RequestId {
        RequestId(uuid::Uuid::from_u64_pair(u64::from(number) * 0x9e37_79b9, u64::from(number)))
    }

    /// Entries of `numbers`, each of a line and an id of its own.
    fn entries(numbers: std::ops::Range<u32>) -> Entries {
        let mut entries = Entries::default();
        for number in numbers {
            let time = crate::time::from_nanoseconds(i64::from(number));
            entries.push(time, Some(id(number)), format!("line {number} of a long block").as_bytes()).unwrap();
        }
        entries
    }

    #[test]
    fn pieces_make_the_block_that_the_whole_would_make() {
        const LINES: u32 = 20_000;
        let (mut compressor, mut whole) = (Compressor::new(), builder());
        for number in 0..LINES {
            let time = crate::time::from_nanoseconds(i64::from(number));
            whole.push(time, Some(id(number)), format!("line {number} of a long block").as_bytes()).unwrap();
        }
        let whole = whole.finish().unwrap();
        // From a few lines, which wait for more of them, to many pieces at once.
        for at_once in [1, 10, 500, 1_000, 3_000, LINES] {
            let mut pieces = builder();
            for begin in (0..LINES).step_by(at_once as usize) {
                let run = entries(begin..(begin + at_once).min(LINES));
                pieces.append(&Pieces::unpacked(&run), &mut compressor, || ()).unwrap();
            }
            let pieces = pieces.finish_and_renew(&mut compressor, || ()).unwrap();
            assert_eq!(pieces.decode().unwrap(), whole.decode().unwrap(), "{at_once} lines at once");
            assert_eq!(Block { payload: whole.payload.clone(), ..pieces }, whole, "{at_once} lines at once");
        }
    }

    #[test]
    fn what_makes_a_piece_is_packed_and_given_up_at_once() {
        let (mut compressor, mut builder, mut pauses) = (Compressor::new(), builder(), 0);
        let (mut packed, mut held_max) = (0, 0);
        for begin in (0..20_000).step_by(100) {
            builder.append(&Pieces::unpacked(&entries(begin..begin + 100)), &mut compressor, || pauses += 1).unwrap();
            if pauses > packed {
                packed = pauses;
                assert_eq!(builder.pieces.unpacked_bytes(), 0, "nothing waits behind a piece");
            }
            assert!(builder.pieces.unpacked_bytes() < PIECE_BYTES);
            held_max = held_max.max(builder.held_bytes());
        }
        assert!(packed > 20);
        let whole = builder.whole_bytes();
        assert!(whole > 1_000_000 && held_max < whole / 2, "{held_max} of {whole}");
    }

    #[test]
    fn a_long_run_is_compressed_in_short_pieces() {
        let (run, mut builder, mut pauses) = (entries(0..20_000), builder(), 0);
        builder.append(&Pieces::unpacked(&run), &mut Compressor::new(), || pauses += 1).unwrap();
        assert_eq!(pauses, run.bytes() / PIECE_BYTES);
        assert_eq!(builder.pieces.unpacked_bytes(), 0, "and is not copied");
    }

    #[test]
    fn few_entries_wait_for_the_end_of_the_block() {
        let (mut compressor, mut builder, mut pauses) = (Compressor::new(), builder(), 0);
        builder.append(&Pieces::unpacked(&entries(0..10)), &mut compressor, || pauses += 1).unwrap();
        assert_eq!((builder.held_bytes(), pauses), (builder.bytes(), 0));
        let mut count = |builder: &mut BlockBuilder| {
            builder.finish_and_renew(&mut compressor, || pauses += 1).map(|block| block.decode().unwrap().len())
        };
        assert_eq!(count(&mut builder), Some(10));
        assert_eq!((builder.bytes(), builder.held_bytes()), (0, 0));
        assert_eq!(count(&mut builder), None, "the next block begins empty");
        assert_eq!(pauses, 2, "behind the piece and behind the filter");
    }

    #[test]
    fn what_is_packed_counts_for_the_bound_of_a_block() {
        let (mut compressor, mut builder, mut run) = (Compressor::new(), builder(), Entries::default());
        let large = vec![0; ENTRY_BYTES_MAX];
        run.push(Timestamp::UNIX_EPOCH, None, &large).unwrap();
        let appended =
            (0..8).filter(|_| builder.append(&Pieces::unpacked(&run), &mut compressor, || ()).is_ok()).count();
        assert_eq!(appended, 7);
        assert_eq!(builder.push(Timestamp::UNIX_EPOCH, None, &large), Err(PushError::Full));
        builder.push(Timestamp::UNIX_EPOCH, None, b"short").unwrap();
        assert_eq!(builder.finish().unwrap().decode().unwrap().len(), 8);
    }
}
