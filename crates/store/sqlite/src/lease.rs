//! Leases in the resources database.

use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use sqlx::SqliteConnection;
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_resources::{CommitError, Fault, Fence, Holding, Lease};

use crate::rows::fault;
use crate::writer::{Group, Work};

/// A claim of a lease.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) holder: String,
    pub(crate) now: Timestamp,
    pub(crate) ttl: Duration,
}

#[async_trait]
impl Work for Claim {
    type Output = Option<Lease>;

    async fn write(&mut self, group: &mut Group<'_>) -> Result<Option<Lease>, CommitError> {
        let current = read(group.connection, &self.name).await?;
        let Some(claimed) = Holding::claim(current, &self.name, &self.holder, self.now, self.ttl) else {
            return Ok(None);
        };
        sqlx::query("INSERT OR REPLACE INTO lease (name, holder, fence, until) VALUES (?, ?, ?, ?)")
            .bind(&claimed.lease.name)
            .bind(&claimed.lease.holder)
            .bind(claimed.lease.fence.0 as i64)
            .bind(to_nanoseconds(claimed.until))
            .execute(&mut *group.connection)
            .await
            .map_err(fault("writing a lease"))?;
        Ok(Some(claimed.lease))
    }
}

/// Who holds a lease, or held it last.
pub(crate) async fn read(connection: &mut SqliteConnection, name: &str) -> Result<Option<Holding>, Fault> {
    let row: Option<(String, i64, i64)> = sqlx::query_as("SELECT holder, fence, until FROM lease WHERE name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(fault("reading a lease"))?;
    Ok(row.map(|(holder, fence, until)| Holding {
        lease: Lease { name: name.to_owned(), holder, fence: Fence(fence as u64) },
        until: from_nanoseconds(until),
    }))
}
