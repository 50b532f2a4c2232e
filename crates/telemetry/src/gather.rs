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
    open: HashMap<Place, Open>,
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
        Self { queue, open: HashMap::new() }
    }

    /// Packs the records and answers the blocks that are finished. From here on a block is held by its packed size.
    pub(crate) fn gather(&mut self, records: impl Iterator<Item = Record>, finish: Finish) -> Vec<Block> {
        let mut blocks = Vec::new();
        for record in records {
            self.add(record, &mut blocks);
        }
        if finish == Finish::All {
            for (_, open) in std::mem::take(&mut self.open) {
                blocks.extend(open.pack(&self.queue));
            }
        }
        blocks
    }

    fn add(&mut self, record: Record, blocks: &mut Vec<Block>) {
        let charge = record.charge();
        let Record { scope, stream, time, request, bytes, kind } = record;
        let request = Some(RequestId(uuid::Uuid::from_bytes(request)));
        let open = self.open.entry(Place { scope, stream }).or_insert_with_key(Open::new);
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
}

/// What a finished block takes of the queue's bound.
pub(crate) fn charge(block: &Block) -> usize {
    size_of::<Block>() + block.payload.len() + block.filter.as_bytes().len() + block.stream.name.len()
}

/// What a block's records are.
pub(crate) fn kind(block: &Block) -> Kind {
    if block.stream.name == stream::TRAIL { Kind::Trail } else { Kind::Log }
}
