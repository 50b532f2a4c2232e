//! Rules of leases: one holder at a time, and a late one cannot write.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Store, commit_if, pet, put, second, text};
use crate::{CommitError, Fence, Lease, Precondition, Revision};

const TTL: Duration = Duration::from_secs(10);

async fn acquire(store: &Store, holder: &str, now: u64) -> Option<Lease> {
    store.acquire_lease("job", holder, second(now), TTL).await.expect("acquire")
}

/// While it lasts nobody else gets it; its holder renews it; another name is another lease.
pub async fn a_lease_is_held_by_one_until_it_expires(store: Store) {
    let lease = acquire(&store, "a", 100).await.expect("free");
    assert_eq!((lease.name.as_str(), lease.holder.as_str()), ("job", "a"));
    assert_eq!(acquire(&store, "b", 109).await, None);
    assert_eq!(acquire(&store, "a", 105).await.as_ref(), Some(&lease), "renewed until 115");
    assert_eq!(acquire(&store, "b", 114).await, None);
    assert!(acquire(&store, "b", 115).await.is_some(), "expired");
    assert_eq!(acquire(&store, "a", 116).await, None);
    let other = store.acquire_lease("other job", "a", second(116), TTL).await.expect("acquire");
    assert!(other.is_some());
    assert_eq!(store.revision().await.expect("revision"), Revision(0), "leases are no changes");
}

/// Fences rise with every new holder; whoever renews, even late, keeps its own.
pub async fn a_lease_that_changes_hands_gets_a_higher_fence(store: Store) {
    let mut fences = Vec::new();
    for (holder, now) in [("a", 0), ("a", 50), ("b", 100), ("a", 200), ("a", 205), ("b", 300)] {
        fences.push(acquire(&store, holder, now).await.expect("free or its own").fence);
    }
    assert_eq!(fences[0], fences[1]);
    assert_eq!(fences[3], fences[4]);
    let risen = [fences[0], fences[2], fences[3], fences[5]];
    assert!(risen.is_sorted_by(|one, two| one < two), "{risen:?}");
}

/// Many claim a free lease at once: one gets it.
pub async fn concurrent_claims_of_a_lease_have_one_winner(store: Store) {
    for now in [0, 100] {
        let claims = (0..8).map(|n| {
            let store = Store::clone(&store);
            async move { acquire(&store, &format!("node-{now}-{n}"), now).await }
        });
        let winners: Vec<Lease> = join_all(claims).await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
    }
}

/// A write under a lease needs the very holding it was begun under.
pub async fn a_lost_lease_fences_its_writer(store: Store) {
    let lease = acquire(&store, "a", 0).await.expect("free");
    let under = |lease: &Lease, value: &'static str| {
        let (store, lease) = (Store::clone(&store), lease.clone());
        async move { commit_if(&store, Precondition::Lease(lease), put(pet("cat"), value)).await }
    };
    under(&lease, "held").await.expect("it holds the lease");
    let taken = acquire(&store, "b", 20).await.expect("expired");
    let never = Lease { name: "no such job".to_owned(), ..lease.clone() };
    let forged = Lease { holder: "a".to_owned(), fence: taken.fence, ..lease.clone() };
    for late in [lease.clone(), never, forged, Lease { fence: Fence(0), ..taken.clone() }] {
        let outcome = under(&late, "late").await;
        assert!(matches!(outcome, Err(CommitError::Fenced)), "{late:?}: {outcome:?}");
    }
    assert_eq!(text(&store, &pet("cat")).await.as_deref(), Some("held"));
    under(&taken, "taken").await.expect("the new holder writes");
    assert_eq!(store.revision().await.expect("revision"), Revision(2));
}
