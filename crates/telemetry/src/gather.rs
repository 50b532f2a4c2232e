//! Makes blocks of what waits, on a thread of its own that may take its time.

use std::collections::HashMap;
use std::sync::Arc;

use store_records::block::BLOCK_BYTES_MAX;
use store_records::{Block, BlockBuilder, Compressor, Pieces, Stream};

use crate::pace::Pace;
use crate::queue::{Kind, Queue};
use crate::stream;
use crate::waiting::{Place, Waiting};

/// A block so long, before compression, is stored at once, what some thousand requests left; shorter ones wait for more until
/// the round that takes all. A longer one costs less to store, and whoever reads a line of it unfolds all.
pub(crate) const BLOCK_BYTES: usize = 320 * 1024;

/// A block of this share of that goes along with one that is stored at once: a stage's lines and their trails come at one
/// pace, and one transaction serves both.
const COMPANY_SHARE: usize = 2;

/// So many go along at most, lest a round of many streams gets long.
const COMPANY_MAX: usize = 3;

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
    pace: Pace,
    /// One for all streams: an open block holds what is compressed of it, and less than a piece that is not.
    compressor: Compressor,
    /// Those that are finished.
    blocks: Vec<Block>,
}

impl Gatherer {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        let spare = (0..queue.shards()).map(|_| Waiting::default()).collect();
        let pace = Pace::new(Arc::clone(&queue));
        let press = Press { queue, pace, compressor: Compressor::new(), blocks: Vec::new() };
        Self { open: HashMap::new(), spare, press }
    }

    /// Takes what waits and answers the blocks that are finished. From here on records are held by their packed size, as
    /// soon as there are enough of their stream for a piece.
    pub(crate) fn gather(&mut self, finish: Finish) -> Vec<Block> {
        let Self { open, spare, press } = self;
        press.pace.begin();
        for (shard, waiting) in spare.iter_mut().enumerate() {
            press.queue.exchange(shard, waiting);
            for run in waiting.runs().iter_mut().filter(|run| !run.is_empty()) {
                let builder = open.entry(run.place.clone()).or_insert_with_key(|place| {
                    BlockBuilder::new(Stream { scope: place.scope.clone(), name: place.stream.as_ref().to_owned() })
                });
                press.add(run.whole(), builder);
            }
            waiting.clear();
        }
        match finish {
            Finish::All => {
                for (_, mut builder) in open.drain() {
                    press.finish(&mut builder);
                }
                // Once a second memory follows the load down, and streams that went silent are forgotten.
                spare.fill_with(Waiting::default);
            }
            Finish::Long if press.blocks.is_empty() => (),
            Finish::Long => {
                let company = open.values_mut().filter(|builder| builder.bytes() >= BLOCK_BYTES / COMPANY_SHARE);
                for builder in company.take(COMPANY_MAX) {
                    press.finish(builder);
                }
            }
        }
        if !press.blocks.is_empty() {
            // Whoever stores them is woken by them, and wants the core as well.
            press.pace.pause();
        }
        std::mem::take(&mut press.blocks)
    }
}

impl Press {
    fn add(&mut self, pieces: &Pieces, builder: &mut BlockBuilder) {
        if builder.whole_bytes() + pieces.whole_bytes() > BLOCK_BYTES_MAX {
            self.finish(builder);
        }
        let before = builder.held_bytes();
        // An empty block takes any run: both have the same bound.
        let _ = builder.append(pieces, &mut self.compressor, || self.pace.pause());
        self.queue.hold(builder.held_bytes());
        self.queue.release(before + pieces.held_bytes());
        if builder.bytes() >= BLOCK_BYTES {
            self.finish(builder);
        }
    }

    /// Finishes a block; what its records held until now is given back for its own.
    fn finish(&mut self, builder: &mut BlockBuilder) {
        let before = builder.held_bytes();
        let block = builder.finish_and_renew(&mut self.compressor, || self.pace.pause());
        self.queue.hold(block.as_ref().map_or(0, charge));
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

#[cfg(test)]
mod tests {
    use base::id::RequestId;
    use base::{AccountId, Region, Scope, Timestamp};

    use store_records::block::PIECE_BYTES;

    use super::*;
    use crate::queue::Record;

    /// Leaves lines of some API's access log, each of its own id, until they have so many bytes.
    fn record(queue: &Queue, api: usize, bytes: usize) {
        let scope =
            Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let (stream, time) = (stream::access(&format!("api{api}"), "prod"), Timestamp::UNIX_EPOCH);
        // The same once more: of the lines in the queue some are packed.
        let (mut entries, mut left) = (store_records::Entries::default(), bytes);
        while entries.bytes() < left {
            let line =
                format!("{{ \"status\":\"200\", \"path\":\"/prod/pets/{}\", \"length\":\"25\" }}", entries.bytes());
            let (request, bytes) = (RequestId::random(), line.as_bytes());
            if entries.push(time, Some(request), bytes).is_err() {
                left -= entries.bytes();
                entries.clear();
            }
            queue.push(Record { scope: &scope, stream: &stream, time, request, bytes, id_at: None, kind: Kind::Log });
        }
    }

    fn world() -> (Arc<Queue>, Gatherer) {
        let queue = Arc::new(Queue::new(64 << 20));
        (Arc::clone(&queue), Gatherer::new(queue))
    }

    #[test]
    fn an_open_block_holds_what_is_packed_and_less_than_a_piece_that_is_not() {
        const STREAMS: usize = 20;
        let (queue, mut gatherer) = world();
        for round in 1..=4 {
            for api in 0..STREAMS {
                record(&queue, api, 10 << 10);
            }
            assert_eq!(gatherer.gather(Finish::Long), []);
            let raw: usize = gatherer.open.values().map(BlockBuilder::bytes).sum();
            assert!(raw >= round * STREAMS * (10 << 10));
            assert_eq!(queue.held(), gatherer.open.values().map(BlockBuilder::held_bytes).sum());
            let unpacked = STREAMS * PIECE_BYTES;
            assert!(queue.held() < unpacked + raw * 8 / 10, "{} of {raw}", queue.held());
        }
        let blocks = gatherer.gather(Finish::All);
        assert_eq!((blocks.len(), gatherer.open.len()), (STREAMS, 0));
        assert_eq!(queue.held(), blocks.iter().map(charge).sum());
    }

    #[test]
    fn a_long_block_takes_along_those_that_are_half_as_long() {
        let (queue, mut gatherer) = world();
        record(&queue, 1, BLOCK_BYTES);
        record(&queue, 2, BLOCK_BYTES / COMPANY_SHARE);
        record(&queue, 3, BLOCK_BYTES / COMPANY_SHARE - 20_000);
        let mut finished: Vec<String> =
            gatherer.gather(Finish::Long).into_iter().map(|block| block.stream.name).collect();
        finished.sort();
        assert_eq!(finished, ["access/api1/prod", "access/api2/prod"]);
        record(&queue, 2, BLOCK_BYTES / COMPANY_SHARE);
        assert_eq!(gatherer.gather(Finish::Long), [], "none is long");
        assert_eq!(gatherer.gather(Finish::All).len(), 2);
        for api in 1..=10 {
            record(&queue, api, BLOCK_BYTES - 20_000);
        }
        assert_eq!(gatherer.gather(Finish::Long), []);
        record(&queue, 1, 20_000);
        assert_eq!(gatherer.gather(Finish::Long).len(), 1 + COMPANY_MAX, "the others wait");
    }

    #[test]
    fn no_block_is_longer_than_a_block_may_be() {
        let (queue, mut gatherer) = world();
        record(&queue, 1, BLOCK_BYTES - 20_000);
        assert_eq!(gatherer.gather(Finish::Long), []);
        record(&queue, 1, BLOCK_BYTES_MAX + 1_000);
        let blocks = gatherer.gather(Finish::Long);
        // What was open, a full list, and what did not fit into that.
        assert!(blocks.len() >= 2);
        assert!(blocks.iter().all(|block| block.decode().is_ok()));
    }
}
