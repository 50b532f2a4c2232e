//! The counters: a small database of their own, synced before an answer, so that a quota outlives the power.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::{Day, Scope, Timestamp};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use store_records::Fault;
use store_records::counters::{Counter, Counters, GiveBack, Take, Taken, Used, extension, granted};
use store_records::time::to_nanoseconds;

use crate::directory::{Directory, Durability, writing};
use crate::{OpenError, migrate};

/// `counters.db`.
#[derive(Debug)]
pub(crate) struct SqliteCounters {
    // One connection: transactions come one after the other, and each is small.
    pool: SqlitePool,
    _directory: Arc<Directory>,
}

/// How long a caller waits for the connection before that is a fault.
const WAIT: Duration = Duration::from_secs(10);

impl SqliteCounters {
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        let file = directory.database("counters.db")?;
        let fail = |source| OpenError::Database { file: file.clone(), source };
        let options = SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false).max_connections(1);
        let pool = options.connect_with(writing(&file, Durability::Power)).await.map_err(fail)?;
        let mut connection = pool.acquire().await.map_err(fail)?;
        migrate::run(&mut connection, &file, migrate::COUNTERS).await?;
        drop(connection);
        Ok(Self { pool, _directory: Arc::clone(directory) })
    }

    /// Folds the write-ahead log and closes.
    pub(crate) async fn close(&self) {
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await {
            tracing::warn!(%error, "the counters did not close in order");
        }
        self.pool.close().await;
    }
}

fn fault(what: &'static str) -> impl Fn(sqlx::Error) -> Fault {
    move |error| Fault::new(what, error)
}

#[async_trait]
impl Counters for SqliteCounters {
    async fn take(&self, takes: &[Take]) -> Result<Vec<Taken>, Fault> {
        if takes.is_empty() {
            return Ok(Vec::new());
        }
        let fail = fault("counting a quota");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let mut answers = Vec::with_capacity(takes.len());
        for wish in takes {
            let (used, extra) = sums(&mut transaction, wish).await.map_err(&fail)?;
            let taken = granted(wish, used, extra);
            if taken.granted > 0 {
                add(&mut transaction, &wish.counter, wish.day, taken.granted, 0).await.map_err(&fail)?;
            }
            answers.push(taken);
        }
        transaction.commit().await.map_err(&fail)?;
        Ok(answers)
    }

    async fn give_back(&self, returns: &[GiveBack]) -> Result<(), Fault> {
        let fail = fault("giving back a quota");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        for GiveBack { counter, day, amount } in returns {
            sqlx::query(
                "UPDATE usage SET used = max(0, used - ?) \
                 WHERE account = ? AND region = ? AND group_name = ? AND member = ? AND day = ?",
            )
            .bind(number(*amount))
            .bind(counter.scope.account.as_str())
            .bind(counter.scope.region.as_str())
            .bind(&counter.group)
            .bind(&counter.member)
            .bind(day.0)
            .execute(&mut *transaction)
            .await
            .map_err(&fail)?;
        }
        transaction.commit().await.map_err(&fail)
    }

    async fn set_left(&self, wish: &Take) -> Result<(), Fault> {
        let fail = fault("extending a quota");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let (used, extra) = sums(&mut transaction, wish).await.map_err(&fail)?;
        let more = extension(wish, used, extra);
        add(&mut transaction, &wish.counter, wish.day, 0, more).await.map_err(&fail)?;
        transaction.commit().await.map_err(&fail)
    }

    async fn used(
        &self,
        scope: &Scope,
        group: &str,
        members: &[String],
        (from, to): (Day, Day),
    ) -> Result<Vec<(String, Used)>, Fault> {
        let fail = fault("reading usage");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut found = Vec::new();
        for member in members {
            let rows: Vec<(i32, i64, i64)> = sqlx::query_as(
                "SELECT day, used, extra FROM usage WHERE account = ? AND region = ? AND group_name = ? AND member = ? \
                 AND day BETWEEN ? AND ? ORDER BY day",
            )
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(group)
            .bind(member)
            .bind(from.0)
            .bind(to.0)
            .fetch_all(&mut *connection)
            .await
            .map_err(&fail)?;
            found.extend(
                rows.into_iter().map(|(day, used, extra)| {
                    (member.clone(), Used { day: Day(day), used: used.unsigned_abs(), extra })
                }),
            );
        }
        Ok(found)
    }

    async fn forget(&self, before: Day) -> Result<u64, Fault> {
        let gone = sqlx::query("DELETE FROM usage WHERE day < ?").bind(before.0).execute(&self.pool).await;
        Ok(gone.map_err(fault("forgetting usage"))?.rows_affected())
    }

    async fn present(&self, node: &str, now: Timestamp, ttl: Duration) -> Result<u32, Fault> {
        let fail = fault("counting nodes");
        let mut connection = self.pool.acquire().await.map_err(&fail)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        sqlx::query(
            "INSERT INTO node (name, until) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET until = excluded.until",
        )
        .bind(node)
        .bind(to_nanoseconds(now + ttl))
        .execute(&mut *transaction)
        .await
        .map_err(&fail)?;
        sqlx::query("DELETE FROM node WHERE until <= ?")
            .bind(to_nanoseconds(now))
            .execute(&mut *transaction)
            .await
            .map_err(&fail)?;
        let count: u32 =
            sqlx::query_scalar("SELECT count(*) FROM node").fetch_one(&mut *transaction).await.map_err(&fail)?;
        transaction.commit().await.map_err(&fail)?;
        Ok(count)
    }
}

/// What was used in the wish's period, and by how much that was extended.
async fn sums(connection: &mut SqliteConnection, wish: &Take) -> Result<(u64, i64), sqlx::Error> {
    let (used, extra): (i64, i64) = sqlx::query_as(
        "SELECT coalesce(sum(used), 0), coalesce(sum(extra), 0) FROM usage \
         WHERE account = ? AND region = ? AND group_name = ? AND member = ? AND day >= ?",
    )
    .bind(wish.counter.scope.account.as_str())
    .bind(wish.counter.scope.region.as_str())
    .bind(&wish.counter.group)
    .bind(&wish.counter.member)
    .bind(wish.first.0)
    .fetch_one(connection)
    .await?;
    Ok((used.unsigned_abs(), extra))
}

async fn add(
    connection: &mut SqliteConnection,
    counter: &Counter,
    day: Day,
    used: u64,
    extra: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO usage (account, region, group_name, member, day, used, extra) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (account, region, group_name, member, day) \
         DO UPDATE SET used = used + excluded.used, extra = extra + excluded.extra",
    )
    .bind(counter.scope.account.as_str())
    .bind(counter.scope.region.as_str())
    .bind(&counter.group)
    .bind(&counter.member)
    .bind(day.0)
    .bind(number(used))
    .bind(extra)
    .execute(connection)
    .await
    .map(drop)
}

/// SQLite counts to 2^63; a larger number is as good as that one.
fn number(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
