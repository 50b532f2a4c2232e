//! The audit outbox in the database.

use std::borrow::Cow;

use base::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_resources::{AuditAttribute, AuditEntry, AuditFilter, AuditPage, AuditPosition, CommitError, Fault, Lease};

use crate::commit::{begin, check_lease, end};
use crate::rows::{self, fault};

/// Writes entries of calls that changed nothing. They need no lock, and PostgreSQL lets concurrent commits share a sync.
pub(crate) async fn append(pool: &PgPool, entries: &[AuditEntry]) -> Result<(), Fault> {
    let mut transaction = begin(pool).await?;
    insert(&mut transaction, entries).await?;
    transaction.commit().await.map_err(fault("committing audit entries"))
}

/// Writes entries and the attributes they are found by.
pub(crate) async fn insert(connection: &mut PgConnection, entries: &[AuditEntry]) -> Result<(), Fault> {
    for entry in entries {
        let (names, values): (Vec<&str>, Vec<Cow<'_, str>>) =
            entry.attributes().into_iter().map(|(name, value)| (name, storable(value))).unzip();
        let resources = serde_json::to_string(&entry.resources).expect("pairs of texts are JSON");
        sqlx::query(
            "WITH entry AS ( \
                 INSERT INTO audit (account, region, time, event_id, event_name, event_source, read_only, username, \
                 access_key_id, resources, record) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 RETURNING account, region, time, sequence) \
             INSERT INTO audit_attribute (account, region, attribute, value, time, sequence) \
             SELECT account, region, attribute, value, time, sequence \
             FROM entry, unnest($12::text[], $13::text[]) AS found (attribute, value) \
             ON CONFLICT DO NOTHING",
        )
        .bind(entry.scope.account.as_str())
        .bind(entry.scope.region.as_str())
        .bind(to_nanoseconds(entry.time))
        .bind(storable(&entry.event_id))
        .bind(storable(&entry.event_name))
        .bind(storable(&entry.event_source))
        .bind(entry.read_only)
        .bind(entry.username.as_deref().map(storable))
        .bind(entry.access_key_id.as_deref().map(storable))
        .bind(resources)
        .bind(storable(&entry.record))
        .bind(names)
        .bind(values)
        .execute(&mut *connection)
        .await
        .map_err(fault("writing an audit entry"))?;
    }
    Ok(())
}

/// PostgreSQL's texts hold no NUL. A stranger's name with one must not keep its record out.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// Removes the oldest entries for the holder of a lease.
pub(crate) async fn prune(pool: &PgPool, before: Timestamp, limit: u32, lease: &Lease) -> Result<u64, CommitError> {
    let mut transaction = begin(pool).await?;
    let outcome = match check_lease(&mut transaction, lease).await {
        Ok(()) => delete(&mut transaction, before, limit).await.map_err(CommitError::from),
        refused => refused.map(|()| 0),
    };
    end(transaction, outcome).await
}

async fn delete(connection: &mut PgConnection, before: Timestamp, limit: u32) -> Result<u64, Fault> {
    let gone: i64 = sqlx::query_scalar(
        "WITH gone AS ( \
             DELETE FROM audit WHERE sequence IN \
             (SELECT sequence FROM audit WHERE time < $1 ORDER BY time, sequence LIMIT $2) RETURNING sequence), \
         attributes AS (DELETE FROM audit_attribute USING gone WHERE audit_attribute.sequence = gone.sequence) \
         SELECT count(*) FROM gone",
    )
    .bind(to_nanoseconds(before))
    .bind(i64::from(limit))
    .fetch_one(connection)
    .await
    .map_err(fault("removing old audit entries"))?;
    Ok(gone as u64)
}

/// Every entry of the scope and window, walked by time.
const READ_ALL: &str = "SELECT * FROM audit \
    WHERE account = $1 AND region = $2 AND time BETWEEN $3 AND $4 AND (time, sequence) < ($5, $6) \
    ORDER BY time DESC, sequence DESC LIMIT $7";

/// The same of one attribute's value, walked in that attribute's own order.
const READ_SOME: &str = "SELECT audit.* FROM audit_attribute AS found JOIN audit ON audit.sequence = found.sequence \
    WHERE found.account = $1 AND found.region = $2 AND found.time BETWEEN $3 AND $4 \
    AND (found.time, found.sequence) < ($5, $6) AND found.attribute = $8 AND found.value = $9 \
    ORDER BY found.time DESC, found.sequence DESC LIMIT $7";

/// Reads a page, newest first.
pub(crate) async fn read(pool: &PgPool, filter: &AuditFilter) -> Result<AuditPage, Fault> {
    let after = filter.after.map_or((i64::MAX, i64::MAX), |after| (to_nanoseconds(after.time), after.sequence));
    let query = sqlx::query_as::<_, AuditRow>(if filter.attribute.is_some() { READ_SOME } else { READ_ALL })
        .bind(filter.account.as_str())
        .bind(filter.region.as_str())
        .bind(to_nanoseconds(filter.from))
        .bind(to_nanoseconds(filter.to))
        .bind(after.0)
        .bind(after.1)
        // One more than asked for tells whether there is another page.
        .bind(i64::from(filter.limit) + 1);
    let query = match filter.attribute.as_ref().map(AuditAttribute::parts) {
        Some((_, value)) if value.contains('\0') => return Ok(AuditPage::default()),
        Some((name, value)) => query.bind(name).bind(value),
        None => query,
    };
    let mut rows = query.fetch_all(pool).await.map_err(fault("reading audit entries"))?;
    let more = rows.len() > filter.limit as usize;
    rows.truncate(filter.limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.position);
    let entries = rows.into_iter().map(AuditRow::into_entry).collect::<Result<_, _>>()?;
    Ok(AuditPage { entries, next })
}

/// An entry but for what is still to be read from text.
struct AuditRow {
    position: AuditPosition,
    account: String,
    region: String,
    resources: String,
    event_id: String,
    event_name: String,
    event_source: String,
    read_only: bool,
    username: Option<String>,
    access_key_id: Option<String>,
    record: String,
}

impl FromRow<'_, PgRow> for AuditRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: AuditPosition {
                time: from_nanoseconds(row.try_get("time")?),
                sequence: row.try_get("sequence")?,
            },
            account: row.try_get("account")?,
            region: row.try_get("region")?,
            resources: row.try_get("resources")?,
            event_id: row.try_get("event_id")?,
            event_name: row.try_get("event_name")?,
            event_source: row.try_get("event_source")?,
            read_only: row.try_get("read_only")?,
            username: row.try_get("username")?,
            access_key_id: row.try_get("access_key_id")?,
            record: row.try_get("record")?,
        })
    }
}

impl AuditRow {
    fn into_entry(self) -> Result<AuditEntry, Fault> {
        let resources = serde_json::from_str(&self.resources)
            .map_err(|error| Fault::new("reading an audit entry's resources", error))?;
        Ok(AuditEntry {
            scope: rows::scope(&self.account, &self.region)?,
            event_id: self.event_id,
            time: self.position.time,
            event_name: self.event_name,
            event_source: self.event_source,
            read_only: self.read_only,
            username: self.username,
            access_key_id: self.access_key_id,
            resources,
            record: self.record,
        })
    }
}
