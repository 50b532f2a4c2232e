//! The logs outlive a restart, a killed process and an earlier version's format, whole.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use store_records::time::to_nanoseconds;
use store_records::{Block, BlockBuilder, BlockQuery, FindQuery, StoredBlock, Stream};
use store_sqlite::{OpenError, SqliteStore};

fn block(name: &str, second: i64, request: RequestId) -> Block {
    let scope = Scope {
        account: AccountId::parse("111111111111").expect("digits"),
        region: Region::parse("eu-west-1").expect("a region"),
    };
    let mut builder = BlockBuilder::new(Stream { scope, name: name.to_owned() });
    let time = Timestamp::from_second(second).expect("inside the calendar");
    builder.push(time, Some(request), format!("{name} at {second}").as_bytes()).expect("it fits");
    builder.finish().expect("it has an entry")
}

async fn all(store: &SqliteStore) -> Vec<StoredBlock> {
    store.events().read(&BlockQuery::everything()).await.expect("read")
}

fn contents(stored: Vec<StoredBlock>) -> Vec<Block> {
    stored.into_iter().map(|stored| stored.block).collect()
}

#[tokio::test]
async fn a_restart_finds_everything_but_what_retention_took() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = RequestId::random();
    // More than an hour: several segments.
    let blocks: Vec<Block> = (0..10).map(|n| block("trail", n * 1_000, RequestId::random())).collect();
    let mut blocks = blocks;
    blocks.push(block("access/a/prod", 9_000, wanted));
    let store = SqliteStore::open(dir.path()).await.unwrap();
    for block in &blocks {
        store.events().append(vec![block.clone()]).await.unwrap();
    }
    let before = Timestamp::from_second(2_500).unwrap();
    assert_eq!(store.events().prune(before, u64::MAX).await.unwrap().blocks, 3);
    let kept = all(&store).await;
    assert_eq!(contents(kept.clone()), blocks[3..]);
    let bytes = store.events().bytes().await.unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(all(&store).await, kept, "with the same numbers");
    assert_eq!(store.events().bytes().await.unwrap(), bytes);
    let query = FindQuery { request: wanted, scope: None, stream_prefix: String::new() };
    assert_eq!(store.events().find(&query).await.unwrap().len(), 1);
    store.events().prune(Timestamp::MAX, u64::MAX).await.unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(all(&store).await, []);
    store.events().append(vec![blocks[0].clone()]).await.unwrap();
    let newest = kept.last().map(|block| block.sequence).unwrap();
    assert!(all(&store).await[0].sequence > newest, "no number is given twice");
}

#[tokio::test]
async fn a_closed_store_takes_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let one = block("trail", 0, RequestId::random());
    store.events().append(vec![one.clone()]).await.unwrap();
    store.close().await;
    store.events().append(vec![one.clone()]).await.expect_err("it is closed");
    drop(store);
    assert_eq!(contents(all(&SqliteStore::open(dir.path()).await.unwrap()).await), [one]);
}

#[tokio::test]
async fn a_damaged_segment_is_named_and_the_others_are_readable_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let blocks: Vec<Block> = (0..3).map(|n| block("trail", n * 4_000, RequestId::random())).collect();
    for block in &blocks {
        store.events().append(vec![block.clone()]).await.unwrap();
        store.events().append(vec![block.clone()]).await.unwrap();
    }
    // With this, what is finished is on the disk.
    store.events().prune(Timestamp::MIN, u64::MAX).await.unwrap();
    store.close().await;
    drop(store);
    for (file, at) in [("0000000001.index", 40), ("0000000001.blocks", 10)] {
        let path = dir.path().join("records").join(file);
        let whole = std::fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        std::fs::write(&path, &damaged).unwrap();
        let store = SqliteStore::open(dir.path()).await.expect("the newest segment is whole");
        let fault = store.events().read(&BlockQuery::everything()).await.unwrap_err();
        let told = std::error::Error::source(&fault).map(ToString::to_string).unwrap_or_default();
        assert!(told.contains(file) && told.contains("damaged"), "{told}");
        store.close().await;
        drop(store);
        std::fs::write(&path, whole).unwrap();
    }
    std::fs::remove_file(dir.path().join("records/0000000001.index")).unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let readable: Vec<i64> = all(&store).await.iter().map(|block| block.block.first.as_second()).collect();
    assert!(!readable.is_empty() && readable.iter().all(|second| *second >= 4_000), "{readable:?}");
}

#[tokio::test]
async fn a_damaged_segment_does_not_keep_retention_from_the_others_and_goes_with_what_is_readable_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    // Segments of two appends each: an hour and a little.
    for second in [0, 4_000, 10_000, 14_000, 20_000, 24_000] {
        store.events().append(vec![block("trail", second, RequestId::random())]).await.unwrap();
    }
    store.events().prune(Timestamp::MIN, u64::MAX).await.unwrap();
    store.close().await;
    drop(store);
    let index = |number: u32| dir.path().join(format!("records/{number:010}.index"));
    // Of the first its second batch cannot be read, of the second nothing.
    for (number, at) in [(1, std::fs::metadata(index(1)).unwrap().len() as usize - 5), (2, 3)] {
        let mut bytes = std::fs::read(index(number)).unwrap();
        bytes[at] ^= 0x20;
        std::fs::write(index(number), bytes).unwrap();
    }
    let store = SqliteStore::open(dir.path()).await.unwrap();
    store.events().read(&BlockQuery::everything()).await.expect_err("readers are told");
    let late = BlockQuery { from: Timestamp::from_second(24_000).unwrap(), ..BlockQuery::everything() };
    store.events().read(&late).await.expect_err("whatever times they ask for: who knows what it held");
    let before = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(store.events().prune(before(1), u64::MAX).await.unwrap().blocks, 1);
    assert!(!index(1).exists(), "the last of what could be read has gone");
    assert_eq!(store.events().prune(before(22_000), u64::MAX).await.unwrap().blocks, 1);
    assert!(index(2).exists(), "nobody can say what it holds");
    store.events().read(&late).await.expect_err("so readers are still told");
    std::fs::remove_file(index(2)).unwrap();
    assert_eq!(store.events().read(&late).await.unwrap().len(), 1);
}

/// As the version before segments made it.
async fn old_database(dir: &Path, blocks: &[Block]) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("records.db")).create_if_missing(true);
    let mut connection =
        options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal).connect().await.expect("SQLite does it");
    sqlx::raw_sql(include_str!("../src/schema/records_1.sql")).execute(&mut connection).await.expect("SQLite does it");
    sqlx::raw_sql("PRAGMA user_version = 1").execute(&mut connection).await.expect("SQLite does it");
    for (sequence, block) in (1_i64..).zip(blocks) {
        sqlx::query("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(sequence)
            .bind(block.stream.scope.account.as_str())
            .bind(block.stream.scope.region.as_str())
            .bind(&block.stream.name)
            .bind(to_nanoseconds(block.first))
            .bind(to_nanoseconds(block.last))
            .bind(block.entries)
            .bind(block.stored_bytes() as i64)
            .execute(&mut connection)
            .await
            .expect("SQLite does it");
        for (statement, bytes) in [
            ("INSERT INTO block_filter VALUES (?, ?)", block.filter.as_bytes()),
            ("INSERT INTO block_payload VALUES (?, ?)", &block.payload),
        ] {
            sqlx::query(statement).bind(sequence).bind(bytes).execute(&mut connection).await.expect("SQLite does it");
        }
    }
    connection
}

#[tokio::test]
async fn the_logs_of_an_earlier_version_are_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let blocks: Vec<Block> = (0..150).map(|n| block("trail", n, RequestId::random())).collect();
    // Killed, so that some of it is in the write-ahead log alone.
    let killed = old_database(dir.path(), &blocks).await;
    std::mem::forget(killed);
    // And an attempt at this that broke off.
    std::fs::create_dir(dir.path().join("records.new")).unwrap();
    std::fs::write(dir.path().join("records.new/0000000001.index"), "half").unwrap();
    for _ in 0..2 {
        let store = SqliteStore::open(dir.path()).await.unwrap();
        assert_eq!(contents(all(&store).await), blocks);
        store.close().await;
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        let old = |name: &&std::ffi::OsString| {
            let name = name.to_string_lossy();
            name.starts_with("records.")
        };
        assert_eq!(left.iter().filter(old).count(), 0, "{left:?}");
    }
}

#[tokio::test]
async fn logs_that_were_taken_over_already_are_not_taken_twice() {
    let dir = tempfile::tempdir().unwrap();
    let one = block("trail", 1, RequestId::random());
    let store = SqliteStore::open(dir.path()).await.unwrap();
    store.events().append(vec![one.clone()]).await.unwrap();
    store.close().await;
    drop(store);
    // Died between putting the copy in place and removing the database.
    old_database(dir.path(), std::slice::from_ref(&one)).await.close().await.unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(contents(all(&store).await), [one]);
    assert!(!dir.path().join("records.db").exists());
}

#[tokio::test]
async fn logs_of_a_newer_version_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut connection = old_database(dir.path(), &[]).await;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let refused = SqliteStore::open(dir.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
    assert!(dir.path().join("records.db").exists());

    let dir = tempfile::tempdir().unwrap();
    SqliteStore::open(dir.path()).await.unwrap().close().await;
    std::fs::write(dir.path().join("records/0000000001.index"), b"pcindex\x63").unwrap();
    let refused = SqliteStore::open(dir.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
}

/// Tells the second process where to write.
const CHILD: &str = "STORE_SQLITE_RECORDS_TEST_DIR";

/// Tells it which of them it is.
const ROUND: &str = "STORE_SQLITE_RECORDS_TEST_ROUND";

const NAME: &str = "every_acknowledged_block_survives_a_killed_process_and_none_is_half_there";

/// The test runs itself again as the process to be killed, which prints each append once it is acknowledged.
#[test]
fn every_acknowledged_block_survives_a_killed_process_and_none_is_half_there() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    if let Some(dir) = std::env::var_os(CHILD) {
        let round: i64 = std::env::var(ROUND).expect("it is set").parse().expect("a number");
        runtime.block_on(append_for_ever(&PathBuf::from(dir), round));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..10 {
        acknowledged.extend(kill_after(dir.path(), round, 1 + (round * 53) % 300));
        runtime.block_on(check(dir.path(), &acknowledged));
    }
}

fn kill_after(dir: &Path, round: usize, count: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, dir)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut next = || lines.by_ref().map_while(Result::ok).find_map(|line| Some(line.split_once("ack ")?.1.to_owned()));
    let said: Vec<String> = (0..count).map(|_| next().expect("the child writes for ever")).collect();
    child.kill().expect("it runs");
    child.wait().expect("it ran");
    // What was printed before the kill was acknowledged as well; the last line may be cut off.
    let rest = std::iter::from_fn(next).filter(|line| line.ends_with(';'));
    said.into_iter().chain(rest).map(|line| line.trim_end_matches(';').to_owned()).collect()
}

async fn append_for_ever(dir: &Path, round: i64) {
    let store = SqliteStore::open(dir).await.expect("the lock of the killed process is gone");
    for n in 0_i64.. {
        let name = format!("{round}-{n}");
        // Every few appends a new segment begins.
        let second = (round * 100_000 + n) * 600;
        let pair = ["one", "two"].map(|half| block(&format!("{name}/{half}"), second, RequestId::random()));
        store.events().append(pair.to_vec()).await.expect("append");
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {name};").expect("the parent listens");
        out.flush().expect("the parent listens");
    }
}

async fn check(dir: &Path, acknowledged: &[String]) {
    let store = SqliteStore::open(dir).await.expect("it opens after a kill");
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for block in all(&store).await {
        block.decode().expect("it is whole");
        let (name, half) = block.stream().name.split_once('/').expect("two parts");
        stored.entry(name.to_owned()).or_default().push(half.to_owned());
    }
    assert!(stored.values().all(|halves| halves[..] == ["one", "two"]), "half an append, or one twice");
    let lost: Vec<&String> = acknowledged.iter().filter(|name| !stored.contains_key(*name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    store.close().await;
}
