//! A view: one read transaction, which SQLite keeps at the revision it began with.

use async_trait::async_trait;
use sqlx::{Sqlite, SqlitePool, Transaction};
use store_resources::{Change, Changes, Document, Fault, Key, Page, Revision, View};

use crate::commit::measure;
use crate::rows::{self, DocumentRow, fault};

/// An open read transaction. Dropping it gives the connection back.
pub(crate) struct SqliteView {
    transaction: Transaction<'static, Sqlite>,
    revision: Revision,
    changes_from: Revision,
}

impl SqliteView {
    /// Begins at the newest revision.
    pub(crate) async fn open(pool: &SqlitePool) -> Result<Self, Fault> {
        let mut transaction = pool.begin().await.map_err(fault("opening a view"))?;
        // The snapshot begins with the first read.
        let (revision, changes_from): (i64, i64) = sqlx::query_as("SELECT revision, changes_from FROM installation")
            .fetch_one(&mut *transaction)
            .await
            .map_err(fault("opening a view"))?;
        Ok(Self { transaction, revision: rows::revision(revision), changes_from: rows::revision(changes_from) })
    }
}

#[async_trait]
impl View for SqliteView {
    fn revision(&self) -> Revision {
        self.revision
    }

    async fn get(&mut self, key: &Key) -> Result<Option<Document>, Fault> {
        let row: Option<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT revision, value FROM document WHERE table_name = ? AND account = ? AND region = ? AND id = ?",
        )
        .bind(&key.table)
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.id)
        .fetch_optional(&mut *self.transaction)
        .await
        .map_err(fault("reading a document"))?;
        Ok(row.map(|(revision, value)| Document { key: key.clone(), revision: rows::revision(revision), value }))
    }

    async fn scan(&mut self, prefix: &Key, after: Option<&str>, limit: u32) -> Result<Page, Fault> {
        // Where a prefix has no end, an empty blob takes its place: SQLite sorts every text before it.
        let rows: Vec<DocumentRow> = sqlx::query_as(
            "SELECT table_name, account, region, id, revision, value FROM document \
             WHERE table_name = ? AND account = ? AND region = ? AND id >= ? AND id < coalesce(?, x'') \
             ORDER BY id LIMIT ?",
        )
        .bind(&prefix.table)
        .bind(prefix.scope.account.as_str())
        .bind(prefix.scope.region.as_str())
        .bind(prefix.scan_from(after))
        .bind(prefix.scan_to())
        .bind(i64::from(limit) + 1)
        .fetch_all(&mut *self.transaction)
        .await
        .map_err(fault("reading a range"))?;
        page(rows, limit)
    }

    async fn measure(&mut self, prefix: &Key) -> Result<(u64, Option<Revision>), Fault> {
        measure(&mut self.transaction, prefix).await
    }

    async fn find(&mut self, index: &str, value: &str) -> Result<Option<Document>, Fault> {
        let row: Option<DocumentRow> = sqlx::query_as(
            "SELECT table_name, account, region, id, revision, document.value FROM index_entry \
             JOIN document USING (table_name, account, region, id) \
             WHERE index_entry.name = ? AND index_entry.value = ?",
        )
        .bind(index)
        .bind(value)
        .fetch_optional(&mut *self.transaction)
        .await
        .map_err(fault("reading an index"))?;
        row.map(rows::document).transpose()
    }

    async fn scan_table(&mut self, table: &str, after: Option<&Key>, limit: u32) -> Result<Page, Fault> {
        // No account is empty, so the empty one lies before them all.
        let (account, region, id) =
            after.map_or(("", "", ""), |key| (key.scope.account.as_str(), key.scope.region.as_str(), &key.id));
        let rows: Vec<DocumentRow> = sqlx::query_as(
            "SELECT table_name, account, region, id, revision, value FROM document \
             WHERE table_name = ? AND (account, region, id) > (?, ?, ?) ORDER BY account, region, id LIMIT ?",
        )
        .bind(table)
        .bind(account)
        .bind(region)
        .bind(id)
        .bind(i64::from(limit) + 1)
        .fetch_all(&mut *self.transaction)
        .await
        .map_err(fault("reading a table"))?;
        page(rows, limit)
    }

    async fn changes(&mut self, since: Revision) -> Result<Changes, Fault> {
        if since < self.changes_from {
            return Ok(Changes::Truncated);
        }
        let since = i64::try_from(since.0).unwrap_or(i64::MAX);
        let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
            "SELECT revision, table_name, account, region, id FROM change WHERE revision > ? \
             ORDER BY revision, table_name, account, region, id",
        )
        .bind(since)
        .fetch_all(&mut *self.transaction)
        .await
        .map_err(fault("reading the change feed"))?;
        let change = |(revision, table, account, region, id)| {
            Ok(Change { revision: rows::revision(revision), key: rows::key((table, account, region, id))? })
        };
        rows.into_iter().map(change).collect::<Result<_, Fault>>().map(Changes::Since)
    }
}

/// Cuts the row that only says that more follow.
fn page(mut rows: Vec<DocumentRow>, limit: u32) -> Result<Page, Fault> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let documents = rows.into_iter().map(rows::document).collect::<Result<_, _>>()?;
    Ok(Page { documents, more })
}
