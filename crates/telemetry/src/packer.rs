//! The thread that packs: named, so that its cost can be seen from outside, and apart from those that serve requests.

use std::sync::{Arc, mpsc};

use store_records::Block;
use tokio::sync::oneshot;

use crate::gather::{Finish, Gatherer};
use crate::queue::Queue;

/// Asks the thread; it ends with the last who could.
#[derive(Debug)]
pub(crate) struct Packer {
    rounds: mpsc::Sender<Round>,
}

struct Round {
    finish: Finish,
    blocks: oneshot::Sender<Vec<Block>>,
}

impl Packer {
    /// Starts the thread.
    pub(crate) fn start(queue: Arc<Queue>) -> std::io::Result<Self> {
        let (rounds, asked) = mpsc::channel::<Round>();
        let work = move || {
            let mut gatherer = Gatherer::new(queue);
            for Round { finish, blocks } in asked {
                // Whoever asked has ended, and so does this thread.
                let _ = blocks.send(gatherer.gather(finish));
            }
        };
        std::thread::Builder::new().name("records-pack".to_owned()).spawn(work)?;
        Ok(Self { rounds })
    }

    /// Packs what waits. `None` when the thread is gone.
    pub(crate) async fn pack(&self, finish: Finish) -> Option<Vec<Block>> {
        let (blocks, packed) = oneshot::channel();
        self.rounds.send(Round { finish, blocks }).ok()?;
        packed.await.ok()
    }
}
