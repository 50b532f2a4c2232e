//! What lies between requests and the writer: records packed by stream, apart for each core, and one bound on the bytes
//! of all.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::id::RequestId;
use base::{Scope, Timestamp};
use store_records::Compressor;
use store_records::block::{ENTRY_BYTES_MAX, ENTRY_HEAD_BYTES_MAX};

use crate::gather::Finish;
use crate::rounds::Rounds;
use crate::waiting::Waiting;

/// A core's records ask for a round when they take so many bytes, most of them packed: what some thousand requests left. Fewer
/// wait for the round that takes all, once a second.
const BATCH_BYTES: usize = 32 * 1024;

/// While no more than these shares of the bound are taken, the queue is as good as empty, and calm.
const EMPTY_SHARE: usize = 64;
const CALM_SHARE: usize = 8;

/// Lists beyond this many would only make the writer's round longer.
const SHARDS_MAX: usize = 16;

/// What is recorded, for the count of what was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Log,
    Trail,
}

/// How many records were dropped, by what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped {
    /// Lines of access and execution logs.
    pub logs: u64,
    /// Trails.
    pub trails: u64,
}

/// One record, before it is packed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) stream: &'a Arc<str>,
    pub(crate) time: Timestamp,
    pub(crate) request: RequestId,
    pub(crate) bytes: &'a [u8],
    /// Where the bytes spell the request's id, where they do.
    pub(crate) id_at: Option<usize>,
    pub(crate) kind: Kind,
}

impl Record<'_> {
    /// What it takes of the bound, at most.
    pub(crate) fn charge(&self) -> usize {
        ENTRY_HEAD_BYTES_MAX + self.bytes.len()
    }
}

/// How much waits, for whoever packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// Hardly anything.
    Empty,
    /// So little that those who answer may go first.
    Calm,
    /// So much that it must be packed.
    Busy,
}

/// The records, the bound and the counters.
#[derive(Debug)]
pub(crate) struct Queue {
    shards: Box<[Shard]>,
    // INVARIANT: what all records that wait take, and all that the writer still holds.
    held: AtomicUsize,
    bytes_max: usize,
    dropped_logs: AtomicU64,
    dropped_trails: AtomicU64,
    rounds: Rounds,
}

/// A cache line of its own for each list, so that cores do not wait for each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<List>);

/// A list, and what packs its records.
#[derive(Debug, Default)]
struct List {
    waiting: Waiting,
    // Made with the first record: most lists of a node that is not busy have none.
    compressor: Option<Compressor>,
}

impl Queue {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let shards = std::thread::available_parallelism().map_or(1, usize::from).min(SHARDS_MAX);
        Self {
            shards: (0..shards).map(|_| Shard::default()).collect(),
            held: AtomicUsize::new(0),
            bytes_max,
            dropped_logs: AtomicU64::new(0),
            dropped_trails: AtomicU64::new(0),
            rounds: Rounds::default(),
        }
    }

    /// Takes a record, or drops and counts it where it does not fit.
    pub(crate) fn push(&self, record: Record<'_>) {
        if record.bytes.len() > ENTRY_BYTES_MAX || !self.has_room(record.charge()) {
            self.count_dropped(record.kind, 1);
            return;
        }
        let (before, after) = {
            let mut list = self.own_shard().lock();
            let List { waiting, compressor } = &mut *list;
            let before = waiting.bytes();
            waiting.add(record, compressor.get_or_insert_default());
            (before, waiting.bytes())
        };
        if after >= before {
            self.hold(after - before);
        } else {
            // A piece was packed.
            self.release(before - after);
        }
        if before < BATCH_BYTES && after >= BATCH_BYTES {
            self.rounds.ask(Finish::Long);
        }
    }

    /// What the thread that packs is asked for.
    pub(crate) fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// How many lists there are.
    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Exchanges what waits in a list for `empty`.
    pub(crate) fn exchange(&self, shard: usize, empty: &mut Waiting) {
        std::mem::swap(&mut self.shards[shard].lock().waiting, empty);
    }

    /// Whether so much more may be held. Cores that ask at the same moment may go beyond the bound by a record each.
    fn has_room(&self, bytes: usize) -> bool {
        self.held.load(Ordering::Relaxed).saturating_add(bytes) <= self.bytes_max
    }

    /// Holds more, whether it fits or not: it was asked before, or it is for what replaces something larger.
    pub(crate) fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives bytes back: they are stored, or dropped.
    pub(crate) fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// How much waits.
    pub(crate) fn filling(&self) -> Filling {
        match self.held.load(Ordering::Relaxed) {
            held if held <= self.bytes_max / EMPTY_SHARE => Filling::Empty,
            held if held <= self.bytes_max / CALM_SHARE => Filling::Calm,
            _ => Filling::Busy,
        }
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub(crate) fn count_dropped(&self, kind: Kind, records: u64) {
        let counter = match kind {
            Kind::Log => &self.dropped_logs,
            Kind::Trail => &self.dropped_trails,
        };
        counter.fetch_add(records, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self) -> Dropped {
        Dropped { logs: self.dropped_logs.load(Ordering::Relaxed), trails: self.dropped_trails.load(Ordering::Relaxed) }
    }

    fn own_shard(&self) -> &Shard {
        &self.shards[thread_number() % self.shards.len()]
    }
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, List> {
        // Nothing that could panic half-way happens under this lock but an allocation.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Numbers threads as they first record something, so that they spread over the lists.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    NUMBER.with(|number| {
        number.get().unwrap_or_else(|| {
            let new = NEXT.fetch_add(1, Ordering::Relaxed);
            number.set(Some(new));
            new
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_says_how_full_it_is() {
        let queue = Queue::new(6_400);
        let steps = [(100, Filling::Empty), (1, Filling::Calm), (699, Filling::Calm), (1, Filling::Busy)];
        for (bytes, filling) in steps {
            assert!(queue.has_room(bytes));
            queue.hold(bytes);
            assert_eq!(queue.filling(), filling, "{} of 6,400 bytes", queue.held());
        }
        queue.release(701);
        assert_eq!(queue.filling(), Filling::Empty, "and again once it is emptied");
        assert!(!queue.has_room(6_301));
    }
}
