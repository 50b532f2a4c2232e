//! The newest segment, which grows: blocks are written first, then the batch of the index that makes them count.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use store_records::Block;
use store_records::time::to_nanoseconds;

use super::files::{Folder, Number, Part, Trouble};
use super::index::{self, Batches, HEADER_BYTES, Head, Opening};

/// A segment takes no more when its files have so many bytes: what retention gives back at a time.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;

/// Nor when its blocks reach over so much time: an hour in nanoseconds.
const SEGMENT_TIME: i64 = 3_600_000_000_000;

/// So many bytes are written at a time, in some tens of microseconds.
const WRITE_BYTES: usize = 32 * 1024;

/// The files of the newest segment and how far they count.
#[derive(Debug)]
pub(super) struct Tail {
    folder: Folder,
    number: Number,
    index: File,
    blocks: File,
    // INVARIANT: what lies behind these ends does not count, and is written over or cut off.
    ends: Ends,
    /// A write broke off, and may have left something behind the ends.
    dirty: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    index: u64,
    blocks: u64,
    count: u32,
    /// When the earliest of its blocks begins, and the latest ends.
    times: Option<(i64, i64)>,
}

impl Ends {
    fn add(&mut self, block: &Block) {
        self.blocks += block.payload.len() as u64;
        self.count += 1;
        self.reach(to_nanoseconds(block.first), to_nanoseconds(block.last));
    }

    fn reach(&mut self, first: i64, last: i64) {
        let (earliest, latest) = self.times.unwrap_or((first, last));
        self.times = Some((earliest.min(first), latest.max(last)));
    }

    fn is_full(&self) -> bool {
        let reaches = self.times.map_or(0, |(first, last)| last.saturating_sub(first));
        self.blocks + self.index >= SEGMENT_BYTES || reaches > SEGMENT_TIME
    }
}

/// What an append added to a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grown {
    pub(super) number: Number,
    /// Where the index ends now.
    pub(super) index: u64,
}

impl Tail {
    /// Opens a segment, or makes the first. What was not finished when a process died is cut off.
    pub(super) fn open(folder: Folder, newest: Option<Number>) -> Result<Self, Trouble> {
        let mut tail = Self::on(folder, newest.unwrap_or(1))?;
        let index = tail.folder.read(tail.number, Part::Index, u64::MAX)?.unwrap_or_default();
        let file = || tail.folder.file(tail.number, Part::Index);
        match index::opening(&index) {
            Opening::Blank => return tail.begin(),
            Opening::Index => (),
            Opening::Newer(found) => return Err(Trouble::Newer { file: file(), found }),
            Opening::Damaged => return Err(Trouble::Damaged { file: file() }),
        }
        tail.ends = Ends { index: HEADER_BYTES as u64, ..Ends::default() };
        for batch in Batches::of(&index) {
            if !batch.heads.iter().all(|head| tail.holds(head)) {
                break;
            }
            for head in &batch.heads {
                tail.ends.blocks = head.payload.end;
                tail.ends.count = head.ordinal + 1;
                tail.ends.reach(head.first, head.last);
            }
            tail.ends.index = batch.end as u64;
        }
        let torn = index.len() as u64 - tail.ends.index;
        if torn > 0 {
            tracing::warn!(bytes = torn, file = %file().display(), "records that were half-written were cut off");
        }
        tail.cut()?;
        Ok(tail)
    }

    fn on(folder: Folder, number: Number) -> Result<Self, Trouble> {
        // The index last: a segment is there when its index is.
        let blocks = folder.open(number, Part::Blocks)?;
        let index = folder.open(number, Part::Index)?;
        Ok(Self { folder, number, index, blocks, ends: Ends::default(), dirty: false })
    }

    fn begin(mut self) -> Result<Self, Trouble> {
        self.cut()?;
        self.index.write_all_at(&index::header(), 0).map_err(self.trouble(Part::Index))?;
        self.ends.index = HEADER_BYTES as u64;
        Ok(self)
    }

    /// Whether a block's payload is what its head says.
    fn holds(&self, head: &Head<'_>) -> bool {
        let Ok(length) = self.blocks.metadata().map(|file| file.len()) else { return false };
        if head.payload.end > length {
            return false;
        }
        // Bounded by the file's length, so a head that lies asks for no more than is there.
        let mut payload = vec![0; usize::try_from(head.payload.end - head.payload.start).unwrap_or(0)];
        self.blocks.read_exact_at(&mut payload, head.payload.start).is_ok()
            && crc32fast::hash(&payload) == head.payload_crc
    }

    /// Cuts off what does not count.
    fn cut(&mut self) -> Result<(), Trouble> {
        self.index.set_len(self.ends.index).map_err(self.trouble(Part::Index))?;
        self.blocks.set_len(self.ends.blocks).map_err(self.trouble(Part::Blocks))?;
        self.dirty = false;
        Ok(())
    }

    pub(super) fn number(&self) -> Number {
        self.number
    }

    /// How many blocks it holds.
    pub(super) fn count(&self) -> u32 {
        self.ends.count
    }

    /// Where its index ends.
    pub(super) fn index_end(&self) -> u64 {
        self.ends.index
    }

    /// Stores blocks, all or none, in a new segment where this one is full. Before it writes, and again after every so many bytes,
    /// it calls `pause`.
    pub(super) fn append(&mut self, blocks: &[Block], mut pause: impl FnMut()) -> Result<Grown, Trouble> {
        if self.dirty {
            self.cut()?;
        }
        if self.ends.is_full() {
            self.turn()?;
        }
        let mut ends = self.ends;
        self.dirty = true;
        let mut written = WRITE_BYTES;
        for block in blocks {
            for (number, some) in (0..).zip(block.payload.chunks(WRITE_BYTES)) {
                if written + some.len() > WRITE_BYTES {
                    pause();
                    written = 0;
                }
                let at = ends.blocks + number * WRITE_BYTES as u64;
                self.blocks.write_all_at(some, at).map_err(self.trouble(Part::Blocks))?;
                written += some.len();
            }
            ends.add(block);
        }
        let batch = index::batch(blocks);
        self.index.write_all_at(&batch, ends.index).map_err(self.trouble(Part::Index))?;
        ends.index += batch.len() as u64;
        (self.ends, self.dirty) = (ends, false);
        Ok(Grown { number: self.number, index: ends.index })
    }

    /// Begins a new segment.
    pub(super) fn turn(&mut self) -> Result<(), Trouble> {
        if self.dirty {
            self.cut()?;
        }
        let next = Self::on(self.folder.clone(), self.number + 1)?.begin()?;
        *self = next;
        Ok(())
    }

    /// Waits until everything is on the disk.
    pub(super) fn sync(&self) -> Result<(), Trouble> {
        self.blocks.sync_data().map_err(self.trouble(Part::Blocks))?;
        self.index.sync_data().map_err(self.trouble(Part::Index))
    }

    fn trouble(&self, part: Part) -> impl Fn(std::io::Error) -> Trouble + use<> {
        let file = self.folder.file(self.number, part);
        move |source| Trouble::System { file: file.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::testing::{block, names};

    fn open(dir: &std::path::Path) -> Tail {
        let folder = Folder::new(dir.to_owned());
        let newest = folder.numbers().unwrap().last().copied();
        Tail::open(folder, newest).unwrap()
    }

    #[test]
    fn what_a_dead_process_left_half_written_is_cut_off_and_the_rest_is_there() {
        let whole = tempfile::tempdir().unwrap();
        let mut tail = open(whole.path());
        tail.append(&[block("one", 0, 1), block("two", 0, 1)], || ()).unwrap();
        let kept = tail.ends;
        tail.append(&[block("three", 2, 3)], || ()).unwrap();
        let file = |part| std::fs::read(tail.folder.file(1, part)).unwrap();
        let (index, blocks) = (file(Part::Index), file(Part::Blocks));
        // Blocks come first: either the index is cut, or the blocks are, which only a loss of power does.
        let cuts = (kept.index as usize..index.len()).map(|length| (length, blocks.len()));
        let cuts = cuts.chain((kept.blocks as usize..blocks.len()).map(|length| (index.len(), length)));
        for (index_length, blocks_length) in cuts {
            let cut = tempfile::tempdir().unwrap();
            let folder = Folder::new(cut.path().to_owned());
            std::fs::write(folder.file(1, Part::Index), &index[..index_length]).unwrap();
            std::fs::write(folder.file(1, Part::Blocks), &blocks[..blocks_length]).unwrap();
            let mut tail = open(cut.path());
            assert_eq!((tail.ends.index, tail.ends.count), (kept.index, 2), "cut at {index_length}, {blocks_length}");
            tail.append(&[block("four", 4, 5)], || ()).unwrap();
            assert_eq!(names(&folder, 1), ["one", "two", "four"]);
            let lengths = [Part::Index, Part::Blocks].map(|part| folder.file(1, part).metadata().unwrap().len());
            assert_eq!(lengths, [tail.ends.index, tail.ends.blocks]);
        }
    }

    #[test]
    fn a_block_that_is_not_what_was_written_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let mut tail = open(dir.path());
        tail.append(&[block("one", 0, 1)], || ()).unwrap();
        let end = tail.ends.blocks;
        tail.append(&[block("two", 2, 3)], || ()).unwrap();
        // As after a loss of power: the length is there, the bytes are not.
        tail.blocks.write_all_at(&[0; 16], end).unwrap();
        drop(tail);
        let tail = open(dir.path());
        assert_eq!((tail.ends.blocks, tail.count()), (end, 1));
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_one_of_a_later_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().to_owned());
        std::fs::write(folder.file(1, Part::Index), b"something else, long enough").unwrap();
        assert!(matches!(Tail::open(folder.clone(), Some(1)), Err(Trouble::Damaged { .. })));
        for torn in [&b"pcind"[..], &[0; 4096]] {
            std::fs::write(folder.file(2, Part::Index), torn).unwrap();
            assert_eq!(Tail::open(folder.clone(), Some(2)).unwrap().count(), 0, "as a loss of power leaves it");
        }
        std::fs::write(folder.file(1, Part::Index), b"pcindex\x09 and more").unwrap();
        assert!(matches!(Tail::open(folder.clone(), Some(1)), Err(Trouble::Newer { found: 9, .. })));
        assert_eq!(std::fs::read(folder.file(1, Part::Index)).unwrap(), b"pcindex\x09 and more");
    }

    #[test]
    fn a_segment_ends_by_size_and_by_time() {
        let dir = tempfile::tempdir().unwrap();
        let mut tail = open(dir.path());
        let hour = SEGMENT_TIME / 1_000_000_000;
        for (first, last, number) in
            [(0, 1, 1), (hour - 1, hour, 1), (hour, hour + 1, 1), (hour, hour + 1, 2), (0, 1, 2)]
        {
            assert_eq!(tail.append(&[block("trail", first, last)], || ()).unwrap().number, number, "{first} to {last}");
        }
        tail.ends.blocks = SEGMENT_BYTES;
        assert_eq!(tail.append(&[block("trail", 0, 1)], || ()).unwrap().number, 3);
    }

    #[test]
    fn a_write_that_failed_leaves_nothing_and_the_next_one_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let mut tail = open(dir.path());
        tail.append(&[block("one", 0, 1)], || ()).unwrap();
        let read_only = File::open(tail.folder.file(1, Part::Index)).unwrap();
        let index = std::mem::replace(&mut tail.index, read_only);
        tail.append(&[block("lost", 2, 3)], || ()).unwrap_err();
        tail.append(&[block("lost", 2, 3)], || ()).unwrap_err();
        assert_eq!(names(&tail.folder, 1), ["one"]);
        tail.index = index;
        tail.append(&[block("two", 4, 5)], || ()).unwrap();
        assert_eq!(names(&tail.folder, 1), ["one", "two"]);
        assert_eq!(tail.blocks.metadata().unwrap().len(), tail.ends.blocks);
    }

    #[test]
    fn whoever_stores_much_may_pause_in_between() {
        let dir = tempfile::tempdir().unwrap();
        let mut tail = open(dir.path());
        let stream = block("long", 0, 1).stream;
        let mut long = store_records::BlockBuilder::new(stream);
        // Random ids do not compress.
        let noise: Vec<u8> =
            (0..3 * WRITE_BYTES / 16).flat_map(|_| base::id::RequestId::random().0.into_bytes()).collect();
        long.push(base::Timestamp::UNIX_EPOCH, None, &noise).unwrap();
        let mut pauses = 0;
        tail.append(&[block("one", 0, 1), block("two", 0, 1)], || pauses += 1).unwrap();
        assert_eq!(pauses, 1);
        tail.append(&[long.finish().unwrap(), block("three", 0, 1)], || pauses += 1).unwrap();
        assert_eq!(pauses, 1 + 4);
        assert_eq!(names(&tail.folder, 1), ["one", "two", "long", "three"]);
        drop(tail);
        assert_eq!(open(dir.path()).count(), 4, "what was written in parts is whole");
    }
}
