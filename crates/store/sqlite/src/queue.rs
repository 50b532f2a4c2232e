//! The queue: a small database of its own, synced before an answer, so that what was accepted outlives the power.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::{Scope, Timestamp};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use store_records::Fault;
use store_records::queue::{self, Claim, Claimed, Item, Put, Queue, Room, Settled, Tries};
use store_records::time::{from_nanoseconds, to_nanoseconds};

use crate::directory::{Directory, Durability, writing};
use crate::{OpenError, migrate};

/// `queue.db`.
#[derive(Debug)]
pub(crate) struct SqliteQueue {
    // One connection: transactions come one after the other, and callers put many items into one.
    pool: SqlitePool,
    _directory: Arc<Directory>,
}

/// How long a caller waits for the connection before that is a fault.
const WAIT: Duration = Duration::from_secs(10);

impl SqliteQueue {
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        let file = directory.database("queue.db")?;
        let fail = |source| OpenError::Database { file: file.clone(), source };
        let options = SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false).max_connections(1);
        let pool = options.connect_with(writing(&file, Durability::Power)).await.map_err(fail)?;
        let mut connection = pool.acquire().await.map_err(fail)?;
        migrate::run(&mut connection, &file, migrate::QUEUE).await?;
        // The directory is locked: whoever held a claim is gone.
        sqlx::query("UPDATE item SET visible = accepted, claimed = 0 WHERE claimed = 1")
            .execute(&mut *connection)
            .await
            .map_err(fail)?;
        drop(connection);
        Ok(Self { pool, _directory: Arc::clone(directory) })
    }

    /// Gives free pages back, folds the write-ahead log and closes.
    pub(crate) async fn close(&self) {
        for statement in ["PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            if let Err(error) = sqlx::query(statement).execute(&self.pool).await {
                tracing::warn!(%error, "the queue did not close in order");
            }
        }
        self.pool.close().await;
    }
}

fn fault(what: &'static str) -> impl Fn(sqlx::Error) -> Fault {
    move |error| Fault::new(what, error)
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn put(&self, items: &[Item], until: Option<Timestamp>, room: Room) -> Result<Vec<Put>, Fault> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let fail = fault("queueing");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            let mut taken = taken(&mut transaction, &item.scope).await.map_err(&fail)?;
            let answer = room.admit(&mut taken, item);
            if answer == Put::Stored {
                insert(&mut transaction, item, until).await.map_err(&fail)?;
                add(&mut transaction, &item.scope, 1, number(item.stored_bytes())).await.map_err(&fail)?;
            }
            answers.push(answer);
        }
        transaction.commit().await.map_err(&fail)?;
        Ok(answers)
    }

    async fn claim(&self, now: Timestamp, until: Timestamp, items_max: u32) -> Result<Vec<Claimed>, Fault> {
        let fail = fault("claiming");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, id, account, region, accepted, claims, failures, delays FROM item WHERE visible <= ? \
             ORDER BY visible, number LIMIT ?",
        )
        .bind(to_nanoseconds(now))
        .bind(items_max)
        .fetch_all(&mut *transaction)
        .await
        .map_err(&fail)?;
        let mut payloads = Vec::with_capacity(rows.len());
        for row in &rows {
            payloads.push(take(&mut transaction, row, until).await.map_err(&fail)?);
        }
        transaction.commit().await.map_err(&fail)?;
        rows.into_iter().zip(payloads).map(|(row, payload)| claimed(row, payload)).collect()
    }

    async fn hold(&self, claims: &[Claim], until: Timestamp) -> Result<(), Fault> {
        let fail = fault("holding claims");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        for claim in claims {
            sqlx::query("UPDATE item SET visible = ? WHERE id = ? AND claims = ?")
                .bind(to_nanoseconds(until))
                .bind(&claim.id.0.as_bytes()[..])
                .bind(claim.number)
                .execute(&mut *transaction)
                .await
                .map_err(&fail)?;
        }
        transaction.commit().await.map_err(&fail)
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Fault> {
        let fail = fault("settling claims");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        for ended in settled {
            match ended {
                Settled::Done(claim) => remove(&mut transaction, claim).await,
                Settled::Later { claim, due, tries } => postpone(&mut transaction, claim, *due, tries).await,
            }
            .map_err(&fail)?;
        }
        transaction.commit().await.map_err(&fail)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Fault> {
        let next: Option<i64> = sqlx::query_scalar("SELECT min(visible) FROM item")
            .fetch_one(&self.pool)
            .await
            .map_err(fault("looking for what is due"))?;
        Ok(next.map(from_nanoseconds))
    }

    async fn waiting(&self, scope: &Scope) -> Result<Room, Fault> {
        let fail = fault("measuring a queue");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        taken(&mut connection, scope).await.map_err(&fail)
    }
}

/// An item without its payload: its number here, id, account, region, when it was accepted, and how often it was claimed,
/// failed and was put off.
type Row = (i64, Vec<u8>, String, String, i64, i64, u32, u32);

/// Marks a row as claimed, and reads what it is.
async fn take(connection: &mut SqliteConnection, row: &Row, until: Timestamp) -> Result<Vec<u8>, sqlx::Error> {
    sqlx::query("UPDATE item SET visible = ?, claims = claims + 1, claimed = 1 WHERE number = ?")
        .bind(to_nanoseconds(until))
        .bind(row.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("SELECT payload FROM item_payload WHERE number = ?").bind(row.0).fetch_one(connection).await
}

fn claimed(
    (_, id, account, region, accepted, claims, failures, delays): Row,
    payload: Vec<u8>,
) -> Result<Claimed, Fault> {
    let item = queue::item((&id, &account, &region, accepted), payload)?;
    let claim = Claim { id: item.id, number: claims + 1 };
    Ok(Claimed { item, claim, tries: Tries { failures, delays } })
}

async fn insert(connection: &mut SqliteConnection, item: &Item, until: Option<Timestamp>) -> Result<(), sqlx::Error> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO item (id, account, region, accepted, visible, claims, claimed, failures, delays, bytes) \
         VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?) RETURNING number",
    )
    .bind(&item.id.0.as_bytes()[..])
    .bind(item.scope.account.as_str())
    .bind(item.scope.region.as_str())
    .bind(to_nanoseconds(item.accepted))
    .bind(to_nanoseconds(until.unwrap_or(item.accepted)))
    .bind(i64::from(until.is_some()))
    .bind(i64::from(until.is_some()))
    .bind(number(item.stored_bytes()))
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO item_payload (number, payload) VALUES (?, ?)")
        .bind(number)
        .bind(&item.payload[..])
        .execute(connection)
        .await
        .map(drop)
}

async fn remove(connection: &mut SqliteConnection, claim: &Claim) -> Result<(), sqlx::Error> {
    let gone: Option<(i64, String, String, i64)> =
        sqlx::query_as("DELETE FROM item WHERE id = ? AND claims = ? RETURNING number, account, region, bytes")
            .bind(&claim.id.0.as_bytes()[..])
            .bind(claim.number)
            .fetch_optional(&mut *connection)
            .await?;
    let Some((number, account, region, bytes)) = gone else { return Ok(()) };
    sqlx::query("DELETE FROM item_payload WHERE number = ?").bind(number).execute(&mut *connection).await?;
    sqlx::query("UPDATE room SET items = items - 1, bytes = bytes - ? WHERE account = ? AND region = ?")
        .bind(bytes)
        .bind(account)
        .bind(region)
        .execute(connection)
        .await
        .map(drop)
}

async fn postpone(
    connection: &mut SqliteConnection,
    claim: &Claim,
    due: Timestamp,
    tries: &Tries,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE item SET visible = ?, claimed = 0, failures = ?, delays = ? WHERE id = ? AND claims = ?")
        .bind(to_nanoseconds(due))
        .bind(tries.failures)
        .bind(tries.delays)
        .bind(&claim.id.0.as_bytes()[..])
        .bind(claim.number)
        .execute(connection)
        .await
        .map(drop)
}

async fn taken(connection: &mut SqliteConnection, scope: &Scope) -> Result<Room, sqlx::Error> {
    let found: Option<(i64, i64)> = sqlx::query_as("SELECT items, bytes FROM room WHERE account = ? AND region = ?")
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_optional(connection)
        .await?;
    let (items, bytes) = found.unwrap_or_default();
    Ok(Room { items: items.unsigned_abs(), bytes: bytes.unsigned_abs() })
}

async fn add(connection: &mut SqliteConnection, scope: &Scope, items: i64, bytes: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO room (account, region, items, bytes) VALUES (?, ?, ?, ?) \
         ON CONFLICT (account, region) DO UPDATE SET items = items + excluded.items, bytes = bytes + excluded.bytes",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(items)
    .bind(bytes)
    .execute(connection)
    .await
    .map(drop)
}

/// SQLite counts to 2^63; a larger number is as good as that one.
fn number(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
