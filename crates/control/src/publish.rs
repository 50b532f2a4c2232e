//! Publish: follows the store's revisions, compiles what changed, and swaps the snapshot this node serves.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base::Clock;
use compiler::{Compiler, Everything, World, load_changes};
use snapshot::{Freshness, Place, Snapshot};
use store_resources::{Changes, Fault, Resources, Revision};
use tokio::sync::watch;

/// Keeps this node's world at the store's newest revision.
#[derive(Debug)]
pub struct Publisher {
    resources: Arc<dyn Resources>,
    compiler: Compiler,
    clock: Arc<dyn Clock>,
    world: ArcSwap<World>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    served: watch::Sender<u64>,
    freshness: Freshness,
}

/// How long a node waits before it asks a store again that did not answer.
const PAUSE_AFTER_FAULT: Duration = Duration::from_millis(500);
/// How long a node takes word of nothing new for granted. A store in this process never says that nothing changed, and
/// without that word a snapshot would count as stale that is as new as can be.
const CONFIRM_EVERY: Duration = Duration::from_secs(10);
/// How long a write waits for this node to serve it before the caller is told that it is stored but not yet served.
const SERVE_WITHIN: Duration = Duration::from_secs(15);

/// The write is stored, but this node does not serve it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotServedYet;

impl Publisher {
    /// A publisher of an empty world; [`Publisher::catch_up`] fills it.
    pub fn new(
        resources: Arc<dyn Resources>,
        compiler: Compiler,
        clock: Arc<dyn Clock>,
        place: Place,
        freshness: Freshness,
    ) -> Self {
        let world = World::empty(place);
        let snapshot = Arc::new(ArcSwap::from_pointee(world.snapshot.clone()));
        let served = watch::Sender::new(0);
        Self { resources, compiler, clock, world: ArcSwap::from_pointee(world), snapshot, served, freshness }
    }

    /// What the data plane reads.
    pub fn snapshot(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.snapshot)
    }

    /// What is served and what is closed, now.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// Tells whenever a new revision is served.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.served.subscribe()
    }

    /// Waits until this node serves `revision`.
    pub async fn reached(&self, revision: Revision) -> Result<(), NotServedYet> {
        let mut served = self.served.subscribe();
        let wait = served.wait_for(|served| *served >= revision.0);
        tokio::select! {
            reached = wait => reached.map(|_| ()).map_err(|_| NotServedYet),
            () = self.clock.sleep(SERVE_WITHIN) => Err(NotServedYet),
        }
    }

    /// Follows the store for ever; a store that does not answer is asked again, and the last snapshot stays.
    pub async fn run(&self) {
        let mut away = false;
        loop {
            let outcome = self.step().await;
            match &outcome {
                Ok(()) if away => tracing::info!("the resources store answers again"),
                Err(fault) if !away => {
                    tracing::error!(error = %base::with_causes(fault), "the resources store is away; serving the last snapshot");
                }
                Ok(()) | Err(_) => {}
            }
            away = outcome.is_err();
            if away {
                self.clock.sleep(PAUSE_AFTER_FAULT).await;
            }
        }
    }

    async fn step(&self) -> Result<(), Fault> {
        let seen = Revision(*self.served.borrow());
        let newest = tokio::select! {
            newest = self.resources.changed(seen) => newest?,
            () = self.clock.sleep(CONFIRM_EVERY) => self.resources.revision().await?,
        };
        let answered = self.clock.elapsed();
        if newest > seen {
            self.catch_up().await?;
        }
        self.freshness.confirm(answered);
        Ok(())
    }

    /// Compiles what changed since the revision served, and serves it.
    pub async fn catch_up(&self) -> Result<(), Fault> {
        let asked = self.clock.elapsed();
        let mut view = self.resources.view().await?;
        let world = self.world.load_full();
        let since = Revision(world.snapshot.revision);
        let changes = if since == Revision(0) { Changes::Truncated } else { view.changes(since).await? };
        let now = view.revision().0;
        let next = match changes {
            Changes::Since(changes) => self.compiler.compile(now, load_changes(view.as_mut(), &changes).await?, &world),
            Changes::Truncated => {
                let (mut next, mut everything) = (World::empty(world.snapshot.place.clone()), Everything::default());
                // The first round is for what no document holds.
                let mut some = Some(Vec::new());
                while let Some(inputs) = some {
                    self.compiler.compile_into(now, inputs, &mut next);
                    some = everything.next(view.as_mut()).await?;
                }
                next
            }
        };
        self.snapshot.store(Arc::new(next.snapshot.clone()));
        let revision = next.snapshot.revision;
        self.world.store(Arc::new(next));
        self.freshness.confirm(asked);
        self.served.send_replace(revision);
        Ok(())
    }
}
