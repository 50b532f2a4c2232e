//! Reads blocks of several streams in the order they were stored, and remembers where it stopped.

use std::collections::BTreeMap;

use base::Scope;
use serde::{Deserialize, Serialize};
use store_records::{BlockQuery, Entry, Events, Fault, StoredBlock};
use tracing::error;

use super::LogRecord;
use super::query::Query;

/// Blocks that one read of the store fetches for each prefix.
const BLOCKS_A_READ: u32 = 16;
/// Reads of one call: a rare text among many lines is found over several calls.
const READS_MAX: usize = 16;
/// Bytes of lines in one answer, about.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Where a reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Position {
    /// The last block that was read whole.
    after: Option<i64>,
    /// A block that was read in part, and how many of its entries were.
    inside: Option<(i64, usize)>,
}

/// What one call found.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) records: Vec<LogRecord>,
    pub(super) position: Position,
    /// It stopped because it had enough.
    pub(super) more: bool,
}

/// Reads on from `position` until the answer is full, the work is enough, or nothing is left.
pub(super) async fn scan(
    events: &dyn Events,
    scope: &Scope,
    query: &Query,
    position: Position,
) -> Result<Scanned, Fault> {
    let mut scan = Scan { query, position, records: Vec::new(), bytes: 0 };
    for _ in 0..READS_MAX {
        let (blocks, rest) = next_blocks(events, scope, query, scan.position.after).await?;
        for block in blocks.values() {
            if scan.take(block) == Taken::InPart {
                return Ok(scan.end(true));
            }
        }
        if rest == Rest::Nothing {
            return Ok(scan.end(false));
        }
    }
    Ok(scan.end(true))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    More,
}

/// The next blocks of all prefixes by their number. Behind the last block of a full read more may stand, so what other
/// prefixes have behind that waits.
async fn next_blocks(
    events: &dyn Events,
    scope: &Scope,
    query: &Query,
    after: Option<i64>,
) -> Result<(BTreeMap<i64, StoredBlock>, Rest), Fault> {
    let mut blocks = BTreeMap::new();
    let mut through = None;
    for prefix in &query.prefixes {
        let query = BlockQuery {
            scope: Some(scope.clone()),
            stream_prefix: prefix.clone(),
            from: query.from,
            to: query.to,
            after,
            limit: BLOCKS_A_READ,
            newest_first: false,
        };
        let read = events.read(&query).await?;
        if read.len() >= BLOCKS_A_READ as usize {
            let last = read.last().map_or(i64::MAX, |block| block.sequence);
            through = Some(through.map_or(last, |through: i64| through.min(last)));
        }
        blocks.extend(read.into_iter().map(|block| (block.sequence, block)));
    }
    match through {
        None => Ok((blocks, Rest::Nothing)),
        Some(through) => {
            blocks.retain(|sequence, _| *sequence <= through);
            Ok((blocks, Rest::More))
        }
    }
}

struct Scan<'q> {
    query: &'q Query,
    position: Position,
    records: Vec<LogRecord>,
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Whole,
    InPart,
}

impl Scan<'_> {
    fn take(&mut self, stored: &StoredBlock) -> Taken {
        let inside = self.position.inside.take().filter(|(sequence, _)| *sequence == stored.sequence);
        let read_before = inside.map_or(0, |(_, entries)| entries);
        for (index, entry) in self.entries(stored).into_iter().enumerate().skip(read_before) {
            if self.records.len() >= self.query.limit || self.bytes >= ANSWER_BYTES {
                self.position.inside = Some((stored.sequence, index));
                return Taken::InPart;
            }
            let line = String::from_utf8_lossy(&entry.bytes);
            if self.query.wants_line(entry.time, &line) {
                self.bytes += line.len();
                self.records.push(LogRecord {
                    stream: stored.stream().name.clone(),
                    time: entry.time,
                    request_id: entry.request.map(|id| id.to_string()),
                    line: line.into_owned(),
                });
            }
        }
        self.position.after = Some(stored.sequence);
        Taken::Whole
    }

    /// A damaged block is passed over: it must not hide those behind it.
    fn entries(&self, stored: &StoredBlock) -> Vec<Entry> {
        if !self.query.wants_stream(&stored.stream().name) {
            return Vec::new();
        }
        stored.decode().unwrap_or_else(|fault| {
            error!(error = &fault as &dyn std::error::Error, block = stored.sequence, "a block of records is damaged");
            Vec::new()
        })
    }

    fn end(self, more: bool) -> Scanned {
        Scanned { records: self.records, position: self.position, more }
    }
}
