//! One core's records while they wait for the writer: by stream, each already packed as its block will hold it.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
use store_records::block::BLOCK_BYTES_MAX;
use store_records::{Entries, PushError};

use crate::queue::Record;

/// Whose records and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) scope: Scope,
    pub(crate) stream: Arc<str>,
}

impl Place {
    fn is_of(&self, record: &Record<'_>) -> bool {
        // The name is mostly the very same one, so its text need not be read.
        (Arc::ptr_eq(&self.stream, record.stream) || self.stream == *record.stream) && self.scope == *record.scope
    }
}

/// Records of one stream.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) place: Place,
    entries: Entries,
    /// The last ones, behind those: see [`FRESH_BYTES`].
    fresh: Entries,
}

/// Records are put into a buffer so short that it stays in the core's nearest cache from request to request, and from there
/// many at once into the list. The list is long out of that cache, and whoever writes a few lines of it waits for each of
/// them at the next lock.
const FRESH_BYTES: usize = 4 * 1024;

/// What waits.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    runs: Vec<Run>,
    places: HashMap<Place, usize>,
    /// Where the last log line and the last trail went: the next ones mostly go there too, and need not be looked up.
    last: [usize; 2],
    bytes: usize,
}

impl Waiting {
    /// Packs a record behind those of its stream.
    pub(crate) fn add(&mut self, record: Record<'_>) {
        let at = self.run_of(&record);
        if self.push(at, &record) == Err(PushError::Full) {
            let place = self.runs[at].place.clone();
            let next = self.begin(place);
            self.last[record.kind as usize] = next;
            // An empty block takes any record that the queue takes.
            let _ = self.push(next, &record);
        }
    }

    fn push(&mut self, at: usize, record: &Record<'_>) -> Result<(), PushError> {
        let Record { time, request, bytes, id_at, .. } = *record;
        let run = &mut self.runs[at];
        if run.whole_bytes() + record.charge() > BLOCK_BYTES_MAX {
            return Err(PushError::Full);
        }
        let before = run.fresh.bytes();
        match id_at {
            Some(at) => run.fresh.push_spelled(time, request, bytes, at)?,
            None => run.fresh.push(time, Some(request), bytes)?,
        }
        self.bytes += run.fresh.bytes() - before;
        if run.fresh.bytes() > FRESH_BYTES {
            run.settle();
        }
        Ok(())
    }

    /// What all its records take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What waits, stream by stream; some may be empty.
    pub(crate) fn runs(&mut self) -> &mut [Run] {
        &mut self.runs
    }

    /// Forgets the records and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.runs.iter_mut().for_each(Run::clear);
        self.bytes = 0;
    }

    fn run_of(&mut self, record: &Record<'_>) -> usize {
        let last = self.last[record.kind as usize];
        if self.runs.get(last).is_some_and(|run| run.place.is_of(record)) {
            return last;
        }
        let place = Place { scope: record.scope.clone(), stream: Arc::clone(record.stream) };
        let at = self.places.get(&place).copied().unwrap_or_else(|| self.begin(place));
        self.last[record.kind as usize] = at;
        at
    }

    fn begin(&mut self, place: Place) -> usize {
        self.runs.push(Run::new(place.clone()));
        self.places.insert(place, self.runs.len() - 1);
        self.runs.len() - 1
    }
}

impl Run {
    fn new(place: Place) -> Self {
        Self { place, entries: Entries::default(), fresh: Entries::default() }
    }

    fn whole_bytes(&self) -> usize {
        self.entries.whole_bytes() + self.fresh.whole_bytes()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.whole_bytes() == 0
    }

    /// All of them.
    pub(crate) fn whole(&mut self) -> &Entries {
        if self.entries.is_empty() {
            return &self.fresh;
        }
        self.settle();
        &self.entries
    }

    fn settle(&mut self) {
        // INVARIANT: both together are no more than a block takes.
        let _ = self.entries.append(&self.fresh);
        self.fresh.clear();
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.fresh.clear();
    }
}

#[cfg(test)]
mod tests {
    use base::id::RequestId;
    use base::{AccountId, Region, Timestamp};

    use super::*;
    use crate::queue::Kind;

    #[test]
    fn what_lies_in_the_short_buffer_follows_what_was_moved_to_the_list() {
        let scope =
            Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let (mut waiting, stream) = (Waiting::default(), Arc::from("access/a/prod"));
        let (mut pushed, mut all) = (0, Entries::default());
        // One of them is longer than the buffer; after some of them it is empty, after most it is not.
        for length in [100, 3_000, FRESH_BYTES, 1_000, 2 * FRESH_BYTES, 7, 700].into_iter().chain((0..200).step_by(7)) {
            let bytes = vec![length as u8; length];
            let (time, request) = (Timestamp::UNIX_EPOCH, RequestId::random());
            let record =
                Record { scope: &scope, stream: &stream, time, request, bytes: &bytes, id_at: None, kind: Kind::Log };
            waiting.add(record);
            all.push(time, Some(request), &bytes).unwrap();
            pushed += record.charge();
            assert_eq!((waiting.bytes(), all.bytes()), (pushed, pushed));
            assert_eq!(waiting.runs()[0].whole_bytes(), all.whole_bytes());
            assert!(waiting.runs()[0].fresh.bytes() <= FRESH_BYTES);
        }
        let packed = |entries: &Entries| {
            let mut builder = store_records::BlockBuilder::new(store_records::Stream {
                scope: scope.clone(),
                name: stream.as_ref().to_owned(),
            });
            builder.append(entries, &mut store_records::Compressor::new(), || ()).unwrap();
            builder.finish()
        };
        assert_eq!(packed(waiting.runs()[0].whole()), packed(&all));
        waiting.clear();
        assert!(waiting.runs()[0].is_empty());
    }
}
