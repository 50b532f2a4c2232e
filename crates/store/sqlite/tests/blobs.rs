//! What nobody may do to code that is stored: read another's, change it, or have it swept away from under a function.

use store_records::blobs_contract as contract;
use store_sqlite::SqliteStore;

async fn store() -> (SqliteStore, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    (SqliteStore::open(dir.path()).await.expect("it opens"), dir)
}

#[tokio::test]
async fn code_that_was_changed_where_it_lies_is_never_handed_out() {
    let (store, _dir) = store().await;
    contract::bytes_that_are_not_those_of_the_digest_are_a_fault(store.blobs()).await;
}

#[tokio::test]
async fn code_is_handed_to_its_own_account_only() {
    let (store, _dir) = store().await;
    contract::a_blob_comes_back_by_its_digest_and_to_its_owner_only(store.blobs()).await;
}

#[tokio::test]
async fn code_that_was_just_put_or_named_is_not_swept_away() {
    let (store, _dir) = store().await;
    contract::only_what_was_neither_put_nor_kept_for_a_while_goes(store.blobs()).await;
}

#[tokio::test]
async fn code_is_there_after_a_restart() {
    let (store, dir) = store().await;
    let scope = base::Scope {
        account: base::AccountId::parse("111111111111").expect("digits"),
        region: base::Region::parse("eu-west-1").expect("a region"),
    };
    let digest = store.blobs().put(&scope, "code".into(), base::Timestamp::UNIX_EPOCH).await.expect("put");
    store.close().await;
    drop(store);
    let again = SqliteStore::open(dir.path()).await.expect("it opens");
    let key = store_records::BlobKey { scope, digest };
    assert_eq!(again.blobs().get(&key).await.expect("get").as_deref(), Some(&b"code"[..]));
}
