//! The contract every backend of [`Blobs`] passes: one public function for each rule.
//!
//! A backend's tests call [`blobs_contract!`](crate::blobs_contract) with an expression that makes an empty store and
//! something to keep alive beside it.

use std::sync::Arc;
use std::time::Duration;

use base::{AccountId, Region, Scope, Timestamp};
use bytes::Bytes;

use crate::blobs::{BLOB_BYTES_MAX, BlobKey, Blobs, PutError, Swept, sha256};

/// Makes one test for each rule; `$make` is a future of `(Arc<dyn Blobs>, guard)`, made anew for each test.
#[macro_export]
macro_rules! blobs_contract {
    ($make:expr) => {
        $crate::blobs_contract!($make;
            a_blob_comes_back_by_its_digest_and_to_its_owner_only
            the_same_bytes_again_take_no_more_room
            a_blob_beyond_the_bound_is_refused_and_one_at_the_bound_is_kept
            only_what_was_neither_put_nor_kept_for_a_while_goes
            bytes_that_are_not_those_of_the_digest_are_a_fault
        );
    };
    ($make:expr; $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $make.await;
                $crate::blobs_contract::$rule(store).await;
            }
        )+
    };
}

/// Digest and scope together name a blob.
pub async fn a_blob_comes_back_by_its_digest_and_to_its_owner_only(store: Arc<dyn Blobs>) {
    for bytes in [&b""[..], b"code", &[0, 255, b'\'', 0]] {
        let digest = store.put(&scope(ONE), Bytes::copy_from_slice(bytes), at(1)).await.expect("put");
        assert_eq!(digest, sha256(bytes));
        assert_eq!(store.get(&key(ONE, bytes)).await.expect("get").as_deref(), Some(bytes));
        assert!(store.exists(&key(ONE, bytes)).await.expect("exists"));
        for stranger in [TWO, ABROAD] {
            assert_eq!(store.get(&key(stranger, bytes)).await.expect("get"), None, "{stranger:?}");
            assert!(!store.exists(&key(stranger, bytes)).await.expect("exists"), "{stranger:?}");
            assert_eq!(store.bytes(&scope(stranger)).await.expect("bytes"), 0);
        }
    }
    assert_eq!(store.bytes(&scope(ONE)).await.expect("bytes"), 8);
}

/// Whoever uploads the same code twice pays once.
pub async fn the_same_bytes_again_take_no_more_room(store: Arc<dyn Blobs>) {
    for time in 1..4 {
        store.put(&scope(ONE), Bytes::from_static(b"code"), at(time)).await.expect("put");
    }
    store.put(&scope(TWO), Bytes::from_static(b"code"), at(1)).await.expect("put");
    assert_eq!(store.bytes(&scope(ONE)).await.expect("bytes"), 4);
    assert_eq!(store.sweep(at(3)).await.expect("sweep"), Swept { blobs: 1, bytes: 4 }, "the one of the other account");
}

/// The bound is the port's, whatever the backend could hold.
pub async fn a_blob_beyond_the_bound_is_refused_and_one_at_the_bound_is_kept(store: Arc<dyn Blobs>) {
    let large = Bytes::from(vec![7; BLOB_BYTES_MAX + 1]);
    let refused = store.put(&scope(ONE), large.clone(), at(1)).await;
    assert!(matches!(refused, Err(PutError::TooLarge)), "{refused:?}");
    assert_eq!(store.bytes(&scope(ONE)).await.expect("bytes"), 0);
    let whole = large.slice(1..);
    let digest = store.put(&scope(ONE), whole.clone(), at(1)).await.expect("put");
    let read = store.get(&BlobKey { scope: scope(ONE), digest }).await.expect("get");
    assert!(read == Some(whole), "it comes back whole");
}

/// What a document names, and what was put a moment ago for one that is about to commit, stays.
pub async fn only_what_was_neither_put_nor_kept_for_a_while_goes(store: Arc<dyn Blobs>) {
    for bytes in [&b"dropped"[..], b"named", b"again"] {
        store.put(&scope(ONE), Bytes::copy_from_slice(bytes), at(10)).await.expect("put");
    }
    assert_eq!(store.sweep(at(10)).await.expect("sweep"), Swept::default(), "nothing is older than the bound");
    // One that does not exist is kept in vain.
    store.keep(&[key(ONE, b"named"), key(TWO, b"dropped"), key(ONE, b"nothing")], at(20)).await.expect("keep");
    store.put(&scope(ONE), Bytes::from_static(b"again"), at(20)).await.expect("put");
    store.put(&scope(ONE), Bytes::from_static(b"young"), at(20)).await.expect("put");
    assert_eq!(store.sweep(at(20)).await.expect("sweep"), Swept { blobs: 1, bytes: 7 });
    for (bytes, there) in [(&b"dropped"[..], false), (b"named", true), (b"again", true), (b"young", true)] {
        assert_eq!(store.exists(&key(ONE, bytes)).await.expect("exists"), there, "{bytes:?}");
    }
    // A clock that went back does not make a blob older.
    store.keep(&[key(ONE, b"named")], at(5)).await.expect("keep");
    assert_eq!(store.sweep(at(20)).await.expect("sweep"), Swept::default());
    store.keep(&[], at(30)).await.expect("keep");
    assert_eq!(store.sweep(at(21)).await.expect("sweep").blobs, 3);
    assert_eq!(store.bytes(&scope(ONE)).await.expect("bytes"), 0);
}

/// Nobody runs code that was changed where it lies.
pub async fn bytes_that_are_not_those_of_the_digest_are_a_fault(store: Arc<dyn Blobs>) {
    let key = key(ONE, b"code");
    store.store(&key, Bytes::from_static(b"evil"), at(1)).await.expect("store");
    assert!(store.get(&key).await.is_err());
}

/// An account and a region.
type Who = (&'static str, &'static str);

const ONE: Who = ("111111111111", "eu-west-1");
const TWO: Who = ("222222222222", "eu-west-1");
const ABROAD: Who = ("111111111111", "us-east-1");

fn scope((account, region): Who) -> Scope {
    Scope { account: AccountId::parse(account).expect("digits"), region: Region::parse(region).expect("a region") }
}

fn key(who: Who, bytes: &[u8]) -> BlobKey {
    BlobKey { scope: scope(who), digest: sha256(bytes) }
}

fn at(second: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::from_secs(second)
}
