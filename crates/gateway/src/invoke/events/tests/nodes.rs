//! Events and the nodes that come and go.

use super::*;

#[tokio::test]
async fn an_event_of_a_node_that_died_runs_on_another_once_the_lease_is_over() {
    let world = World::new();
    let one = world.node(Duration::from_mins(1), vec![done()]);
    one.invoker.invoke(call(2)).await.unwrap();
    world.pass(5).await;
    // Nobody holds or settles any more: as after a kill.
    one.worker.abort();
    let other = world.node(Duration::ZERO, vec![done()]);
    world.pass(24).await;
    assert_eq!((one.attempts(), other.attempts()), (vec![0], vec![]));
    world.pass(5).await;
    assert_eq!((other.attempts().len(), world.waiting().await), (1, 0));
    world.pass(100).await;
    assert_eq!((one.events.given_up(), other.events.given_up(), world.waiting().await), (0, 0, 0));
}

#[tokio::test]
async fn an_event_that_runs_longer_than_the_lease_runs_on_one_node_only() {
    let world = World::new();
    let one = world.node(Duration::from_mins(15), vec![done()]);
    let other = world.node(Duration::ZERO, vec![]);
    one.invoker.invoke(call(2)).await.unwrap();
    world.pass(899).await;
    assert_eq!((one.attempts(), other.attempts(), world.waiting().await), (vec![0], vec![], 1));
    world.pass(2).await;
    assert_eq!((other.attempts(), world.waiting().await), (vec![], 0));
}

#[tokio::test]
async fn a_node_that_stops_leaves_what_it_cannot_end_to_another_at_once() {
    let world = World::new();
    let one = world.node(Duration::from_mins(15), vec![done()]);
    one.invoker.invoke(call(2)).await.unwrap();
    world.pass(1).await;
    let queue = one.events.clone();
    let drained = tokio::spawn(async move { queue.drain(Duration::from_secs(10)).await });
    world.pass(9).await;
    assert!(!drained.is_finished(), "it waits for what runs");
    world.pass(1).await;
    assert!(drained.is_finished());
    // Meanwhile accepted, and left to others as well.
    one.invoker.invoke(call(2)).await.unwrap();
    let other = world.node(Duration::ZERO, vec![done(), done()]);
    world.pass(2).await;
    assert_eq!((one.attempts().len(), other.attempts().len(), world.waiting().await), (1, 2, 0));
}

#[tokio::test]
async fn an_event_that_a_stopping_node_refuses_is_left_to_another_at_once() {
    let world = World::new();
    let stopped = Err(InvokeRefusal::Fault { why: "the node is being stopped".to_owned() });
    let one = world.node(Duration::from_secs(5), vec![stopped]);
    one.invoker.invoke(call(2)).await.unwrap();
    rest().await;
    one.events.end();
    world.pass(5).await;
    assert_eq!((one.attempts(), world.waiting().await), (vec![0], 1));
    let other = world.node(Duration::ZERO, vec![done()]);
    world.pass(1).await;
    assert_eq!((other.attempts(), world.waiting().await), (vec![5], 0));
}

#[tokio::test]
async fn a_node_that_stops_waits_for_what_ends_in_time() {
    let world = World::new();
    let one = world.node(Duration::from_secs(5), vec![done()]);
    one.invoker.invoke(call(2)).await.unwrap();
    world.pass(1).await;
    let queue = one.events.clone();
    let drained = tokio::spawn(async move { queue.drain(Duration::from_secs(10)).await });
    world.pass(5).await;
    assert!(drained.is_finished());
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn a_function_that_another_node_does_not_know_yet_is_looked_for_again() {
    let throttled = || Err(InvokeRefusal::Throttled { limit: 1 });
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![throttled(), done(), throttled()]);
    let snapshot = node.invoker.snapshot.load_full();
    let mut without = Snapshot::clone(&snapshot);
    without.functions.remove(&function().name);
    let without = Arc::new(without);
    node.invoker.invoke(call(2)).await.unwrap();
    rest().await;
    node.invoker.snapshot.store(Arc::clone(&without));
    world.pass(4).await;
    assert_eq!((node.attempts(), world.waiting().await), (vec![0], 1));
    node.invoker.snapshot.store(snapshot);
    world.pass(5).await;
    assert_eq!((node.attempts(), world.waiting().await), (vec![0, 7], 0));

    node.invoker.invoke(call(2)).await.unwrap();
    rest().await;
    node.invoker.snapshot.store(without);
    world.pass(400).await;
    assert_eq!((node.attempts().len(), node.events.given_up(), world.waiting().await), (3, 1, 0), "it was deleted");
}
