//! The far end: takes what waits, packs it, stores it, and keeps trying while the store is away.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use store_records::{Block, Events, Fault};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use crate::Dropped;
use crate::gather;
use crate::packer::Packer;
use crate::queue::Queue;

/// How long a record waits for company, at most: a reader finds it within five seconds of its request.
pub const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// How long the writer leaves a failing store alone, at most.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// Blocks stored in one transaction, at most.
const APPEND_BLOCKS_MAX: usize = 64;

/// Bytes stored in one transaction, about.
const APPEND_BYTES: usize = 4 * 1024 * 1024;

/// Empties the sinks' queue into the store. It ends when the last sink is gone.
#[derive(Debug)]
pub struct Writer {
    queue: Arc<Queue>,
    events: Arc<dyn Events>,
    clock: Arc<dyn Clock>,
    asked: mpsc::Receiver<oneshot::Sender<usize>>,
    /// Packed and not stored yet.
    blocks: VecDeque<Block>,
    trouble: Option<Trouble>,
    reported: Dropped,
}

/// The store failed when it was last asked.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    /// When to ask again, on the clock's [`Clock::elapsed`].
    retry_at: Duration,
    /// How long that was put off.
    wait: Duration,
}

/// Why the writer sets to work.
enum Wake {
    Packed,
    Tick,
    Asked(oneshot::Sender<usize>),
    Closed,
}

impl Writer {
    pub(crate) fn new(
        queue: Arc<Queue>,
        events: Arc<dyn Events>,
        clock: Arc<dyn Clock>,
        asked: mpsc::Receiver<oneshot::Sender<usize>>,
    ) -> Self {
        let reported = Dropped::default();
        Self { queue, events, clock, asked, blocks: VecDeque::new(), trouble: None, reported }
    }

    /// Works until the last sink is gone, and stores what is left.
    pub async fn run(mut self) {
        let mut packer = match Packer::start(Arc::clone(&self.queue)) {
            Ok(packer) => packer,
            Err(fault) => return error!(error = %fault, "nothing can be recorded: there is no thread to pack records"),
        };
        let mut tick = self.clock.sleep(FLUSH_EVERY);
        loop {
            let (wake, packed) = tokio::select! {
                biased;
                asked = self.asked.recv() => (asked.map_or(Wake::Closed, Wake::Asked), packer.pack_all().await),
                () = &mut tick => (Wake::Tick, packer.pack_all().await),
                packed = packer.packed() => (Wake::Packed, packed),
            };
            match packed {
                Some(blocks) => self.blocks.extend(blocks),
                None => return self.give_up(),
            }
            match wake {
                Wake::Packed => self.store_unless_troubled().await,
                Wake::Tick => {
                    self.store_unless_troubled().await;
                    self.report_dropped();
                    tick = self.clock.sleep(FLUSH_EVERY);
                }
                Wake::Asked(reply) => {
                    self.store().await;
                    // Whoever asked may have stopped waiting.
                    let _ = reply.send(self.blocks.len());
                }
                Wake::Closed => {
                    self.store().await;
                    return self.give_up();
                }
            }
        }
    }

    async fn store_unless_troubled(&mut self) {
        if self.trouble.is_none_or(|trouble| self.clock.elapsed() >= trouble.retry_at) {
            self.store().await;
        }
    }

    /// Stores blocks until none is left or the store fails.
    async fn store(&mut self) {
        while !self.blocks.is_empty() {
            let count = self.next_batch();
            let batch: Vec<Block> = self.blocks.iter().take(count).cloned().collect();
            match self.events.append(batch).await {
                Ok(()) => {
                    for block in self.blocks.drain(..count) {
                        self.queue.release(gather::charge(&block));
                    }
                    if self.trouble.take().is_some() {
                        info!("the records store answers again");
                    }
                }
                Err(fault) => return self.put_off(&fault),
            }
        }
    }

    /// How many blocks to store at once. After a failure it is one, so that one bad block cannot hold up the others.
    fn next_batch(&self) -> usize {
        if self.trouble.is_some() {
            return 1;
        }
        let mut bytes = 0;
        let fits = |block: &&Block| {
            bytes += gather::charge(block);
            bytes <= APPEND_BYTES
        };
        self.blocks.iter().take(APPEND_BLOCKS_MAX).take_while(fits).count().max(1)
    }

    fn put_off(&mut self, fault: &Fault) {
        let wait = self.trouble.map_or(FLUSH_EVERY, |trouble| (trouble.wait * 2).min(RETRY_AFTER_MAX));
        warn!(
            error = fault as &dyn std::error::Error,
            blocks = self.blocks.len(),
            retry_s = wait.as_secs(),
            "cannot store records"
        );
        self.trouble = Some(Trouble { retry_at: self.clock.elapsed() + wait, wait });
        self.blocks.rotate_left(1);
    }

    fn report_dropped(&mut self) {
        let dropped = self.queue.dropped();
        let (logs, trails) = (dropped.logs - self.reported.logs, dropped.trails - self.reported.trails);
        if logs + trails > 0 {
            warn!(logs, trails, "records were dropped: they come faster than they can be stored");
            self.reported = dropped;
        }
    }

    fn give_up(mut self) {
        for block in self.blocks.drain(..) {
            self.queue.release(gather::charge(&block));
            self.queue.count_dropped(gather::kind(&block), u64::from(block.entries));
        }
        self.report_dropped();
    }
}

#[cfg(test)]
mod tests {
    use base::clock::ManualClock;
    use base::id::RequestId;
    use base::{AccountId, Region, Scope, Timestamp};

    use super::*;
    use crate::memory::Memory;
    use crate::{FlushError, LogLine, Sink, stream};

    struct World {
        store: Arc<Memory>,
        clock: Arc<ManualClock>,
        sink: Sink,
        queue: Arc<Queue>,
        writer: tokio::task::JoinHandle<()>,
    }

    fn world(bytes_max: usize) -> World {
        let store = Arc::new(Memory::default());
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let (sink, writer) = crate::pipe(Arc::clone(&store) as _, Arc::clone(&clock) as _, bytes_max);
        let queue = Arc::clone(&writer.queue);
        World { store, clock, sink, queue, writer: tokio::spawn(writer.run()) }
    }

    fn scope(account: &str) -> Scope {
        Scope { account: AccountId::parse(account).unwrap(), region: Region::parse("eu-west-1").unwrap() }
    }

    fn log(sink: &Sink, account: &str, api: &str, text: impl AsRef<[u8]>) {
        sink.log(LogLine {
            scope: &scope(account),
            stream: &stream::access(api, "prod"),
            time: Timestamp::UNIX_EPOCH,
            request: id(7),
            line: text.as_ref(),
            id_at: None,
        });
    }

    fn trail(sink: &Sink, text: &[u8]) {
        sink.trail(&scope(ONE), Timestamp::UNIX_EPOCH, id(8), text);
    }

    fn id(byte: u8) -> RequestId {
        RequestId(uuid::Uuid::from_bytes([byte; 16]))
    }

    const ONE: &str = "111111111111";
    const TWO: &str = "222222222222";

    #[tokio::test]
    async fn records_are_stored_by_account_and_stream() {
        let World { store, sink, queue, .. } = world(1 << 20);
        log(&sink, ONE, "a", "first");
        log(&sink, TWO, "a", "second");
        log(&sink, ONE, "a", "third");
        trail(&sink, b"trail");
        sink.flush().await.unwrap();
        assert_eq!(
            store.texts(),
            [
                (ONE.to_owned(), "access/a/prod".to_owned(), vec!["first".to_owned(), "third".to_owned()]),
                (ONE.to_owned(), "trail".to_owned(), vec!["trail".to_owned()]),
                (TWO.to_owned(), "access/a/prod".to_owned(), vec!["second".to_owned()]),
            ]
        );
        assert_eq!((queue.held(), sink.dropped()), (0, Dropped::default()));
    }

    #[tokio::test]
    async fn a_lonely_record_is_stored_after_a_second() {
        let World { store, clock, sink, .. } = world(1 << 20);
        log(&sink, ONE, "a", "lonely");
        while store.appends() == 0 {
            clock.advance(FLUSH_EVERY);
            tokio::task::yield_now().await;
        }
        assert_eq!(store.texts().len(), 1);
    }

    #[tokio::test]
    async fn a_long_block_is_stored_without_waiting() {
        let World { store, sink, .. } = world(16 << 20);
        let long = vec![b'x'; 64 * 1024];
        for _ in 0..8 {
            log(&sink, ONE, "a", &long);
        }
        store.until_appends(1).await;
    }

    #[tokio::test]
    async fn records_keep_their_order_from_piece_to_piece_and_block_to_block() {
        let World { store, sink, .. } = world(64 << 20);
        let lines: Vec<String> = (0..10_000).map(|n| format!("{n:05} {}", uuid::Uuid::new_v4())).collect();
        for line in &lines {
            log(&sink, ONE, "a", line);
        }
        sink.flush().await.unwrap();
        let stored: Vec<String> = store.texts().into_iter().flat_map(|(_, _, lines)| lines).collect();
        assert_eq!(stored, lines);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_dropped_and_counted_by_kind() {
        let World { store, sink, queue, .. } = world(4_096);
        store.fail(true);
        let half = vec![b'x'; 1_700];
        for _ in 0..5 {
            log(&sink, ONE, "a", &half);
            trail(&sink, &half);
        }
        assert_eq!(sink.dropped(), Dropped { logs: 4, trails: 4 });
        assert!(queue.held() <= 4_096);
        log(&sink, ONE, "a", vec![0; store_records::block::ENTRY_BYTES_MAX + 1]);
        assert_eq!(sink.dropped().logs, 5, "no block takes it");
    }

    #[tokio::test]
    async fn while_the_store_is_away_records_wait_inside_the_bound() {
        let World { store, clock, sink, queue, .. } = world(8_192);
        store.fail(true);
        for n in 0..1_000 {
            log(&sink, ONE, "a", format!("line {n} of an outage {}", uuid::Uuid::new_v4()));
            if n % 10 == 0 {
                assert!(sink.flush().await.is_err());
            }
            assert!(queue.held() <= 8_192 + 1_024, "{}", queue.held());
        }
        let dropped = sink.dropped().logs;
        assert!(dropped > 0, "a full queue drops");
        store.fail(false);
        clock.advance(RETRY_AFTER_MAX);
        sink.flush().await.unwrap();
        let stored: usize = store.texts().iter().map(|(_, _, lines)| lines.len()).sum();
        assert_eq!(stored as u64 + dropped, 1_000, "every line is stored or counted");
        assert_eq!(queue.held(), 0);
    }

    #[tokio::test]
    async fn one_bad_block_does_not_hold_up_the_others() {
        let World { store, clock, sink, .. } = world(1 << 20);
        store.refuse("access/bad/prod");
        log(&sink, ONE, "bad", "never");
        log(&sink, ONE, "good", "stored");
        assert_eq!(sink.flush().await, Err(FlushError::NotStored { blocks: 2 }));
        clock.advance(RETRY_AFTER_MAX);
        let mut rounds = 0;
        while store.texts().is_empty() {
            let _ = sink.flush().await;
            rounds += 1;
            assert!(rounds < 4, "the good block passes the bad one");
        }
        assert_eq!(sink.flush().await, Err(FlushError::NotStored { blocks: 1 }));
    }

    #[tokio::test]
    async fn the_last_sink_takes_the_writer_along_and_loses_nothing() {
        let World { store, sink, writer, .. } = world(1 << 20);
        log(&sink, ONE, "a", "last words");
        drop(sink);
        writer.await.unwrap();
        assert_eq!(store.texts().len(), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_stored_at_the_end_is_counted() {
        let World { store, sink, queue, writer, .. } = world(1 << 20);
        store.fail(true);
        log(&sink, ONE, "a", "lost");
        trail(&sink, b"lost");
        drop(sink);
        writer.await.unwrap();
        assert_eq!(queue.dropped(), Dropped { logs: 1, trails: 1 });
        assert_eq!(queue.held(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn many_threads_lose_nothing() {
        let World { store, sink, .. } = world(64 << 20);
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let sink = sink.clone();
                std::thread::spawn(move || {
                    for n in 0..5_000 {
                        log(&sink, ONE, "a", format!("{thread}/{n}"));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        sink.flush().await.unwrap();
        let mut stored: Vec<String> = store.texts().into_iter().flat_map(|(_, _, lines)| lines).collect();
        stored.sort();
        stored.dedup();
        assert_eq!((stored.len(), sink.dropped()), (20_000, Dropped::default()));
    }
}
