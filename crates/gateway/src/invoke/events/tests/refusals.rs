//! Events that are not taken, and what a store that fails does to those that are.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

/// A store of little room, which a test takes away.
#[derive(Debug, Default)]
struct Small {
    within: MemoryQueue,
    away: AtomicBool,
}

impl Small {
    fn reached(&self) -> Result<&MemoryQueue, Fault> {
        if self.away.load(Ordering::Relaxed) { Err(Fault::new("asking", "it is away")) } else { Ok(&self.within) }
    }
}

#[async_trait]
impl Queue for Small {
    async fn put(&self, items: &[Item], until: Option<Timestamp>, room: Room) -> Result<Vec<Put>, Fault> {
        self.reached()?.put(items, until, Room { items: 3, ..room }).await
    }
    async fn claim(&self, now: Timestamp, until: Timestamp, items_max: u32) -> Result<Vec<Claimed>, Fault> {
        self.reached()?.claim(now, until, items_max).await
    }
    async fn hold(&self, claims: &[Claim], until: Timestamp) -> Result<(), Fault> {
        self.reached()?.hold(claims, until).await
    }
    async fn settle(&self, settled: &[Settled]) -> Result<(), Fault> {
        self.reached()?.settle(settled).await
    }
    async fn next_due(&self) -> Result<Option<Timestamp>, Fault> {
        self.reached()?.next_due().await
    }
    async fn waiting(&self, scope: &Scope) -> Result<Room, Fault> {
        self.within.waiting(scope).await
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_is_refused_and_never_runs() {
    let store = Arc::<Small>::default();
    let world = World::over(Arc::<Small>::clone(&store));
    let node = world.node(Duration::ZERO, vec![]);
    store.away.store(true, Ordering::Relaxed);
    let refused = node.invoker.invoke(call(2)).await;
    assert!(matches!(refused, Err(NotInvoked::Fault { .. })), "{refused:?}");
    store.away.store(false, Ordering::Relaxed);
    world.pass(100).await;
    assert_eq!((node.attempts(), world.waiting().await), (vec![], 0));
}

#[tokio::test]
async fn an_event_beyond_the_room_is_throttled_and_a_large_one_is_never_taken() {
    let world = World::over(Arc::<Small>::default());
    let node = world.node(Duration::from_secs(5), vec![done(), done(), done()]);
    let refused = node.invoker.invoke(call(1_048_577)).await;
    assert_eq!(refused, Err(NotInvoked::TooLarge { bytes: 1_048_577, max: 1_048_576 }));
    for bytes in [1_048_576, 0, 2] {
        node.invoker.invoke(call(bytes)).await.unwrap();
    }
    let refused = node.invoker.invoke(call(2)).await;
    assert!(matches!(refused, Err(NotInvoked::Throttled { .. })), "{refused:?}");
    world.pass(10).await;
    assert_eq!((node.attempts().len(), world.waiting().await), (3, 0));
}

#[tokio::test]
async fn an_event_that_ended_while_the_store_was_away_does_not_run_again() {
    let store = Arc::<Small>::default();
    let world = World::over(Arc::<Small>::clone(&store));
    let node = world.node(Duration::from_secs(5), vec![done()]);
    node.invoker.invoke(call(2)).await.unwrap();
    store.away.store(true, Ordering::Relaxed);
    world.pass(20).await;
    assert_eq!(world.waiting().await, 1);
    store.away.store(false, Ordering::Relaxed);
    world.pass(60).await;
    assert_eq!((node.attempts().len(), world.waiting().await), (1, 0));
}

#[tokio::test]
async fn a_dry_run_runs_nothing_and_nobody_invokes_what_is_not_there() {
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![]);
    let dry = FunctionCall { mode: FunctionMode::DryRun, ..call(2) };
    assert_eq!(node.invoker.invoke(dry.clone()).await, Ok(operation::Invoked::default()));
    let foreign = Scope { account: AccountId::parse("222222222222").unwrap(), ..scope() };
    for missing in [
        FunctionCall { function: "g".to_owned(), ..dry.clone() },
        FunctionCall { qualifier: Some("1".to_owned()), ..dry.clone() },
        FunctionCall { scope: foreign, ..dry },
    ] {
        for mode in [FunctionMode::DryRun, FunctionMode::Event] {
            assert_eq!(node.invoker.invoke(FunctionCall { mode, ..missing.clone() }).await, Err(NotInvoked::Missing));
        }
    }
}
