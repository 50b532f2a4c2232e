//! The counters: rows that all nodes add to, each counter under a lock of its own for as long as a transaction lasts.

use std::time::Duration;

use async_trait::async_trait;
use base::{Day, Scope, Timestamp};
use sqlx::{PgConnection, PgPool};
use store_records::Fault;
use store_records::counters::{Counter, Counters, GiveBack, Take, Taken, Used, extension, granted};
use store_records::time::to_nanoseconds;

use crate::connect::Patience;

/// Connections for counters.
pub(crate) const CONNECTIONS_MAX: u32 = 2;

/// The tables of counters and nodes.
#[derive(Debug)]
pub(crate) struct PostgresCounters {
    pool: PgPool,
    patience: Patience,
}

impl PostgresCounters {
    pub(crate) fn new(pool: PgPool, patience: Patience) -> Self {
        Self { pool, patience }
    }

    pub(crate) async fn close(&self) {
        let _ = futures_util::future::poll_immediate(self.pool.close()).await;
    }

    async fn within<T>(
        &self,
        what: &'static str,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Fault> {
        let call = async { call.await.map_err(|error| Fault::new(what, error)) };
        self.patience.within(call, |late| Fault::new(what, late)).await
    }
}

#[async_trait]
impl Counters for PostgresCounters {
    async fn take(&self, takes: &[Take]) -> Result<Vec<Taken>, Fault> {
        if takes.is_empty() {
            return Ok(Vec::new());
        }
        let take = Box::pin(async {
            let mut transaction = self.pool.begin().await?;
            lock(&mut transaction, takes.iter().map(|wish| &wish.counter)).await?;
            let mut answers = Vec::with_capacity(takes.len());
            for wish in takes {
                let (used, extra) = sums(&mut transaction, wish).await?;
                let taken = granted(wish, used, extra);
                if taken.granted > 0 {
                    add(&mut transaction, &wish.counter, wish.day, taken.granted, 0).await?;
                }
                answers.push(taken);
            }
            transaction.commit().await?;
            Ok(answers)
        });
        self.within("counting a quota", take).await
    }

    async fn give_back(&self, returns: &[GiveBack]) -> Result<(), Fault> {
        let give_back = Box::pin(async {
            let mut transaction = self.pool.begin().await?;
            lock(&mut transaction, returns.iter().map(|gift| &gift.counter)).await?;
            for GiveBack { counter, day, amount } in returns {
                sqlx::query(
                    "UPDATE usage SET used = greatest(0, used - $1) \
                     WHERE account = $2 AND region = $3 AND group_name = $4 AND member = $5 AND day = $6",
                )
                .bind(number(*amount))
                .bind(counter.scope.account.as_str())
                .bind(counter.scope.region.as_str())
                .bind(&counter.group)
                .bind(&counter.member)
                .bind(day.0)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await
        });
        self.within("giving back a quota", give_back).await
    }

    async fn set_left(&self, wish: &Take) -> Result<(), Fault> {
        let extend = Box::pin(async {
            let mut transaction = self.pool.begin().await?;
            lock(&mut transaction, std::iter::once(&wish.counter)).await?;
            let (used, extra) = sums(&mut transaction, wish).await?;
            add(&mut transaction, &wish.counter, wish.day, 0, extension(wish, used, extra)).await?;
            transaction.commit().await
        });
        self.within("extending a quota", extend).await
    }

    async fn used(
        &self,
        scope: &Scope,
        group: &str,
        members: &[String],
        (from, to): (Day, Day),
    ) -> Result<Vec<(String, Used)>, Fault> {
        let select = sqlx::query_as(
            "SELECT member, day, used, extra FROM usage WHERE account = $1 AND region = $2 AND group_name = $3 \
             AND member = ANY($4) AND day BETWEEN $5 AND $6 ORDER BY member, day",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(group)
        .bind(members)
        .bind(from.0)
        .bind(to.0);
        let rows: Vec<(String, i32, i64, i64)> = self.within("reading usage", select.fetch_all(&self.pool)).await?;
        let used = |(member, day, used, extra): (String, i32, i64, i64)| {
            (member, Used { day: Day(day), used: used.unsigned_abs(), extra })
        };
        Ok(rows.into_iter().map(used).collect())
    }

    async fn forget(&self, before: Day) -> Result<u64, Fault> {
        let delete = sqlx::query("DELETE FROM usage WHERE day < $1").bind(before.0);
        Ok(self.within("forgetting usage", delete.execute(&self.pool)).await?.rows_affected())
    }

    async fn present(&self, node: &str, now: Timestamp, ttl: Duration) -> Result<u32, Fault> {
        let count = Box::pin(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO node (name, until) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET until = excluded.until",
            )
            .bind(node)
            .bind(to_nanoseconds(now + ttl))
            .execute(&mut *transaction)
            .await?;
            sqlx::query("DELETE FROM node WHERE until <= $1")
                .bind(to_nanoseconds(now))
                .execute(&mut *transaction)
                .await?;
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM node").fetch_one(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(count)
        });
        let count = self.within("counting nodes", count).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// Locks the counters until the transaction ends, in one order for all, so that nobody waits in a circle. The first number
/// is ours alone by convention of this crate.
async fn lock(connection: &mut PgConnection, counters: impl Iterator<Item = &Counter>) -> Result<(), sqlx::Error> {
    let name = |counter: &Counter| {
        let Counter { scope, group, member } = counter;
        format!("{}/{}/{group}/{member}", scope.account, scope.region)
    };
    let mut names: Vec<String> = counters.map(name).collect();
    names.sort_unstable();
    names.dedup();
    // Two names may share a number; then they wait for each other, which costs time alone.
    sqlx::query(
        "SELECT pg_advisory_xact_lock(1886745204, number) FROM \
         (SELECT DISTINCT hashtext(name) AS number FROM unnest($1::text[]) AS name ORDER BY number) AS numbers",
    )
    .bind(names)
    .execute(connection)
    .await
    .map(drop)
}

/// What was used in the wish's period, and by how much that was extended.
async fn sums(connection: &mut PgConnection, wish: &Take) -> Result<(u64, i64), sqlx::Error> {
    let (used, extra): (i64, i64) = sqlx::query_as(
        "SELECT coalesce(sum(used), 0)::bigint, coalesce(sum(extra), 0)::bigint FROM usage \
         WHERE account = $1 AND region = $2 AND group_name = $3 AND member = $4 AND day >= $5",
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
    connection: &mut PgConnection,
    counter: &Counter,
    day: Day,
    used: u64,
    extra: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO usage (account, region, group_name, member, day, used, extra) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (account, region, group_name, member, day) \
         DO UPDATE SET used = usage.used + excluded.used, extra = usage.extra + excluded.extra",
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

/// PostgreSQL counts to 2^63; a larger number is as good as that one.
fn number(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
