//! Rules of the change feed: complete after a revision, or honest about being cut; and who waits is woken.

use super::{PETS, Store, TWO, commit, delete, pet, put, scope, view, writes};
use crate::{Changes, Key, Revision};

async fn changes(store: &Store, since: u64) -> Option<Vec<(u64, Key)>> {
    match view(store).await.changes(Revision(since)).await.expect("changes") {
        Changes::Since(changes) => Some(changes.into_iter().map(|change| (change.revision.0, change.key)).collect()),
        Changes::Truncated => None,
    }
}

/// Puts and deletes, each with its revision, in the order of commits, once for each document and revision.
pub async fn the_feed_names_every_change_after_a_revision(store: Store) {
    let abroad = Key::new(scope(TWO), PETS, "a");
    assert_eq!(changes(&store, 0).await, Some(vec![]));
    store.commit(writes([put(pet("b"), ""), put(pet("a"), ""), put(pet("a"), "again")])).await.expect("commit");
    let before = view(&store).await;
    commit(&store, put(abroad.clone(), "")).await;
    commit(&store, delete(pet("a"))).await;

    let all = [(1, pet("a")), (1, pet("b")), (2, abroad), (3, pet("a"))];
    for (since, skipped) in [(0, 0), (1, 2), (2, 3), (3, 4), (9, 4)] {
        assert_eq!(changes(&store, since).await.as_deref(), Some(&all[skipped..]), "since {since}");
    }
    let mut before = before;
    let Changes::Since(seen) = before.changes(Revision(0)).await.expect("changes") else { panic!("nothing was cut") };
    assert_eq!(seen.len(), 2, "a view's feed ends at its own revision");
}

/// After the feed was cut, whoever is too far behind is told to begin anew, and nobody else.
pub async fn a_feed_that_was_cut_says_so(store: Store) {
    for id in ["a", "b", "c", "d"] {
        commit(&store, put(pet(id), "")).await;
    }
    store.prune_changes(Revision(2)).await.expect("prune");
    assert_eq!(changes(&store, 0).await, None);
    assert_eq!(changes(&store, 1).await, None);
    assert_eq!(changes(&store, 2).await, Some(vec![(3, pet("c")), (4, pet("d"))]));
    // Cutting less changes nothing; cutting beyond the newest revision cuts to it.
    store.prune_changes(Revision(1)).await.expect("prune");
    assert_eq!(changes(&store, 1).await, None);
    store.prune_changes(Revision(100)).await.expect("prune");
    assert_eq!(changes(&store, 3).await, None);
    assert_eq!(changes(&store, 4).await, Some(vec![]));
    commit(&store, put(pet("e"), "")).await;
    assert_eq!(changes(&store, 4).await, Some(vec![(5, pet("e"))]));
}

/// A waiter hears of a commit that comes later, and of one that it has missed.
pub async fn a_commit_wakes_whoever_waits_for_changes(store: Store) {
    let waiter = store.changed(Revision(0));
    let committer = commit(&store, put(pet("a"), ""));
    let (woken, committed) = futures_util::future::join(waiter, committer).await;
    assert_eq!((woken.expect("changed"), committed), (Revision(1), Revision(1)));
    commit(&store, put(pet("b"), "")).await;
    assert_eq!(store.changed(Revision(0)).await.expect("changed"), Revision(2));
    assert_eq!(store.changed(Revision(1)).await.expect("changed"), Revision(2));
}
