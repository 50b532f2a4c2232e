//! The contract every backend of [`Counters`] passes: one public function for each rule.
//!
//! A backend's tests call [`counters_contract!`](crate::counters_contract) with an expression that makes an empty store and
//! something to keep alive beside it.

use std::sync::Arc;
use std::time::Duration;

use base::{AccountId, Day, Region, Scope, Timestamp};

use crate::counters::{Counter, Counters, GiveBack, Take, Taken, Used};

/// Makes one test for each rule; `$make` is a future of `(Arc<dyn Counters>, guard)`, made anew for each test.
#[macro_export]
macro_rules! counters_contract {
    ($make:expr) => {
        $crate::counters_contract!($make;
            a_limit_is_granted_to_its_last_unit_and_no_further
            many_who_take_at_once_never_get_more_than_the_limit
            a_period_counts_all_its_days_and_no_other
            what_is_given_back_may_be_taken_again
            counters_of_others_are_others
            one_batch_may_name_a_counter_twice
            a_period_is_extended_and_cut
            use_is_read_by_day_and_member
            what_is_old_is_forgotten
            nodes_are_counted_while_they_are_there
        );
    };
    ($make:expr; $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $make.await;
                $crate::counters_contract::$rule(store).await;
            }
        )+
    };
}

/// What is left is granted, then nothing.
pub async fn a_limit_is_granted_to_its_last_unit_and_no_further(store: Arc<dyn Counters>) {
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(take(&store, &wish("key", 0, 0, 10, 4)).await);
    }
    let taken = |granted, left| Taken { granted, left };
    assert_eq!(answers, [taken(4, 6), taken(4, 2), taken(2, 0), taken(0, 0)]);
    assert_eq!(take(&store, &wish("key", 0, 0, 12, 4)).await, taken(2, 0), "a higher limit grants the difference");
    assert_eq!(take(&store, &wish("key", 0, 0, 5, 4)).await, taken(0, 0), "a lower one nothing");
    let most = take(&store, &wish("other", 0, 0, u64::MAX, 1)).await;
    assert_eq!(most.granted, 1);
}

/// The sum of what is granted is the limit, whoever asks and however many.
pub async fn many_who_take_at_once_never_get_more_than_the_limit(store: Arc<dyn Counters>) {
    let take_some = |number: u64| {
        let store = Arc::clone(&store);
        async move {
            let mut sum = 0;
            for _ in 0..10 {
                sum += take(&store, &wish("key", 0, 0, 100, 1 + number % 3)).await.granted;
            }
            sum
        }
    };
    let sums = futures_util::future::join_all((0..8).map(take_some)).await;
    assert_eq!(sums.iter().sum::<u64>(), 100);
    let used = store.used(&scope(ONE), "plan", &["key".to_owned()], (Day(0), Day(0))).await.expect("it reads");
    assert_eq!(used.first().map(|(_, used)| used.used), Some(100));
}

/// Days since the period's first count, days before do not.
pub async fn a_period_counts_all_its_days_and_no_other(store: Arc<dyn Counters>) {
    for (day, first, granted) in
        [(0, 0, 4), (1, 0, 4), (2, 0, 2), (2, 0, 0), (3, 3, 4), (4, 3, 4), (5, 3, 2), (9, 9, 4)]
    {
        let taken = take(&store, &wish("key", day, first, 10, 4)).await;
        assert_eq!(taken.granted, granted, "day {day} of the period from {first}");
    }
}

/// A gift of more than was taken gives no more than that.
pub async fn what_is_given_back_may_be_taken_again(store: Arc<dyn Counters>) {
    take(&store, &wish("key", 0, 0, 10, 10)).await;
    give_back(&store, "key", 0, 3).await;
    assert_eq!(take(&store, &wish("key", 0, 0, 10, 10)).await.granted, 3);
    give_back(&store, "key", 0, 1000).await;
    give_back(&store, "nobody", 0, 1000).await;
    give_back(&store, "key", 1, 1000).await;
    assert_eq!(take(&store, &wish("key", 0, 0, 10, 100)).await.granted, 10);
    assert_eq!(take(&store, &wish("key", 1, 0, 10, 100)).await.granted, 0);
    assert_eq!(take(&store, &wish("nobody", 0, 0, 10, 100)).await.granted, 10);
}

/// Account, region, group and member each make another counter.
pub async fn counters_of_others_are_others(store: Arc<dyn Counters>) {
    let one = wish("key", 0, 0, 1, 1);
    let with = |scope: Scope, group: &str, member: &str| Take {
        counter: Counter { scope, group: group.to_owned(), member: member.to_owned() },
        ..one.clone()
    };
    for wish in [
        with(scope(ONE), "plan", "key"),
        with(scope(TWO), "plan", "key"),
        with(scope(ABROAD), "plan", "key"),
        with(scope(ONE), "other", "key"),
        with(scope(ONE), "plan", "other"),
    ] {
        assert_eq!(take(&store, &wish).await.granted, 1);
        assert_eq!(take(&store, &wish).await.granted, 0);
    }
}

/// The second of two wishes sees what the first was granted.
pub async fn one_batch_may_name_a_counter_twice(store: Arc<dyn Counters>) {
    let wishes = [wish("key", 0, 0, 10, 7), wish("other", 0, 0, 1, 1), wish("key", 0, 0, 10, 7)];
    let taken = store.take(&wishes).await.expect("it takes");
    assert_eq!(taken.iter().map(|taken| taken.granted).collect::<Vec<_>>(), [7, 1, 3]);
    assert_eq!(store.take(&[]).await.expect("it takes nothing"), []);
}

/// So much is left as was said, and the period's other days keep it.
pub async fn a_period_is_extended_and_cut(store: Arc<dyn Counters>) {
    take(&store, &wish("key", 0, 0, 10, 10)).await;
    store.set_left(&wish("key", 0, 0, 10, 5)).await.expect("it extends");
    assert_eq!(take(&store, &wish("key", 1, 0, 10, 3)).await, Taken { granted: 3, left: 2 });
    store.set_left(&wish("key", 1, 0, 10, 0)).await.expect("it cuts");
    assert_eq!(take(&store, &wish("key", 1, 0, 10, 3)).await.granted, 0);
    store.set_left(&wish("key", 1, 0, 10, 1)).await.expect("it extends again");
    assert_eq!(take(&store, &wish("key", 2, 0, 10, 3)).await.granted, 1);
    assert_eq!(take(&store, &wish("key", 3, 3, 10, 30)).await.granted, 10, "the next period has its own limit");
}

/// What was read is what was taken.
pub async fn use_is_read_by_day_and_member(store: Arc<dyn Counters>) {
    for (member, day, wanted) in [("a", 0, 1), ("a", 2, 2), ("a", 3, 3), ("b", 2, 4), ("c", 2, 5)] {
        take(&store, &wish(member, day, day, 100, wanted)).await;
    }
    store.set_left(&wish("a", 2, 2, 100, 100)).await.expect("it extends");
    let read = |members: &[&str], from, to| {
        let (store, members) = (Arc::clone(&store), members.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        async move {
            let used = store.used(&scope(ONE), "plan", &members, (Day(from), Day(to))).await.expect("it reads");
            used.into_iter().map(|(member, Used { day, used, extra })| (member, day.0, used, extra)).collect::<Vec<_>>()
        }
    };
    let row = |member: &str, day, used, extra| (member.to_owned(), day, used, extra);
    assert_eq!(read(&["a", "b"], 1, 2).await, [row("a", 2, 2, 5), row("b", 2, 4, 0)]);
    assert_eq!(read(&["a"], 0, 9).await, [row("a", 0, 1, 0), row("a", 2, 2, 5), row("a", 3, 3, 0)]);
    assert_eq!(read(&[], 0, 9).await, []);
    assert_eq!(read(&["nobody", "a"], 5, 9).await, []);
}

/// Rows before the day go, all others stay.
pub async fn what_is_old_is_forgotten(store: Arc<dyn Counters>) {
    for day in 0..5 {
        take(&store, &wish("key", day, day, 100, 1)).await;
    }
    assert_eq!(store.forget(Day(3)).await.expect("it forgets"), 3);
    let used = store.used(&scope(ONE), "plan", &["key".to_owned()], (Day(0), Day(9))).await.expect("it reads");
    assert_eq!(used.iter().map(|(_, used)| used.day.0).collect::<Vec<_>>(), [3, 4]);
}

/// A node that has not said so for its time is gone.
pub async fn nodes_are_counted_while_they_are_there(store: Arc<dyn Counters>) {
    let at = |second: i64| Timestamp::from_second(second).expect("a time");
    let ttl = Duration::from_secs(15);
    let mut counts = Vec::new();
    for (node, second) in [("a", 0), ("b", 5), ("a", 10), ("b", 10), ("a", 24), ("a", 25), ("b", 100)] {
        counts.push(store.present(node, at(second), ttl).await.expect("it counts"));
    }
    assert_eq!(counts, [1, 2, 2, 2, 2, 1, 1]);
    assert_eq!(store.present("c", at(100), ttl).await.expect("it counts"), 2);
    assert_eq!(store.present("b", at(100), Duration::ZERO).await.expect("it counts"), 1, "it says that it goes");
}

/// An account and a region.
type Who = (&'static str, &'static str);

const ONE: Who = ("111111111111", "eu-west-1");
const TWO: Who = ("222222222222", "eu-west-1");
const ABROAD: Who = ("111111111111", "us-east-1");

fn scope((account, region): Who) -> Scope {
    Scope { account: AccountId::parse(account).expect("digits"), region: Region::parse(region).expect("a region") }
}

fn counter(member: &str) -> Counter {
    Counter { scope: scope(ONE), group: "plan".to_owned(), member: member.to_owned() }
}

fn wish(member: &str, day: i32, first: i32, limit: u64, wanted: u64) -> Take {
    Take { counter: counter(member), day: Day(day), first: Day(first), limit, wanted }
}

async fn take(store: &Arc<dyn Counters>, wish: &Take) -> Taken {
    store.take(std::slice::from_ref(wish)).await.expect("it takes")[0]
}

async fn give_back(store: &Arc<dyn Counters>, member: &str, day: i32, amount: u64) {
    let gift = GiveBack { counter: counter(member), day: Day(day), amount };
    store.give_back(&[gift]).await.expect("it gives back");
}
