//! The contract every backend of [`Queue`] passes: one public function for each rule.
//!
//! A backend's tests call [`queue_contract!`](crate::queue_contract) with an expression that makes an empty store and
//! something to keep alive beside it.

use std::sync::Arc;
use std::time::Duration;

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use bytes::Bytes;

use crate::queue::{Claim, Claimed, Item, Put, Queue, Room, Settled, Tries};

/// Makes one test for each rule; `$make` is a future of `(Arc<dyn Queue>, guard)`, made anew for each test.
#[macro_export]
macro_rules! queue_contract {
    ($make:expr) => {
        $crate::queue_contract!($make;
            what_is_put_is_claimed_once_and_gone_when_done
            what_is_put_as_claimed_comes_up_when_its_holder_falls_silent
            a_claim_that_is_held_is_nobody_elses
            whoever_lost_a_claim_can_neither_remove_nor_postpone
            what_is_tried_again_waits_and_remembers_its_tries
            what_waited_longest_is_claimed_first
            many_who_claim_at_once_never_get_the_same_item
            a_scope_takes_no_more_than_its_room_and_leaves_others_theirs
            many_who_put_at_once_never_exceed_the_room
        );
    };
    ($make:expr; $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $make.await;
                $crate::queue_contract::$rule(store).await;
            }
        )+
    };
}

/// The plain life of an item.
pub async fn what_is_put_is_claimed_once_and_gone_when_done(store: Arc<dyn Queue>) {
    let items = [item(ONE, 1, b"one"), item(TWO, 2, &[0, 255, b'\''])];
    assert_eq!(store.put(&items, None, ROOMY).await.expect("put"), [Put::Stored, Put::Stored]);
    assert_eq!(store.put(&[], None, ROOMY).await.expect("put"), []);
    assert_eq!(store.next_due().await.expect("next"), Some(at(1)));
    let claimed = claim(&store, 5, 65).await;
    assert_eq!(claimed.iter().map(|one| one.item.clone()).collect::<Vec<_>>(), items);
    assert!(claimed.iter().all(|one| one.claim.number == 1 && one.tries == Tries::default()));
    assert_eq!(claim(&store, 5, 65).await, []);
    assert_eq!(store.next_due().await.expect("next"), Some(at(65)));
    let done: Vec<Settled> = claimed.iter().map(|one| Settled::Done(one.claim)).collect();
    store.settle(&done).await.expect("settle");
    assert_eq!(claim(&store, 1_000, 2_000).await, []);
    assert_eq!(store.next_due().await.expect("next"), None);
    assert_eq!(store.waiting(&scope(ONE)).await.expect("waiting"), Room::default());
}

/// Whoever stores an item may begin with it at once; if it dies, others do it.
pub async fn what_is_put_as_claimed_comes_up_when_its_holder_falls_silent(store: Arc<dyn Queue>) {
    let one = item(ONE, 1, b"one");
    store.put(std::slice::from_ref(&one), Some(at(31)), ROOMY).await.expect("put");
    assert_eq!(claim(&store, 30, 60).await, []);
    let claimed = claim(&store, 31, 61).await;
    assert_eq!(claimed, [Claimed { claim: Claim { id: one.id, number: 2 }, item: one, tries: Tries::default() }]);
}

/// Holding moves the moment at which an item comes up again.
pub async fn a_claim_that_is_held_is_nobody_elses(store: Arc<dyn Queue>) {
    store.put(&[item(ONE, 1, b"one")], None, ROOMY).await.expect("put");
    let held = claim(&store, 1, 31).await[0].claim;
    store.hold(&[held], at(60)).await.expect("hold");
    assert_eq!(claim(&store, 59, 100).await, []);
    assert_eq!(claim(&store, 60, 100).await.len(), 1);
}

/// Claims are fenced by their number.
pub async fn whoever_lost_a_claim_can_neither_remove_nor_postpone(store: Arc<dyn Queue>) {
    store.put(&[item(ONE, 1, b"one")], None, ROOMY).await.expect("put");
    let lost = claim(&store, 1, 31).await[0].claim;
    let later = claim(&store, 31, 61).await[0].claim;
    assert_eq!((later.id, later.number), (lost.id, lost.number + 1));
    let tries = Tries { failures: 9, delays: 9 };
    store.hold(&[lost], at(500)).await.expect("hold");
    store.settle(&[Settled::Done(lost)]).await.expect("settle");
    store.settle(&[Settled::Later { claim: lost, due: at(2), tries }]).await.expect("settle");
    assert_eq!(store.next_due().await.expect("next"), Some(at(61)));
    store.settle(&[Settled::Done(later)]).await.expect("settle");
    store.settle(&[Settled::Later { claim: later, due: at(2), tries }]).await.expect("settle");
    assert_eq!(store.next_due().await.expect("next"), None, "what is gone does not come back");
}

/// What was counted comes back with the item.
pub async fn what_is_tried_again_waits_and_remembers_its_tries(store: Arc<dyn Queue>) {
    store.put(&[item(ONE, 1, b"one"), item(ONE, 2, b"two")], None, ROOMY).await.expect("put");
    let claimed = claim(&store, 2, 32).await;
    let tries = Tries { failures: 1, delays: 3 };
    let settled = [Settled::Later { claim: claimed[0].claim, due: at(62), tries }, Settled::Done(claimed[1].claim)];
    store.settle(&settled).await.expect("settle");
    assert_eq!(claim(&store, 61, 100).await, []);
    let again = claim(&store, 62, 100).await;
    assert_eq!((again.len(), again[0].tries, &again[0].item), (1, tries, &claimed[0].item));
}

/// Nothing is overtaken for ever.
pub async fn what_waited_longest_is_claimed_first(store: Arc<dyn Queue>) {
    let items: Vec<Item> = [4, 1, 3, 2].map(|second| item(ONE, second, b"x")).to_vec();
    store.put(&items, None, ROOMY).await.expect("put");
    let some = store.claim(at(10), at(40), 3).await.expect("claim");
    let order: Vec<_> = some.iter().map(|one| one.item.accepted).collect();
    assert_eq!(order, [at(1), at(2), at(3)]);
    assert_eq!(claim(&store, 10, 40).await[0].item.accepted, at(4));
}

/// One node at a time.
pub async fn many_who_claim_at_once_never_get_the_same_item(store: Arc<dyn Queue>) {
    const ITEMS: i64 = 60;
    let items: Vec<Item> = (0..ITEMS).map(|second| item(ONE, second, b"x")).collect();
    store.put(&items, None, ROOMY).await.expect("put");
    let worker = || {
        let store = Arc::clone(&store);
        async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim(at(100), at(200), 7).await.expect("claim");
                if claimed.is_empty() {
                    break mine;
                }
                mine.extend(claimed.iter().map(|one| one.item.id.0));
            }
        }
    };
    let all = futures_util::future::join_all((0..4).map(|_| worker())).await.concat();
    // An item that another has under its hands is passed over, so a worker may go home early; none is claimed twice.
    let mut once = all.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), all.len());
    assert_eq!(all.len() + claim(&store, 100, 200).await.len(), ITEMS as usize);
}

/// The room is of one account in one region.
pub async fn a_scope_takes_no_more_than_its_room_and_leaves_others_theirs(store: Arc<dyn Queue>) {
    let small = item(ONE, 1, b"").stored_bytes();
    let room = Room { items: 3, bytes: 3 * small + 10 };
    let items = [
        item(ONE, 1, &[0; 11]),
        item(ONE, 2, &[0; 200]),
        item(ONE, 3, b""),
        item(TWO, 4, b""),
        item(ABROAD, 5, b""),
        item(ONE, 6, b""),
    ];
    let answers = store.put(&items, None, room).await.expect("put");
    // The second and the last meet the bound of bytes.
    let (full, stored) = (Put::Full, Put::Stored);
    assert_eq!(answers, [stored, full, stored, stored, stored, full]);
    let taken = Room { items: 2, bytes: 2 * small + 11 };
    assert_eq!(store.waiting(&scope(ONE)).await.expect("waiting"), taken);
    let more = Room { items: 2, bytes: u64::MAX };
    assert_eq!(store.put(&[item(ONE, 7, b"")], None, more).await.expect("put"), [Put::Full], "the bound of items");
    let done: Vec<Settled> = claim(&store, 9, 99).await.iter().map(|one| Settled::Done(one.claim)).collect();
    store.settle(&done).await.expect("settle");
    assert_eq!(store.waiting(&scope(ONE)).await.expect("waiting"), Room::default());
    assert_eq!(store.put(&[item(ONE, 8, b"")], None, more).await.expect("put"), [Put::Stored], "it is free again");
}

/// The bound holds however many nodes accept.
pub async fn many_who_put_at_once_never_exceed_the_room(store: Arc<dyn Queue>) {
    let room = Room { items: 25, bytes: u64::MAX };
    let put = |number: i64| {
        let store = Arc::clone(&store);
        async move {
            let items: Vec<Item> = (0..10).map(|n| item(ONE, number * 10 + n, b"x")).collect();
            store.put(&items, None, room).await.expect("put")
        }
    };
    let answers = futures_util::future::join_all((0..4).map(put)).await.concat();
    assert_eq!(answers.iter().filter(|answer| **answer == Put::Stored).count(), 25);
    assert_eq!(store.waiting(&scope(ONE)).await.expect("waiting").items, 25);
}

/// An account and a region.
type Who = (&'static str, &'static str);

const ONE: Who = ("111111111111", "eu-west-1");
const TWO: Who = ("222222222222", "eu-west-1");
const ABROAD: Who = ("111111111111", "us-east-1");
const ROOMY: Room = Room { items: 1_000, bytes: 1_000_000 };

fn scope((account, region): Who) -> Scope {
    Scope { account: AccountId::parse(account).expect("digits"), region: Region::parse(region).expect("a region") }
}

fn at(second: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::from_secs(second)
}

fn item(who: Who, second: i64, payload: &[u8]) -> Item {
    Item {
        id: RequestId::random(),
        scope: scope(who),
        accepted: at(second.unsigned_abs()),
        payload: Bytes::copy_from_slice(payload),
    }
}

async fn claim(store: &Arc<dyn Queue>, now: u64, until: u64) -> Vec<Claimed> {
    store.claim(at(now), at(until), 1_000).await.expect("claim")
}
