//! What is old goes: audit records, logs and the change feed, each by its job, on a clock that a test turns.

use std::time::Duration;

use base::Clock as _;
use base::id::RequestId;
use installation::jobs::{AuditRetention, ChangeFeedRetention, RecordsRetention};
use operation::Job;
use store_records::{BlockBuilder, BlockQuery, Stream};
use store_resources::{Changes, Resources as _, Revision};

use crate::support::{Ask, ONE, World, scope};

const DAY: Duration = Duration::from_hours(24);

/// A job whose lease was long over.
async fn run(world: &World, job: &dyn Job) {
    assert_eq!(world.jobs("one").once(job).await.unwrap(), None, "it changes no configuration");
}

#[tokio::test]
async fn audit_records_are_kept_for_90_days() {
    let world = World::new().await;
    world.call(Ask::identity()).await;
    world.clock.advance(90 * DAY);
    world.call(Ask::identity()).await;
    run(&world, &AuditRetention).await;
    assert_eq!(world.records().await.len(), 2, "90 days are kept");
    world.clock.advance(Duration::from_secs(1));
    run(&world, &AuditRetention).await;
    let records = world.records().await;
    assert_eq!((records.len(), &records[0]["eventTime"]), (1, &"2027-04-15T12:00:00Z".into()));
}

#[tokio::test]
async fn logs_are_kept_for_as_long_as_is_set() {
    let world = World::new().await;
    let mut builder = BlockBuilder::new(Stream { scope: scope(ONE), name: "access/a/prod".to_owned() });
    builder.push(world.clock.now(), Some(RequestId::random()), b"a line").unwrap();
    world.ports.events.append(vec![builder.finish().unwrap()]).await.unwrap();
    let query = BlockQuery::everything();
    world.clock.advance(6 * DAY);
    run(&world, &RecordsRetention::default()).await;
    assert_eq!(world.ports.events.read(&query).await.unwrap().len(), 1);
    world.clock.advance(2 * DAY);
    run(&world, &RecordsRetention::default()).await;
    assert_eq!(world.ports.events.read(&query).await.unwrap().len(), 0);
}

#[tokio::test]
async fn the_change_feed_keeps_its_newest_revisions_and_nodes_behind_it_read_everything() {
    let world = World::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        world.make_api(name).await;
    }
    let changes = async |since| world.store.view().await.unwrap().changes(Revision(since)).await.unwrap();
    run(&world, &ChangeFeedRetention::default()).await;
    assert!(matches!(changes(0).await, Changes::Since(_)), "six revisions are few");
    run(&world, &ChangeFeedRetention { revisions: 2 }).await;
    assert_eq!(changes(3).await, Changes::Truncated);
    let Changes::Since(kept) = changes(4).await else { panic!("two were to be kept") };
    let revisions: std::collections::BTreeSet<u64> = kept.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions.into_iter().collect::<Vec<_>>(), [5, 6]);
    world.make_api("f").await;
}
