//! Rules of audit records: never lost, never ahead of their write, found by what AWS finds them by.

use std::time::Duration;

use base::Timestamp;
use futures_util::future::join_all;

use super::{ABROAD, ONE, Store, TWO, Who, audit, pet, put, scope, second, writes};
use crate::{AuditAttribute, AuditEntry, AuditFilter, Batch, CommitError, Fence, Lease, Revision};

fn everything(who: Who) -> AuditFilter {
    let scope = scope(who);
    AuditFilter {
        account: scope.account,
        region: scope.region,
        attribute: None,
        from: Timestamp::MIN,
        to: Timestamp::MAX,
        after: None,
        limit: 1_000,
    }
}

async fn read(store: &Store, filter: &AuditFilter) -> Vec<AuditEntry> {
    store.read_audit(filter).await.expect("read audit").entries
}

fn names(entries: &[AuditEntry]) -> Vec<String> {
    entries.iter().map(|entry| entry.event_id.clone()).collect()
}

/// The event ids of an account and region, newest first.
pub(super) async fn all_events(store: &Store, who: Who) -> Vec<String> {
    names(&read(store, &everything(who)).await)
}

/// What a commit brought is there when it answers, whole; the refused batch is [`super::commits`]' business.
pub async fn audit_travels_with_its_batch(store: Store) {
    let entry = AuditEntry {
        read_only: true,
        username: Some("näme".to_owned()),
        access_key_id: Some("AKIA1".to_owned()),
        resources: vec![("type".to_owned(), "a".to_owned()), ("type".to_owned(), "b".to_owned())],
        time: second(7) + Duration::from_micros(8),
        ..audit(ONE, "one", second(7))
    };
    let entries = vec![entry, audit(TWO, "two", second(8))];
    let batch = Batch { audit: entries.clone(), ..writes([put(pet("cat"), "")]) };
    assert_eq!(store.commit(batch).await.expect("commit"), Revision(1));
    assert_eq!(read(&store, &everything(ONE)).await, entries[..1]);
    assert_eq!(read(&store, &everything(TWO)).await, entries[1..]);
}

/// Records of reads and refusals are as durable, and nobody is woken for them.
pub async fn audit_of_calls_that_change_nothing_leaves_the_revision(store: Store) {
    let append = |n: u64| {
        let store = Store::clone(&store);
        async move { store.append_audit(vec![audit(ONE, &n.to_string(), second(n))]).await }
    };
    for outcome in join_all((0..40).map(append)).await {
        outcome.expect("append");
    }
    store.append_audit(Vec::new()).await.expect("append nothing");
    assert_eq!(store.revision().await.expect("revision"), Revision(0));
    let expected: Vec<String> = (0..40).rev().map(|n| n.to_string()).collect();
    assert_eq!(all_events(&store, ONE).await, expected);
}

/// Names come from requests that failed authentication, too: long ones and odd ones do not keep a record out.
pub async fn audit_takes_whatever_strangers_send(store: Store) {
    let odd = ["x".repeat(100_000), "a\0b".to_owned(), "%_'\"\\\u{10ffff}\r\n".to_owned(), String::new()];
    for (n, text) in odd.into_iter().enumerate() {
        let entry = AuditEntry {
            username: Some(text.clone()),
            access_key_id: Some(text.clone()),
            event_name: text.clone(),
            event_source: text.clone(),
            resources: vec![(text.clone(), text.clone())],
            record: text,
            ..audit(ONE, &n.to_string(), second(n as u64))
        };
        store.append_audit(vec![entry]).await.expect("append");
        let attribute = Some(AuditAttribute::EventId(n.to_string()));
        assert_eq!(read(&store, &AuditFilter { attribute, ..everything(ONE) }).await.len(), 1, "record {n}");
    }
    assert_eq!(all_events(&store, ONE).await, ["3", "2", "1", "0"]);
    for (name, expected) in [("%_'\"\\\u{10ffff}\r\n", &["2"][..]), ("a\0", &[]), ("%", &[])] {
        let attribute = Some(AuditAttribute::Username(name.to_owned()));
        let found = read(&store, &AuditFilter { attribute, ..everything(ONE) }).await;
        assert_eq!(names(&found), expected, "{name:?}");
    }
}

/// Each attribute of `LookupEvents`, matched exactly, within the time window.
pub async fn audit_is_found_by_every_attribute(store: Store) {
    let resources = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned())).collect::<Vec<_>>()
    };
    let one = AuditEntry {
        event_name: "CreateRestApi".to_owned(),
        event_source: "apigateway".to_owned(),
        username: Some("ann".to_owned()),
        access_key_id: Some("AKIA1".to_owned()),
        resources: resources(&[("api", "x"), ("api", "y"), ("stage", "x")]),
        ..audit(ONE, "one", second(1))
    };
    let two = AuditEntry { read_only: true, username: Some("Ann".to_owned()), ..audit(ONE, "two", second(2)) };
    let three = AuditEntry { resources: resources(&[("stage", "z")]), ..audit(ONE, "three", second(3)) };
    store.append_audit(vec![one, two, three]).await.expect("append");

    let text = str::to_owned;
    let cases: [(AuditAttribute, &[&str]); 14] = [
        (AuditAttribute::EventId(text("two")), &["two"]),
        (AuditAttribute::EventName(text("CreateRestApi")), &["one"]),
        (AuditAttribute::EventName(text("PatThePet")), &["three", "two"]),
        (AuditAttribute::EventName(text("one")), &[]),
        (AuditAttribute::ReadOnly(true), &["two"]),
        (AuditAttribute::ReadOnly(false), &["three", "one"]),
        (AuditAttribute::Username(text("ann")), &["one"]),
        (AuditAttribute::Username(text("an")), &[]),
        (AuditAttribute::ResourceType(text("api")), &["one"]),
        (AuditAttribute::ResourceType(text("stage")), &["three", "one"]),
        (AuditAttribute::ResourceName(text("x")), &["one"]),
        (AuditAttribute::ResourceName(text("z")), &["three"]),
        (AuditAttribute::EventSource(text("apigateway")), &["one"]),
        (AuditAttribute::AccessKeyId(text("AKIA1")), &["one"]),
    ];
    for (attribute, expected) in cases {
        let filter = AuditFilter { attribute: Some(attribute.clone()), ..everything(ONE) };
        assert_eq!(names(&read(&store, &filter).await), expected, "{attribute:?}");
        let elsewhere = AuditFilter { attribute: Some(attribute), ..everything(TWO) };
        assert_eq!(read(&store, &elsewhere).await, []);
    }
    let windows: [(u64, u64, &[&str]); 4] =
        [(1, 2, &["two", "one"]), (2, 9, &["three", "two"]), (4, 9, &[]), (3, 1, &[])];
    for (from, to, expected) in windows {
        let window = AuditFilter { from: second(from), to: second(to), ..everything(ONE) };
        assert_eq!(names(&read(&store, &window).await), expected, "{from} to {to}");
        let attribute = Some(AuditAttribute::EventSource("pets.example".to_owned()));
        let both = read(&store, &AuditFilter { attribute, ..window }).await;
        let expected: Vec<&str> = expected.iter().copied().filter(|name| *name != "one").collect();
        assert_eq!(names(&both), expected, "{from} to {to}, by source");
    }
}

/// Pages follow each other without loss or repetition, ties included, also while newer entries arrive.
pub async fn audit_is_paged_newest_first(store: Store) {
    let times = [5, 1, 3, 3, 3, 9];
    for (n, time) in times.iter().enumerate() {
        store.append_audit(vec![audit(ONE, &n.to_string(), second(*time))]).await.expect("append");
    }
    // Of one instant, what was stored last is newest.
    let expected = ["5", "0", "4", "3", "2", "1"];
    let attributes = [None, Some(AuditAttribute::EventName("PatThePet".to_owned()))];
    for attribute in attributes {
        for limit in 1..=7 {
            let mut filter = AuditFilter { limit, attribute: attribute.clone(), ..everything(ONE) };
            let mut seen = Vec::new();
            loop {
                let page = store.read_audit(&filter).await.expect("read audit");
                assert!(page.entries.len() <= limit as usize);
                seen.extend(names(&page.entries));
                filter.after = page.next;
                if page.next.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "limit {limit}");
        }
    }
    let mut filter = AuditFilter { limit: 2, ..everything(ONE) };
    filter.after = store.read_audit(&filter).await.expect("read audit").next;
    store.append_audit(vec![audit(ONE, "late", second(20))]).await.expect("append");
    assert_eq!(names(&read(&store, &filter).await), ["4", "3"]);
}

/// Whoever may read the trail of one account learns nothing of another's.
pub async fn audit_of_two_accounts_and_regions_stays_apart(store: Store) {
    for (who, name) in [(ONE, "one"), (TWO, "two"), (ABROAD, "abroad")] {
        store.append_audit(vec![audit(who, name, second(1))]).await.expect("append");
    }
    for (who, name) in [(ONE, "one"), (TWO, "two"), (ABROAD, "abroad")] {
        assert_eq!(all_events(&store, who).await, [name]);
        for other in ["one", "two", "abroad"] {
            let attribute = Some(AuditAttribute::EventId(other.to_owned()));
            let found = read(&store, &AuditFilter { attribute, ..everything(who) }).await;
            assert_eq!(found.is_empty(), other != name, "{name} looks for {other}");
        }
    }
}

/// Retention takes the oldest first, so many at a time, and only for the holder of the lease.
pub async fn old_audit_goes_under_a_lease_alone(store: Store) {
    for n in 0..6 {
        let entry = audit(if n % 2 == 0 { ONE } else { TWO }, &n.to_string(), second(n));
        store.append_audit(vec![entry]).await.expect("append");
    }
    let ttl = Duration::from_secs(10);
    let lease = store.acquire_lease("retention", "node", second(0), ttl).await.expect("acquire").expect("free");
    let wrong = Lease { fence: Fence(lease.fence.0 + 1), ..lease.clone() };
    let fenced = store.prune_audit(second(9), 10, &wrong).await;
    assert!(matches!(fenced, Err(CommitError::Fenced)), "{fenced:?}");

    let prune = |before: u64, limit: u32| store.prune_audit(second(before), limit, &lease);
    assert_eq!(prune(4, 3).await.expect("prune"), 3);
    assert_eq!(prune(4, 3).await.expect("prune"), 1);
    assert_eq!(prune(4, 3).await.expect("prune"), 0);
    assert_eq!(all_events(&store, ONE).await, ["4"]);
    assert_eq!(all_events(&store, TWO).await, ["5"]);
    let attribute = Some(AuditAttribute::EventId("0".to_owned()));
    assert_eq!(read(&store, &AuditFilter { attribute, ..everything(ONE) }).await, []);
}
