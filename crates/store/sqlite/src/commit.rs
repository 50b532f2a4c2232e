//! A batch meets its preconditions and is written.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use store_resources::{Batch, CommitError, Fault, Key, Lease, Precondition, Revision, Write};

use crate::rows::{self, KeyRow, fault};
use crate::writer::{Group, Work};
use crate::{audit, lease};

#[async_trait]
impl Work for Batch {
    type Output = Revision;

    async fn write(&mut self, group: &mut Group<'_>) -> Result<Revision, CommitError> {
        for precondition in &self.preconditions {
            check(group.connection, precondition).await?;
        }
        let revision = Revision(group.revision.0 + 1);
        let outcome = self.outcome();
        for write in &outcome {
            free_index(group.connection, write.key()).await?;
        }
        for write in outcome {
            apply(group.connection, write, revision).await?;
        }
        audit::insert(group.connection, &self.audit).await?;
        group.revision = revision;
        Ok(revision)
    }
}

/// Forgets the change feed up to a revision.
#[derive(Debug)]
pub(crate) struct PruneChanges(pub(crate) Revision);

#[async_trait]
impl Work for PruneChanges {
    type Output = ();

    async fn write(&mut self, group: &mut Group<'_>) -> Result<(), CommitError> {
        let through = self.0.min(group.revision).0 as i64;
        sqlx::query("DELETE FROM change WHERE revision <= ?")
            .bind(through)
            .execute(&mut *group.connection)
            .await
            .map_err(fault("cutting the change feed"))?;
        sqlx::query("UPDATE installation SET changes_from = max(changes_from, ?)")
            .bind(through)
            .execute(&mut *group.connection)
            .await
            .map_err(fault("cutting the change feed"))?;
        Ok(())
    }
}

async fn check(connection: &mut SqliteConnection, precondition: &Precondition) -> Result<(), CommitError> {
    let holds = match precondition {
        Precondition::Document { key, revision } => read_revision(connection, key).await? == *revision,
        Precondition::Range { prefix, count, newest } => measure(connection, prefix).await? == (*count, *newest),
        Precondition::Room { prefix, more, max } => {
            measure(connection, prefix).await?.0.checked_add(*more).is_some_and(|there| there <= *max)
        }
        Precondition::Index { name, value, found } => find_key(connection, name, value).await? == *found,
        Precondition::Lease(lease) => return check_lease(connection, lease).await,
    };
    if holds { Ok(()) } else { Err(CommitError::Conflict) }
}

/// Refuses whoever no longer holds its lease.
pub(crate) async fn check_lease(connection: &mut SqliteConnection, lease: &Lease) -> Result<(), CommitError> {
    let held = lease::read(connection, &lease.name).await?;
    if held.is_some_and(|held| held.lease == *lease) { Ok(()) } else { Err(CommitError::Fenced) }
}

async fn read_revision(connection: &mut SqliteConnection, key: &Key) -> Result<Option<Revision>, Fault> {
    let number: Option<i64> = sqlx::query_scalar(
        "SELECT revision FROM document WHERE table_name = ? AND account = ? AND region = ? AND id = ?",
    )
    .bind(&key.table)
    .bind(key.scope.account.as_str())
    .bind(key.scope.region.as_str())
    .bind(&key.id)
    .fetch_optional(connection)
    .await
    .map_err(fault("reading a document's revision"))?;
    Ok(number.map(rows::revision))
}

/// How many documents a prefix has, and the highest revision among them.
pub(crate) async fn measure(connection: &mut SqliteConnection, prefix: &Key) -> Result<(u64, Option<Revision>), Fault> {
    // Where a prefix has no end, an empty blob takes its place: SQLite sorts every text before it.
    let (count, newest): (i64, Option<i64>) = sqlx::query_as(
        "SELECT count(*), max(revision) FROM document \
         WHERE table_name = ? AND account = ? AND region = ? AND id >= ? AND id < coalesce(?, x'')",
    )
    .bind(&prefix.table)
    .bind(prefix.scope.account.as_str())
    .bind(prefix.scope.region.as_str())
    .bind(&prefix.id)
    .bind(prefix.scan_to())
    .fetch_one(connection)
    .await
    .map_err(fault("measuring a range"))?;
    Ok((count as u64, newest.map(rows::revision)))
}

async fn find_key(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<Option<Key>, Fault> {
    let row: Option<KeyRow> =
        sqlx::query_as("SELECT table_name, account, region, id FROM index_entry WHERE name = ? AND value = ?")
            .bind(name)
            .bind(value)
            .fetch_optional(connection)
            .await
            .map_err(fault("reading an index"))?;
    row.map(rows::key).transpose()
}

async fn free_index(connection: &mut SqliteConnection, key: &Key) -> Result<(), Fault> {
    sqlx::query("DELETE FROM index_entry WHERE table_name = ? AND account = ? AND region = ? AND id = ?")
        .bind(&key.table)
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.id)
        .execute(connection)
        .await
        .map_err(fault("freeing index entries"))?;
    Ok(())
}

async fn apply(connection: &mut SqliteConnection, write: &Write, revision: Revision) -> Result<(), CommitError> {
    match write {
        Write::Put { key, value, index } => {
            put(connection, key, value, revision).await?;
            for (name, value) in index {
                put_index(connection, name, value, key).await?;
            }
        }
        Write::Delete { key } => delete(connection, key).await?,
    }
    sqlx::query("INSERT INTO change (revision, table_name, account, region, id) VALUES (?, ?, ?, ?, ?)")
        .bind(revision.0 as i64)
        .bind(&write.key().table)
        .bind(write.key().scope.account.as_str())
        .bind(write.key().scope.region.as_str())
        .bind(&write.key().id)
        .execute(connection)
        .await
        .map_err(fault("writing the change feed"))?;
    Ok(())
}

async fn put(connection: &mut SqliteConnection, key: &Key, value: &[u8], revision: Revision) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO document (table_name, account, region, id, revision, value) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT (table_name, account, region, id) \
         DO UPDATE SET revision = excluded.revision, value = excluded.value",
    )
    .bind(&key.table)
    .bind(key.scope.account.as_str())
    .bind(key.scope.region.as_str())
    .bind(&key.id)
    .bind(revision.0 as i64)
    .bind(value)
    .execute(connection)
    .await
    .map_err(fault("writing a document"))?;
    Ok(())
}

async fn delete(connection: &mut SqliteConnection, key: &Key) -> Result<(), Fault> {
    sqlx::query("DELETE FROM document WHERE table_name = ? AND account = ? AND region = ? AND id = ?")
        .bind(&key.table)
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.id)
        .execute(connection)
        .await
        .map_err(fault("deleting a document"))?;
    Ok(())
}

/// Takes an index value for a document; a value that another one has is a conflict.
async fn put_index(connection: &mut SqliteConnection, name: &str, value: &str, key: &Key) -> Result<(), CommitError> {
    let taken = sqlx::query(
        "INSERT INTO index_entry (name, value, table_name, account, region, id) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT DO NOTHING",
    )
    .bind(name)
    .bind(value)
    .bind(&key.table)
    .bind(key.scope.account.as_str())
    .bind(key.scope.region.as_str())
    .bind(&key.id)
    .execute(&mut *connection)
    .await
    .map_err(fault("writing an index entry"))?
    .rows_affected()
        == 0;
    // A document may name the same value twice.
    if taken && find_key(connection, name, value).await?.as_ref() != Some(key) {
        return Err(CommitError::Conflict);
    }
    Ok(())
}
