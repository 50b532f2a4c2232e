//! The port to what waits to be done: each item is stored before it is acknowledged, and done by one node at a time.
//!
//! An item is *visible* from a moment on: whoever claims it moves that moment into the future, holds it there while it
//! works, and then removes the item or names the moment of the next attempt. A node that dies holds nothing any more, so
//! that its items come up again: each is done at least once. Claims are numbered, and whoever lost an item to a later claim
//! can no longer remove or postpone it.

use async_trait::async_trait;
use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use bytes::Bytes;

use crate::Fault;
use crate::time::from_nanoseconds;

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, unique in the installation.
    pub id: RequestId,
    /// Whose it is.
    pub scope: Scope,
    /// When it was taken.
    pub accepted: Timestamp,
    /// What it is, opaque here.
    pub payload: Bytes,
}

impl Item {
    /// What it takes of the room of its scope.
    pub fn stored_bytes(&self) -> u64 {
        ROW_BYTES + self.payload.len() as u64
    }
}

/// Reads an item from columns as backends keep them; the time is in nanoseconds since 1970.
pub fn item((id, account, region, accepted): (&[u8], &str, &str, i64), payload: Vec<u8>) -> Result<Item, Fault> {
    fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Fault {
        Fault::new("reading a queued item", error)
    }
    let scope = Scope {
        account: AccountId::parse(account).map_err(unreadable)?,
        region: Region::parse(region).map_err(unreadable)?,
    };
    Ok(Item {
        id: RequestId(uuid::Uuid::from_slice(id).map_err(unreadable)?),
        scope,
        accepted: from_nanoseconds(accepted),
        payload: payload.into(),
    })
}

/// What a backend's row costs besides its payload; an estimate.
const ROW_BYTES: u64 = 128;

/// How much of one scope may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Items.
    pub items: u64,
    /// Their [`Item::stored_bytes`] together.
    pub bytes: u64,
}

/// What became of an item that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is durable.
    Stored,
    /// Its scope has no room for it.
    Full,
}

/// The right to work on an item, until its moment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Which item.
    pub id: RequestId,
    /// Which claim of it, counted from 1.
    pub number: i64,
}

/// What was tried with an item so far; the meaning is of whoever counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Attempts that failed.
    pub failures: u32,
    /// Attempts that were put off.
    pub delays: u32,
}

/// An item that whoever holds it may work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The item.
    pub item: Item,
    /// The right.
    pub claim: Claim,
    /// What was tried before.
    pub tries: Tries,
}

/// How work on an item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It need not be done again.
    Done(Claim),
    /// It is to be tried again.
    Later {
        /// The right, given up.
        claim: Claim,
        /// From when on.
        due: Timestamp,
        /// With the attempt that ended.
        tries: Tries,
    },
}

/// What waits in an installation. Whatever was answered outlives the process and the power.
#[async_trait]
pub trait Queue: Send + Sync + std::fmt::Debug {
    /// Stores items, each as far as its scope has room for it within `room`, and answers for each in order. With `until` they
    /// are stored as claimed for the first time, by the caller and up to that moment; else whoever comes first claims them.
    async fn put(&self, items: &[Item], until: Option<Timestamp>, room: Room) -> Result<Vec<Put>, Fault>;

    /// Claims what is due at `now`, up to `until`: the items that waited longest, at most `items_max`.
    async fn claim(&self, now: Timestamp, until: Timestamp, items_max: u32) -> Result<Vec<Claimed>, Fault>;

    /// Holds claims up to `until`; those that were lost to later ones stay lost.
    async fn hold(&self, claims: &[Claim], until: Timestamp) -> Result<(), Fault>;

    /// Ends claims. Those that were lost to later ones change nothing.
    async fn settle(&self, settled: &[Settled]) -> Result<(), Fault>;

    /// When the next item is due, claimed ones included.
    async fn next_due(&self) -> Result<Option<Timestamp>, Fault>;

    /// What waits of a scope, claimed items included.
    async fn waiting(&self, scope: &Scope) -> Result<Room, Fault>;
}

impl Room {
    /// Takes room for an item out of what is `taken` already, if that stays within this room: the one place where a bound is
    /// judged.
    pub fn admit(self, taken: &mut Self, item: &Item) -> Put {
        let after =
            Self { items: taken.items.saturating_add(1), bytes: taken.bytes.saturating_add(item.stored_bytes()) };
        if after.items > self.items || after.bytes > self.bytes {
            return Put::Full;
        }
        *taken = after;
        Put::Stored
    }
}
