//! The records store: blocks of events in one table, filters checked where they lie.

use async_trait::async_trait;
use base::Timestamp;
use sqlx::PgConnection;
use store_records::time::{from_nanoseconds, to_nanoseconds};
use store_records::{
    Block, BlockQuery, CANDIDATES_MAX, Events, Fault, FindQuery, IdFilter, Pruned, StoredBlock, Stream,
};
use store_resources::key::above;

use crate::connect::Connections;
use crate::rows;

/// Connections for events and blobs.
pub(crate) const CONNECTIONS_MAX: u32 = 6;
/// One of them stores events, which must not wait behind large blobs and long searches.
pub(crate) const STORING: u32 = 1;

/// The lock of whoever appends; the number is ours alone by convention of this crate.
const APPEND_LOCK: i64 = 0x706f_7274_6375_0002;

/// The table of blocks.
#[derive(Debug)]
pub(crate) struct PostgresRecords(pub(crate) Connections);

/// Reads whole blocks chosen by scope and stream, where an absent scope is all; more conditions follow.
macro_rules! select_blocks {
    ($rest:literal) => {
        concat!(
            "SELECT sequence, account, region, stream, first, last, entries, filter, payload FROM block \
             WHERE ($1::text IS NULL OR account = $1) AND ($2::text IS NULL OR region = $2) \
             AND stream >= $3 AND ($4::text IS NULL OR stream < $4) ",
            $rest
        )
    };
}

/// [`IdFilter`]'s check in PostgreSQL's words; `$5` and `$6` are the id's two numbers.
const CANDIDATES: &str = select_blocks!(
    "AND CASE WHEN length(filter) = 0 THEN false ELSE \
     (SELECT bool_and(get_bit(filter, (($5::bigint + probe * $6::bigint) % (8 * length(filter)))::integer) = 1) \
      FROM generate_series(0, 7) AS probe) END \
     ORDER BY sequence LIMIT $7"
);

#[async_trait]
impl Events for PostgresRecords {
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault> {
        let append = Box::pin(async {
            let mut transaction = self.0.begin().await?;
            // Numbers must become visible in order, or a follower would pass over a block for good.
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(APPEND_LOCK).execute(&mut *transaction).await?;
            for block in &blocks {
                insert(&mut transaction, block).await?;
            }
            transaction.commit().await
        });
        if blocks.is_empty() { Ok(()) } else { self.0.at_once("storing blocks", append).await }
    }

    async fn read(&self, query: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        let statement = if query.newest_first {
            select_blocks!("AND last >= $5 AND first <= $6 AND sequence > $7 ORDER BY sequence DESC LIMIT $8")
        } else {
            select_blocks!("AND last >= $5 AND first <= $6 AND sequence > $7 ORDER BY sequence LIMIT $8")
        };
        let select = sqlx::query_as(statement)
            .bind(query.scope.as_ref().map(|scope| scope.account.as_str()))
            .bind(query.scope.as_ref().map(|scope| scope.region.as_str()))
            .bind(&query.stream_prefix)
            .bind(above(&query.stream_prefix))
            .bind(to_nanoseconds(query.from))
            .bind(to_nanoseconds(query.to))
            .bind(query.after.unwrap_or(i64::MIN))
            .bind(i64::from(query.limit));
        let rows: Vec<BlockRow> = self.0.within("reading blocks", select.fetch_all(self.0.pool())).await?;
        rows.into_iter().map(stored).collect()
    }

    async fn candidates(&self, query: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        let (one, two) = IdFilter::probe(query.request);
        let select = sqlx::query_as(CANDIDATES)
            .bind(query.scope.as_ref().map(|scope| scope.account.as_str()))
            .bind(query.scope.as_ref().map(|scope| scope.region.as_str()))
            .bind(&query.stream_prefix)
            .bind(above(&query.stream_prefix))
            .bind(i64::from(one))
            .bind(i64::from(two))
            .bind(CANDIDATES_MAX as i64);
        let rows: Vec<BlockRow> = self.0.within("looking for a request", select.fetch_all(self.0.pool())).await?;
        rows.into_iter().map(stored).collect()
    }

    async fn prune(&self, before: Timestamp, bytes_max: u64) -> Result<Pruned, Fault> {
        // Counted from the newest: whatever lies beyond the size goes, and so does what is too old.
        let delete = sqlx::query_as(
            "WITH counted AS ( \
                 SELECT sequence, last, sum(bytes) OVER (ORDER BY last DESC, sequence DESC) AS up_to_here FROM block), \
             gone AS ( \
                 DELETE FROM block USING counted WHERE block.sequence = counted.sequence \
                 AND (counted.last < $1 OR counted.up_to_here > $2) RETURNING bytes) \
             SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM gone",
        )
        .bind(to_nanoseconds(before))
        .bind(i64::try_from(bytes_max).unwrap_or(i64::MAX));
        let (blocks, bytes): (i64, i64) = self.0.within("removing old blocks", delete.fetch_one(self.0.pool())).await?;
        Ok(Pruned { blocks: blocks as u64, bytes: bytes as u64 })
    }

    async fn bytes(&self) -> Result<u64, Fault> {
        let sum = sqlx::query_scalar("SELECT coalesce(sum(bytes), 0)::bigint FROM block");
        let bytes: i64 = self.0.within("measuring", sum.fetch_one(self.0.pool())).await?;
        Ok(bytes as u64)
    }
}

async fn insert(connection: &mut PgConnection, block: &Block) -> Result<(), sqlx::Error> {
    let Stream { scope, name } = &block.stream;
    sqlx::query(
        "INSERT INTO block (account, region, stream, first, last, entries, bytes, filter, payload) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(name)
    .bind(to_nanoseconds(block.first))
    .bind(to_nanoseconds(block.last))
    .bind(i64::from(block.entries))
    .bind(block.stored_bytes() as i64)
    .bind(block.filter.as_bytes())
    .bind(&*block.payload)
    .execute(connection)
    .await
    .map(drop)
}

type BlockRow = (i64, String, String, String, i64, i64, i64, Vec<u8>, Vec<u8>);

fn stored(row: BlockRow) -> Result<StoredBlock, Fault> {
    let (sequence, account, region, name, first, last, entries, filter, payload) = row;
    let scope = rows::scope(&account, &region).map_err(|fault| Fault::new("reading a block's scope", fault))?;
    let block = Block {
        stream: Stream { scope, name },
        first: from_nanoseconds(first),
        last: from_nanoseconds(last),
        entries: u32::try_from(entries).map_err(|error| Fault::new("reading a block", error))?,
        filter: IdFilter::from_bytes(filter),
        payload: payload.into(),
    };
    Ok(StoredBlock { sequence, block })
}
