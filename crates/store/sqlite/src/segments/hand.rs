//! The thread that writes: named, so that its cost can be seen from outside, and apart from those that serve requests, since a
//! full disk or a slow one makes it wait.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use store_records::Block;
use tokio::sync::oneshot;

use super::catalog::Catalog;
use super::files::{Number, Trouble};
use super::tail::Tail;
use crate::directory::Directory;

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Hand {
    /// `None` once it is closed.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

enum Job {
    Append(Vec<Block>, oneshot::Sender<Result<(), Trouble>>),
    Turn(Number, u32, oneshot::Sender<Result<bool, Trouble>>),
}

impl Hand {
    /// Starts the thread; it keeps the directory locked until it ends.
    pub(super) fn start(mut tail: Tail, catalog: Arc<Catalog>, directory: Arc<Directory>) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let (ending, ended) = oneshot::channel();
        let work = move || {
            while let Ok(job) = waiting.recv() {
                job.run(&mut tail, &catalog);
            }
            if let Err(error) = tail.sync() {
                tracing::warn!(error = &error as &dyn std::error::Error, "the records store did not close in order");
            }
            drop(directory);
            // Nobody may wait for it.
            let _ = ending.send(());
        };
        std::thread::Builder::new().name("records-write".to_owned()).spawn(work)?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), ended: Mutex::new(Some(ended)) })
    }

    /// Stores blocks, all or none.
    pub(super) async fn append(&self, blocks: Vec<Block>) -> Result<(), Trouble> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Append(blocks, reply))?;
        answer.await.map_err(|_| Trouble::Closed)?
    }

    /// Begins a new segment if this one is still the newest and holds no more blocks than so many; says whether it did.
    pub(super) fn turn(&self, number: Number, count: u32) -> Result<bool, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Turn(number, count, reply))?;
        answer.blocking_recv().map_err(|_| Trouble::Closed)?
    }

    fn send(&self, job: Job) -> Result<(), Trouble> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().ok_or(Trouble::Closed)?.send(job).map_err(|_| Trouble::Closed)
    }

    /// Lets the thread finish what it was asked for, and waits until it ended.
    pub(super) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = ended {
            // A thread that panicked ended as well.
            let _ = ended.await;
        }
    }
}

/// How long the thread leaves the core to those who answer requests, before it writes and in between.
const REST: Duration = Duration::from_millis(1);

/// Where so many bytes are to be stored at once, more is recorded than so slow a hand stores: then it does not rest.
const HASTE_BYTES: usize = 1024 * 1024;

fn rest(blocks: &[Block]) -> impl FnMut() + use<> {
    let haste = blocks.iter().map(|block| block.payload.len()).sum::<usize>() >= HASTE_BYTES;
    move || {
        if !haste {
            std::thread::sleep(REST);
        }
    }
}

impl Job {
    fn run(self, tail: &mut Tail, catalog: &Catalog) {
        // Whoever asked may have stopped waiting.
        match self {
            Job::Append(blocks, reply) => {
                let outcome = tail.append(&blocks, rest(&blocks)).map(|grown| catalog.grew(grown, &blocks));
                let _ = reply.send(outcome);
            }
            Job::Turn(number, count, reply) => {
                let turns = tail.number() == number && tail.count() == count;
                let outcome = if turns {
                    tail.turn().map(|()| {
                        catalog.begun(tail.number(), tail.index_end());
                        true
                    })
                } else {
                    Ok(false)
                };
                let _ = reply.send(outcome);
            }
        }
    }
}
