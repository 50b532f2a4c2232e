//! What each segment holds, as far as it counts: readers choose by it which they open.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_records::{Block, IdFilter, StoredBlock, Stream};

use super::files::{Folder, Number, Part, Trouble};
use super::gone::Gone;
use super::index::{self, Batches, Head, Opening};
use super::tail::Grown;
use crate::rows;

/// All segments of a folder.
#[derive(Debug)]
pub(super) struct Catalog {
    folder: Folder,
    segments: Mutex<BTreeMap<Number, Segment>>,
}

/// One segment.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Where its index ends for readers; for a finished one that is the file's end.
    end: u64,
    /// `None` until somebody wants to know: at start nobody does.
    known: Option<Known>,
}

/// What is known of it from its index.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) summary: Summary,
    pub(super) gone: Arc<Gone>,
    /// Some of its index cannot be read. Readers are told; retention takes it with the last of what can.
    pub(super) damaged: bool,
}

/// The blocks of a segment that are still kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    /// All, with those that are gone.
    pub(super) count: u32,
    pub(super) blocks: u64,
    pub(super) bytes: u64,
    /// When the earliest begins; times are nanoseconds since 1970, and reach a little further than what is kept.
    pub(super) first: i64,
    /// When the latest ends.
    pub(super) last: i64,
    /// When that ends which ends first.
    pub(super) oldest: i64,
}

impl Default for Summary {
    fn default() -> Self {
        Self { count: 0, blocks: 0, bytes: 0, first: i64::MAX, last: i64::MIN, oldest: i64::MAX }
    }
}

impl Summary {
    fn add(&mut self, first: i64, last: i64, bytes: u64) {
        self.blocks += 1;
        self.bytes += bytes;
        self.first = self.first.min(first);
        self.last = self.last.max(last);
        self.oldest = self.oldest.min(last);
    }
}

/// The index of a segment, read.
#[derive(Debug)]
pub(super) struct Index {
    file: PathBuf,
    bytes: Vec<u8>,
    gone: Arc<Gone>,
}

impl Index {
    /// Shows the blocks that are kept, in the order they were stored, as far as they can be read.
    pub(super) fn each<'a>(&'a self, mut show: impl FnMut(Head<'a>)) -> Extent {
        let mut count = 0;
        let mut batches = Batches::of(&self.bytes);
        for head in batches.by_ref().flat_map(|batch| batch.heads) {
            count = head.ordinal + 1;
            if !self.gone.holds(head.ordinal) {
                show(head);
            }
        }
        Extent { count, damaged: !batches.is_done() }
    }

    /// Those of them that are wanted; a fault where not all can be read.
    pub(super) fn heads<'a>(&'a self, wanted: impl Fn(&Head<'a>) -> bool) -> Result<Vec<Head<'a>>, Trouble> {
        let mut heads = Vec::new();
        let extent = self.each(|head| {
            if wanted(&head) {
                heads.push(head);
            }
        });
        if extent.damaged { Err(Trouble::Damaged { file: self.file.clone() }) } else { Ok(heads) }
    }
}

/// How much an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Blocks, with those that are gone.
    count: u32,
    /// There were more, which cannot be read.
    damaged: bool,
}

impl Catalog {
    pub(super) fn new(folder: Folder, numbers: &[Number]) -> Self {
        let segment = |number: &Number| (*number, Segment { end: u64::MAX, known: None });
        Self { folder, segments: Mutex::new(numbers.iter().map(segment).collect()) }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Number, Segment>> {
        // Nothing that could panic half-way happens under this lock but an allocation.
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes known what the segment that will grow holds.
    pub(super) fn know_tail(&self, number: Number, end: u64) -> Result<(), Trouble> {
        let known = self.look(number, end)?.unwrap_or_default();
        self.lock().insert(number, Segment { end, known: Some(known) });
        Ok(())
    }

    /// A segment begins.
    pub(super) fn begun(&self, number: Number, end: u64) {
        self.lock().insert(number, Segment { end, known: Some(Known::default()) });
    }

    /// Blocks were stored: from here on they are read.
    pub(super) fn grew(&self, grown: Grown, blocks: &[Block]) {
        let mut segments = self.lock();
        let segment = segments.entry(grown.number).or_insert_with(|| Segment { end: 0, known: Some(Known::default()) });
        segment.end = grown.index;
        if let Some(Known { summary, .. }) = &mut segment.known {
            summary.count += blocks.len() as u32;
            for block in blocks {
                summary.add(to_nanoseconds(block.first), to_nanoseconds(block.last), block.stored_bytes());
            }
        }
    }

    /// Blocks of a segment are gone.
    pub(super) fn went(&self, number: Number, gone: Gone, blocks: u64, bytes: u64) {
        if let Some(Segment { known: Some(known), .. }) = self.lock().get_mut(&number) {
            known.summary.blocks -= blocks;
            known.summary.bytes -= bytes;
            known.gone = Arc::new(gone);
        }
    }

    /// A segment is gone.
    pub(super) fn forget(&self, number: Number) {
        self.lock().remove(&number);
    }

    /// All segments in the order they were begun, and what each holds.
    pub(super) fn segments(&self) -> Result<Vec<(Number, u64, Known)>, Trouble> {
        let unknown: Vec<(Number, u64)> = {
            let segments = self.lock();
            let unknown = segments.iter().filter(|(_, segment)| segment.known.is_none());
            unknown.map(|(number, segment)| (*number, segment.end)).collect()
        };
        // Only finished ones are unknown, so they are the same when they were read.
        for (number, end) in unknown {
            let known = self.look(number, end)?;
            if let Some(segment) = self.lock().get_mut(&number) {
                segment.known = segment.known.take().or(known);
            }
        }
        let segments = self.lock();
        let known = |(number, segment): (&Number, &Segment)| Some((*number, segment.end, segment.known.clone()?));
        Ok(segments.iter().filter_map(known).collect())
    }

    fn look(&self, number: Number, end: u64) -> Result<Option<Known>, Trouble> {
        let gone = self.folder.read(number, Part::Gone, u64::MAX)?;
        let gone = Arc::new(gone.map(Gone::from_bytes).unwrap_or_default());
        let mut summary = Summary::default();
        let extent = match self.index(number, end, Arc::clone(&gone)) {
            Ok(Some(index)) => index.each(|head| summary.add(head.first, head.last, head.bytes)),
            Ok(None) => return Ok(None),
            Err(Trouble::Damaged { .. } | Trouble::Newer { .. }) => Extent { count: 0, damaged: true },
            Err(trouble) => return Err(trouble),
        };
        if extent.damaged {
            let file = self.folder.file(number, Part::Index);
            tracing::error!(file = %file.display(), "a segment of the records is damaged, or of a newer version");
        }
        summary.count = extent.count;
        Ok(Some(Known { summary, gone, damaged: extent.damaged }))
    }

    /// Reads a segment's index; `None` where retention has just taken it.
    pub(super) fn index(&self, number: Number, end: u64, gone: Arc<Gone>) -> Result<Option<Index>, Trouble> {
        let Some(bytes) = self.folder.read(number, Part::Index, end)? else { return Ok(None) };
        let file = self.folder.file(number, Part::Index);
        match index::opening(&bytes) {
            Opening::Index => Ok(Some(Index { file, bytes, gone })),
            Opening::Blank => Ok(Some(Index { file, bytes: Vec::new(), gone })),
            Opening::Newer(found) => Err(Trouble::Newer { file, found }),
            Opening::Damaged => Err(Trouble::Damaged { file }),
        }
    }

    /// Reads the blocks of some heads; none where retention has just taken them.
    pub(super) fn blocks(&self, number: Number, heads: &[Head<'_>]) -> Result<Vec<StoredBlock>, Trouble> {
        let path = self.folder.file(number, Part::Blocks);
        let system = |source| Trouble::System { file: path.clone(), source };
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened.map_err(system)?,
        };
        let length = file.metadata().map_err(system)?.len();
        let read = |head: &Head<'_>| {
            let damaged = || Trouble::Damaged { file: path.clone() };
            if head.payload.end > length {
                return Err(damaged());
            }
            let mut payload = vec![0; usize::try_from(head.payload.end - head.payload.start).map_err(|_| damaged())?];
            file.read_exact_at(&mut payload, head.payload.start).map_err(system)?;
            if crc32fast::hash(&payload) != head.payload_crc {
                return Err(damaged());
            }
            let scope = rows::scope(head.account, head.region).map_err(|_| damaged())?;
            let block = Block {
                stream: Stream { scope, name: head.stream.to_owned() },
                first: from_nanoseconds(head.first),
                last: from_nanoseconds(head.last),
                entries: head.entries,
                filter: IdFilter::from_bytes(head.filter.to_vec()),
                payload: payload.into(),
            };
            Ok(StoredBlock { sequence: sequence(number, head.ordinal), block })
        };
        heads.iter().map(read).collect()
    }
}

/// The number by which readers follow: a segment's, and a block's in it.
pub(super) fn sequence(number: Number, ordinal: u32) -> i64 {
    i64::from(number) << u32::BITS | i64::from(ordinal)
}
