//! Rules of commits: whole or not at all, on what was relied on, numbered without gaps.

use futures_util::future::join_all;

use super::{ONE, PETS, Store, TOYS, TWO, audit, commit, commit_if, delete, get, ids, pet, put, put_indexed, scope};
use super::{second, text, view, writes};
use crate::{Batch, CommitError, Key, Precondition, Revision};

/// All writes of a batch carry its revision, and revisions count from 1.
pub async fn a_batch_is_written_whole_under_one_revision(store: Store) {
    assert_eq!(store.revision().await.expect("revision"), Revision(0));
    let toy = Key::new(scope(TWO), TOYS, "ball");
    let first = store.commit(writes([put(pet("cat"), "meow"), put(toy.clone(), "red")])).await.expect("commit");
    assert_eq!(first, Revision(1));
    for (key, value) in [(pet("cat"), "meow"), (toy.clone(), "red")] {
        let document = get(&store, &key).await.expect("it is there");
        assert_eq!((document.key, document.revision, document.value), (key, first, value.as_bytes().to_vec()));
    }

    let second = store.commit(writes([put(pet("cat"), ""), delete(toy.clone())])).await.expect("commit");
    assert_eq!((second, store.revision().await.expect("revision")), (Revision(2), Revision(2)));
    assert_eq!(get(&store, &pet("cat")).await.map(|document| document.revision), Some(second));
    assert_eq!(text(&store, &pet("cat")).await.as_deref(), Some(""));
    assert_eq!(text(&store, &toy).await, None);
    assert_eq!(commit(&store, delete(toy)).await, Revision(3), "deleting nothing is no error");
}

/// No document, no index entry, no change, no audit record and no revision of a refused batch remains.
pub async fn a_refused_batch_leaves_nothing_behind(store: Store) {
    commit(&store, put_indexed(pet("cat"), "meow", &[("name", "tom")])).await;
    let good = [put_indexed(pet("dog"), "woof", &[("name", "rex")]), delete(pet("rat"))];
    let taken = put_indexed(pet("eel"), "…", &[("name", "tom")]);
    let relied = |id: &str| Precondition::Document { key: pet(id), revision: None };
    let refused = [
        // A precondition that fails behind one that holds.
        Batch { preconditions: vec![relied("dog"), relied("cat")], ..writes(good.clone()) },
        // An index value of another document behind writes that could be done.
        writes(good.into_iter().chain([taken])),
    ];
    for batch in refused {
        let batch = Batch { audit: vec![audit(ONE, "refused", second(1))], ..batch };
        let refusal = store.commit(batch).await;
        assert!(matches!(refusal, Err(CommitError::Conflict)), "{refusal:?}");
    }
    assert_eq!(store.revision().await.expect("revision"), Revision(1));
    assert_eq!(text(&store, &pet("cat")).await.as_deref(), Some("meow"));
    assert_eq!(text(&store, &pet("dog")).await, None);
    assert_eq!(view(&store).await.find("name", "rex").await.expect("find"), None);
    assert_eq!(super::audit::all_events(&store, ONE).await, [] as [String; 0]);
    assert_eq!(commit(&store, put(pet("dog"), "woof")).await, Revision(2), "no number was used up");
}

/// Present with this revision, or absent: anything else is a conflict.
pub async fn a_document_that_was_read_must_not_have_changed(store: Store) {
    let first = commit(&store, put(pet("cat"), "1")).await;
    let second = commit(&store, put(pet("cat"), "2")).await;
    let gone = commit(&store, put(pet("dog"), "1")).await;
    commit(&store, delete(pet("dog"))).await;
    let cases = [
        ("as read", "cat", Some(second), true),
        ("changed since", "cat", Some(first), false),
        ("made since", "cat", None, false),
        ("absent still", "eel", None, true),
        ("deleted since", "dog", Some(gone), false),
        ("deleted and read so", "dog", None, true),
    ];
    for (case, id, revision, holds) in cases {
        let relied = Precondition::Document { key: pet(id), revision };
        let outcome = commit_if(&store, relied, put(pet("other"), case)).await;
        assert_eq!(outcome.is_ok(), holds, "{case}: {outcome:?}");
    }
}

/// No phantom: nothing of a prefix was added, changed or removed, while neighbours may change.
pub async fn a_range_that_was_read_must_not_have_changed(store: Store) {
    let changes = [
        ("added", put(pet("a/3"), "new"), false),
        ("changed", put(pet("a/1"), "new"), false),
        ("removed", delete(pet("a/2")), false),
        ("the newest removed", delete(pet("a/3")), false),
        ("before the prefix", put(pet("a"), "new"), true),
        ("behind the prefix", put(pet("a0"), "new"), true),
        ("another table", put(Key::new(scope(ONE), TOYS, "a/9"), "new"), true),
        ("another account", put(Key::new(scope(TWO), PETS, "a/9"), "new"), true),
    ];
    commit(&store, put(pet("a/1"), "old")).await;
    commit(&store, put(pet("a/2"), "old")).await;
    for (case, change, holds) in changes {
        let prefix = pet("a/");
        let (count, newest) = view(&store).await.measure(&prefix).await.expect("measure");
        commit(&store, change).await;
        let relied = Precondition::Range { prefix, count, newest };
        let outcome = commit_if(&store, relied, put(pet("other"), case)).await;
        assert_eq!(outcome.is_ok(), holds, "{case}: {outcome:?}");
    }
}

/// A set has room for what a batch adds, whatever else comes and goes in it.
pub async fn a_set_never_grows_beyond_its_bound(store: Store) {
    commit(&store, put(pet("a/1"), "old")).await;
    commit(&store, put(pet("a/2"), "old")).await;
    let cases = [
        ("room for one", put(pet("a/1"), "changed"), 1, 3, true),
        ("room for none", put(pet("a/1"), "changed again"), 1, 2, false),
        ("room for one of two", put(pet("a/2"), "changed"), 2, 3, false),
        ("one more came", put(pet("a/3"), "new"), 1, 3, false),
        ("one went", delete(pet("a/3")), 1, 3, true),
        ("one came elsewhere", put(Key::new(scope(TWO), PETS, "a/9"), "new"), 1, 3, true),
        ("more than numbers hold", delete(pet("a/9")), u64::MAX, u64::MAX, false),
    ];
    for (case, change, more, max, holds) in cases {
        commit(&store, change).await;
        let room = Precondition::Room { prefix: pet("a/"), more, max };
        let outcome = commit_if(&store, room, put(pet("other"), case)).await;
        assert_eq!(outcome.is_ok(), holds, "{case}: {outcome:?}");
    }
}

/// Several writes to one document come to the last of them.
pub async fn the_last_write_of_a_document_in_a_batch_counts(store: Store) {
    let key = pet("cat");
    for (values, expected) in [(&[Some("1"), None, Some("2")][..], Some("2")), (&[Some("3"), None], None)] {
        let batch = writes(values.iter().map(|value| match value {
            Some(value) => put_indexed(key.clone(), value, &[("name", value)]),
            None => delete(key.clone()),
        }));
        store.commit(batch).await.expect("commit");
        assert_eq!(text(&store, &key).await.as_deref(), expected);
        for (name, there) in [("1", false), ("2", expected.is_some()), ("3", false)] {
            assert_eq!(view(&store).await.find("name", name).await.expect("find").is_some(), there, "{name}");
        }
    }
}

/// Each of many commits at once gets its own number, every number is used, and a conflict uses none.
pub async fn concurrent_commits_get_ordered_revisions_without_gaps(store: Store) {
    const COMMITS: u64 = 60;
    let commits = (0..COMMITS).map(|n| {
        let store = Store::clone(&store);
        async move {
            if n % 3 == 0 {
                let never = Precondition::Document { key: pet("never"), revision: Some(Revision(1)) };
                assert!(commit_if(&store, never, put(pet("other"), "")).await.is_err());
            }
            (commit(&store, put(pet(&n.to_string()), "")).await, n)
        }
    });
    let mut revisions = join_all(commits).await;
    revisions.sort_unstable();
    let numbers: Vec<u64> = revisions.iter().map(|(revision, _)| revision.0).collect();
    assert_eq!(numbers, (1..=COMMITS).collect::<Vec<_>>());
    for (revision, n) in revisions {
        assert_eq!(get(&store, &pet(&n.to_string())).await.map(|document| document.revision), Some(revision));
    }
}

/// Read, add one, write, again on conflict: nothing is lost.
pub async fn concurrent_transactions_lose_no_update(store: Store) {
    const WRITERS: u64 = 6;
    const EACH: u64 = 5;
    let key = pet("counter");
    let writer = || {
        let (store, key) = (Store::clone(&store), key.clone());
        async move {
            for _ in 0..EACH {
                while !add_one(&store, &key).await {}
            }
        }
    };
    join_all((0..WRITERS).map(|_| writer())).await;
    assert_eq!(text(&store, &key).await, Some((WRITERS * EACH).to_string()));
    assert_eq!(store.revision().await.expect("revision"), Revision(WRITERS * EACH));
}

async fn add_one(store: &Store, key: &Key) -> bool {
    let read = get(store, key).await;
    let revision = read.as_ref().map(|document| document.revision);
    let number = read.map_or(0, |document| String::from_utf8_lossy(&document.value).parse::<u64>().expect("a number"));
    let relied = Precondition::Document { key: key.clone(), revision };
    match commit_if(store, relied, put(key.clone(), &(number + 1).to_string())).await {
        Ok(_) => true,
        Err(CommitError::Conflict) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// Of many that read "there are none yet" and add one, one succeeds.
pub async fn concurrent_additions_to_a_range_do_not_slip_past_each_other(store: Store) {
    let additions = (0..8).map(|n| {
        let store = Store::clone(&store);
        async move {
            let none = Precondition::Range { prefix: pet("only/"), count: 0, newest: None };
            commit_if(&store, none, put(pet(&format!("only/{n}")), "")).await.is_ok()
        }
    });
    let successes = join_all(additions).await.into_iter().filter(|success| *success).count();
    assert_eq!(successes, 1);
    let page = view(&store).await.scan(&pet("only/"), None, 10).await.expect("scan");
    assert_eq!(ids(&page.documents).len(), 1);
}

/// Of many that each add one at once, as many succeed as there are places, and none has to try twice before they are taken.
pub async fn concurrent_additions_to_a_bounded_set_fill_it_and_no_more(store: Store) {
    const PLACES: u64 = 3;
    let additions = (0..8).map(|n| {
        let store = Store::clone(&store);
        async move {
            let room = Precondition::Room { prefix: pet("few/"), more: 1, max: PLACES };
            commit_if(&store, room, put(pet(&format!("few/{n}")), "")).await.is_ok()
        }
    });
    let successes = join_all(additions).await.into_iter().filter(|success| *success).count();
    assert_eq!(successes as u64, PLACES);
    let page = view(&store).await.scan(&pet("few/"), None, 10).await.expect("scan");
    assert_eq!(ids(&page.documents).len() as u64, PLACES);
}
