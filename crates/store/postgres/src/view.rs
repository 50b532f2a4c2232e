//! A view: one read-only transaction that PostgreSQL keeps at the revision it began with.

use async_trait::async_trait;
use sqlx::{Postgres, Transaction};
use store_resources::{Change, Changes, Document, Fault, Key, Page, Revision, View};
use tokio::sync::OwnedSemaphorePermit;

use crate::commit::measure;
use crate::connect::{Connections, Patience};
use crate::rows::{self, DocumentRow, fault};

/// An open read transaction. Dropping it gives the connection back.
pub(crate) struct PostgresView {
    transaction: Transaction<'static, Postgres>,
    /// Until it is dropped, the connection is this view's.
    _turn: OwnedSemaphorePermit,
    patience: Patience,
    revision: Revision,
    changes_from: Revision,
}

impl PostgresView {
    /// Begins at the newest revision.
    pub(crate) async fn open(connections: &Connections) -> Result<Self, Fault> {
        let patience = connections.patience();
        let begin = async {
            let turn = connections.turn().await;
            let mut transaction =
                connections.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            // The snapshot begins with the first read.
            let newest: (i64, i64) =
                sqlx::query_as("SELECT revision, changes_from FROM installation").fetch_one(&mut *transaction).await?;
            Ok((turn, transaction, newest))
        };
        let begin = Box::pin(async { begin.await.map_err(fault("opening a view")) });
        let (turn, transaction, (revision, changes_from)) =
            patience.within(begin, |late| Fault::new("opening a view", late)).await?;
        let (revision, changes_from) = (rows::revision(revision), rows::revision(changes_from));
        Ok(Self { transaction, _turn: turn, patience: patience.clone(), revision, changes_from })
    }
}

/// Reads of a view, each within the time a call may take.
macro_rules! read {
    ($view:ident, $what:literal, $query:expr, $fetch:ident) => {
        $view.patience.within(async { $query.$fetch(&mut *$view.transaction).await.map_err(fault($what)) }, |late| {
            Fault::new($what, late)
        })
    };
}

#[async_trait]
impl View for PostgresView {
    fn revision(&self) -> Revision {
        self.revision
    }

    async fn get(&mut self, key: &Key) -> Result<Option<Document>, Fault> {
        if !key.is_storable() {
            return Ok(None);
        }
        let query = sqlx::query_as(
            "SELECT revision, value FROM document WHERE table_name = $1 AND account = $2 AND region = $3 AND id = $4",
        )
        .bind(&key.table)
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.id);
        let row: Option<(i64, Vec<u8>)> = read!(self, "reading a document", query, fetch_optional).await?;
        Ok(row.map(|(revision, value)| Document { key: key.clone(), revision: rows::revision(revision), value }))
    }

    async fn scan(&mut self, prefix: &Key, after: Option<&str>, limit: u32) -> Result<Page, Fault> {
        macro_rules! scan {
            ($end:literal) => {
                concat!(
                    "SELECT table_name, account, region, id, revision, value FROM document \
                     WHERE table_name = $1 AND account = $2 AND region = $3 AND id >= $4",
                    $end,
                    " ORDER BY id LIMIT $5"
                )
            };
        }
        let from = prefix.scan_from(after);
        if !prefix.is_storable() || from.contains('\0') {
            return Ok(Page::default());
        }
        let end = prefix.scan_to();
        let query = sqlx::query_as(if end.is_some() { scan!(" AND id < $6") } else { scan!("") })
            .bind(&prefix.table)
            .bind(prefix.scope.account.as_str())
            .bind(prefix.scope.region.as_str())
            .bind(from)
            .bind(i64::from(limit) + 1);
        let query = if let Some(end) = end { query.bind(end) } else { query };
        page(read!(self, "reading a range", query, fetch_all).await?, limit)
    }

    async fn measure(&mut self, prefix: &Key) -> Result<(u64, Option<Revision>), Fault> {
        let late = |late| Fault::new("measuring a range", late);
        self.patience.within(measure(&mut self.transaction, prefix), late).await
    }

    async fn find(&mut self, index: &str, value: &str) -> Result<Option<Document>, Fault> {
        if value.contains('\0') {
            return Ok(None);
        }
        let query = sqlx::query_as(
            "SELECT table_name, account, region, id, revision, document.value FROM index_entry \
             JOIN document USING (table_name, account, region, id) \
             WHERE index_entry.name = $1 AND index_entry.value = $2",
        )
        .bind(index)
        .bind(value);
        let row: Option<DocumentRow> = read!(self, "reading an index", query, fetch_optional).await?;
        row.map(rows::document).transpose()
    }

    async fn scan_table(&mut self, table: &str, after: Option<&Key>, limit: u32) -> Result<Page, Fault> {
        if table.contains('\0') {
            return Ok(Page::default());
        }
        // No account is empty, so the empty one lies before them all.
        let (account, region, id) =
            after.map_or(("", "", ""), |key| (key.scope.account.as_str(), key.scope.region.as_str(), &key.id));
        let query = sqlx::query_as(
            "SELECT table_name, account, region, id, revision, value FROM document \
             WHERE table_name = $1 AND (account, region, id) > ($2, $3, $4) ORDER BY account, region, id LIMIT $5",
        )
        .bind(table)
        .bind(account)
        .bind(region)
        .bind(id)
        .bind(i64::from(limit) + 1);
        page(read!(self, "reading a table", query, fetch_all).await?, limit)
    }

    async fn changes(&mut self, since: Revision) -> Result<Changes, Fault> {
        if since < self.changes_from {
            return Ok(Changes::Truncated);
        }
        let query = sqlx::query_as(
            "SELECT revision, table_name, account, region, id FROM change WHERE revision > $1 \
             ORDER BY revision, table_name, account, region, id",
        )
        .bind(i64::try_from(since.0).unwrap_or(i64::MAX));
        let rows: Vec<(i64, String, String, String, String)> =
            read!(self, "reading the change feed", query, fetch_all).await?;
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
