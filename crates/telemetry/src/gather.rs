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
}

impl Gatherer {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        Self { queue, open: HashMap::new() }
    }

    /// Packs the records and answers the blocks that are finished. From here on a block is held by its packed size.
    pub(crate) fn gather(&mut self, records: Vec<Record>, finish: Finish) -> Vec<Block> {
        let mut blocks = Vec::new();
        for record in records {
            self.add(record, &mut blocks);
        }
        if finish == Finish::All {
            for (_, open) in std::mem::take(&mut self.open) {
                blocks.extend(self.pack(open));
            }
        }
        blocks
    }

    fn add(&mut self, record: Record, blocks: &mut Vec<Block>) {
        let charge = record.charge();
        let Record { scope, stream, time, request, bytes, kind } = record;
        let place = Place { scope, stream };
        let request = Some(RequestId(uuid::Uuid::from_bytes(request)));
        let mut open = self.open.remove(&place).unwrap_or_else(|| Open::new(&place));
        let mut pushed = open.builder.push(time, request, &bytes);
        if pushed == Err(PushError::Full) {
            blocks.extend(self.pack(std::mem::replace(&mut open, Open::new(&place))));
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
            blocks.extend(self.pack(open));
        } else {
            self.open.insert(place, open);
        }
    }

    fn pack(&self, open: Open) -> Option<Block> {
        let block = open.builder.finish();
        self.queue.hold_anyway(block.as_ref().map_or(0, charge));
        self.queue.release(open.charge);
        block
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
