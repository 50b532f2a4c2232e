//! The one writer: it takes all writes that wait, puts them into one transaction, and answers after the commit.
//!
//! One sync of the disk so serves everybody who waited for it. Each write stands in a savepoint of its own: one that is
//! refused leaves the others alone.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection};
use store_resources::{CommitError, Fault, Revision};
use tokio::sync::{mpsc, oneshot, watch};

use crate::directory::Directory;
use crate::rows;

/// Something that is written in one piece.
#[async_trait]
pub(crate) trait Work: Send + 'static {
    /// What the caller gets once it is durable.
    type Output: Send;

    /// Writes; an error undoes all of it.
    async fn write(&mut self, group: &mut Group<'_>) -> Result<Self::Output, CommitError>;
}

/// The transaction that several writes share.
#[derive(Debug)]
pub(crate) struct Group<'c> {
    /// Where they write.
    pub(crate) connection: &'c mut SqliteConnection,
    /// The newest revision, with what this group has written so far.
    pub(crate) revision: Revision,
}

/// The way to the writer.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Queued>>,
    revision: watch::Receiver<Revision>,
    closing: watch::Sender<bool>,
    task: tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
}

/// Writes that wait before callers have to wait to be queued.
const QUEUE_MAX: usize = 1_024;

/// Writes that share one transaction, at most.
const GROUP_MAX: usize = 256;

impl Writer {
    /// Starts the writer; it keeps the directory locked until the database is closed.
    pub(crate) async fn start(
        mut connection: SqliteConnection,
        directory: Arc<Directory>,
    ) -> Result<Self, sqlx::Error> {
        let newest = rows::revision(read_revision(&mut connection).await?);
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let (announce, revision) = watch::channel(newest);
        let (closing, closed) = watch::channel(false);
        let task = tokio::spawn(async move {
            serve(&mut connection, waiting, announce, closed).await;
            close(connection).await;
            drop(directory);
        });
        Ok(Self { queue, revision, closing, task: tokio::sync::Mutex::new(Some(task)) })
    }

    /// Writes and waits until it is durable. A caller that gives up does not undo the write.
    pub(crate) async fn write<W: Work>(&self, work: W) -> Result<W::Output, CommitError> {
        let closed = || CommitError::Fault(Fault::new("writing", "the store is closed"));
        let (reply, answer) = oneshot::channel();
        self.queue.send(Box::new(Job { work, outcome: None, reply })).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// The newest durable revision, and word of later ones.
    pub(crate) fn revision(&self) -> watch::Receiver<Revision> {
        self.revision.clone()
    }

    /// Finishes what waits and closes the database.
    pub(crate) async fn close(&self) {
        self.closing.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer of the resources store broke off");
        }
    }
}

async fn serve(
    connection: &mut SqliteConnection,
    mut waiting: mpsc::Receiver<Box<dyn Queued>>,
    announce: watch::Sender<Revision>,
    mut closed: watch::Receiver<bool>,
) {
    let mut jobs = Vec::new();
    loop {
        let count = tokio::select! {
            count = waiting.recv_many(&mut jobs, GROUP_MAX) => count,
            // Also where all handles are gone: nobody can send any more.
            _ = closed.wait_for(|closing| *closing), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
        };
        if count == 0 {
            return;
        }
        let outcome = write_group(connection, &mut jobs).await.map_err(Arc::new);
        match &outcome {
            Ok(revision) => announce.send_if_modified(|known| std::mem::replace(known, *revision) != *revision),
            Err(error) => {
                tracing::error!(%error, writes = jobs.len(), "the resources store could not write");
                false
            }
        };
        for job in jobs.drain(..) {
            job.answer(outcome.as_ref().err());
        }
    }
}

/// Writes all jobs in one transaction, or none where the database itself fails.
async fn write_group(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Queued>]) -> Result<Revision, sqlx::Error> {
    let outcome = try_group(connection, jobs).await;
    if outcome.is_err() {
        // SQLite has often rolled back by itself; then this one says that there is nothing to do.
        let _ = execute(connection, "ROLLBACK").await;
    }
    outcome
}

async fn try_group(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Queued>]) -> Result<Revision, sqlx::Error> {
    execute(connection, "BEGIN IMMEDIATE").await?;
    let before = rows::revision(read_revision(connection).await?);
    let mut group = Group { connection, revision: before };
    for job in jobs {
        job.write(&mut group).await?;
    }
    let Group { connection, revision } = group;
    if revision != before {
        let number = revision.0 as i64;
        sqlx::query("UPDATE installation SET revision = ?").bind(number).execute(&mut *connection).await?;
    }
    execute(connection, "COMMIT").await?;
    Ok(revision)
}

async fn read_revision(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT revision FROM installation").fetch_one(connection).await
}

async fn execute(connection: &mut SqliteConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(drop)
}

async fn close(mut connection: SqliteConnection) {
    let folded = execute(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    if let Err(error) = folded.and(connection.close().await) {
        // Nothing is lost: the next start reads the write-ahead log.
        tracing::warn!(%error, "the resources store did not close in order");
    }
}

/// A piece of work whose kind the writer does not know.
#[async_trait]
trait Queued: Send {
    /// Writes and keeps the outcome; an error means that the whole group is lost.
    async fn write(&mut self, group: &mut Group<'_>) -> Result<(), sqlx::Error>;

    /// Tells the caller, once the group is durable or lost.
    fn answer(self: Box<Self>, lost: Option<&Arc<sqlx::Error>>);
}

struct Job<W: Work> {
    work: W,
    outcome: Option<Result<W::Output, CommitError>>,
    reply: oneshot::Sender<Result<W::Output, CommitError>>,
}

#[async_trait]
impl<W: Work> Queued for Job<W> {
    async fn write(&mut self, group: &mut Group<'_>) -> Result<(), sqlx::Error> {
        execute(group.connection, "SAVEPOINT job").await?;
        let before = group.revision;
        let outcome = self.work.write(group).await;
        if outcome.is_err() {
            group.revision = before;
            execute(group.connection, "ROLLBACK TO job").await?;
        }
        execute(group.connection, "RELEASE job").await?;
        self.outcome = Some(outcome);
        Ok(())
    }

    fn answer(self: Box<Self>, lost: Option<&Arc<sqlx::Error>>) {
        let outcome = match (lost, self.outcome) {
            (None, Some(outcome)) => outcome,
            (Some(error), _) => Err(Fault::new("writing", Arc::clone(error)).into()),
            (None, None) => Err(Fault::new("writing", "the write was not reached").into()),
        };
        // A caller that gave up does not hear it.
        let _ = self.reply.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region, Scope};
    use sqlx::ConnectOptions as _;
    use store_resources::{Batch, Key, Table, Write};

    use super::*;
    use crate::directory::{Durability, writing};
    use crate::migrate;

    /// A writer whose disk is full after so many more pages.
    async fn writer(dir: &std::path::Path, pages: u32) -> Writer {
        let directory = Arc::new(Directory::open(dir).unwrap());
        let file = directory.database("resources.db").unwrap();
        let mut connection = writing(&file, Durability::Power).connect().await.unwrap();
        migrate::run(&mut connection, &file, migrate::RESOURCES).await.unwrap();
        let used: u32 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
        let most = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", used + pages));
        sqlx::query(most).execute(&mut connection).await.unwrap();
        Writer::start(connection, directory).await.unwrap()
    }

    fn batch(id: &str, bytes: usize) -> Batch {
        let scope =
            Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let write = Write::Put { key: Key::new(scope, Table("pets"), id), value: vec![0; bytes], index: Vec::new() };
        Batch { writes: vec![write], ..Batch::default() }
    }

    #[tokio::test]
    async fn a_full_disk_is_a_fault_and_what_was_acknowledged_stays() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path(), 20).await;
        assert_eq!(writer.write(batch("small", 10)).await.unwrap(), Revision(1));
        let refused = writer.write(batch("large", 1_000_000)).await;
        assert!(matches!(refused, Err(CommitError::Fault(_))), "{refused:?}");
        assert_eq!(writer.write(batch("small", 20)).await.unwrap(), Revision(2), "it goes on where there is room");
        assert_eq!(*writer.revision().borrow(), Revision(2));
        writer.close().await;
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_does_not_stop_its_write() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path(), 1_000).await;
        let mut revision = writer.revision();
        assert!(futures_util::future::poll_immediate(writer.write(batch("cat", 10))).await.is_none());
        revision.wait_for(|revision| *revision == Revision(1)).await.unwrap();
        writer.close().await;
    }
}
