//! The counters: rows that all nodes add to, each counter under a lock of its own for as long as a transaction lasts.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use base::{Day, Scope, Timestamp};
use sqlx::PgConnection;
use store_records::Fault;
use store_records::counters::{Counter, Counters, GiveBack, Take, Taken, Used, extension, granted};
use store_records::time::to_nanoseconds;

use crate::connect::Connections;

/// Connections for counters: their own, for requests wait for them and must not wait behind logs or code.
pub(crate) const CONNECTIONS_MAX: u32 = 2;

/// The tables of counters and nodes.
#[derive(Debug)]
pub(crate) struct PostgresCounters(pub(crate) Connections);

#[async_trait]
impl Counters for PostgresCounters {
    async fn take(&self, takes: &[Take]) -> Result<Vec<Taken>, Fault> {
        if takes.is_empty() {
            return Ok(Vec::new());
        }
        let take = Box::pin(async {
            let mut transaction = self.0.begin().await?;
            lock(&mut transaction, takes.iter().map(|wish| &wish.counter)).await?;
            let mut answers = Vec::with_capacity(takes.len());
            for some in without_repeats(takes) {
                let sums = sums(&mut transaction, some).await?;
                let taken: Vec<Taken> =
                    some.iter().zip(sums).map(|(wish, (used, extra))| granted(wish, used, extra)).collect();
                let counted = some.iter().zip(&taken).filter(|(_, taken)| taken.granted > 0);
                add(&mut transaction, counted.map(|(wish, taken)| (&wish.counter, wish.day, taken.granted, 0))).await?;
                answers.extend(taken);
            }
            transaction.commit().await?;
            Ok(answers)
        });
        self.0.within("counting a quota", take).await
    }

    async fn give_back(&self, returns: &[GiveBack]) -> Result<(), Fault> {
        let give_back = Box::pin(async {
            let mut transaction = self.0.begin().await?;
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
        self.0.within("giving back a quota", give_back).await
    }

    async fn set_left(&self, wish: &Take) -> Result<(), Fault> {
        let extend = Box::pin(async {
            let mut transaction = self.0.begin().await?;
            lock(&mut transaction, std::iter::once(&wish.counter)).await?;
            let found = sums(&mut transaction, std::slice::from_ref(wish)).await?;
            let more = found.first().map_or(0, |(used, extra)| extension(wish, *used, *extra));
            add(&mut transaction, [(&wish.counter, wish.day, 0, more)]).await?;
            transaction.commit().await
        });
        self.0.within("extending a quota", extend).await
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
        let rows: Vec<(String, i32, i64, i64)> =
            self.0.within("reading usage", select.fetch_all(self.0.pool())).await?;
        let used = |(member, day, used, extra): (String, i32, i64, i64)| {
            (member, Used { day: Day(day), used: used.unsigned_abs(), extra })
        };
        Ok(rows.into_iter().map(used).collect())
    }

    async fn forget(&self, before: Day) -> Result<u64, Fault> {
        let delete = sqlx::query("DELETE FROM usage WHERE day < $1").bind(before.0);
        Ok(self.0.within("forgetting usage", delete.execute(self.0.pool())).await?.rows_affected())
    }

    async fn present(&self, node: &str, now: Timestamp, ttl: Duration) -> Result<u32, Fault> {
        let count = Box::pin(async {
            let mut transaction = self.0.begin().await?;
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
        let count = self.0.within("counting nodes", count).await?;
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

/// Cuts wishes where a counter would be named a second time: one statement counts each once.
fn without_repeats(takes: &[Take]) -> Vec<&[Take]> {
    let (mut parts, mut begin, mut named) = (Vec::new(), 0, HashSet::new());
    for (at, wish) in takes.iter().enumerate() {
        if !named.insert(&wish.counter) {
            parts.push(&takes[begin..at]);
            begin = at;
            named = HashSet::from([&wish.counter]);
        }
    }
    parts.push(&takes[begin..]);
    parts
}

/// Counters by columns, as statements about many take them.
#[derive(Default)]
struct Columns<'a> {
    accounts: Vec<&'a str>,
    regions: Vec<&'a str>,
    groups: Vec<&'a str>,
    members: Vec<&'a str>,
    days: Vec<i32>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, counter: &'a Counter, day: Day) {
        self.accounts.push(counter.scope.account.as_str());
        self.regions.push(counter.scope.region.as_str());
        self.groups.push(&counter.group);
        self.members.push(&counter.member);
        self.days.push(day.0);
    }
}

/// What was used in each wish's period, and by how much that was extended.
async fn sums(connection: &mut PgConnection, wishes: &[Take]) -> Result<Vec<(u64, i64)>, sqlx::Error> {
    let mut of = Columns::default();
    for wish in wishes {
        of.push(&wish.counter, wish.first);
    }
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT coalesce(sum(used), 0)::bigint, coalesce(sum(extra), 0)::bigint \
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[]) \
         WITH ORDINALITY AS wish (account, region, group_name, member, first, number) \
         LEFT JOIN usage ON usage.account = wish.account AND usage.region = wish.region \
         AND usage.group_name = wish.group_name AND usage.member = wish.member AND usage.day >= wish.first \
         GROUP BY number ORDER BY number",
    )
    .bind(of.accounts)
    .bind(of.regions)
    .bind(of.groups)
    .bind(of.members)
    .bind(of.days)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(used, extra)| (used.unsigned_abs(), extra)).collect())
}

/// Adds to days of counters, each named once: what was used, and what the period gets more.
async fn add<'a>(
    connection: &mut PgConnection,
    more: impl IntoIterator<Item = (&'a Counter, Day, u64, i64)>,
) -> Result<(), sqlx::Error> {
    let (mut of, mut used, mut extra) = (Columns::default(), Vec::new(), Vec::new());
    for (counter, day, more_used, more_extra) in more {
        of.push(counter, day);
        used.push(number(more_used));
        extra.push(more_extra);
    }
    if used.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO usage (account, region, group_name, member, day, used, extra) \
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::bigint[]) \
         ON CONFLICT (account, region, group_name, member, day) \
         DO UPDATE SET used = usage.used + excluded.used, extra = usage.extra + excluded.extra",
    )
    .bind(of.accounts)
    .bind(of.regions)
    .bind(of.groups)
    .bind(of.members)
    .bind(of.days)
    .bind(used)
    .bind(extra)
    .execute(connection)
    .await
    .map(drop)
}

/// PostgreSQL counts to 2^63; a larger number is as good as that one.
fn number(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
