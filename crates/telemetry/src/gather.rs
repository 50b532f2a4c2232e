//! Sorts records by their stream and packs them into blocks.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
use base::id::RequestId;
use store_records::{Block, BlockBuilder, PushError, Stream};
use tracing::error;

use crate::queue::{Kind, Queue, Record};
use crate::stream;

/// A block so long is stored at once; shorter ones wait for more until the round that takes all.
pub(crate) const BLOCK_BYTES: usize = 256 * 1024;

/// Which blocks a round finishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Those that are long enough.
    Long,
    /// All, because time or somebody asks for them.
    All,
}

/// The blocks that are being filled, one a stream.
#[derive(Debug)]
pub(crate) struct Gatherer {
    queue: Arc<Queue>,
    open: Vec<Open>,
    places: HashMap<Place, usize>,
    /// Where the last log line and the last trail went: the next ones mostly go there too, and need not be looked up.
    last: [usize; 2],
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    scope: Scope,
    stream: Arc<str>,
}

#[derive(Debug)]
struct Open {
    builder: BlockBuilder,
    /// What its records take of the queue's bound.
    charge: usize,
}

impl Open {
    fn new(place: &Place) -> Self {
        let stream = Stream { scope: place.scope.clone(), name: place.stream.as_ref().to_owned() };
        Self { builder: BlockBuilder::new(stream), charge: 0 }
    }

    fn is_for(&self, place: &Place) -> bool {
        let stream = self.builder.stream();
        stream.name == *place.stream && stream.scope == place.scope
    }

    /// Takes the block out and begins the next of the same stream.
    fn renew(&mut self) -> Self {
        let stream = self.builder.stream().clone();
        std::mem::replace(self, Self { builder: BlockBuilder::new(stream), charge: 0 })
    }

    fn pack(self, queue: &Queue) -> Option<Block> {
        let block = self.builder.finish();
        queue.hold_anyway(block.as_ref().map_or(0, charge));
        queue.release(self.charge);
        block
    }
}

impl Gatherer {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        Self { queue, open: Vec::new(), places: HashMap::new(), last: [0; 2] }
    }

    /// Packs the records and answers the blocks that are finished. From here on a block is held by its packed size.
    pub(crate) fn gather(&mut self, records: impl Iterator<Item = Record>, finish: Finish) -> Vec<Block> {
        let mut blocks = Vec::new();
        for record in records {
            self.add(record, &mut blocks);
        }
        if finish == Finish::All {
            self.places.clear();
            for open in self.open.drain(..) {
                blocks.extend(open.pack(&self.queue));
            }
        }
        blocks
    }

    fn add(&mut self, record: Record, blocks: &mut Vec<Block>) {
        let charge = record.charge();
        let Record { scope, stream, time, request, bytes, kind } = record;
        let request = Some(RequestId(uuid::Uuid::from_bytes(request)));
        let at = self.place(Place { scope, stream }, kind);
        let open = &mut self.open[at];
        let mut pushed = open.builder.push(time, request, &bytes);
        if pushed == Err(PushError::Full) {
            blocks.extend(open.renew().pack(&self.queue));
            pushed = open.builder.push(time, request, &bytes);
        }
        match pushed {
            Ok(()) => open.charge += charge,
            Err(fault) => {
                // The queue takes no record that is larger than an empty block.
                error!(error = %fault, "cannot pack a record");
                self.queue.release(charge);
                self.queue.count_dropped(kind, 1);
            }
        }
        if open.builder.bytes() >= BLOCK_BYTES {
            blocks.extend(open.renew().pack(&self.queue));
        }
    }

    /// Where the open block of a stream is.
    fn place(&mut self, place: Place, kind: Kind) -> usize {
        let Self { open, places, last, .. } = self;
        let last = match kind {
            Kind::Log => &mut last[0],
            Kind::Trail => &mut last[1],
        };
        if !open.get(*last).is_some_and(|open| open.is_for(&place)) {
            *last = *places.entry(place).or_insert_with_key(|place| {
                open.push(Open::new(place));
                open.len() - 1
            });
        }
        *last
    }
}

/// What a finished block takes of the queue's bound.
pub(crate) fn charge(block: &Block) -> usize {
    size_of::<Block>() + block.payload.len() + block.filter.as_bytes().len() + block.stream.name.len()
}

/// What a block's records are.
pub(crate) fn kind(block: &Block) -> Kind {
    if block.stream.name == stream::TRAIL { Kind::Trail } else { Kind::Log }
}
