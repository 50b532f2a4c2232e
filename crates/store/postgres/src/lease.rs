//! Leases in the database: claimed under the commits' lock, so that a claim and a fenced write never overlap.

use std::time::Duration;

use base::Timestamp;
use sqlx::{PgConnection, PgPool};
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_resources::{Fault, Fence, Holding, Lease};

use crate::commit::{begin, lock};
use crate::rows::fault;

/// Takes or renews a lease.
pub(crate) async fn claim(
    pool: &PgPool,
    name: &str,
    holder: &str,
    now: Timestamp,
    ttl: Duration,
) -> Result<Option<Lease>, Fault> {
    let fail = fault("claiming a lease");
    let mut transaction = begin(pool).await?;
    lock(&mut transaction).await?;
    let current = read(&mut transaction, name).await?;
    let claimed = Holding::claim(current, name, holder, now, ttl);
    if let Some(Holding { lease, until }) = &claimed {
        sqlx::query(
            "INSERT INTO lease (name, holder, fence, until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET holder = $2, fence = $3, until = $4",
        )
        .bind(&lease.name)
        .bind(&lease.holder)
        .bind(lease.fence.0 as i64)
        .bind(to_nanoseconds(*until))
        .execute(&mut *transaction)
        .await
        .map_err(&fail)?;
    }
    transaction.commit().await.map_err(&fail)?;
    Ok(claimed.map(|holding| holding.lease))
}

/// Who holds a lease, or held it last; it does not change hands before the reader's transaction ends.
pub(crate) async fn read(connection: &mut PgConnection, name: &str) -> Result<Option<Holding>, Fault> {
    let row: Option<(String, i64, i64)> =
        sqlx::query_as("SELECT holder, fence, until FROM lease WHERE name = $1 FOR SHARE")
            .bind(name)
            .fetch_optional(connection)
            .await
            .map_err(fault("reading a lease"))?;
    Ok(row.map(|(holder, fence, until)| Holding {
        lease: Lease { name: name.to_owned(), holder, fence: Fence(fence as u64) },
        until: from_nanoseconds(until),
    }))
}
