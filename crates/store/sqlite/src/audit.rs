//! The audit outbox in the resources database.

use async_trait::async_trait;
use base::Timestamp;
use sqlx::{FromRow, Row as _, SqliteConnection, SqlitePool};
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_resources::{AuditAttribute, AuditEntry, AuditFilter, AuditPage, AuditPosition, CommitError, Fault, Lease};

use crate::commit::check_lease;
use crate::rows::{self, fault};
use crate::writer::{Group, Work};

/// Entries of calls that changed nothing.
#[derive(Debug)]
pub(crate) struct Append(pub(crate) Vec<AuditEntry>);

#[async_trait]
impl Work for Append {
    type Output = ();

    async fn write(&mut self, group: &mut Group<'_>) -> Result<(), CommitError> {
        Ok(insert(group.connection, &self.0).await?)
    }
}

/// Removes the oldest entries.
#[derive(Debug)]
pub(crate) struct Prune {
    pub(crate) before: Timestamp,
    pub(crate) limit: u32,
    pub(crate) lease: Lease,
}

#[async_trait]
impl Work for Prune {
    type Output = u64;

    async fn write(&mut self, group: &mut Group<'_>) -> Result<u64, CommitError> {
        check_lease(group.connection, &self.lease).await?;
        let statements = [
            "DELETE FROM audit_attribute WHERE sequence IN \
             (SELECT sequence FROM audit WHERE time < ? ORDER BY time, sequence LIMIT ?)",
            "DELETE FROM audit WHERE sequence IN \
             (SELECT sequence FROM audit WHERE time < ? ORDER BY time, sequence LIMIT ?)",
        ];
        let mut gone = 0;
        for statement in statements {
            let done = sqlx::query(statement)
                .bind(to_nanoseconds(self.before))
                .bind(self.limit)
                .execute(&mut *group.connection)
                .await
                .map_err(fault("removing old audit entries"))?;
            gone = done.rows_affected();
        }
        Ok(gone)
    }
}

/// Writes entries and the attributes they are found by.
pub(crate) async fn insert(connection: &mut SqliteConnection, entries: &[AuditEntry]) -> Result<(), Fault> {
    for entry in entries {
        let sequence = insert_entry(connection, entry).await.map_err(fault("writing an audit entry"))?;
        // One statement for all attributes; a value that comes twice is found once.
        sqlx::query(
            "INSERT OR IGNORE INTO audit_attribute (account, region, attribute, value, time, sequence) \
             SELECT ?, ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?, ? FROM json_each(?)",
        )
        .bind(entry.scope.account.as_str())
        .bind(entry.scope.region.as_str())
        .bind(to_nanoseconds(entry.time))
        .bind(sequence)
        .bind(to_json(&entry.attributes()))
        .execute(&mut *connection)
        .await
        .map_err(fault("writing an audit entry's attributes"))?;
    }
    Ok(())
}

async fn insert_entry(connection: &mut SqliteConnection, entry: &AuditEntry) -> Result<i64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO audit (account, region, time, event_id, event_name, event_source, read_only, username, \
         access_key_id, resources, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.scope.account.as_str())
    .bind(entry.scope.region.as_str())
    .bind(to_nanoseconds(entry.time))
    .bind(&entry.event_id)
    .bind(&entry.event_name)
    .bind(&entry.event_source)
    .bind(entry.read_only)
    .bind(&entry.username)
    .bind(&entry.access_key_id)
    .bind(to_json(&entry.resources))
    .bind(&entry.record)
    .execute(connection)
    .await?;
    Ok(done.last_insert_rowid())
}

fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("pairs of texts are JSON")
}

/// Every entry of the scope and window, walked by time.
const READ_ALL: &str = "SELECT * FROM audit \
    WHERE account = ? AND region = ? AND time BETWEEN ? AND ? AND (time, sequence) < (?, ?) \
    ORDER BY time DESC, sequence DESC LIMIT ?";

/// The same of one attribute's value, walked in that attribute's own order.
const READ_SOME: &str = "SELECT audit.* FROM audit_attribute AS found JOIN audit ON audit.sequence = found.sequence \
    WHERE found.account = ? AND found.region = ? AND found.time BETWEEN ? AND ? \
    AND (found.time, found.sequence) < (?, ?) AND found.attribute = ? AND found.value = ? \
    ORDER BY found.time DESC, found.sequence DESC LIMIT ?";

/// Reads a page, newest first.
pub(crate) async fn read(pool: &SqlitePool, filter: &AuditFilter) -> Result<AuditPage, Fault> {
    let after = filter.after.map_or((i64::MAX, i64::MAX), |after| (to_nanoseconds(after.time), after.sequence));
    let query = sqlx::query_as::<_, AuditRow>(if filter.attribute.is_some() { READ_SOME } else { READ_ALL })
        .bind(filter.account.as_str())
        .bind(filter.region.as_str())
        .bind(to_nanoseconds(filter.from))
        .bind(to_nanoseconds(filter.to))
        .bind(after.0)
        .bind(after.1);
    let query = match filter.attribute.as_ref().map(AuditAttribute::parts) {
        Some((name, value)) => query.bind(name).bind(value),
        None => query,
    };
    // One more than asked for tells whether there is another page.
    let mut rows =
        query.bind(i64::from(filter.limit) + 1).fetch_all(pool).await.map_err(fault("reading audit entries"))?;
    let more = rows.len() > filter.limit as usize;
    rows.truncate(filter.limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| AuditPosition { time: from_nanoseconds(row.time), sequence: row.sequence });
    let entries = rows.into_iter().map(AuditRow::into_entry).collect::<Result<_, _>>()?;
    Ok(AuditPage { entries, next })
}

struct AuditRow {
    sequence: i64,
    account: String,
    region: String,
    time: i64,
    resources: String,
    entry: Rest,
}

/// The columns that go into the entry as they are.
struct Rest {
    event_id: String,
    event_name: String,
    event_source: String,
    read_only: bool,
    username: Option<String>,
    access_key_id: Option<String>,
    record: String,
}

impl FromRow<'_, sqlx::sqlite::SqliteRow> for AuditRow {
    fn from_row(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            sequence: row.try_get("sequence")?,
            account: row.try_get("account")?,
            region: row.try_get("region")?,
            time: row.try_get("time")?,
            resources: row.try_get("resources")?,
            entry: Rest {
                event_id: row.try_get("event_id")?,
                event_name: row.try_get("event_name")?,
                event_source: row.try_get("event_source")?,
                read_only: row.try_get("read_only")?,
                username: row.try_get("username")?,
                access_key_id: row.try_get("access_key_id")?,
                record: row.try_get("record")?,
            },
        })
    }
}

impl AuditRow {
    fn into_entry(self) -> Result<AuditEntry, Fault> {
        let resources = serde_json::from_str(&self.resources)
            .map_err(|error| Fault::new("reading an audit entry's resources", error))?;
        let Rest { event_id, event_name, event_source, read_only, username, access_key_id, record } = self.entry;
        Ok(AuditEntry {
            scope: rows::scope(&self.account, &self.region)?,
            event_id,
            time: from_nanoseconds(self.time),
            event_name,
            event_source,
            read_only,
            username,
            access_key_id,
            resources,
            record,
        })
    }
}
