//! A batch meets its preconditions and is written, under the lock that puts revisions in order.
//!
//! The lock on the one row of `installation` is taken first and held to the commit: every check then sees the newest
//! revision, no other node writes between check and commit, and revisions become visible in order and without gaps.
//! (A sequence would let a node see revision 8 before 7, and lose 7 for good.)

use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use store_resources::{Batch, CommitError, Fault, Key, Lease, Precondition, Revision, Write};

use crate::follow::CHANNEL;
use crate::rows::{self, KeyColumns, KeyRow, fault};
use crate::{audit, connect, lease};

/// Commits a batch under the next revision.
pub(crate) async fn commit(pool: &PgPool, batch: &Batch) -> Result<Revision, CommitError> {
    let mut transaction = begin(pool).await?;
    let outcome = write(&mut transaction, batch).await;
    end(transaction, outcome).await
}

/// Forgets the change feed up to a revision.
pub(crate) async fn prune_changes(pool: &PgPool, through: Revision) -> Result<(), Fault> {
    let fail = fault("cutting the change feed");
    let mut transaction = begin(pool).await?;
    let through = through.min(lock(&mut transaction).await?).0 as i64;
    for statement in
        ["DELETE FROM change WHERE revision <= $1", "UPDATE installation SET changes_from = greatest(changes_from, $1)"]
    {
        sqlx::query(statement).bind(through).execute(&mut *transaction).await.map_err(&fail)?;
    }
    transaction.commit().await.map_err(&fail)
}

/// Begins a write.
pub(crate) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Fault> {
    connect::begin(pool).await.map_err(fault("beginning a transaction"))
}

/// Commits what succeeded. What did not is undone at once: its lock must not wait for the pool to tidy up.
pub(crate) async fn end<T>(
    transaction: Transaction<'static, Postgres>,
    outcome: Result<T, CommitError>,
) -> Result<T, CommitError> {
    match outcome {
        Ok(done) => transaction.commit().await.map_err(fault("committing")).map(|()| done).map_err(CommitError::from),
        Err(error) => {
            // Where even this fails the connection is gone, and with it the transaction.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

/// Waits until no other node commits, and answers the newest revision. A node that stops in its tracks with the lock
/// loses its connection, so that the others go on.
pub(crate) async fn lock(connection: &mut PgConnection) -> Result<Revision, Fault> {
    let (newest, _): (i64, String) = sqlx::query_as(
        "SELECT revision, set_config('idle_in_transaction_session_timeout', '10s', true) \
         FROM installation FOR UPDATE",
    )
    .fetch_one(connection)
    .await
    .map_err(fault("locking the revision"))?;
    Ok(rows::revision(newest))
}

async fn write(connection: &mut PgConnection, batch: &Batch) -> Result<Revision, CommitError> {
    let newest = lock(connection).await?;
    for precondition in &batch.preconditions {
        check(connection, precondition).await?;
    }
    let revision = Revision(newest.0 + 1);
    let writes = batch.outcome();
    if !writes.is_empty() {
        let keys = writes.iter().map(|write| write.key()).collect();
        free_index(connection, &keys).await?;
        put(connection, &writes, revision).await?;
        delete(connection, &writes).await?;
        put_index(connection, &writes).await?;
        record_change(connection, &keys, revision).await?;
    }
    audit::insert(connection, &batch.audit).await?;
    // The notification is sent with the commit, and only then.
    sqlx::query("WITH raised AS (UPDATE installation SET revision = $1) SELECT pg_notify($2, $1::text)")
        .bind(revision.0 as i64)
        .bind(CHANNEL)
        .execute(connection)
        .await
        .map_err(fault("raising the revision"))?;
    Ok(revision)
}

async fn check(connection: &mut PgConnection, precondition: &Precondition) -> Result<(), CommitError> {
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

/// Refuses whoever no longer holds its lease, and keeps it from passing on before the commit.
pub(crate) async fn check_lease(connection: &mut PgConnection, lease: &Lease) -> Result<(), CommitError> {
    let held = lease::read(connection, &lease.name).await?;
    if held.is_some_and(|held| held.lease == *lease) { Ok(()) } else { Err(CommitError::Fenced) }
}

async fn read_revision(connection: &mut PgConnection, key: &Key) -> Result<Option<Revision>, Fault> {
    if !key.is_storable() {
        return Ok(None);
    }
    let number: Option<i64> = sqlx::query_scalar(
        "SELECT revision FROM document WHERE table_name = $1 AND account = $2 AND region = $3 AND id = $4",
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
pub(crate) async fn measure(connection: &mut PgConnection, prefix: &Key) -> Result<(u64, Option<Revision>), Fault> {
    macro_rules! measure {
        ($end:literal) => {
            concat!(
                "SELECT count(*), max(revision) FROM document \
                 WHERE table_name = $1 AND account = $2 AND region = $3 AND id >= $4",
                $end
            )
        };
    }
    if !prefix.is_storable() {
        return Ok((0, None));
    }
    let end = prefix.scan_to();
    let query = sqlx::query_as(if end.is_some() { measure!(" AND id < $5") } else { measure!("") })
        .bind(&prefix.table)
        .bind(prefix.scope.account.as_str())
        .bind(prefix.scope.region.as_str())
        .bind(&prefix.id);
    let query = if let Some(end) = end { query.bind(end) } else { query };
    let (count, newest): (i64, Option<i64>) = query.fetch_one(connection).await.map_err(fault("measuring a range"))?;
    Ok((count as u64, newest.map(rows::revision)))
}

async fn find_key(connection: &mut PgConnection, name: &str, value: &str) -> Result<Option<Key>, Fault> {
    if value.contains('\0') {
        return Ok(None);
    }
    let row: Option<KeyRow> =
        sqlx::query_as("SELECT table_name, account, region, id FROM index_entry WHERE name = $1 AND value = $2")
            .bind(name)
            .bind(value)
            .fetch_optional(connection)
            .await
            .map_err(fault("reading an index"))?;
    row.map(rows::key).transpose()
}

async fn free_index(connection: &mut PgConnection, keys: &KeyColumns<'_>) -> Result<(), Fault> {
    sqlx::query(
        "DELETE FROM index_entry AS entry \
         USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS gone (table_name, account, region, id) \
         WHERE entry.table_name = gone.table_name AND entry.account = gone.account \
         AND entry.region = gone.region AND entry.id = gone.id",
    )
    .bind(&keys.tables)
    .bind(&keys.accounts)
    .bind(&keys.regions)
    .bind(&keys.ids)
    .execute(connection)
    .await
    .map_err(fault("freeing index entries"))?;
    Ok(())
}

async fn put(connection: &mut PgConnection, writes: &[&Write], revision: Revision) -> Result<(), Fault> {
    let (mut keys, mut values) = (KeyColumns::default(), Vec::new());
    for write in writes {
        if let Write::Put { key, value, .. } = write {
            keys.push(key);
            values.push(value.as_slice());
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO document (table_name, account, region, id, value, revision) \
         SELECT *, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) \
         ON CONFLICT (table_name, account, region, id) \
         DO UPDATE SET revision = excluded.revision, value = excluded.value",
    )
    .bind(keys.tables)
    .bind(keys.accounts)
    .bind(keys.regions)
    .bind(keys.ids)
    .bind(values)
    .bind(revision.0 as i64)
    .execute(connection)
    .await
    .map_err(fault("writing documents"))?;
    Ok(())
}

async fn delete(connection: &mut PgConnection, writes: &[&Write]) -> Result<(), Fault> {
    let gone = |write: &&&Write| matches!(write, Write::Delete { .. });
    let keys: KeyColumns<'_> = writes.iter().filter(gone).map(|write| write.key()).collect();
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM document \
         USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS gone (table_name, account, region, id) \
         WHERE document.table_name = gone.table_name AND document.account = gone.account \
         AND document.region = gone.region AND document.id = gone.id",
    )
    .bind(keys.tables)
    .bind(keys.accounts)
    .bind(keys.regions)
    .bind(keys.ids)
    .execute(connection)
    .await
    .map_err(fault("deleting documents"))?;
    Ok(())
}

/// Takes index values for their documents; a value that another one has is a conflict.
async fn put_index(connection: &mut PgConnection, writes: &[&Write]) -> Result<(), CommitError> {
    let (mut keys, mut names, mut values) = (KeyColumns::default(), Vec::new(), Vec::new());
    for write in writes {
        if let Write::Put { key, index, .. } = write {
            for (name, value) in index {
                keys.push(key);
                names.push(name.as_str());
                values.push(value.as_str());
            }
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let wanted = names.len() as i64;
    // Counts what is there afterwards: a value that a document names twice is there for both, a taken one for none.
    let insert = "INSERT INTO index_entry (name, value, table_name, account, region, id) \
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) \
         ON CONFLICT DO NOTHING";
    let count = "SELECT count(*) FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) \
         AS new (name, value, table_name, account, region, id) \
         JOIN index_entry USING (name, value, table_name, account, region, id)";
    let inserted = sqlx::query(insert)
        .bind(&names)
        .bind(&values)
        .bind(&keys.tables)
        .bind(&keys.accounts)
        .bind(&keys.regions)
        .bind(&keys.ids)
        .execute(&mut *connection)
        .await
        .map_err(fault("writing index entries"))?;
    if inserted.rows_affected() as i64 == wanted {
        return Ok(());
    }
    let there: i64 = sqlx::query_scalar(count)
        .bind(&names)
        .bind(&values)
        .bind(&keys.tables)
        .bind(&keys.accounts)
        .bind(&keys.regions)
        .bind(&keys.ids)
        .fetch_one(connection)
        .await
        .map_err(fault("checking index entries"))?;
    if there == wanted { Ok(()) } else { Err(CommitError::Conflict) }
}

async fn record_change(connection: &mut PgConnection, keys: &KeyColumns<'_>, revision: Revision) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO change (table_name, account, region, id, revision) \
         SELECT *, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])",
    )
    .bind(&keys.tables)
    .bind(&keys.accounts)
    .bind(&keys.regions)
    .bind(&keys.ids)
    .bind(revision.0 as i64)
    .execute(connection)
    .await
    .map_err(fault("writing the change feed"))?;
    Ok(())
}
