//! The desk runs events, holds their claims meanwhile, and has the store note how each ended.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::with_causes;
use functions::InvokeRefusal;
use store_records::queue::{Claim, Claimed, Settled};
use telemetry::LogLine;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::verdict::{Attempt, judge};
use super::{Event, EventParts, LEASE, Phase, RUNNING_MAX, record};

/// How often claims are renewed: twice may fail before one is lost.
const HOLD_EVERY: Duration = Duration::from_secs(10);
/// How long after a fault of the store it is told again how events ended.
const SETTLE_AGAIN: Duration = Duration::from_secs(1);

/// Runs events.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) parts: EventParts,
    pub(super) phase: watch::Receiver<Phase>,
    /// Told when something waits that nobody has begun.
    pub(super) news: Arc<Notify>,
    hands: Arc<Semaphore>,
    held: Mutex<HashSet<Claim>>,
    settle: mpsc::Sender<Ended>,
    given_up: Arc<AtomicU64>,
}

/// An event that ended, and who waits until that is noted.
#[derive(Debug)]
struct Ended {
    settled: Settled,
    noted: oneshot::Sender<()>,
}

/// Notes how events ended.
#[derive(Debug)]
pub(super) struct Settler {
    ended: mpsc::Receiver<Ended>,
    parts: EventParts,
    news: Arc<Notify>,
}

impl Desk {
    pub(super) fn new(
        parts: EventParts,
        phase: watch::Receiver<Phase>,
        given_up: Arc<AtomicU64>,
    ) -> (Arc<Self>, Settler) {
        let (settle, ended) = mpsc::channel(RUNNING_MAX as usize);
        let news = Arc::<Notify>::default();
        let settler = Settler { ended, parts: parts.clone(), news: Arc::clone(&news) };
        let hands = Arc::new(Semaphore::new(RUNNING_MAX as usize));
        let desk = Self { parts, phase, news, hands, held: Mutex::default(), settle, given_up };
        (Arc::new(desk), settler)
    }

    /// Hands for so many events, if so many are free and the node takes up events.
    pub(super) fn hands(&self, events: usize) -> Option<OwnedSemaphorePermit> {
        if *self.phase.borrow() != Phase::Working {
            return None;
        }
        Arc::clone(&self.hands).try_acquire_many_owned(u32::try_from(events).ok()?).ok()
    }

    /// Waits for one hand, and takes as many as are free then, up to `events`. None is there for a node that stops.
    pub(super) async fn hands_when_free(&self, events: usize) -> Option<OwnedSemaphorePermit> {
        let mut hands = Arc::clone(&self.hands).acquire_owned().await.ok()?;
        if let Some(more) = self.hands(self.hands.available_permits().min(events.saturating_sub(1))) {
            hands.merge(more);
        }
        (*self.phase.borrow() == Phase::Working).then_some(hands)
    }

    /// Whether nothing runs any more after at most so long.
    pub(super) async fn idle_within(&self, patience: Duration) -> bool {
        tokio::select! {
            idle = self.hands.acquire_many(RUNNING_MAX) => idle.is_ok(),
            () = self.parts.clock.sleep(patience) => false,
        }
    }

    /// Begins with an event that this node has claimed.
    pub(super) fn begin(self: &Arc<Self>, claimed: Claimed, hand: OwnedSemaphorePermit) {
        self.claims().insert(claimed.claim);
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            // Dropped even where the attempt panics: then the claim runs out, and somebody tries again.
            let _held = Held { desk: &desk, claim: claimed.claim };
            desk.work(claimed).await;
            drop(hand);
        });
    }

    async fn work(&self, claimed: Claimed) {
        let Claimed { item, claim, tries } = claimed;
        let event = record::open(&item, &self.parts.master_key);
        let attempt = match &event {
            Ok(event) => {
                let mut phase = self.phase.clone();
                tokio::select! {
                    attempt = self.attempt(event) => attempt,
                    // An error means that the queue is gone, and with it the node.
                    _ = phase.wait_for(|phase| *phase == Phase::Leaving) => Attempt::Left,
                }
            }
            Err(unreadable) => Attempt::Never(with_causes(unreadable)),
        };
        let (settled, given_up) = judge(attempt, claim, tries, (item.accepted, self.parts.clock.now()));
        let (noted, wait) = oneshot::channel();
        if self.settle.send(Ended { settled, noted }).await.is_ok() {
            // A settler that is gone leaves the event to whoever comes next.
            let _ = wait.await;
        }
        if let Some(why) = given_up {
            self.give_up(&item, event.ok().as_ref(), &why);
        }
    }

    async fn attempt(&self, event: &Event) -> Attempt {
        let function = self.parts.snapshot.load().functions.get(&event.function).cloned();
        let version =
            function.and_then(|known| known.version(event.qualifier.as_deref(), super::super::draw()).cloned());
        let Some(version) = version else { return Attempt::Missing };
        match self.parts.runner.invoke(&version, event.invocation.clone()).await {
            Ok(outcome) if !outcome.failed => Attempt::Done,
            Ok(_) => Attempt::Failed,
            // A node that stops refuses what it does not end.
            Err(InvokeRefusal::Fault { .. }) if *self.phase.borrow() != Phase::Working => Attempt::Left,
            Err(refusal @ (InvokeRefusal::Throttled { .. } | InvokeRefusal::Fault { .. })) => {
                Attempt::Later(refusal.to_string())
            }
            Err(refusal @ (InvokeRefusal::TooLarge { .. } | InvokeRefusal::Broken { .. })) => {
                Attempt::Never(refusal.to_string())
            }
        }
    }

    /// Tells the operator, and the function's owner in the function's own log.
    fn give_up(&self, item: &store_records::queue::Item, event: Option<&Event>, why: &str) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
        let name = event.map_or("", |event| &event.function.name);
        tracing::warn!(account = %item.scope.account, function = %name, request = %item.id, why, "an asynchronous event was given up");
        self.parts.sink.log(LogLine {
            scope: &item.scope,
            stream: &telemetry::stream::function(name),
            time: self.parts.clock.now(),
            request: item.id,
            line: format!("DISCARDED RequestId: {} Reason: {why}", item.id).as_bytes(),
            id_at: None,
        });
    }

    /// Renews the claims of what runs, for ever.
    pub(super) async fn hold(&self) {
        loop {
            self.parts.clock.sleep(HOLD_EVERY).await;
            let claims: Vec<Claim> = self.claims().iter().copied().collect();
            if claims.is_empty() {
                continue;
            }
            if let Err(fault) = self.parts.queue.hold(&claims, self.parts.clock.now() + LEASE).await {
                tracing::error!(error = %with_causes(&fault), "claims of asynchronous events cannot be renewed");
            }
        }
    }

    fn claims(&self) -> MutexGuard<'_, HashSet<Claim>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Held<'a> {
    desk: &'a Desk,
    claim: Claim,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.desk.claims().remove(&self.claim);
    }
}

impl Settler {
    /// Notes how events ended, all that wait in one transaction. While the store is away it goes on trying: their claims are
    /// held, so that nobody runs them again meanwhile.
    pub(super) async fn run(mut self) {
        let mut ended = Vec::new();
        while self.ended.recv_many(&mut ended, RUNNING_MAX as usize).await > 0 {
            let settled: Vec<Settled> = ended.iter().map(|one| one.settled).collect();
            while let Err(fault) = self.parts.queue.settle(&settled).await {
                tracing::error!(error = %with_causes(&fault), events = settled.len(), "it cannot be noted how asynchronous events ended");
                self.parts.clock.sleep(SETTLE_AGAIN).await;
            }
            if settled.iter().any(|one| matches!(one, Settled::Later { .. })) {
                self.news.notify_one();
            }
            for one in ended.drain(..) {
                // Whoever was aborted does not hear it.
                let _ = one.noted.send(());
            }
        }
    }
}
