//! The first start: one account, one root key, whoever of several nodes comes first.

use std::error::Error as _;
use std::sync::Arc;

use base::Clock as _;
use base::seal::{MasterKey, SealError};
use control::bootstrap::FoundError;
use control::found;
use model::iam::AccessKey;
use tokio::sync::Barrier;

use crate::support::{Commits, ONE, TWO, World, scope};

#[tokio::test]
async fn two_nodes_that_start_at_once_agree_on_one_root_key() {
    let world = World::new().await;
    world.store.commits(Commits::Meet(Arc::new(Barrier::new(2)), 2));
    let start = async || found(world.store.as_ref(), &world.ports.master_key, &scope(TWO), world.clock.now()).await;
    let (first, second) = tokio::join!(start(), start());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.id, second.id);
    assert_eq!(first.secret.expose(), second.secret.expose());
    assert_eq!((first.account, first.secret.expose().len()), (scope(TWO).account, 40));
    assert!(first.id.as_str().starts_with("AKIA") && first.id.as_str().len() == 20, "{}", first.id);
}

#[tokio::test]
async fn a_later_start_finds_the_same_key() {
    let world = World::new().await;
    let before = world.store.attempts();
    let again = found(world.store.as_ref(), &world.ports.master_key, &scope(ONE), world.clock.now()).await.unwrap();
    assert_eq!((again.id.as_str(), again.secret.expose()), (world.root.id.as_str(), world.root.secret.expose()));
    assert_eq!(world.store.attempts(), before, "nothing is written");
}

#[tokio::test]
async fn another_master_key_is_refused_in_plain_words() {
    let world = World::new().await;
    let refused = found(world.store.as_ref(), &MasterKey::random(), &scope(ONE), world.clock.now()).await.unwrap_err();
    let words = "the master key does not open this installation's secrets; start with the key it was made with";
    assert_eq!(refused.to_string(), words);
    assert!(matches!(refused, FoundError::WrongMasterKey(SealError::DoesNotOpen)), "{:?}", refused.source());
}

#[tokio::test]
async fn an_account_whose_root_key_is_gone_is_not_given_another() {
    let world = World::new().await;
    world.write(|tx| tx.delete::<AccessKey>(&scope(ONE).global(), &world.root.id)).await;
    let refused =
        found(world.store.as_ref(), &world.ports.master_key, &scope(ONE), world.clock.now()).await.unwrap_err();
    assert_eq!(refused.to_string(), "the account `111111111111` has lost its root key");
}

#[tokio::test]
async fn a_store_that_fails_founds_nothing() {
    let world = World::new().await;
    world.store.commits(Commits::Fail);
    let refused = found(world.store.as_ref(), &world.ports.master_key, &scope(TWO), world.clock.now()).await;
    assert!(matches!(refused, Err(FoundError::Failed(_))));
    world.store.commits(Commits::Whole);
    assert!(world.records_of(TWO).await.is_empty());
}
