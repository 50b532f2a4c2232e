//! Events that nobody waits for: kept in memory, bounded, run in the background, and run anew where they failed.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use base::Clock;
use functions::{Invocation, InvokeRefusal};
use operation::NotInvoked;
use snapshot::{FunctionName, Snapshot};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::Runner;

/// Events that wait or run at once, at most.
const EVENTS_MAX: usize = 10_000;
/// Bytes of all of them together.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Events that run at once.
const RUNNING_MAX: usize = 100;
/// How long after a failure of the function it is run anew, the first and the second time.
const RETRIES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];
/// How long after a throttle or a fault of ours: twice as long each time, up to this.
const BACKOFF_MAX: Duration = Duration::from_mins(5);
/// How old an event may become.
const AGE_MAX: Duration = Duration::from_hours(6);

/// An invocation for later.
#[derive(Debug)]
pub(super) struct Event {
    /// Whose function.
    pub(super) function: FunctionName,
    /// The version is looked for at each attempt.
    pub(super) qualifier: Option<String>,
    /// What it is asked.
    pub(super) invocation: Invocation,
}

/// An event with the room it takes.
#[derive(Debug)]
struct Queued {
    event: Event,
    room: [OwnedSemaphorePermit; 2],
}

/// The way in.
#[derive(Debug, Clone)]
pub struct EventQueue {
    sender: mpsc::Sender<Queued>,
    events: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    dropped: Arc<AtomicU64>,
}

/// What runs the events; it belongs to the node's background.
#[derive(Debug)]
pub struct EventWorker {
    receiver: mpsc::Receiver<Queued>,
    desk: Arc<Desk>,
}

#[derive(Debug)]
struct Desk {
    snapshot: Arc<ArcSwap<Snapshot>>,
    runner: Arc<dyn Runner>,
    clock: Arc<dyn Clock>,
    running: Semaphore,
    dropped: Arc<AtomicU64>,
}

impl EventQueue {
    /// A queue and its worker.
    pub fn new(
        snapshot: Arc<ArcSwap<Snapshot>>,
        runner: Arc<dyn Runner>,
        clock: Arc<dyn Clock>,
    ) -> (Self, EventWorker) {
        let (sender, receiver) = mpsc::channel(EVENTS_MAX);
        let dropped = Arc::<AtomicU64>::default();
        let (events, bytes) = (Arc::new(Semaphore::new(EVENTS_MAX)), Arc::new(Semaphore::new(BYTES_MAX)));
        let desk =
            Desk { snapshot, runner, clock, running: Semaphore::new(RUNNING_MAX), dropped: Arc::clone(&dropped) };
        (Self { sender, events, bytes, dropped }, EventWorker { receiver, desk: Arc::new(desk) })
    }

    /// Takes an event, if there is room.
    pub(super) fn take(&self, event: Event) -> Result<(), NotInvoked> {
        let full = || NotInvoked::Throttled { why: "the queue of asynchronous events is full".to_owned() };
        let slot = Arc::clone(&self.events).try_acquire_owned().map_err(|_| full())?;
        let bytes = u32::try_from(event.invocation.payload.len()).map_err(|_| full())?;
        let room = Arc::clone(&self.bytes).try_acquire_many_owned(bytes).map_err(|_| full())?;
        self.sender.try_send(Queued { event, room: [slot, room] }).map_err(|_| full())
    }

    /// Events that wait or run now: what is lost when the node goes down.
    pub fn waiting(&self) -> usize {
        EVENTS_MAX - self.events.available_permits()
    }

    /// Events that were given up since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl EventWorker {
    /// Runs what is queued until every queue is gone.
    pub async fn run(mut self) {
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                queued = self.receiver.recv() => match queued {
                    Some(Queued { event, room }) => {
                        let desk = Arc::clone(&self.desk);
                        running.spawn(async move {
                            desk.deliver(event).await;
                            drop(room);
                        });
                    }
                    None => break,
                },
                Some(ended) = running.join_next() => self.desk.note(&ended),
            }
        }
        while let Some(ended) = running.join_next().await {
            self.desk.note(&ended);
        }
    }
}

/// How an attempt ended.
enum Attempt {
    Done,
    Failed,
    /// Not the function's doing.
    Later(String),
    /// It will never run.
    Never(String),
}

impl Desk {
    async fn deliver(&self, event: Event) {
        let begun = self.clock.elapsed();
        let (mut failures, mut backoff) = (0, Duration::from_secs(1));
        let why = loop {
            let pause = match self.attempt(&event).await {
                Attempt::Done => return,
                Attempt::Failed => match RETRIES.get(failures) {
                    Some(pause) => {
                        failures += 1;
                        *pause
                    }
                    None => break "it failed three times".to_owned(),
                },
                Attempt::Later(why) => {
                    let pause = backoff;
                    backoff = (2 * backoff).min(BACKOFF_MAX);
                    if self.clock.elapsed().saturating_sub(begun) + pause > AGE_MAX {
                        break why;
                    }
                    pause
                }
                Attempt::Never(why) => break why,
            };
            self.clock.sleep(pause).await;
        };
        self.drop(&event, &why);
    }

    async fn attempt(&self, event: &Event) -> Attempt {
        // The semaphore is never closed; without it the event would merely run at once.
        let _running = self.running.acquire().await;
        let function = self.snapshot.load().functions.get(&event.function).cloned();
        let version = function.and_then(|known| known.version(event.qualifier.as_deref(), super::draw()).cloned());
        let Some(version) = version else { return Attempt::Never("it no longer exists".to_owned()) };
        match self.runner.invoke(&version, event.invocation.clone()).await {
            Ok(outcome) if !outcome.failed => Attempt::Done,
            Ok(_) => Attempt::Failed,
            Err(refusal @ (InvokeRefusal::Throttled { .. } | InvokeRefusal::Fault { .. })) => {
                Attempt::Later(refusal.to_string())
            }
            Err(refusal @ (InvokeRefusal::TooLarge { .. } | InvokeRefusal::Broken { .. })) => {
                Attempt::Never(refusal.to_string())
            }
        }
    }

    fn drop(&self, event: &Event, why: &str) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        let FunctionName { account, name } = &event.function;
        let request = event.invocation.request_id;
        tracing::warn!(%account, function = %name, %request, why, "an asynchronous event was given up");
    }

    fn note(&self, ended: &Result<(), tokio::task::JoinError>) {
        if let Err(error) = ended {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "an asynchronous event was lost");
        }
    }
}

#[cfg(test)]
mod tests;
