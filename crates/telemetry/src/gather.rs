//! Makes blocks of what waits, on a thread of its own that may take its time.

use std::collections::HashMap;
use std::sync::Arc;

use store_records::{Block, BlockBuilder, Stream};

use crate::queue::{Kind, Queue};
use crate::stream;
use crate::waiting::{Place, Run, Waiting};

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
    open: HashMap<Place, BlockBuilder>,
    /// For each of the queue's lists what it is given for what it holds, so that neither grows anew every time.
    spare: Vec<Waiting>,
}

impl Gatherer {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        let spare = (0..queue.shards()).map(|_| Waiting::default()).collect();
        Self { queue, open: HashMap::new(), spare }
    }

    /// Takes what waits and answers the blocks that are finished. From here on a block is held by its packed size.
    pub(crate) fn gather(&mut self, finish: Finish) -> Vec<Block> {
        let Self { queue, open, spare } = self;
        let mut blocks = Vec::new();
        for (shard, waiting) in spare.iter_mut().enumerate() {
            queue.exchange(shard, waiting);
            for run in waiting.runs().iter().filter(|run| !run.entries.is_empty()) {
                add(run, open, queue, &mut blocks);
            }
            waiting.clear();
        }
        if finish == Finish::All {
            for (_, mut builder) in open.drain() {
                blocks.extend(pack(&mut builder, queue));
            }
            // Once a second memory follows the load down, and streams that went silent are forgotten.
            spare.fill_with(Waiting::default);
        }
        blocks
    }
}

fn add(run: &Run, open: &mut HashMap<Place, BlockBuilder>, queue: &Queue, blocks: &mut Vec<Block>) {
    let builder = open.entry(run.place.clone()).or_insert_with_key(|place| {
        BlockBuilder::new(Stream { scope: place.scope.clone(), name: place.stream.as_ref().to_owned() })
    });
    if builder.append(&run.entries).is_err() {
        blocks.extend(pack(builder, queue));
        // An empty block takes any run: both have the same bound.
        let _ = builder.append(&run.entries);
    }
    if builder.bytes() >= BLOCK_BYTES {
        blocks.extend(pack(builder, queue));
    }
}

/// Packs a block; its records' bytes are given back for its own.
fn pack(builder: &mut BlockBuilder, queue: &Queue) -> Option<Block> {
    let raw = builder.bytes();
    let block = builder.finish_and_renew(|| queue.give_way());
    queue.hold_anyway(block.as_ref().map_or(0, charge));
    queue.release(raw);
    block
}

/// What a finished block takes of the queue's bound.
pub(crate) fn charge(block: &Block) -> usize {
    size_of::<Block>() + block.payload.len() + block.filter.as_bytes().len() + block.stream.name.len()
}

/// What a block's records are.
pub(crate) fn kind(block: &Block) -> Kind {
    if block.stream.name == stream::TRAIL { Kind::Trail } else { Kind::Log }
}
