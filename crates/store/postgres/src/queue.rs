//! The queue: one table that all nodes claim from, each passing over what another has under its hands.

use std::collections::BTreeMap;

use async_trait::async_trait;
use base::{Scope, Timestamp};
use sqlx::PgConnection;
use store_records::Fault;
use store_records::queue::{self, Claim, Claimed, Item, Put, Queue, Room, Settled, Tries};
use store_records::time::{from_nanoseconds, to_nanoseconds};

use crate::connect::Connections;

/// Connections for the queue: one accepts, one claims, one settles.
pub(crate) const CONNECTIONS_MAX: u32 = 3;

/// The tables of items and of the room they take.
#[derive(Debug)]
pub(crate) struct PostgresQueue(pub(crate) Connections);

#[async_trait]
impl Queue for PostgresQueue {
    async fn put(&self, items: &[Item], until: Option<Timestamp>, room: Room) -> Result<Vec<Put>, Fault> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let put = Box::pin(async {
            let mut transaction = self.0.begin().await?;
            let mut rooms = rooms(&mut transaction, items).await?;
            let mut answers = Vec::with_capacity(items.len());
            for item in items {
                let answer = rooms.get_mut(&item.scope).map_or(Put::Full, |taken| room.admit(taken, item));
                answers.push(answer);
            }
            let admitted = || items.iter().zip(&answers).filter(|(_, answer)| **answer == Put::Stored);
            insert(&mut transaction, admitted().map(|(item, _)| item), until).await?;
            add(&mut transaction, admitted().map(|(item, _)| (&item.scope, 1, number(item.stored_bytes())))).await?;
            transaction.commit().await?;
            Ok(answers)
        });
        self.0.within("queueing", put).await
    }

    async fn claim(&self, now: Timestamp, until: Timestamp, items_max: u32) -> Result<Vec<Claimed>, Fault> {
        let claim = sqlx::query_as(
            "WITH due AS (SELECT number FROM item WHERE visible <= $1 ORDER BY visible, number LIMIT $2 \
             FOR UPDATE SKIP LOCKED), \
             taken AS (UPDATE item SET visible = $3, claims = claims + 1 FROM due WHERE item.number = due.number \
             RETURNING item.number, id, account, region, accepted, claims, failures, delays, payload) \
             SELECT id, account, region, accepted, claims, failures, delays, payload FROM taken \
             ORDER BY accepted, number",
        )
        .bind(to_nanoseconds(now))
        .bind(i64::from(items_max))
        .bind(to_nanoseconds(until));
        let rows: Vec<Row> = self.0.within("claiming", claim.fetch_all(self.0.pool())).await?;
        rows.into_iter().map(claimed).collect()
    }

    async fn hold(&self, claims: &[Claim], until: Timestamp) -> Result<(), Fault> {
        let (ids, numbers) = columns(claims);
        let hold = sqlx::query(
            "UPDATE item SET visible = $1 FROM unnest($2::bytea[], $3::bigint[]) AS held (id, claims) \
             WHERE item.id = held.id AND item.claims = held.claims",
        )
        .bind(to_nanoseconds(until))
        .bind(ids)
        .bind(numbers);
        self.0.within("holding claims", hold.execute(self.0.pool())).await.map(drop)
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Fault> {
        let settle = Box::pin(async {
            let mut transaction = self.0.begin().await?;
            postpone(&mut transaction, settled).await?;
            let done: Vec<Claim> = settled
                .iter()
                .filter_map(|ended| match ended {
                    Settled::Done(claim) => Some(*claim),
                    Settled::Later { .. } => None,
                })
                .collect();
            remove(&mut transaction, &done).await?;
            transaction.commit().await
        });
        self.0.within("settling claims", settle).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Fault> {
        let next = sqlx::query_scalar("SELECT min(visible) FROM item");
        let next: Option<i64> = self.0.within("looking for what is due", next.fetch_one(self.0.pool())).await?;
        Ok(next.map(from_nanoseconds))
    }

    async fn waiting(&self, scope: &Scope) -> Result<Room, Fault> {
        let select = sqlx::query_as("SELECT items, bytes FROM room WHERE account = $1 AND region = $2")
            .bind(scope.account.as_str())
            .bind(scope.region.as_str());
        let found: Option<(i64, i64)> =
            self.0.within("measuring a queue", select.fetch_optional(self.0.pool())).await?;
        Ok(found.map(taken).unwrap_or_default())
    }
}

/// An item: id, account, region, when it was accepted, how often it was claimed, failed and was put off, and what it is.
type Row = (Vec<u8>, String, String, i64, i64, i32, i32, Vec<u8>);

fn claimed((id, account, region, accepted, claims, failures, delays, payload): Row) -> Result<Claimed, Fault> {
    let item = queue::item((&id, &account, &region, accepted), payload)?;
    let claim = Claim { id: item.id, number: claims };
    Ok(Claimed { item, claim, tries: Tries { failures: failures.unsigned_abs(), delays: delays.unsigned_abs() } })
}

fn taken((items, bytes): (i64, i64)) -> Room {
    Room { items: items.unsigned_abs(), bytes: bytes.unsigned_abs() }
}

/// Locks what the items' scopes take, in one order for all, and reads it.
async fn rooms(connection: &mut PgConnection, items: &[Item]) -> Result<BTreeMap<Scope, Room>, sqlx::Error> {
    let mut rooms: BTreeMap<Scope, Room> = items.iter().map(|item| (item.scope.clone(), Room::default())).collect();
    for (scope, room) in &mut rooms {
        let row: (i64, i64) = sqlx::query_as(
            "INSERT INTO room (account, region, items, bytes) VALUES ($1, $2, 0, 0) \
             ON CONFLICT (account, region) DO UPDATE SET items = room.items RETURNING items, bytes",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_one(&mut *connection)
        .await?;
        *room = taken(row);
    }
    Ok(rooms)
}

async fn insert(
    connection: &mut PgConnection,
    items: impl Iterator<Item = &Item>,
    until: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    for item in items {
        sqlx::query(
            "INSERT INTO item (id, account, region, accepted, visible, claims, failures, delays, bytes, payload) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8)",
        )
        .bind(&item.id.0.as_bytes()[..])
        .bind(item.scope.account.as_str())
        .bind(item.scope.region.as_str())
        .bind(to_nanoseconds(item.accepted))
        .bind(to_nanoseconds(until.unwrap_or(item.accepted)))
        .bind(i64::from(until.is_some()))
        .bind(number(item.stored_bytes()))
        .bind(&item.payload[..])
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Adds to what scopes take; one after the other in one order, so that nobody waits in a circle.
async fn add(
    connection: &mut PgConnection,
    changes: impl Iterator<Item = (&Scope, i64, i64)>,
) -> Result<(), sqlx::Error> {
    let mut sums: BTreeMap<&Scope, (i64, i64)> = BTreeMap::new();
    for (scope, items, bytes) in changes {
        let sum = sums.entry(scope).or_default();
        *sum = (sum.0 + items, sum.1 + bytes);
    }
    for (scope, (items, bytes)) in sums {
        sqlx::query("UPDATE room SET items = items + $1, bytes = bytes + $2 WHERE account = $3 AND region = $4")
            .bind(items)
            .bind(bytes)
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn postpone(connection: &mut PgConnection, settled: &[Settled]) -> Result<(), sqlx::Error> {
    for ended in settled {
        let Settled::Later { claim, due, tries } = ended else { continue };
        sqlx::query("UPDATE item SET visible = $1, failures = $2, delays = $3 WHERE id = $4 AND claims = $5")
            .bind(to_nanoseconds(*due))
            .bind(count(tries.failures))
            .bind(count(tries.delays))
            .bind(&claim.id.0.as_bytes()[..])
            .bind(claim.number)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn remove(connection: &mut PgConnection, done: &[Claim]) -> Result<(), sqlx::Error> {
    let (ids, numbers) = columns(done);
    let gone: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "WITH gone AS (DELETE FROM item USING unnest($1::bytea[], $2::bigint[]) AS done (id, claims) \
         WHERE item.id = done.id AND item.claims = done.claims RETURNING account, region, bytes) \
         SELECT account, region, count(*), sum(bytes)::bigint FROM gone GROUP BY account, region \
         ORDER BY account, region",
    )
    .bind(ids)
    .bind(numbers)
    .fetch_all(&mut *connection)
    .await?;
    for (account, region, items, bytes) in gone {
        sqlx::query("UPDATE room SET items = items - $1, bytes = bytes - $2 WHERE account = $3 AND region = $4")
            .bind(items)
            .bind(bytes)
            .bind(account)
            .bind(region)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn columns(claims: &[Claim]) -> (Vec<&[u8]>, Vec<i64>) {
    claims.iter().map(|claim| (&claim.id.0.as_bytes()[..], claim.number)).unzip()
}

/// PostgreSQL counts to 2^63; a larger number is as good as that one.
fn number(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn count(amount: u32) -> i32 {
    i32::try_from(amount).unwrap_or(i32::MAX)
}
