//! The thread that makes blocks of what was packed piece by piece, and packs the rest: named, so that its cost can be seen from
//! outside, and apart from those that serve requests.
//!
//! Who records asks it without a detour by the writer.

use std::sync::Arc;

use store_records::Block;
use tokio::sync::mpsc;

use crate::gather::{Finish, Gatherer};
use crate::queue::Queue;

/// The writer's end of the thread, which ends with it.
#[derive(Debug)]
pub(crate) struct Packer {
    queue: Arc<Queue>,
    /// Unbounded, since the queue's bound holds for what is in it.
    rounds: mpsc::UnboundedReceiver<Round>,
}

/// A round that finished something, or that was to finish all.
struct Round {
    finish: Finish,
    blocks: Vec<Block>,
}

impl Packer {
    /// Starts the thread.
    pub(crate) fn start(queue: Arc<Queue>) -> std::io::Result<Self> {
        let (done, rounds) = mpsc::unbounded_channel();
        let its_queue = Arc::clone(&queue);
        let work = move || {
            let mut gatherer = Gatherer::new(Arc::clone(&its_queue));
            while let Some(finish) = its_queue.rounds().next() {
                let blocks = gatherer.gather(finish);
                // The writer waits for the end of a round of all, and for no other.
                if (finish == Finish::All || !blocks.is_empty()) && done.send(Round { finish, blocks }).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("records-pack".to_owned()).spawn(work)?;
        Ok(Self { queue, rounds })
    }

    /// The next blocks that are long enough. `None` when the thread is gone.
    pub(crate) async fn packed(&mut self) -> Option<Vec<Block>> {
        self.rounds.recv().await.map(|round| round.blocks)
    }

    /// Packs all that waits. `None` when the thread is gone.
    pub(crate) async fn pack_all(&mut self) -> Option<Vec<Block>> {
        self.queue.rounds().ask(Finish::All);
        let mut all = Vec::new();
        loop {
            let Round { finish, blocks } = self.rounds.recv().await?;
            all.extend(blocks);
            match finish {
                Finish::Long => (),
                Finish::All => return Some(all),
            }
        }
    }
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.queue.rounds().end();
    }
}
