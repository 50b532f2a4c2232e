//! Rows as they come from the database, read into the ports' types.

use base::{AccountId, Region, Scope};
use store_resources::{Document, Fault, Key, Revision};

/// Names what failed.
pub(crate) fn fault(what: &'static str) -> impl Fn(sqlx::Error) -> Fault {
    move |error| Fault::new(what, error)
}

/// The columns of a key: table, account, region, id.
pub(crate) type KeyRow = (String, String, String, String);

/// A key and its document's revision and value.
pub(crate) type DocumentRow = (String, String, String, String, i64, Vec<u8>);

pub(crate) fn key((table, account, region, id): KeyRow) -> Result<Key, Fault> {
    Ok(Key { scope: scope(&account, &region)?, table, id })
}

pub(crate) fn document((table, account, region, id, revision, value): DocumentRow) -> Result<Document, Fault> {
    Ok(Document { key: key((table, account, region, id))?, revision: self::revision(revision), value })
}

pub(crate) fn scope(account: &str, region: &str) -> Result<Scope, Fault> {
    let unreadable = |error| Fault::new("reading a stored scope", error);
    Ok(Scope {
        account: AccountId::parse(account).map_err(unreadable)?,
        region: Region::parse(region).map_err(unreadable)?,
    })
}

/// PostgreSQL's integers are signed; our numbers start at 0 and would need ages to reach the sign.
pub(crate) fn revision(number: i64) -> Revision {
    Revision(number as u64)
}

/// The columns of many keys, each as an array: one statement then serves them all.
#[derive(Debug, Default)]
pub(crate) struct KeyColumns<'a> {
    pub(crate) tables: Vec<&'a str>,
    pub(crate) accounts: Vec<&'a str>,
    pub(crate) regions: Vec<&'a str>,
    pub(crate) ids: Vec<&'a str>,
}

impl<'a> KeyColumns<'a> {
    pub(crate) fn push(&mut self, key: &'a Key) {
        self.tables.push(&key.table);
        self.accounts.push(key.scope.account.as_str());
        self.regions.push(key.scope.region.as_str());
        self.ids.push(&key.id);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl<'a> FromIterator<&'a Key> for KeyColumns<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Key>>(keys: I) -> Self {
        let mut columns = Self::default();
        keys.into_iter().for_each(|key| columns.push(key));
        columns
    }
}
