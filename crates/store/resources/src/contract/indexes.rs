//! Rules of exact-match indexes: one document for each value, in step with the documents.

use super::{ABROAD, PETS, Store, TOYS, TWO, commit, commit_if, delete, pet, put, put_indexed, scope, view, writes};
use crate::{CommitError, Key, Precondition};

async fn find(store: &Store, name: &str, value: &str) -> Option<Key> {
    view(store).await.find(name, value).await.expect("find").map(|document| document.key)
}

/// The index is the installation's: whoever looks finds the document where it stands, whole.
pub async fn an_index_finds_its_document_in_any_scope(store: Store) {
    let (toy, abroad) = (Key::new(scope(TWO), TOYS, "ball"), Key::new(scope(ABROAD), PETS, "cat"));
    commit(&store, put_indexed(toy.clone(), "red", &[("name", "ball"), ("colour", "red")])).await;
    let revision = commit(&store, put_indexed(abroad.clone(), "meow", &[("name", "tom")])).await;
    for (name, value, expected) in [
        ("name", "ball", Some(&toy)),
        ("colour", "red", Some(&toy)),
        ("name", "tom", Some(&abroad)),
        ("colour", "tom", None),
        ("name", "TOM", None),
        ("name", "", None),
    ] {
        assert_eq!(find(&store, name, value).await.as_ref(), expected, "{name}={value}");
    }
    let document = view(&store).await.find("name", "tom").await.expect("find").expect("it is there");
    assert_eq!((document.revision, document.value), (revision, b"meow".to_vec()));
}

/// A value that is taken is a conflict; writing a document anew replaces all its entries, deleting it frees them.
pub async fn an_index_value_belongs_to_one_document(store: Store) {
    commit(&store, put_indexed(pet("cat"), "1", &[("name", "tom"), ("chip", "7")])).await;
    let taken = store.commit(writes([put_indexed(pet("dog"), "1", &[("name", "tom")])])).await;
    assert!(matches!(taken, Err(CommitError::Conflict)), "{taken:?}");

    commit(&store, put_indexed(pet("cat"), "2", &[("chip", "7"), ("chip", "7"), ("chip", "8")])).await;
    assert_eq!(find(&store, "name", "tom").await, None);
    assert_eq!(find(&store, "chip", "7").await, Some(pet("cat")));
    assert_eq!(find(&store, "chip", "8").await, Some(pet("cat")));

    commit(&store, put_indexed(pet("dog"), "2", &[("name", "tom")])).await;
    assert_eq!(find(&store, "name", "tom").await, Some(pet("dog")));
    commit(&store, delete(pet("dog"))).await;
    assert_eq!(find(&store, "name", "tom").await, None);
}

/// Documents that swap their values in one batch do not stand in each other's way, whatever the order of writes.
pub async fn an_index_value_can_pass_to_another_document_in_one_batch(store: Store) {
    let with = |id: &str, name: &str| put_indexed(pet(id), "", &[("name", name)]);
    store.commit(writes([with("a", "1"), with("b", "2")])).await.expect("commit");
    store.commit(writes([with("a", "2"), with("b", "1")])).await.expect("a swap");
    assert_eq!(find(&store, "name", "1").await, Some(pet("b")));
    assert_eq!(find(&store, "name", "2").await, Some(pet("a")));
    store.commit(writes([with("a", "1"), delete(pet("b"))])).await.expect("take and delete");
    assert_eq!(find(&store, "name", "1").await, Some(pet("a")));
    assert_eq!(find(&store, "name", "2").await, None);
}

/// What an index answered must still be its answer.
pub async fn an_index_that_was_read_must_not_have_changed(store: Store) {
    commit(&store, put_indexed(pet("cat"), "", &[("name", "tom")])).await;
    let cases = [
        ("as read", "tom", Some(pet("cat")), true),
        ("none still", "rex", None, true),
        ("taken since", "tom", None, false),
        ("another's since", "tom", Some(pet("dog")), false),
        ("another account's", "tom", Some(Key::new(scope(TWO), PETS, "cat")), false),
        ("freed since", "rex", Some(pet("cat")), false),
    ];
    for (case, value, found, holds) in cases {
        let relied = Precondition::Index { name: "name".to_owned(), value: value.to_owned(), found };
        let outcome = commit_if(&store, relied, put(pet("other"), case)).await;
        assert_eq!(outcome.is_ok(), holds, "{case}: {outcome:?}");
    }
}
