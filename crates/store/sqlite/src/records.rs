//! The records store: blocks of events in a database of their own, which gives disk space back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::Timestamp;
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_records::{
    Block, BlockQuery, CANDIDATES_MAX, Events, Fault, FindQuery, IdFilter, Pruned, StoredBlock, Stream,
};
use store_resources::key::above;

use crate::directory::{Directory, Durability, reading, writing};
use crate::{OpenError, migrate, rows};

/// `records.db`.
#[derive(Debug)]
pub(crate) struct SqliteRecords {
    readers: SqlitePool,
    writer: SqlitePool,
    _directory: Arc<Directory>,
}

/// Connections that read at once, at most.
const READERS_MAX: u32 = 4;

/// How long a caller waits for a connection before that is a fault.
const WAIT: Duration = Duration::from_secs(10);

/// Blocks that retention deletes in one transaction, so that appending never waits long.
const PRUNE_STEP: i64 = 500;

impl SqliteRecords {
    pub(crate) async fn open(directory: &Arc<Directory>) -> Result<Self, OpenError> {
        let file = directory.database("records.db")?;
        let fail = |source| OpenError::Database { file: file.clone(), source };
        let pool = || SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false);
        // Named, so that what recording costs can be seen from outside.
        let writing = writing(&file, Durability::Process).thread_name(|_| "records-write".to_owned());
        let writer = pool().max_connections(1).connect_with(writing).await.map_err(fail)?;
        let mut connection = writer.acquire().await.map_err(fail)?;
        migrate::run(&mut connection, &file, migrate::RECORDS).await?;
        drop(connection);
        let readers = pool().max_connections(READERS_MAX).connect_lazy_with(reading(&file));
        Ok(Self { readers, writer, _directory: Arc::clone(directory) })
    }

    /// Folds the write-ahead log and closes.
    pub(crate) async fn close(&self) {
        let _ = futures_util::future::poll_immediate(self.readers.close()).await;
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await {
            tracing::warn!(%error, "the records store did not close in order");
        }
        self.writer.close().await;
    }
}

fn fault(what: &'static str) -> impl Fn(sqlx::Error) -> Fault {
    move |error| Fault::new(what, error)
}

/// Reads whole blocks; conditions follow.
macro_rules! select_blocks {
    () => {
        "SELECT block.sequence, account, region, stream, first, last, entries, filter, payload FROM block \
         JOIN block_filter USING (sequence) JOIN block_payload USING (sequence) WHERE "
    };
}

/// Chosen by scope and stream: an absent scope is all, and an empty blob lies above every text.
macro_rules! chosen {
    () => {
        "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2) AND stream >= ?3 AND stream < coalesce(?4, x'')"
    };
}

/// Chosen by time and number, too.
macro_rules! select_range {
    ($order:literal) => {
        concat!(
            select_blocks!(),
            chosen!(),
            " AND last >= ?5 AND first <= ?6 AND block.sequence > ?7 ORDER BY block.sequence ",
            $order,
            " LIMIT ?8"
        )
    };
}

#[async_trait]
impl Events for SqliteRecords {
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault> {
        if blocks.is_empty() {
            return Ok(());
        }
        let fail = fault("storing blocks");
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        for block in &blocks {
            insert(&mut transaction, block).await.map_err(&fail)?;
        }
        transaction.commit().await.map_err(&fail)
    }

    async fn read(&self, query: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        let statement = if query.newest_first { select_range!("DESC") } else { select_range!("ASC") };
        let rows: Vec<BlockRow> = sqlx::query_as(statement)
            .bind(query.scope.as_ref().map(|scope| scope.account.as_str()))
            .bind(query.scope.as_ref().map(|scope| scope.region.as_str()))
            .bind(&query.stream_prefix)
            .bind(above(&query.stream_prefix))
            .bind(to_nanoseconds(query.from))
            .bind(to_nanoseconds(query.to))
            .bind(query.after.unwrap_or(i64::MIN))
            .bind(query.limit)
            .fetch_all(&self.readers)
            .await
            .map_err(fault("reading blocks"))?;
        rows.into_iter().map(stored).collect()
    }

    async fn candidates(&self, query: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        const FILTERS: &str = concat!(
            "SELECT sequence, filter FROM block JOIN block_filter USING (sequence) WHERE ",
            chosen!(),
            " ORDER BY sequence"
        );
        let fail = fault("looking for a request");
        let probe = IdFilter::probe(query.request);
        let mut numbers: Vec<i64> = Vec::new();
        let mut filters = sqlx::query_as::<_, (i64, Vec<u8>)>(FILTERS)
            .bind(query.scope.as_ref().map(|scope| scope.account.as_str()))
            .bind(query.scope.as_ref().map(|scope| scope.region.as_str()))
            .bind(&query.stream_prefix)
            .bind(above(&query.stream_prefix))
            .fetch(&self.readers);
        while let Some((sequence, filter)) = filters.try_next().await.map_err(&fail)? {
            if IdFilter::may_hold_in(&filter, probe) {
                numbers.push(sequence);
            }
            if numbers.len() == CANDIDATES_MAX {
                break;
            }
        }
        drop(filters);
        let mut blocks = Vec::with_capacity(numbers.len());
        for number in numbers {
            // A block that retention has just taken is no longer there, and no longer wanted.
            let row: Option<BlockRow> = sqlx::query_as(concat!(select_blocks!(), "block.sequence = ?"))
                .bind(number)
                .fetch_optional(&self.readers)
                .await
                .map_err(&fail)?;
            blocks.extend(row.map(stored).transpose()?);
        }
        Ok(blocks)
    }

    async fn prune(&self, before: Timestamp, bytes_max: u64) -> Result<Pruned, Fault> {
        let fail = fault("removing old blocks");
        let mut connection = self.writer.acquire().await.map_err(&fail)?;
        let mut pruned = Pruned::default();
        loop {
            let step = prune_step(&mut connection, before, bytes_max).await.map_err(&fail)?;
            if step.blocks == 0 {
                break;
            }
            pruned.blocks += step.blocks;
            pruned.bytes += step.bytes;
        }
        if pruned.blocks > 0 {
            sqlx::query("PRAGMA incremental_vacuum").execute(&mut *connection).await.map_err(&fail)?;
        }
        Ok(pruned)
    }

    async fn bytes(&self) -> Result<u64, Fault> {
        sum(&mut *self.readers.acquire().await.map_err(fault("measuring"))?).await.map_err(fault("measuring"))
    }
}

async fn insert(connection: &mut SqliteConnection, block: &Block) -> Result<(), sqlx::Error> {
    let Stream { scope, name } = &block.stream;
    let sequence = sqlx::query(
        "INSERT INTO block (account, region, stream, first, last, entries, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(name)
    .bind(to_nanoseconds(block.first))
    .bind(to_nanoseconds(block.last))
    .bind(block.entries)
    .bind(block.stored_bytes() as i64)
    .execute(&mut *connection)
    .await?
    .last_insert_rowid();
    let parts = [
        ("INSERT INTO block_filter (sequence, filter) VALUES (?, ?)", block.filter.as_bytes()),
        ("INSERT INTO block_payload (sequence, payload) VALUES (?, ?)", &block.payload),
    ];
    for (statement, bytes) in parts {
        sqlx::query(statement).bind(sequence).bind(bytes).execute(&mut *connection).await?;
    }
    Ok(())
}

type BlockRow = (i64, String, String, String, i64, i64, u32, Vec<u8>, Vec<u8>);

fn stored(row: BlockRow) -> Result<StoredBlock, Fault> {
    let (sequence, account, region, name, first, last, entries, filter, payload) = row;
    let scope = rows::scope(&account, &region).map_err(|fault| Fault::new("reading a block's scope", fault))?;
    let block = Block {
        stream: Stream { scope, name },
        first: from_nanoseconds(first),
        last: from_nanoseconds(last),
        entries,
        filter: IdFilter::from_bytes(filter),
        payload: payload.into(),
    };
    Ok(StoredBlock { sequence, block })
}

async fn sum(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let bytes: i64 = sqlx::query_scalar("SELECT coalesce(sum(bytes), 0) FROM block").fetch_one(connection).await?;
    Ok(bytes as u64)
}

/// Deletes the oldest blocks that are too old or too many, some at a time.
async fn prune_step(
    connection: &mut SqliteConnection,
    before: Timestamp,
    bytes_max: u64,
) -> Result<Pruned, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut excess = sum(&mut transaction).await?.saturating_sub(bytes_max);
    let oldest: Vec<(i64, i64, i64)> =
        sqlx::query_as("SELECT sequence, last, bytes FROM block ORDER BY last, sequence LIMIT ?")
            .bind(PRUNE_STEP)
            .fetch_all(&mut *transaction)
            .await?;
    let mut pruned = Pruned::default();
    for (sequence, last, bytes) in oldest {
        if last >= to_nanoseconds(before) && excess == 0 {
            break;
        }
        for statement in [
            "DELETE FROM block WHERE sequence = ?",
            "DELETE FROM block_filter WHERE sequence = ?",
            "DELETE FROM block_payload WHERE sequence = ?",
        ] {
            sqlx::query(statement).bind(sequence).execute(&mut *transaction).await?;
        }
        excess = excess.saturating_sub(bytes as u64);
        pruned.blocks += 1;
        pruned.bytes += bytes as u64;
    }
    transaction.commit().await?;
    Ok(pruned)
}
