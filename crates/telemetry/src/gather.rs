//! Makes blocks of what waits, on a thread of its own that may take its time.

use std::collections::HashMap;
use std::sync::Arc;

use store_records::block::BLOCK_BYTES_MAX;
use store_records::{Block, BlockBuilder, Compressor, Entries, Stream};

use crate::queue::{Kind, Queue};
use crate::stream;
use crate::waiting::{Place, Waiting};

/// A block so long is stored at once; shorter ones wait for more until the round that takes all.
pub(crate) const BLOCK_BYTES: usize = 320 * 1024;

/// A block of this share of that goes along with one that is stored at once: a stage's lines and their trails come at one
/// pace, and one transaction serves both.
const COMPANY_SHARE: usize = 2;

/// Which blocks a round finishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Finish {
    /// Those that are long enough.
    Long,
    /// All, because time or somebody asks for them.
    All,
}

/// The blocks that are being filled, one a stream.
#[derive(Debug)]
pub(crate) struct Gatherer {
    open: HashMap<Place, BlockBuilder>,
    /// For each of the queue's lists what it is given for what it holds, so that neither grows anew every time.
    spare: Vec<Waiting>,
    press: Press,
}

/// What packs them.
#[derive(Debug)]
struct Press {
    queue: Arc<Queue>,
    /// One for all streams: an open block holds what is compressed of it, and less than a piece that is not.
    compressor: Compressor,
    /// Those that are finished.
    blocks: Vec<Block>,
}

impl Gatherer {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        let spare = (0..queue.shards()).map(|_| Waiting::default()).collect();
        let press = Press { queue, compressor: Compressor::new(), blocks: Vec::new() };
        Self { open: HashMap::new(), spare, press }
    }

    /// Takes what waits and answers the blocks that are finished. From here on records are held by their packed size, as
    /// soon as there are enough of their stream for a piece.
    pub(crate) fn gather(&mut self, finish: Finish) -> Vec<Block> {
        let Self { open, spare, press } = self;
        for (shard, waiting) in spare.iter_mut().enumerate() {
            press.queue.exchange(shard, waiting);
            for run in waiting.runs().iter().filter(|run| !run.entries.is_empty()) {
                let builder = open.entry(run.place.clone()).or_insert_with_key(|place| {
                    BlockBuilder::new(Stream { scope: place.scope.clone(), name: place.stream.as_ref().to_owned() })
                });
                press.add(&run.entries, builder);
            }
            waiting.clear();
        }
        match finish {
            Finish::All => {
                open.drain().for_each(|(_, mut builder)| press.finish(&mut builder));
                // Once a second memory follows the load down, and streams that went silent are forgotten.
                spare.fill_with(Waiting::default);
            }
            Finish::Long if press.blocks.is_empty() => (),
            Finish::Long => {
                let company = open.values_mut().filter(|builder| builder.bytes() >= BLOCK_BYTES / COMPANY_SHARE);
                company.for_each(|builder| press.finish(builder));
            }
        }
        std::mem::take(&mut press.blocks)
    }
}

impl Press {
    fn add(&mut self, entries: &Entries, builder: &mut BlockBuilder) {
        if builder.bytes() + entries.bytes() > BLOCK_BYTES_MAX {
            self.finish(builder);
        }
        let before = builder.held_bytes();
        // An empty block takes any run: both have the same bound.
        let _ = builder.append(entries, &mut self.compressor, || self.queue.give_way());
        self.queue.hold_anyway(builder.held_bytes());
        self.queue.release(before + entries.bytes());
        if builder.bytes() >= BLOCK_BYTES {
            self.finish(builder);
        }
    }

    /// Finishes a block; what its records held until now is given back for its own.
    fn finish(&mut self, builder: &mut BlockBuilder) {
        let before = builder.held_bytes();
        let block = builder.finish_and_renew(&mut self.compressor, || self.queue.give_way());
        self.queue.hold_anyway(block.as_ref().map_or(0, charge));
        self.queue.release(before);
        self.blocks.extend(block);
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
