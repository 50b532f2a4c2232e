//! Stores in memory, for tests of what uses them: a queue that keeps the contract and answers without waiting for anything,
//! and events that are only kept.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use base::{Scope, Timestamp};

use crate::queue::{Claim, Claimed, Item, Put, Queue, Room, Settled, Tries};
use crate::{Block, BlockQuery, Events, Fault, FindQuery, Pruned, StoredBlock};

/// A queue that lives as long as the value.
#[derive(Debug, Default)]
pub struct MemoryQueue(Mutex<Vec<Row>>);

#[derive(Debug)]
struct Row {
    item: Item,
    visible: Timestamp,
    claims: i64,
    tries: Tries,
}

impl Row {
    fn claim(&self) -> Claim {
        Claim { id: self.item.id, number: self.claims }
    }
}

impl MemoryQueue {
    fn rows(&self) -> std::sync::MutexGuard<'_, Vec<Row>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(rows: &[Row], scope: &Scope) -> Room {
    let mine = rows.iter().filter(|row| row.item.scope == *scope);
    mine.fold(Room::default(), |room, row| Room { items: room.items + 1, bytes: room.bytes + row.item.stored_bytes() })
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn put(&self, items: &[Item], until: Option<Timestamp>, room: Room) -> Result<Vec<Put>, Fault> {
        let mut rows = self.rows();
        let mut answers = Vec::new();
        for item in items {
            let answer = room.admit(&mut taken(&rows, &item.scope), item);
            if answer == Put::Stored {
                let (visible, claims) = (until.unwrap_or(item.accepted), i64::from(until.is_some()));
                rows.push(Row { item: item.clone(), visible, claims, tries: Tries::default() });
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn claim(&self, now: Timestamp, until: Timestamp, items_max: u32) -> Result<Vec<Claimed>, Fault> {
        let mut rows = self.rows();
        rows.sort_by_key(|row| row.visible);
        let due = rows.iter_mut().filter(|row| row.visible <= now).take(items_max as usize);
        let claim = |row: &mut Row| {
            row.visible = until;
            row.claims += 1;
            Claimed { item: row.item.clone(), claim: row.claim(), tries: row.tries }
        };
        Ok(due.map(claim).collect())
    }

    async fn hold(&self, claims: &[Claim], until: Timestamp) -> Result<(), Fault> {
        self.rows().iter_mut().filter(|row| claims.contains(&row.claim())).for_each(|row| row.visible = until);
        Ok(())
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Fault> {
        let mut rows = self.rows();
        for ended in settled {
            match ended {
                Settled::Done(claim) => rows.retain(|row| row.claim() != *claim),
                Settled::Later { claim, due, tries } => {
                    for row in rows.iter_mut().filter(|row| row.claim() == *claim) {
                        (row.visible, row.tries) = (*due, *tries);
                    }
                }
            }
        }
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Fault> {
        Ok(self.rows().iter().map(|row| row.visible).min())
    }

    async fn waiting(&self, scope: &Scope) -> Result<Room, Fault> {
        Ok(taken(&self.rows(), scope))
    }
}

/// Events that can be looked at, and not be queried.
#[derive(Debug, Default)]
pub struct MemoryEvents(Mutex<Vec<Block>>);

impl MemoryEvents {
    /// What was appended so far.
    pub fn blocks(&self) -> Vec<Block> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Events for MemoryEvents {
    async fn append(&self, blocks: Vec<Block>) -> Result<(), Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(blocks);
        Ok(())
    }

    async fn read(&self, _query: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        Ok(Vec::new())
    }

    async fn candidates(&self, _query: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        Ok(Vec::new())
    }

    async fn prune(&self, _before: Timestamp, _bytes_max: u64) -> Result<Pruned, Fault> {
        Ok(Pruned::default())
    }

    async fn bytes(&self) -> Result<u64, Fault> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    crate::queue_contract!(async { (Arc::<MemoryQueue>::default() as Arc<dyn Queue>, ()) });
}
