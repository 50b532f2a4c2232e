//! Several nodes on one database, and a database that goes away.

use std::sync::Arc;
use std::time::Duration;

use base::clock::{ManualClock, SystemClock};
use base::{AccountId, Day, Region, Scope, Timestamp};
use futures_util::future::{join, join_all};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use store_postgres::{OpenError, PostgresOptions, PostgresStore, testing};
use store_records::counters::{Counter, Take};
use store_resources::{AuditEntry, Batch, Changes, CommitError, Key, Precondition, Revision, Table, Write};

fn options() -> PostgresOptions {
    let clock = Arc::new(SystemClock::new());
    PostgresOptions { connect_wait: Duration::from_secs(1), ..PostgresOptions::new(clock) }
}

async fn node(url: &str) -> PostgresStore {
    PostgresStore::open(url, &options()).await.expect("it opens")
}

fn scope() -> Scope {
    Scope {
        account: AccountId::parse("111111111111").expect("digits"),
        region: Region::parse("eu-west-1").expect("one"),
    }
}

fn key(id: &str) -> Key {
    Key::new(scope(), Table("pets"), id)
}

fn put(id: &str) -> Batch {
    let write = Write::Put { key: key(id), value: b"meow".to_vec(), index: Vec::new() };
    Batch { writes: vec![write], ..Batch::default() }
}

fn audit(event_id: &str) -> AuditEntry {
    AuditEntry {
        scope: scope(),
        event_id: event_id.to_owned(),
        time: Timestamp::UNIX_EPOCH,
        event_name: "PatThePet".to_owned(),
        event_source: "pets.example".to_owned(),
        read_only: false,
        username: None,
        access_key_id: None,
        resources: Vec::new(),
        record: "{}".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_open_an_empty_database_at_once_all_succeed() {
    let url = testing::database().await;
    let nodes = join_all((0..4).map(|_| node(&url))).await;
    for (n, node) in nodes.iter().enumerate() {
        assert_eq!(node.resources().commit(put("cat")).await.expect("commit"), Revision(n as u64 + 1));
    }
    // Opening once more finds everything in place.
    assert_eq!(node(&url).await.resources().revision().await.expect("revision"), Revision(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_write_at_once_number_their_commits_without_gaps() {
    const COMMITS: u64 = 60;
    let url = testing::database().await;
    let (one, two) = join(node(&url), node(&url)).await;
    let write = |node: &PostgresStore, name: &'static str| {
        let resources = node.resources();
        join_all((0..COMMITS).map(move |n| {
            let resources = Arc::clone(&resources);
            async move {
                if n % 5 == 0 {
                    // A conflict in between uses no number.
                    let relied = Precondition::Document { key: key("never"), revision: Some(Revision(1)) };
                    let refused = Batch { preconditions: vec![relied], ..put("never") };
                    assert!(matches!(resources.commit(refused).await, Err(CommitError::Conflict)));
                }
                resources.commit(put(&format!("{name}/{n}"))).await.expect("commit").0
            }
        }))
    };
    // A third watches: whatever revision it sees, all changes up to it are there.
    let watch = async {
        let watcher = node(&url).await.resources();
        let mut seen = Revision(0);
        while seen.0 < 2 * COMMITS {
            let newest = watcher.changed(seen).await.expect("changed");
            let mut view = watcher.view().await.expect("view");
            assert!(view.revision() >= newest, "a view shows what was announced");
            let Changes::Since(changes) = view.changes(seen).await.expect("changes") else { panic!("nothing was cut") };
            let numbers: Vec<u64> = changes.iter().map(|change| change.revision.0).collect();
            assert_eq!(numbers, (seen.0 + 1..=view.revision().0).collect::<Vec<_>>(), "a change was passed over");
            seen = view.revision();
        }
    };
    let (mut numbers, (more, ())) = join(write(&one, "one"), join(write(&two, "two"), watch)).await;
    numbers.extend(more);
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=2 * COMMITS).collect::<Vec<_>>());
}

/// Longer than a pool waits for a connection.
const LONG: Duration = Duration::from_millis(1500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_in_a_queue_waits_longer_than_for_a_connection() {
    let url = testing::database().await;
    let node = node(&url).await;
    let mut other = url.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a connection");
    let mut held = other.begin().await.expect("a transaction");
    sqlx::query("SELECT revision FROM installation FOR UPDATE").execute(&mut *held).await.expect("the lock");
    let resources = node.resources();
    let writes = join_all((0..40).map(|n| {
        let resources = Arc::clone(&resources);
        async move { resources.commit(put(&format!("cat/{n}"))).await.map(|revision| revision.0) }
    }));
    let release = async {
        tokio::time::sleep(LONG).await;
        held.rollback().await.expect("the lock is free");
    };
    let (written, ()) = join(writes, release).await;
    let mut numbers: Vec<u64> = written.into_iter().map(|number| number.expect("it was only busy")).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_waits_for_others_to_end_and_questions_pass_them_by() {
    let url = testing::database().await;
    let few = PostgresOptions { views_max: 4, ..options() };
    let node = PostgresStore::open(&url, &few).await.expect("it opens");
    let resources = node.resources();
    let open = join_all((0..2).map(|_| resources.view())).await;
    let views: Vec<_> = open.into_iter().map(|view| view.expect("a view")).collect();
    assert_eq!(resources.revision().await.expect("a question finds a connection"), Revision(0));
    let end = async {
        tokio::time::sleep(LONG).await;
        drop(views);
    };
    let (third, ()) = join(resources.view(), end).await;
    assert!(third.is_ok(), "{:?}", third.err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_holds_whatever_isolation_the_database_has() {
    for isolation in ["read committed", "repeatable read", "serializable"] {
        let url = testing::database().await;
        let (_, name) = url.split('?').next().and_then(|url| url.rsplit_once('/')).expect("a database's name");
        let mut admin = url.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a connection");
        let set = format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(&mut admin).await.expect("a setting");
        let (one, two) = join(node(&url), node(&url)).await;
        let take = |node: &PostgresStore| {
            let counters = node.counters();
            async move {
                let counter = Counter { scope: scope(), group: "plan".to_owned(), member: "key".to_owned() };
                let wish = Take { counter, day: Day(0), first: Day(0), limit: 100, wanted: 3 };
                let mut sum = 0;
                for _ in 0..25 {
                    sum += counters.take(std::slice::from_ref(&wish)).await.expect("it counts")[0].granted;
                }
                sum
            }
        };
        let sums = join_all([take(&one), take(&two), take(&one), take(&two)]).await;
        assert_eq!(sums.iter().sum::<u64>(), 100, "{isolation}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_hears_of_another_nodes_commit_at_once() {
    let url = testing::database().await;
    // Its clock stands still, so that it never polls: only a notification can wake it.
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let listener = PostgresStore::open(&url, &PostgresOptions::new(clock)).await.expect("it opens");
    let writer = node(&url).await;
    let (resources, other) = (listener.resources(), writer.resources());
    for n in 0..3 {
        let (heard, committed) = join(resources.changed(Revision(n)), other.commit(put("cat"))).await;
        assert_eq!(heard.expect("changed"), committed.expect("commit"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_hears_nothing_asks_when_its_time_has_come() {
    let url = testing::database().await;
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let options = PostgresOptions::new(Arc::<ManualClock>::clone(&clock));
    let poll = options.poll;
    let node = PostgresStore::open(&url, &options).await.expect("it opens");
    let resources = node.resources();
    assert_eq!(resources.commit(put("cat")).await.expect("commit"), Revision(1));
    let asking = resources.changed(Revision(1));
    let mut asking = std::pin::pin!(asking);
    assert!(futures_util::future::poll_immediate(&mut asking).await.is_none(), "it waits");
    clock.advance(poll);
    assert_eq!(asking.await.expect("changed"), Revision(1), "nothing new, but it asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_is_a_fault_until_it_returns() {
    let server = testing::Server::start();
    let url = server.database().await;
    let (one, two) = join(node(&url), node(&url)).await;
    let (resources, other) = (one.resources(), two.resources());
    let batch = Batch { audit: vec![audit("before")], ..put("cat") };
    assert_eq!(resources.commit(batch).await.expect("commit"), Revision(1));
    let mut open = resources.view().await.expect("view");
    assert!(open.get(&key("cat")).await.expect("get").is_some());

    let server = kill(server).await;
    open.get(&key("cat")).await.expect_err("the view is lost");
    drop(open);
    resources.view().await.map(|view| view.revision()).expect_err("nobody answers");
    let refused = resources.commit(put("dog")).await;
    assert!(matches!(refused, Err(CommitError::Fault(_))), "{refused:?}");
    resources.append_audit(vec![audit("meanwhile")]).await.expect_err("nobody answers");
    resources.revision().await.expect_err("nobody answers");
    resources.changed(Revision(1)).await.expect_err("nobody answers");
    one.events().bytes().await.expect_err("nobody answers");

    let _server = restart(server).await;
    let mut view = resources.view().await.expect("it is back");
    assert_eq!(view.revision(), Revision(1));
    assert!(view.get(&key("cat")).await.expect("get").is_some());
    assert_eq!(resources.commit(put("dog")).await.expect("it is back"), Revision(2));
    assert_eq!(one.events().bytes().await.expect("it is back"), 0);
    // The other node, which did nothing meanwhile, hears of it: by its listener, made anew, or by asking.
    assert_eq!(other.changed(Revision(1)).await.expect("it is back"), Revision(2));
}

async fn kill(mut server: testing::Server) -> testing::Server {
    let killed = tokio::task::spawn_blocking(move || {
        server.kill();
        server
    });
    killed.await.expect("it is killed")
}

async fn restart(mut server: testing::Server) -> testing::Server {
    let restarted = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    });
    restarted.await.expect("it starts again")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_in_its_tracks_does_not_hold_the_others_for_ever() {
    let url = testing::database().await;
    let node = node(&url).await;
    let stuck = url.parse::<sqlx::postgres::PgConnectOptions>().expect("a URL").connect().await;
    let mut stuck = stuck.expect("the server answers");
    let mut transaction = stuck.begin().await.expect("begin");
    // What a commit does first, with less time than it gives itself.
    let lock = "SELECT set_config('idle_in_transaction_session_timeout', '100ms', true) FROM installation FOR UPDATE";
    sqlx::query(lock).execute(&mut *transaction).await.expect("the lock");
    assert_eq!(node.resources().commit(put("cat")).await.expect("the lock is taken away"), Revision(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_is_left_alone() {
    let url = testing::database().await;
    node(&url).await.close().await;
    let other = url.parse::<sqlx::postgres::PgConnectOptions>().expect("a URL").connect().await;
    let mut connection = other.expect("the server answers");
    sqlx::query("INSERT INTO format VALUES (99)").execute(&mut connection).await.expect("a step");
    let refused = PostgresStore::open(&url, &options()).await.expect_err("it is newer");
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_told_without_the_password() {
    let url = "postgres://portcullis:hunter2@127.0.0.1:1/none";
    let refused = PostgresStore::open(url, &options()).await.expect_err("nobody listens there");
    assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
}
