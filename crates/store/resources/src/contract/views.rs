//! Rules of views: one revision, in the order of bytes, one account at a time.

use super::{ABROAD, ONE, PETS, Store, TOYS, TWO, commit, delete, get, ids, pet, put, scope, text, view, writes};
use crate::{Key, Revision};

/// Ids are ordered by their bytes, whatever the machine's language, and `%` and `_` mean themselves.
pub async fn a_scan_goes_by_bytes_and_stops_at_its_prefix(store: Store) {
    let sorted = [
        "",
        "A",
        "B",
        "a",
        "a%/1",
        "a-b",
        "a/",
        "a/B",
        "a/b",
        "a/ä",
        "a/\u{10ffff}",
        "a0",
        "a_/1",
        "b",
        "ä",
        "\u{10ffff}",
    ];
    let shuffled = sorted.iter().rev().map(|id| put(pet(id), id));
    store.commit(writes(shuffled)).await.expect("commit");
    commit(&store, put(Key::new(scope(ONE), TOYS, "a/toy"), "")).await;
    for prefix in ["", "a", "a/", "a%", "a_", "B", "ä", "\u{10ffff}", "zz"] {
        let page = view(&store).await.scan(&pet(prefix), None, 100).await.expect("scan");
        let expected: Vec<&str> = sorted.iter().copied().filter(|id| id.starts_with(prefix)).collect();
        assert_eq!(ids(&page.documents), expected, "prefix {prefix:?}");
        assert!(!page.more);
    }
}

/// Any page size and any starting point give each document once; `more` is true just when more follow.
pub async fn a_scan_pages_without_loss_or_repetition(store: Store) {
    let all: Vec<String> = (0..7).map(|n| format!("p/{n}")).collect();
    store.commit(writes(all.iter().map(|id| put(pet(id), id)))).await.expect("commit");
    commit(&store, put(pet("q"), "")).await;
    let mut view = view(&store).await;
    for limit in 1..=8 {
        let (mut after, mut seen) = (None::<String>, Vec::new());
        loop {
            let page = view.scan(&pet("p/"), after.as_deref(), limit).await.expect("scan");
            assert!(page.documents.len() <= limit as usize);
            seen.extend(page.documents.iter().map(|document| document.key.id.clone()));
            assert_eq!(page.more, seen.len() < all.len(), "limit {limit}");
            after = seen.last().cloned();
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "limit {limit}");
    }
    for (after, first) in
        [("a", Some("p/0")), ("p/", Some("p/0")), ("p/2", Some("p/3")), ("p/20", Some("p/3")), ("p/6", None)]
    {
        let page = view.scan(&pet("p/"), Some(after), 1).await.expect("scan");
        assert_eq!(ids(&page.documents).first().copied(), first, "after {after}");
    }
}

/// The count of a range and its newest revision.
pub async fn a_range_is_measured(store: Store) {
    assert_eq!(view(&store).await.measure(&pet("")).await.expect("measure"), (0, None));
    for id in ["a/1", "a/2", "b/1"] {
        commit(&store, put(pet(id), "")).await;
    }
    commit(&store, put(pet("a/1"), "again")).await;
    let mut view = view(&store).await;
    for (prefix, expected) in [("", (3, Some(4))), ("a/", (2, Some(4))), ("a/2", (1, Some(2))), ("c", (0, None))] {
        let (count, newest) = view.measure(&pet(prefix)).await.expect("measure");
        assert_eq!((count, newest.map(|revision| revision.0)), expected, "prefix {prefix:?}");
    }
}

/// A key with NUL, which a request's path may hold, leads nowhere and is no fault of the store's.
pub async fn what_cannot_be_stored_is_found_absent(store: Store) {
    commit(&store, super::put_indexed(pet("cat"), "", &[("name", "tom")])).await;
    let mut view = view(&store).await;
    for id in ["cat\0", "\0", "c\0at"] {
        assert_eq!(view.get(&pet(id)).await.expect("get"), None);
        assert_eq!(view.scan(&pet(id), None, 10).await.expect("scan").documents, []);
        assert_eq!(view.measure(&pet(id)).await.expect("measure"), (0, None));
    }
    assert_eq!(view.find("name", "tom\0").await.expect("find"), None);
    assert!(view.scan_table("pe\0ts", None, 10).await.expect("scan").documents.is_empty());
    let relied = crate::Precondition::Document { key: pet("cat\0"), revision: None };
    super::commit_if(&store, relied, put(pet("dog"), "")).await.expect("it is absent");
}

/// The same id in two accounts and two regions is three documents, and each reader meets its own alone.
pub async fn two_accounts_never_see_each_others_documents(store: Store) {
    let keys = [ONE, TWO, ABROAD].map(|who| Key::new(scope(who), PETS, "cat"));
    for key in &keys {
        commit(&store, put(key.clone(), key.scope.account.as_str())).await;
    }
    for key in &keys {
        assert_eq!(get(&store, key).await.map(|document| document.key).as_ref(), Some(key));
        let everything = Key { id: String::new(), ..key.clone() };
        let mut view = view(&store).await;
        let page = view.scan(&everything, None, 10).await.expect("scan");
        assert_eq!(page.documents.iter().map(|document| &document.key).collect::<Vec<_>>(), [key]);
        assert_eq!(view.measure(&everything).await.expect("measure").0, 1);
    }
    commit(&store, delete(keys[0].clone())).await;
    assert_eq!(text(&store, &keys[0]).await, None);
    for key in &keys[1..] {
        assert_eq!(text(&store, key).await.as_deref(), Some(key.scope.account.as_str()));
    }
}

/// What a node reads at start: everything of a table, by account, region and id, in pages.
pub async fn a_table_is_read_across_all_accounts(store: Store) {
    let mut keys: Vec<Key> = [TWO, ONE, ABROAD]
        .into_iter()
        .flat_map(|who| ["b", "a", ""].map(|id| Key::new(scope(who), PETS, id)))
        .collect();
    store.commit(writes(keys.iter().map(|key| put(key.clone(), "")))).await.expect("commit");
    commit(&store, put(Key::new(scope(ONE), TOYS, "a"), "")).await;
    keys.sort();
    let mut view = view(&store).await;
    for limit in [1, 2, 9, 10] {
        let (mut seen, mut more) = (Vec::<Key>::new(), true);
        while more {
            let page = view.scan_table(PETS.0, seen.last(), limit).await.expect("scan");
            seen.extend(page.documents.into_iter().map(|document| document.key));
            more = page.more;
            assert_eq!(more, seen.len() < keys.len(), "limit {limit}");
        }
        assert_eq!(seen, keys, "limit {limit}");
    }
}

/// A view opened before a commit does not show it, however late it is read; one opened after does.
pub async fn a_view_shows_one_revision_while_others_commit(store: Store) {
    let batch = writes([super::put_indexed(pet("a"), "1", &[("name", "1")]), put(pet("b"), "1")]);
    store.commit(batch).await.expect("commit");
    let mut old = view(&store).await;
    let batch = writes([super::put_indexed(pet("a"), "2", &[("name", "2")]), delete(pet("b")), put(pet("c"), "2")]);
    store.commit(batch).await.expect("commit");
    let mut new = view(&store).await;

    assert_eq!((old.revision(), new.revision()), (Revision(1), Revision(2)));
    for (view, there, value, name) in [(&mut old, ["a", "b"], "1", "1"), (&mut new, ["a", "c"], "2", "2")] {
        let page = view.scan(&pet(""), None, 10).await.expect("scan");
        assert_eq!(ids(&page.documents), there);
        assert!(page.documents.iter().all(|document| document.value == value.as_bytes()));
        for id in ["a", "b", "c"] {
            assert_eq!(view.get(&pet(id)).await.expect("get").is_some(), there.contains(&id), "{id}");
        }
        for other in ["1", "2"] {
            assert_eq!(view.find("name", other).await.expect("find").is_some(), other == name, "{other}");
        }
        assert_eq!(view.measure(&pet("")).await.expect("measure").1, Some(view.revision()));
    }
}
