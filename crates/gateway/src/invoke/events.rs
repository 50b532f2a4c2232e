//! Events that nobody waits for: stored before they are acknowledged, run in the background by one node at a time, and run
//! anew where they failed.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>
//!
//! [`EventQueue`] is the way in. `clerk` stores what comes, many events in one transaction; `claimer` takes up what is due,
//! of whichever node; `desk` runs an event and settles it by what `verdict` says. Each event runs at least once: a node that
//! dies between the function's end and the note of it leaves the event to the next.

mod record;
mod clerk;
mod claimer;
mod desk;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use base::seal::MasterKey;
use base::{Clock, Scope};
use functions::Invocation;
use operation::NotInvoked;
use snapshot::{FunctionName, Snapshot};
use store_records::Queue;
use store_records::queue::Room;
use telemetry::Sink;
use tokio::sync::{mpsc, oneshot, watch};

use super::Runner;
use clerk::{Ask, Clerk};
use desk::{Desk, Settler};

/// What may wait of one account in one region.
const ROOM: Room = Room { items: 100_000, bytes: 1 << 30 };
/// Events that a node runs at once.
const RUNNING_MAX: u32 = 100;
/// Events that wait to be stored before others have to wait to be queued.
const ASKS_MAX: usize = 1_024;
/// How long a node may be silent before others run its events.
const LEASE: Duration = Duration::from_secs(30);

/// An invocation for later.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Whose it is.
    pub(super) scope: Scope,
    /// The function.
    pub(super) function: FunctionName,
    /// The version is looked for at each attempt.
    pub(super) qualifier: Option<String>,
    /// What it is asked.
    pub(super) invocation: Invocation,
}

/// What events need of a node.
#[derive(Debug, Clone)]
pub struct EventParts {
    /// The functions of today.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// What runs them.
    pub runner: Arc<dyn Runner>,
    /// Where events wait.
    pub queue: Arc<dyn Queue>,
    /// What events are sealed under while they wait.
    pub master_key: Arc<MasterKey>,
    /// Where it is told that an event was given up: the function's own log.
    pub sink: Sink,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// How far a node's work on events goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It takes up whatever is due.
    Working,
    /// It ends what it has begun.
    Ending,
    /// It leaves what it has begun to others.
    Leaving,
}

/// The way in.
#[derive(Debug, Clone)]
pub struct EventQueue {
    asks: mpsc::Sender<Ask>,
    phase: Arc<watch::Sender<Phase>>,
    desk: Arc<Desk>,
    given_up: Arc<AtomicU64>,
}

/// What stores and runs the events; it belongs to the node's background.
#[derive(Debug)]
pub struct EventWorker {
    clerk: Clerk,
    settler: Settler,
    desk: Arc<Desk>,
}

/// How long the store may take to note what a node leaves to others.
const LEAVING: Duration = Duration::from_secs(5);

impl EventQueue {
    /// A queue and its worker.
    pub fn new(parts: EventParts) -> (Self, EventWorker) {
        let (asks, asked) = mpsc::channel(ASKS_MAX);
        let (phase, watched) = watch::channel(Phase::Working);
        let given_up = Arc::<AtomicU64>::default();
        let (desk, settler) = Desk::new(parts, watched, Arc::clone(&given_up));
        let clerk = Clerk::new(asked, Arc::clone(&desk));
        let queue = Self { asks, phase: Arc::new(phase), desk: Arc::clone(&desk), given_up };
        (queue, EventWorker { clerk, settler, desk })
    }

    /// Stores an event, if there is room; once this answers it will run, whatever becomes of this node.
    pub(super) async fn take(&self, event: Event) -> Result<(), NotInvoked> {
        let gone = || NotInvoked::Fault { why: "the node is stopping".to_owned() };
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask { event, reply }).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Takes up no further events. Those that run go on; one that the node cuts off is left to whoever comes next.
    pub fn end(&self) {
        self.phase.send_replace(Phase::Ending);
    }

    /// Lets events that run end within `patience`, and leaves the others to whoever comes next.
    pub async fn drain(&self, patience: Duration) {
        self.end();
        if self.desk.idle_within(patience).await {
            return;
        }
        self.phase.send_replace(Phase::Leaving);
        if !self.desk.idle_within(LEAVING).await {
            tracing::warn!(
                "asynchronous events that ran could not be noted as left; they run again once their lease is over"
            );
        }
    }

    /// Events that were given up since the start.
    pub fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }
}

impl EventWorker {
    /// Stores and runs events until every queue is gone.
    pub async fn run(self) {
        let Self { clerk, settler, desk } = self;
        tokio::select! {
            () = clerk.run() => {}
            () = settler.run() => {}
            () = claimer::run(&desk) => {}
            () = desk.hold() => {}
        }
    }
}

#[cfg(test)]
mod tests;
