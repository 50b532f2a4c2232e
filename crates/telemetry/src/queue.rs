//! What lies between requests and the writer: records packed by stream, apart for each core, and one bound on the bytes
//! of all.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::id::RequestId;
use base::{Scope, Timestamp};
use store_records::block::{ENTRY_BYTES_MAX, ENTRY_HEAD_BYTES_MAX};

use crate::gather::Finish;
use crate::rounds::Rounds;
use crate::waiting::Waiting;

/// A core's records ask for a round when they have so many bytes: some hundred, because a wake costs more than a record, and
/// no more, so that they are packed while the core's cache has them, and in no time that anybody could see.
const BATCH_BYTES: usize = 16 * 1024;

/// While no more than this share of the bound is taken, packing may wait for its turn.
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

/// The records, the bound and the counters.
#[derive(Debug)]
pub(crate) struct Queue {
    shards: Box<[Shard]>,
    // INVARIANT: the sizes of all records that wait and of all the writer still holds.
    held: AtomicUsize,
    bytes_max: usize,
    dropped_logs: AtomicU64,
    dropped_trails: AtomicU64,
    rounds: Rounds,
}

/// A cache line of its own for each list, so that cores do not wait for each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<Waiting>);

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
        let charge = record.charge();
        if record.bytes.len() > ENTRY_BYTES_MAX || !self.hold(charge) {
            self.count_dropped(record.kind, 1);
            return;
        }
        let (before, after) = {
            let mut waiting = self.own_shard().lock();
            let before = waiting.bytes();
            waiting.add(record);
            (before, waiting.bytes())
        };
        // Most take what they were charged: then the counter of all cores is left alone.
        if after - before < charge {
            self.release(charge - (after - before));
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
        std::mem::swap(&mut *self.shards[shard].lock(), empty);
    }

    fn hold(&self, bytes: usize) -> bool {
        let fits = self.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.bytes_max;
        if !fits {
            self.release(bytes);
        }
        fits
    }

    /// Holds more whether it fits or not: for what replaces something larger.
    pub(crate) fn hold_anyway(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives bytes back: they are stored, or dropped.
    pub(crate) fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Lets those go first who answer requests on this core, for as long as little waits. A full queue would drop records:
    /// long before that whoever packs takes its share.
    pub(crate) fn give_way(&self) {
        if self.is_calm() {
            std::thread::yield_now();
        }
    }

    fn is_calm(&self) -> bool {
        self.held.load(Ordering::Relaxed) <= self.bytes_max / CALM_SHARE
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
    fn lock(&self) -> MutexGuard<'_, Waiting> {
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
    fn a_queue_that_fills_gives_way_no_more() {
        let queue = Queue::new(800);
        for (bytes, calm) in [(0, true), (100, true), (1, false), (699, false)] {
            assert!(queue.hold(bytes));
            assert_eq!(queue.is_calm(), calm, "{} of 800 bytes", queue.held());
        }
        queue.release(700);
        assert!(queue.is_calm(), "and does again once it is emptied");
    }
}
