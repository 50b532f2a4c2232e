//! Measures durable commits a second, for one committer and for many at once.
//!
//! `cargo run --release -p store-sqlite --example commits [DIR]`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base::{AccountId, Region, Scope, Timestamp};
use futures_util::future::join_all;
use store_resources::{AuditEntry, Batch, Key, Resources, Table, Write};
use store_sqlite::SqliteStore;

const SPAN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let dir = std::env::args().nth(1).map_or_else(|| temporary.path().to_owned(), Into::into);
    let store = SqliteStore::open(&dir).await?;
    for committers in [1, 8, 64] {
        let done = Arc::new(AtomicU64::new(0));
        let start = Instant::now();
        let commit = |committer| commit_for_a_while(store.resources(), committer, start, Arc::clone(&done));
        join_all((0..committers).map(commit).map(tokio::spawn)).await;
        let rate = done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        println!("{committers:>3} committers: {rate:>8.0} commits/s");
    }
    store.close().await;
    Ok(())
}

/// Each commit writes a document of 1 KiB, an index entry and an audit record.
async fn commit_for_a_while(resources: Arc<dyn Resources>, committer: u32, start: Instant, done: Arc<AtomicU64>) {
    let account = AccountId::parse("111111111111").expect("digits");
    let scope = Scope { account, region: Region::parse("eu-west-1").expect("a region") };
    for n in 0_u64.. {
        if start.elapsed() >= SPAN {
            return;
        }
        let name = format!("{committer}/{}", n % 100);
        let index = vec![("name".to_owned(), name.clone())];
        let write = Write::Put { key: Key::new(scope.clone(), Table("t"), &*name), value: vec![b'x'; 1_024], index };
        let audit = AuditEntry {
            scope: scope.clone(),
            event_id: format!("{committer}-{n}"),
            time: Timestamp::UNIX_EPOCH,
            event_name: "CreateRestApi".to_owned(),
            event_source: "apigateway.amazonaws.com".to_owned(),
            read_only: false,
            username: Some("root".to_owned()),
            access_key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
            resources: vec![("AWS::ApiGateway::RestApi".to_owned(), name)],
            record: "x".repeat(700),
        };
        let batch = Batch { writes: vec![write], audit: vec![audit], ..Batch::default() };
        resources.commit(batch).await.expect("a commit");
        done.fetch_add(1, Ordering::Relaxed);
    }
}
