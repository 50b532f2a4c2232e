//! The blobs: a database of their own, synced like the documents that name them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::{Scope, Timestamp};
use bytes::Bytes;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use store_records::time::to_nanoseconds;
use store_records::{BlobKey, Blobs, Fault, Swept};

use crate::directory::{Directory, Durability, reading, writing};
use crate::{OpenError, migrate};

/// `blobs.db`.
#[derive(Debug)]
pub(crate) struct SqliteBlobs {
    readers: SqlitePool,
    writer: SqlitePool,
    _directory: Arc<Directory>,
}

/// Connections that read at once, at most.
const READERS_MAX: u32 = 4;

/// How long a caller waits for a connection before that is a fault. The one writer may be busy with large blobs.
const WAIT: Duration = Duration::from_secs(30);

/// Blobs that go in one transaction, so that putting never waits long.
const SWEEP_STEP: i64 = 50;

impl SqliteBlobs {
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        let file = directory.database("blobs.db")?;
        let fail = |source| OpenError::Database { file: file.clone(), source };
        let pool = || SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false);
        // What was answered must be there after a loss of power: a committed function names it.
        let writing = writing(&file, Durability::Power).thread_name(|_| "blobs-write".to_owned());
        let writer = pool().max_connections(1).connect_with(writing).await.map_err(fail)?;
        let mut connection = writer.acquire().await.map_err(fail)?;
        migrate::run(&mut connection, &file, migrate::BLOBS).await?;
        drop(connection);
        let readers = pool().max_connections(READERS_MAX).connect_lazy_with(reading(&file));
        Ok(Self { readers, writer, _directory: Arc::clone(directory) })
    }

    /// Folds the write-ahead log and closes.
    pub(crate) async fn close(&self) {
        let _ = futures_util::future::poll_immediate(self.readers.close()).await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await {
            tracing::warn!(%error, "the store of blobs did not close in order");
        }
        self.writer.close().await;
    }

    /// Takes away some of what was not seen since `before`.
    async fn sweep_step(&self, before: i64) -> Result<Swept, sqlx::Error> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let old: Vec<(i64, i64)> =
            sqlx::query_as("SELECT number, bytes FROM blob WHERE seen < ? ORDER BY seen LIMIT ?")
                .bind(before)
                .bind(SWEEP_STEP)
                .fetch_all(&mut *transaction)
                .await?;
        for (number, _) in &old {
            for statement in ["DELETE FROM blob WHERE number = ?", "DELETE FROM blob_bytes WHERE number = ?"] {
                sqlx::query(statement).bind(number).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(Swept { blobs: old.len() as u64, bytes: old.iter().map(|(_, bytes)| *bytes as u64).sum() })
    }
}

fn fault(what: &'static str) -> impl Fn(sqlx::Error) -> Fault {
    move |error| Fault::new(what, error)
}

#[async_trait]
impl Blobs for SqliteBlobs {
    async fn store(&self, key: &BlobKey, bytes: Bytes, now: Timestamp) -> Result<(), Fault> {
        let fail = fault("storing a blob");
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let made: Option<i64> = sqlx::query_scalar(
            "INSERT INTO blob (account, region, digest, bytes, seen) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT DO NOTHING RETURNING number",
        )
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.digest[..])
        .bind(bytes.len() as i64)
        .bind(to_nanoseconds(now))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(&fail)?;
        let rest = match made {
            Some(number) => sqlx::query("INSERT INTO blob_bytes (number, payload) VALUES (?, ?)")
                .bind(number)
                .bind(&bytes[..])
                .execute(&mut *transaction)
                .await
                .map(drop),
            None => see(&mut transaction, key, now).await,
        };
        rest.map_err(&fail)?;
        transaction.commit().await.map_err(&fail)
    }

    async fn read(&self, key: &BlobKey) -> Result<Option<Bytes>, Fault> {
        let payload: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT payload FROM blob JOIN blob_bytes USING (number) WHERE account = ? AND region = ? AND digest = ?",
        )
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.digest[..])
        .fetch_optional(&self.readers)
        .await
        .map_err(fault("reading a blob"))?;
        Ok(payload.map(Bytes::from))
    }

    async fn exists(&self, key: &BlobKey) -> Result<bool, Fault> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blob WHERE account = ? AND region = ? AND digest = ?)")
            .bind(key.scope.account.as_str())
            .bind(key.scope.region.as_str())
            .bind(&key.digest[..])
            .fetch_one(&self.readers)
            .await
            .map_err(fault("looking for a blob"))
    }

    async fn bytes(&self, scope: &Scope) -> Result<u64, Fault> {
        let bytes: i64 =
            sqlx::query_scalar("SELECT coalesce(sum(bytes), 0) FROM blob WHERE account = ? AND region = ?")
                .bind(scope.account.as_str())
                .bind(scope.region.as_str())
                .fetch_one(&self.readers)
                .await
                .map_err(fault("measuring blobs"))?;
        Ok(bytes as u64)
    }

    async fn keep(&self, keys: &[BlobKey], now: Timestamp) -> Result<(), Fault> {
        let fail = fault("keeping blobs");
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        for key in keys {
            see(&mut transaction, key, now).await.map_err(&fail)?;
        }
        transaction.commit().await.map_err(&fail)
    }

    async fn sweep(&self, before: Timestamp) -> Result<Swept, Fault> {
        let fail = fault("sweeping blobs");
        let mut swept = Swept::default();
        loop {
            let step = self.sweep_step(to_nanoseconds(before)).await.map_err(&fail)?;
            if step.blobs == 0 {
                break;
            }
            swept.blobs += step.blobs;
            swept.bytes += step.bytes;
        }
        if swept.blobs > 0 {
            sqlx::query("PRAGMA incremental_vacuum").execute(&self.writer).await.map_err(&fail)?;
        }
        Ok(swept)
    }
}

/// Notes that a blob is wanted; a clock that went back does not make it older.
async fn see(connection: &mut sqlx::SqliteConnection, key: &BlobKey, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE blob SET seen = max(seen, ?) WHERE account = ? AND region = ? AND digest = ?")
        .bind(to_nanoseconds(now))
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.digest[..])
        .execute(connection)
        .await
        .map(drop)
}
