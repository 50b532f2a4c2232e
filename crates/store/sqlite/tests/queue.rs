//! What nobody may do to what waits: take another's room, touch what others work on, or lose it with a restart.

use std::time::Duration;

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use store_records::queue::{Item, Room, Settled, Tries};
use store_records::queue_contract as contract;
use store_sqlite::SqliteStore;

async fn store() -> (SqliteStore, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    (SqliteStore::open(dir.path()).await.expect("it opens"), dir)
}

#[tokio::test]
async fn a_node_that_lost_its_claim_can_neither_remove_nor_postpone() {
    let (store, _dir) = store().await;
    contract::whoever_lost_a_claim_can_neither_remove_nor_postpone(store.queue()).await;
}

#[tokio::test]
async fn an_account_takes_no_more_room_than_its_own() {
    let (store, _dir) = store().await;
    contract::a_scope_takes_no_more_than_its_room_and_leaves_others_theirs(store.queue()).await;
}

#[tokio::test]
async fn many_that_come_at_once_find_no_more_room_than_there_is() {
    let (store, _dir) = store().await;
    contract::many_who_put_at_once_never_exceed_the_room(store.queue()).await;
}

/// Only one process holds the directory: whoever worked on an item before is gone, and nobody waits for its lease.
#[tokio::test]
async fn what_was_worked_on_is_due_at_the_next_start_and_what_was_put_off_is_not() {
    let scope = Scope {
        account: AccountId::parse("111111111111").expect("digits"),
        region: Region::parse("eu-west-1").expect("a region"),
    };
    let at = |second| Timestamp::UNIX_EPOCH + Duration::from_secs(second);
    let item = |second| Item {
        id: RequestId::random(),
        scope: scope.clone(),
        accepted: at(second),
        payload: b"what to do".as_slice().into(),
    };
    let (worked_on, put_off) = (item(1), item(2));
    let (store, dir) = store().await;
    let room = Room { items: 9, bytes: 9_999 };
    store.queue().put(&[put_off], None, room).await.expect("put");
    let claimed = store.queue().claim(at(2), at(900), 9).await.expect("claim");
    let later = Settled::Later { claim: claimed[0].claim, due: at(600), tries: Tries { failures: 1, delays: 0 } };
    store.queue().settle(&[later]).await.expect("settle");
    store.queue().put(std::slice::from_ref(&worked_on), Some(at(900)), room).await.expect("put");
    store.close().await;
    drop(store);
    let again = SqliteStore::open(dir.path()).await.expect("it opens");
    let due = again.queue().claim(at(3), at(33), 9).await.expect("claim");
    assert_eq!(due.iter().map(|one| &one.item).collect::<Vec<_>>(), [&worked_on]);
    assert_eq!(again.queue().next_due().await.expect("next"), Some(at(33)));
    assert_eq!(again.queue().claim(at(600), at(700), 9).await.expect("claim").len(), 2);
}
