//! The data directory: private, locked, kept over restarts, and not opened by an older version.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base::{AccountId, Region, Scope, Timestamp};
use sqlx::{ConnectOptions as _, Connection as _};
use store_resources::{Batch, Key, Revision, Table, Write};
use store_sqlite::{OpenError, SqliteStore};

fn key() -> Key {
    let scope = Scope {
        account: AccountId::parse("111111111111").expect("digits"),
        region: Region::parse("eu-west-1").expect("a region"),
    };
    Key::new(scope, Table("pets"), "cat")
}

fn batch() -> Batch {
    let write = Write::Put { key: key(), value: b"meow".to_vec(), index: Vec::new() };
    Batch { writes: vec![write], ..Batch::default() }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[tokio::test]
async fn what_is_in_the_directory_is_for_its_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let store = SqliteStore::open(&dir).await.unwrap();
    store.resources().commit(batch()).await.unwrap();
    assert_eq!(mode(&dir), 0o700);
    let entries = |dir: &Path| std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let (folders, mut files): (Vec<_>, Vec<_>) = entries(&dir).into_iter().partition(|path| path.is_dir());
    for folder in &folders {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
        files.extend(entries(folder));
    }
    for name in ["resources.db-wal", "records/0000000001.index", "records/0000000001.blocks"] {
        assert!(files.iter().any(|file| file.ends_with(name)), "{name} in {files:?}");
    }
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_second_process_is_told_that_the_directory_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let refused = SqliteStore::open(dir.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(refused.to_string().starts_with("another portcullis serves this data directory"), "{refused}");
    store.close().await;
    drop(store);
    SqliteStore::open(dir.path()).await.expect("it is free again");
}

#[tokio::test]
async fn closing_folds_the_logs_and_a_restart_finds_everything() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let resources = store.resources();
    assert_eq!(resources.commit(batch()).await.unwrap(), Revision(1));
    store.close().await;
    let length = std::fs::metadata(dir.path().join("resources.db-wal")).map_or(0, |file| file.len());
    assert_eq!(length, 0);
    store.events().append(Vec::new()).await.expect("nothing to do");
    resources.commit(batch()).await.expect_err("the store is closed");
    resources.changed(Revision(9)).await.expect_err("the store is closed");
    drop((store, resources));

    let store = SqliteStore::open(dir.path()).await.unwrap();
    let mut view = store.resources().view().await.unwrap();
    assert_eq!(view.revision(), Revision(1));
    assert_eq!(view.get(&key()).await.unwrap().unwrap().value, b"meow");
    assert_eq!(store.resources().commit(batch()).await.unwrap(), Revision(2));
}

#[tokio::test]
async fn a_directory_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    SqliteStore::open(dir.path()).await.unwrap().close().await;
    let file = dir.path().join("counters.db");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("PRAGMA user_version = 99").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let refused = SqliteStore::open(dir.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let refused = SqliteStore::open(&file.join("data")).await.unwrap_err();
    assert!(matches!(refused, OpenError::Directory { .. }), "{refused}");
    let garbage = parent.path().join("data");
    std::fs::create_dir(&garbage).unwrap();
    std::fs::write(garbage.join("resources.db"), "not a database, however long this text may be".repeat(50)).unwrap();
    let refused = SqliteStore::open(&garbage).await.unwrap_err();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused}");
}

#[tokio::test]
async fn retention_gives_disk_space_back() {
    const SEGMENT: u64 = 4 * 1024 * 1024;
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let stream = store_records::Stream { scope: key().scope, name: "trail".to_owned() };
    for round in 0..40_u32 {
        let blocks = (0..10).map(|n| {
            let mut builder = store_records::BlockBuilder::new(stream.clone());
            // Random ids do not compress.
            let noise: Vec<u8> = (0..2_000).flat_map(|_| uuid::Uuid::new_v4().into_bytes()).collect();
            builder.push(Timestamp::from_second(i64::from(round * 10 + n)).unwrap(), None, &noise).unwrap();
            builder.finish().unwrap()
        });
        store.events().append(blocks.collect()).await.unwrap();
    }
    let on_disk = || -> u64 {
        let files = std::fs::read_dir(dir.path().join("records")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    let before = on_disk();
    let kept = 1_000_000;
    store.events().prune(Timestamp::MIN, kept).await.unwrap();
    assert!(store.events().bytes().await.unwrap() <= kept);
    assert!(before > 3 * SEGMENT && on_disk() < kept + SEGMENT, "{before} bytes before, {} for {kept}", on_disk());
    store.events().prune(Timestamp::MIN, 0).await.unwrap();
    assert!(on_disk() < 100, "{} bytes of nothing", on_disk());
}
