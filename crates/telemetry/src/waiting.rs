//! One core's records while they wait for the writer: by stream, each already packed as its block will hold it.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
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
    pub(crate) entries: Entries,
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
        let entries = &mut self.runs[at].entries;
        let before = entries.bytes();
        match id_at {
            Some(at) => entries.push_spelled(time, request, bytes, at)?,
            None => entries.push(time, Some(request), bytes)?,
        }
        self.bytes += entries.bytes() - before;
        Ok(())
    }

    /// What all its records take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What waits, stream by stream; some may be empty.
    pub(crate) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Forgets the records and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.runs.iter_mut().for_each(|run| run.entries.clear());
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
        self.runs.push(Run { place: place.clone(), entries: Entries::default() });
        self.places.insert(place, self.runs.len() - 1);
        self.runs.len() - 1
    }
}
