//! A typed, optimistic transaction: it sees its own writes and remembers what it relied on.

use std::collections::BTreeMap;

use async_trait::async_trait;
use base::Scope;
use model::Record;
use store_resources::{
    Batch, Changes, Document, Fault, Key, Page, Precondition, Resources, Revision, Table, View, Write,
};

use crate::{Failure, Kind};

/// Reads one consistent view, gathers writes, and turns into a [`Batch`].
pub struct Transaction {
    view: Box<dyn View>,
    kind: Kind,
    preconditions: Vec<Precondition>,
    writes: BTreeMap<Key, Pending>,
}

#[derive(Debug, Clone)]
enum Pending {
    Put { value: Vec<u8>, index: Vec<(String, String)> },
    Delete,
}

/// Some records of a list, by id.
#[derive(Debug, Clone)]
pub struct Listed<R> {
    /// The records.
    pub items: Vec<R>,
    /// The id to go on after, when more follow.
    pub next: Option<String>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("revision", &self.view.revision()).finish_non_exhaustive()
    }
}

/// How many documents one read of a whole list fetches at a time.
const SCAN_STEP: u32 = 500;

/// A quota up to which records are always counted again at the commit. Of a larger one that is less than half used, nobody
/// can use up the rest while one call runs.
const COUNTED_AGAIN: u64 = 100_000;

impl Transaction {
    /// Opens a transaction on the newest revision.
    pub async fn begin(store: &dyn Resources, kind: Kind) -> Result<Self, Failure> {
        Ok(Self { view: store.view().await?, kind, preconditions: Vec::new(), writes: BTreeMap::new() })
    }

    /// The revision it reads.
    pub fn revision(&self) -> Revision {
        self.view.revision()
    }

    /// Reads a record.
    pub async fn get<R: Record>(&mut self, scope: &Scope, id: &str) -> Result<Option<R>, Failure> {
        let key = key::<R>(scope, id);
        if let Some(pending) = self.writes.get(&key) {
            return match pending {
                Pending::Put { value, .. } => decode(&key, value).map(Some),
                Pending::Delete => Ok(None),
            };
        }
        let document = self.view.get(&key).await?;
        if self.kind == Kind::Write {
            let revision = document.as_ref().map(|document| document.revision);
            self.preconditions.push(Precondition::Document { key: key.clone(), revision });
        }
        document.map(|document| decode(&key, &document.value)).transpose()
    }

    /// Reads the record an index points to, in whatever scope it stands.
    pub async fn find<R: Record>(&mut self, index: &str, value: &str) -> Result<Option<(Scope, R)>, Failure> {
        let document = self.view.find(index, value).await?;
        if self.kind == Kind::Write {
            let found = document.as_ref().map(|document| document.key.clone());
            self.preconditions.push(Precondition::Index { name: index.to_owned(), value: value.to_owned(), found });
        }
        let Some(document) = document else { return Ok(None) };
        Ok(Some((document.key.scope.clone(), decode(&document.key, &document.value)?)))
    }

    /// Reads every record whose id begins with `prefix`; a write relies on that set.
    pub async fn all<R: Record>(&mut self, scope: &Scope, prefix: &str) -> Result<Vec<R>, Failure> {
        let range = key::<R>(scope, prefix);
        if self.kind == Kind::Write {
            let (count, newest) = self.view.measure(&range).await?;
            self.preconditions.push(Precondition::Range { prefix: range.clone(), count, newest });
        }
        let mut found = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.view.scan(&range, after.as_deref(), SCAN_STEP).await?;
            after = page.documents.last().map(|document| document.key.id.clone());
            found.extend(page.documents.into_iter().map(|document| (document.key.id, document.value)));
            if !page.more {
                break;
            }
        }
        let own = self
            .writes
            .iter()
            .filter(|(key, _)| key.scope == range.scope && key.table == range.table && key.id.starts_with(&range.id));
        for (key, pending) in own {
            match pending {
                Pending::Put { value, .. } => found.insert(key.id.clone(), value.clone()),
                Pending::Delete => found.remove(&key.id),
            };
        }
        found.iter().map(|(id, value)| decode(&key::<R>(scope, id), value)).collect()
    }

    /// Reads a page of committed records whose id begins with `prefix` and is above `after`. For reads: a write does
    /// not rely on it and it does not show the transaction's own writes.
    pub async fn page<R: Record>(
        &mut self,
        scope: &Scope,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Listed<R>, Failure> {
        let page = self.view.scan(&key::<R>(scope, prefix), after, limit).await?;
        let next = page.documents.last().filter(|_| page.more).map(|document| document.key.id.clone());
        let items =
            page.documents.iter().map(|document| decode(&document.key, &document.value)).collect::<Result<_, _>>()?;
        Ok(Listed { items, next })
    }

    /// Reads every committed record of a table, of all accounts and regions. For reads of the installation's own business.
    pub async fn everywhere<R: Record>(&mut self) -> Result<Vec<R>, Failure> {
        let mut found = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.view.scan_table(R::TABLE, after.as_ref(), SCAN_STEP).await?;
            for document in &page.documents {
                found.push(decode(&document.key, &document.value)?);
            }
            after = page.documents.last().map(|document| document.key.clone());
            if !page.more {
                return Ok(found);
            }
        }
    }

    /// Whether there may be `more` committed records with this prefix, which may have `max`. A write that relies on it is
    /// asked again when it commits, so that of two who would take the last place one runs anew. For quotas.
    pub async fn has_room<R: Record>(
        &mut self,
        scope: &Scope,
        prefix: &str,
        more: u64,
        max: u64,
    ) -> Result<bool, Failure> {
        let prefix = key::<R>(scope, prefix);
        let (there, _) = self.view.measure(&prefix).await?;
        let taken = there.saturating_add(more);
        // Counting a million again takes a while, in which nobody else writes.
        let is_near = max <= COUNTED_AGAIN || taken > max / 2;
        if self.kind == Kind::Write && is_near {
            self.preconditions.push(Precondition::Room { prefix, more, max });
        }
        Ok(there.checked_add(more).is_some_and(|taken| taken <= max))
    }

    /// How many committed records have this prefix; a write does not rely on it.
    pub async fn count<R: Record>(&mut self, scope: &Scope, prefix: &str) -> Result<u64, Failure> {
        Ok(self.view.measure(&key::<R>(scope, prefix)).await?.0)
    }

    /// Stores a record, new or not.
    pub fn put<R: Record>(&mut self, scope: &Scope, record: &R) -> Result<(), Failure> {
        let key = key::<R>(scope, &record.id());
        let broken = |fault| Failure::Broken { what: format!("cannot encode `{}` of {}: {fault}", key.id, key.table) };
        let value = serde_json::to_vec(record).map_err(broken)?;
        self.writes.insert(key, Pending::Put { value, index: record.index() });
        Ok(())
    }

    /// Removes a record.
    pub fn delete<R: Record>(&mut self, scope: &Scope, id: &str) {
        self.writes.insert(key::<R>(scope, id), Pending::Delete);
    }

    /// Whether it would write anything.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Gives the store's view back before something that takes long. What is read afterwards is a fault.
    pub fn let_go(&mut self) {
        self.view = Box::new(GivenBack(self.view.revision()));
    }

    /// What it wrote and relied on, ready to commit.
    pub fn into_batch(self) -> Batch {
        let write = |(key, pending)| match pending {
            Pending::Put { value, index } => Write::Put { key, value, index },
            Pending::Delete => Write::Delete { key },
        };
        let writes = self.writes.into_iter().map(write).collect();
        Batch { preconditions: self.preconditions, writes, audit: Vec::new() }
    }
}

/// A view that was given back.
struct GivenBack(Revision);

impl GivenBack {
    fn fault() -> Fault {
        Fault::new("reading", "the transaction has given its view back")
    }
}

#[async_trait]
impl View for GivenBack {
    fn revision(&self) -> Revision {
        self.0
    }

    async fn get(&mut self, _: &Key) -> Result<Option<Document>, Fault> {
        Err(Self::fault())
    }

    async fn scan(&mut self, _: &Key, _: Option<&str>, _: u32) -> Result<Page, Fault> {
        Err(Self::fault())
    }

    async fn measure(&mut self, _: &Key) -> Result<(u64, Option<Revision>), Fault> {
        Err(Self::fault())
    }

    async fn find(&mut self, _: &str, _: &str) -> Result<Option<Document>, Fault> {
        Err(Self::fault())
    }

    async fn scan_table(&mut self, _: &str, _: Option<&Key>, _: u32) -> Result<Page, Fault> {
        Err(Self::fault())
    }

    async fn changes(&mut self, _: Revision) -> Result<Changes, Fault> {
        Err(Self::fault())
    }
}

fn key<R: Record>(scope: &Scope, id: &str) -> Key {
    Key::new(scope.clone(), Table(R::TABLE), id)
}

fn decode<R: Record>(key: &Key, value: &[u8]) -> Result<R, Failure> {
    let broken = |fault| Failure::Broken { what: format!("cannot read `{}` of {}: {fault}", key.id, key.table) };
    serde_json::from_slice(value).map_err(broken)
}
