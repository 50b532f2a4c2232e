//! The publisher: what it serves when the feed is cut, the store is away, or a document cannot be read.

use std::time::Duration;

use base::Clock as _;
use base::id::{AccessKeyId, RestApiId, StageName};
use compiler::Unit;
use model::Record as _;
use model::apigateway::Stage;
use model::iam::AccessKey;
use snapshot::StageUnit;
use store_resources::{Batch, Key, Resources as _, Table, Write};

use crate::support::{Ask, ONE, World, deploy, eventually, scope, services};

/// Replaces a document's bytes by what nobody can read.
async fn spoil(world: &World, key: Key) {
    let write = Write::Put { key, value: b"{".to_vec(), index: Vec::new() };
    world.store.commit(Batch { writes: vec![write], ..Batch::default() }).await.unwrap();
    world.serve_newest().await;
}

#[tokio::test]
async fn a_feed_that_was_cut_is_made_up_for_by_reading_everything() {
    let world = World::unpublished(services()).await;
    let global = scope(ONE).global();
    let key = |id: &str| AccessKeyId::parse(id).unwrap();
    world.publisher.catch_up().await.unwrap();
    let mut tx = operation::Transaction::begin(world.store.as_ref(), operation::Kind::Write).await.unwrap();
    let root = tx.get::<AccessKey>(&global, &world.root.id).await.unwrap().unwrap();
    world.write(|tx| tx.put(&global, &AccessKey { id: key("AKIAONE"), ..root.clone() }).unwrap()).await;
    world.publisher.catch_up().await.unwrap();
    // It does not open at this place, which is a finding, and goes as a whole with its document.
    assert!(world.publisher.world().findings.contains_key(&Unit::AccessKey(key("AKIAONE"))));

    world.write(|tx| tx.delete::<AccessKey>(&global, "AKIAONE")).await;
    world.write(|tx| tx.delete::<AccessKey>(&global, &world.root.id)).await;
    let newest = world.store.revision().await.unwrap();
    world.store.prune_changes(newest).await.unwrap();
    world.publisher.catch_up().await.unwrap();
    let now = world.publisher.world();
    assert_eq!((now.snapshot.revision, now.snapshot.access_keys.len()), (newest.0, 0), "no deletion was missed");
    assert!(now.findings.is_empty());
}

#[tokio::test]
async fn the_last_snapshot_stays_while_the_store_is_away_and_grows_old() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    deploy(&world, &id).await;
    let before = world.publisher.world();
    world.store.take_away(true);
    assert!(world.publisher.catch_up().await.is_err());
    for _ in 0..61 {
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    assert!(world.freshness.is_stale(world.clock.elapsed()), "nobody has confirmed it");
    assert_eq!(world.publisher.world().snapshot.revision, before.snapshot.revision);
    assert!(world.publisher.snapshot().load().apis.contains_key(&RestApiId::parse(&id).unwrap()));

    world.store.take_away(false);
    eventually("the snapshot is confirmed again", || {
        world.clock.advance(Duration::from_millis(500));
        !world.freshness.is_stale(world.clock.elapsed())
    })
    .await;
    world.make_api("cats").await;
}

#[tokio::test]
async fn a_snapshot_that_nobody_changes_stays_fresh() {
    let world = World::new().await;
    for second in 0..7_200 {
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!world.freshness.is_stale(world.clock.elapsed()), "after {second} seconds without a change");
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_closes_its_stage_and_no_other() {
    let world = World::new().await;
    let (broken, sound) = (world.make_api("broken").await, world.make_api("sound").await);
    deploy(&world, &broken).await;
    deploy(&world, &sound).await;
    let (broken, sound) = (RestApiId::parse(&broken).unwrap(), RestApiId::parse(&sound).unwrap());
    let prod = StageName::parse("prod").unwrap();
    spoil(&world, Key::new(scope(ONE), Table(Stage::TABLE), Stage::id_of(&broken, &prod))).await;

    let now = world.publisher.world();
    assert!(matches!(now.snapshot.apis[&broken].stages[&prod], StageUnit::Broken { .. }));
    assert!(matches!(now.snapshot.apis[&sound].stages[&prod], StageUnit::Ready(_)));
    let unit = Unit::Stage(broken, prod);
    assert_eq!(now.findings.len(), 1);
    assert!(now.findings[&unit][0].why.contains("cannot be read"), "{:?}", now.findings[&unit]);
    assert_eq!(world.call(Ask::list()).await.status, 200);
}

#[tokio::test]
async fn an_access_key_that_cannot_be_read_signs_nothing_and_harms_no_other() {
    let world = World::new().await;
    let other = world.another_account().await;
    let key = Key::new(scope(ONE).global(), Table(AccessKey::TABLE), world.root.id.clone());
    spoil(&world, key).await;
    let refused = world.call(Ask::list()).await;
    assert_eq!((refused.status, refused.code()), (403, "UnrecognizedClientException".to_owned()));
    let unit = Unit::AccessKey(AccessKeyId::parse(&world.root.id).unwrap());
    assert!(world.publisher.world().findings.contains_key(&unit));
    assert_eq!(world.send(&Ask::list().signed(&other, world.clock.now())).await.status, 200);
}
