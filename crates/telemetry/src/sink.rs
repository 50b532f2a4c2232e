//! The near end: where a request leaves what it has to tell.

use std::sync::Arc;

use base::id::RequestId;
use base::{Scope, Timestamp};
use tokio::sync::{mpsc, oneshot};

use crate::queue::{Kind, Queue, Record};
use crate::{Dropped, stream};

/// One line of a log.
#[derive(Debug, Clone, Copy)]
pub struct LogLine<'a> {
    /// Whose.
    pub scope: &'a Scope,
    /// Which log: see [`crate::stream`].
    pub stream: &'a Arc<str>,
    /// When.
    pub time: Timestamp,
    /// The request it tells of.
    pub request: RequestId,
    /// The line, without its line end.
    pub line: &'a [u8],
    /// Where the line spells the request's id, if it does: then the id is kept once.
    pub id_at: Option<usize>,
}

/// Takes log lines and trails. It never waits: what does not fit is dropped and counted.
#[derive(Debug, Clone)]
pub struct Sink {
    queue: Arc<Queue>,
    trail: Arc<str>,
    ask: mpsc::Sender<oneshot::Sender<usize>>,
}

/// Why a flush did not reach the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlushError {
    /// The store failed; the writer goes on trying.
    #[error("{blocks} blocks of records are not stored yet")]
    NotStored {
        /// How many blocks wait.
        blocks: usize,
    },
    /// The writer has ended.
    #[error("the writer of records has stopped")]
    Stopped,
}

impl Sink {
    pub(crate) fn new(queue: Arc<Queue>, ask: mpsc::Sender<oneshot::Sender<usize>>) -> Self {
        Self { queue, trail: stream::TRAIL.into(), ask }
    }

    /// Records a line of a log.
    pub fn log(&self, line: LogLine<'_>) {
        let LogLine { scope, stream, time, request, line: bytes, id_at } = line;
        self.queue.push(Record { scope, stream, time, request, bytes, id_at, kind: Kind::Log });
    }

    /// Records a request's trail.
    pub fn trail(&self, scope: &Scope, time: Timestamp, request: RequestId, bytes: &[u8]) {
        let stream = &self.trail;
        self.queue.push(Record { scope, stream, time, request, bytes, id_at: None, kind: Kind::Trail });
    }

    /// What had to be dropped since the start.
    pub fn dropped(&self) -> Dropped {
        self.queue.dropped()
    }

    /// Answers when everything recorded before is stored, or could not be: for shutdown and tests.
    pub async fn flush(&self) -> Result<(), FlushError> {
        let (reply, answer) = oneshot::channel();
        self.ask.send(reply).await.map_err(|_| FlushError::Stopped)?;
        match answer.await.map_err(|_| FlushError::Stopped)? {
            0 => Ok(()),
            blocks => Err(FlushError::NotStored { blocks }),
        }
    }
}
