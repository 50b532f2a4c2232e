//! Takes over the logs of earlier versions, which kept them in `records.db`.

use std::path::Path;
use std::sync::Arc;

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use store_records::time::from_nanoseconds;
use store_records::{Block, IdFilter, Stream};

use super::files::Folder;
use super::tail::Tail;
use crate::directory::{Directory, Durability, writing};
use crate::{OpenError, migrate, rows};

/// Where earlier versions kept them.
const DATABASE: &str = "records.db";

/// Where they are copied to, until all are.
const UNFINISHED: &str = "records.new";

/// Blocks read at once.
const STEP: u32 = 64;

/// Copies what is in `records.db`, puts the copy at `place`, and removes the database. What breaks off is begun anew, and
/// nothing is removed before the copy is whole.
pub(super) async fn over(directory: &Arc<Directory>, place: &Path) -> Result<(), OpenError> {
    let database = directory.path().join(DATABASE);
    if !database.exists() {
        return Ok(());
    }
    let fail = |source| OpenError::Directory { dir: directory.path().to_owned(), source };
    if !place.exists() {
        let unfinished = directory.path().join(UNFINISHED);
        if unfinished.exists() {
            std::fs::remove_dir_all(&unfinished).map_err(fail)?;
        }
        let unfinished = directory.folder(UNFINISHED)?;
        let fail_database = |source| OpenError::Database { file: database.clone(), source };
        let mut connection = writing(&database, Durability::Process).connect().await.map_err(fail_database)?;
        migrate::run(&mut connection, &database, migrate::RECORDS).await?;
        let blocks = copy(&mut connection, &database, &unfinished).await?;
        connection.close().await.map_err(fail_database)?;
        std::fs::rename(&unfinished, place).map_err(fail)?;
        tracing::info!(blocks, "the logs of an earlier version were taken over from `{DATABASE}`");
    }
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(directory.path().join(format!("{DATABASE}{suffix}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fail(error)),
            Ok(()) | Err(_) => (),
        }
    }
    Ok(())
}

type Row = (i64, String, String, String, i64, i64, u32, Vec<u8>, Vec<u8>);

async fn copy(connection: &mut SqliteConnection, database: &Path, to: &Path) -> Result<usize, OpenError> {
    const BLOCKS: &str = "SELECT block.sequence, account, region, stream, first, last, entries, filter, payload FROM block \
                          JOIN block_filter USING (sequence) JOIN block_payload USING (sequence) \
                          WHERE block.sequence > ? ORDER BY block.sequence LIMIT ?";
    let fail = |source| OpenError::Database { file: database.to_owned(), source };
    let mut tail = Tail::open(Folder::new(to.to_owned()), None).map_err(OpenError::from)?;
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let rows: Vec<Row> =
            sqlx::query_as(BLOCKS).bind(after).bind(STEP).fetch_all(&mut *connection).await.map_err(fail)?;
        let Some((last, ..)) = rows.last() else { break };
        after = *last;
        count += rows.len();
        let blocks: Vec<Block> = rows.into_iter().map(block).collect::<Result<_, _>>().map_err(fail)?;
        tail.append(&blocks, || ())?;
    }
    tail.sync()?;
    Ok(count)
}

fn block((_, account, region, name, first, last, entries, filter, payload): Row) -> Result<Block, sqlx::Error> {
    let scope = rows::scope(&account, &region).map_err(|fault| sqlx::Error::Decode(Box::new(fault)))?;
    Ok(Block {
        stream: Stream { scope, name },
        first: from_nanoseconds(first),
        last: from_nanoseconds(last),
        entries,
        filter: IdFilter::from_bytes(filter),
        payload: payload.into(),
    })
}
