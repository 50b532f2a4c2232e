//! Read-your-writes: a write is answered when this node serves it, and a node that cannot says so.

use std::time::Duration;

use base::Clock as _;
use base::id::{RestApiId, StageName};
use snapshot::StageUnit;
use store_resources::{Resources as _, Revision};

use crate::support::{Ask, World, deploy, services};

#[tokio::test]
async fn what_a_write_made_is_served_when_it_is_answered() {
    let world = World::new().await;
    for round in 0..5 {
        let id = world.make_api("pets").await;
        let answer = deploy(&world, &id).await;
        let snapshot = world.publisher.snapshot().load_full();
        assert!(snapshot.revision >= answer.revision(), "round {round}");
        let api = snapshot.apis.get(&RestApiId::parse(&id).unwrap()).unwrap();
        assert!(matches!(api.stages[&StageName::parse("prod").unwrap()], StageUnit::Ready(_)));
        let deleted = world.call(Ask::rest("DELETE", &format!("/restapis/{id}"), "")).await;
        assert_eq!((deleted.status, deleted.len()), (202, 0));
        let snapshot = world.publisher.snapshot().load_full();
        assert!(snapshot.revision >= deleted.revision() && snapshot.apis.is_empty(), "round {round}");
    }
}

#[tokio::test]
async fn revisions_rise_with_writes_and_stay_with_reads_and_refusals() {
    let world = World::new().await;
    let made = world.call(Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#)).await;
    assert_eq!(made.revision(), 2, "the account was the first");
    for ask in
        [Ask::list(), Ask::identity(), Ask::rest("GET", "/restapis/nothing", ""), Ask::rest("GET", "/vpclinks", "")]
    {
        assert_eq!(world.call(ask).await.revision(), 2);
    }
    assert_eq!(world.send(&Ask::list()).await.revision(), 2);
    assert_eq!(world.store.revision().await.unwrap(), Revision(2));
}

#[tokio::test]
async fn a_node_that_does_not_follow_says_that_the_write_is_stored_but_not_served() {
    let world = World::unpublished(services()).await;
    world.publisher.catch_up().await.unwrap();
    let begun = world.clock.elapsed();
    let turn_the_hands = async {
        world.store.changed(Revision(1)).await.unwrap();
        loop {
            world.clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::select! {
        answer = world.call(Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#)) => answer,
        () = turn_the_hands => unreachable!("hands turn for ever"),
    };
    assert!(world.clock.elapsed() >= begun + Duration::from_secs(15), "it waited first");
    let message = "the change is stored as revision 2, but this node does not serve it yet".to_owned();
    assert_eq!((answer.status, answer.error()), (503, ("ServiceUnavailableException".to_owned(), message)));
    let records = world.records().await;
    assert_eq!(records.len(), 1, "the write's own record, and no other");
    assert_eq!((&records[0]["eventName"], records[0].get("errorCode")), (&"CreateRestApi".into(), None));

    world.publisher.catch_up().await.unwrap();
    let listed = world.call(Ask::list()).await;
    assert_eq!(listed.json()["item"][0]["name"], "pets");
}
