//! Quotas: spent to the last call, counted ahead, given back, and closed where nothing can be counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base::clock::ManualClock;
use base::id::UsagePlanId;
use base::{Clock as _, Quota, Timestamp};
use snapshot::{QuotaRound, Snapshot, UsagePlan};

use crate::meter::{COUNTED, EXCEEDED, GOOD, keyed, keys, quota, send, statuses, told, words};
use crate::support::Plan;
use crate::support::counters::Fate;

/// Gives the counted plan another quota.
fn set_quota(snapshot: &mut Snapshot, quota: Quota, quota_round: QuotaRound) {
    let id = UsagePlanId::parse("counted").expect("sound");
    let plan = &snapshot.usage_plans[&id];
    let (name, scope, stages) = (Arc::clone(&plan.name), plan.scope.clone(), plan.stages.clone());
    let plan = UsagePlan { id: id.clone(), name, scope, stages, limit: None, quota: Some(quota), quota_round };
    snapshot.usage_plans.insert(id, Arc::new(plan));
}

/// A quota of which ten calls are taken ahead.
fn large(snapshot: &mut Snapshot) {
    keys(snapshot);
    set_quota(snapshot, quota(1000), QuotaRound::FIRST);
}

#[tokio::test]
async fn a_quota_is_spent_to_its_last_call_and_renewed_at_midnight() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let site = Plan { clock: Arc::<ManualClock>::clone(&clock), ..keyed() }.start();
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 3).await, [200; 3]);
    let reply = send(&site, "/prod/toys", COUNTED).await;
    assert_eq!((told(&reply), reply.header("retry-after")), (EXCEEDED, None));
    assert!(words(&site).await.contains("API key `counted` has used up the quota of usage plan `counted`: 3 a DAY"));
    clock.advance(Duration::from_hours(24) - Duration::from_millis(1));
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [429]);
    clock.advance(Duration::from_millis(1));
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 4).await, [200, 200, 200, 429]);
}

#[tokio::test]
async fn many_at_once_never_get_more_than_their_quota() {
    let plan = keyed();
    let counters = Arc::clone(&plan.counters);
    let site = plan.start();
    let replies = futures_util::future::join_all((0..100).map(|_| send(&site, "/prod/pets", COUNTED))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 3);
    assert_eq!(counters.used("counted", "counted"), 3);
    let asked = counters.asked.load(Ordering::SeqCst);
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 50).await, [429; 50]);
    assert!(counters.asked.load(Ordering::SeqCst) <= asked + 1, "a used-up quota is not asked for again and again");
}

#[tokio::test]
async fn a_large_quota_is_taken_in_blocks_and_given_back() {
    let plan = Plan { people: large, ..keyed() };
    let counters = Arc::clone(&plan.counters);
    let site = plan.start();
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 22).await, [200; 22]);
    assert_eq!(counters.asked.load(Ordering::SeqCst), 2, "eleven calls at a time: the one that asked, and a hundredth");
    assert_eq!(counters.used("counted", "counted"), 22);
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [200]);
    assert_eq!(counters.used("counted", "counted"), 33, "so much would be lost if the node were killed now");
}

#[tokio::test]
async fn what_was_taken_ahead_of_a_larger_quota_is_not_spent_under_a_smaller_one() {
    let plan = Plan { people: large, ..keyed() };
    let counters = Arc::clone(&plan.counters);
    let site = plan.start();
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [200]);
    assert_eq!(counters.used("counted", "counted"), 11, "ten are taken ahead");
    let mut smaller = Snapshot::clone(&site.snapshot.load());
    set_quota(&mut smaller, quota(3), QuotaRound::FIRST.next());
    site.snapshot.store(Arc::new(smaller));
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 4).await, [200, 200, 429, 429], "one was used before");
    assert_eq!(counters.used("counted", "counted"), 3);
}

#[tokio::test]
async fn what_a_key_left_behind_in_its_plan_is_given_back_when_it_comes_again() {
    let plan = Plan { people: large, ..keyed() };
    let counters = Arc::clone(&plan.counters);
    let site = plan.start();
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [200]);
    let mut again = Snapshot::clone(&site.snapshot.load());
    keys(&mut again);
    large(&mut again);
    site.snapshot.store(Arc::new(again));
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [200]);
    assert_eq!(counters.used("counted", "counted"), 12, "two calls, and ten taken ahead of the next");
}

#[tokio::test]
async fn a_quota_that_cannot_be_counted_refuses() {
    let plan = keyed();
    let counters = Arc::clone(&plan.counters);
    let site = plan.start();
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 1).await, [200]);
    counters.becomes(Fate::Fails);
    assert_eq!(told(&send(&site, "/prod/pets", COUNTED).await), EXCEEDED);
    assert!(words(&site).await.contains("cannot be counted: "));
    assert_eq!(statuses(&site, "/prod/pets", GOOD, 3).await, [200; 3], "a plan without a quota asks nobody");
    counters.becomes(Fate::Answers);
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 3).await, [200, 200, 429]);
}

#[tokio::test]
async fn a_store_that_does_not_answer_holds_nobody_for_long() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let plan = Plan { clock: Arc::<ManualClock>::clone(&clock), ..keyed() };
    plan.counters.becomes(Fate::Hangs);
    let site = plan.start();
    let turn = async {
        // The keeper waits by the same clock, once it has been asked.
        loop {
            tokio::task::yield_now().await;
            clock.advance(Duration::from_millis(100));
        }
    };
    let reply = tokio::select! {
        reply = send(&site, "/prod/pets", COUNTED) => reply,
        () = turn => unreachable!("the clock is turned for ever"),
    };
    assert_eq!(told(&reply), EXCEEDED);
    assert!(clock.elapsed() < Duration::from_secs(10), "{:?}", clock.elapsed());
}

#[tokio::test]
async fn whoever_waits_behind_a_store_that_does_not_answer_waits_no_longer() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let plan = Plan { clock: Arc::<ManualClock>::clone(&clock), ..keyed() };
    plan.counters.becomes(Fate::Hangs);
    let site = plan.start();
    let turn = async {
        loop {
            tokio::task::yield_now().await;
            clock.advance(Duration::from_millis(1));
        }
    };
    // More than are asked for at once.
    let all = futures_util::future::join_all((0..2000).map(|_| send(&site, "/prod/pets", COUNTED)));
    let replies = tokio::select! {
        replies = all => replies,
        () = turn => unreachable!("the clock is turned for ever"),
    };
    assert!(replies.iter().all(|reply| told(reply) == EXCEEDED));
    assert!(clock.elapsed() < Duration::from_secs(5), "{:?}", clock.elapsed());
}
