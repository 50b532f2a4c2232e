//! One core's records while they wait for the writer: by stream, each already packed as its block will hold it.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
use store_records::block::{BLOCK_BYTES_MAX, PIECE_BYTES};
use store_records::{Compressor, Entries, Pieces, PushError};

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
    pieces: Pieces,
    /// The last ones, behind those, less than a piece: a buffer so short that it stays near the core from request to request,
    /// and is compressed from there.
    fresh: Entries,
}

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
    pub(crate) fn add(&mut self, record: Record<'_>, compressor: &mut Compressor) {
        let at = self.run_of(&record);
        if self.push(at, &record, compressor) == Err(PushError::Full) {
            let place = self.runs[at].place.clone();
            let next = self.begin(place);
            self.last[record.kind as usize] = next;
            // An empty block takes any record that the queue takes.
            let _ = self.push(next, &record, compressor);
        }
    }

    fn push(&mut self, at: usize, record: &Record<'_>, compressor: &mut Compressor) -> Result<(), PushError> {
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
        if run.fresh.bytes() >= PIECE_BYTES {
            let before = run.held_bytes();
            // INVARIANT: all of a run together are no more than a block takes.
            let _ = run.pieces.add(&run.fresh, compressor);
            run.fresh.clear();
            self.bytes = self.bytes + run.held_bytes() - before;
        }
        Ok(())
    }

    /// What all its records take now, packed or not.
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
        Self { place, pieces: Pieces::default(), fresh: Entries::default() }
    }

    fn whole_bytes(&self) -> usize {
        self.pieces.whole_bytes() + self.fresh.whole_bytes()
    }

    fn held_bytes(&self) -> usize {
        self.pieces.held_bytes() + self.fresh.bytes()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.whole_bytes() == 0
    }

    /// All of them.
    pub(crate) fn whole(&mut self) -> &Pieces {
        // INVARIANT: both together are no more than a block takes.
        let _ = self.pieces.add_unpacked(&self.fresh);
        self.fresh.clear();
        &self.pieces
    }

    fn clear(&mut self) {
        self.pieces.clear();
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
    fn what_lies_in_the_short_buffer_follows_what_was_packed_and_all_of_it_is_accounted_for() {
        let scope =
            Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let (mut waiting, stream) = (Waiting::default(), Arc::from("access/a/prod"));
        let (mut compressor, mut all) = (Compressor::new(), Vec::new());
        let lengths =
            [100, 3_000, PIECE_BYTES, 1_000, 3 * PIECE_BYTES, 7, 700].into_iter().chain((0..2_000).step_by(7));
        for (number, length) in lengths.enumerate() {
            let bytes = vec![number as u8; length];
            let (time, request) = (Timestamp::UNIX_EPOCH, RequestId::random());
            let record =
                Record { scope: &scope, stream: &stream, time, request, bytes: &bytes, id_at: None, kind: Kind::Log };
            waiting.add(record, &mut compressor);
            all.push(bytes);
            let run = &waiting.runs()[0];
            assert!(run.fresh.bytes() < PIECE_BYTES);
            assert_eq!(run.held_bytes(), waiting.bytes());
        }
        let mut builder = store_records::BlockBuilder::new(store_records::Stream {
            scope: scope.clone(),
            name: stream.as_ref().to_owned(),
        });
        let held = waiting.bytes();
        let whole = waiting.runs()[0].whole();
        assert_eq!(whole.held_bytes(), held);
        builder.append(whole, &mut compressor, || ()).unwrap();
        let read = builder.finish().unwrap().decode().unwrap();
        assert!(read.iter().map(|entry| &entry.bytes[..]).eq(all.iter().map(Vec::as_slice)));
        waiting.clear();
        assert!(waiting.runs()[0].is_empty() && waiting.bytes() == 0);
    }
}
