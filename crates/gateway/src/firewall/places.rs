//! Where addresses are, and whose networks they belong to: read from the operator's MaxMind databases.
//! <https://maxmind.github.io/MaxMind-DB/>

#[cfg(any(test, feature = "testing"))]
pub mod testing;

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use maxminddb::{LookupResult, MaxMindDbError, PathElement, Reader, WithinOptions, path};
use waf::Country;

/// The databases; each may be absent, and then no rule that needs it can be set.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Where addresses are.
    pub countries: Option<Arc<Countries>>,
    /// Whose networks they belong to.
    pub networks: Option<Arc<Networks>>,
}

/// A database of countries, or of cities in them.
#[derive(Debug)]
pub struct Countries(Database);

/// A database of autonomous systems.
#[derive(Debug)]
pub struct Networks(Database);

type Database = Reader<Vec<u8>>;
type Found<'a> = LookupResult<'a, Vec<u8>>;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is damaged, or no such database at all.
    #[error("it is no whole MaxMind database")]
    Damaged(#[from] MaxMindDbError),
    /// It knows something else: whatever were asked would never match.
    #[error("it has {asked} for no address at all (it is a `{kind}`)")]
    OfSomethingElse {
        /// What it should know.
        asked: &'static str,
        /// What it calls itself.
        kind: String,
    },
    /// A record has something else in its place.
    #[error("one of its records has something else where {asked} should be")]
    Mistaken {
        /// What should be there.
        asked: &'static str,
    },
}

impl Places {
    /// Where an address is.
    pub fn country(&self, address: IpAddr) -> Option<Country> {
        let found = self.countries.as_ref()?.0.lookup(address).ok()?;
        country(&found).ok()?
    }

    /// The number of the network that an address belongs to.
    pub fn network(&self, address: IpAddr) -> Option<u32> {
        let found = self.networks.as_ref()?.0.lookup(address).ok()?;
        network(&found).ok()?
    }
}

impl Countries {
    /// Takes a database of which every part has been looked at: a request must not be the first to find it damaged.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Unusable> {
        read(bytes, "a country", |found| Ok(country(found)?.is_some())).map(Self)
    }
}

impl Networks {
    /// Takes a database of which every part has been looked at: a request must not be the first to find it damaged.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Unusable> {
        read(bytes, "a network's number", |found| Ok(network(found)?.is_some())).map(Self)
    }
}

/// A record has something else where this should be.
struct Mistaken;

fn country(found: &Found<'_>) -> Result<Option<Country>, Mistaken> {
    let Some(code) = text(found, &path!["country", "iso_code"])? else { return Ok(None) };
    let code: [u8; 2] = code.as_bytes().try_into().map_err(|_| Mistaken)?;
    if !code.iter().all(u8::is_ascii_uppercase) {
        return Err(Mistaken);
    }
    let region = text(found, &path!["subdivisions", 0, "iso_code"])?.unwrap_or_default().as_bytes();
    let mut padded = [0; 3];
    if let Some(start) = padded.get_mut(..region.len()) {
        start.copy_from_slice(region);
    }
    Ok(Some(Country { code, region: padded }))
}

fn network(found: &Found<'_>) -> Result<Option<u32>, Mistaken> {
    // Whatever size of number it is written as.
    let number: Option<i64> = found.decode_path(&path!["autonomous_system_number"]).map_err(|_| Mistaken)?;
    number.map(u32::try_from).transpose().map_err(|_| Mistaken)
}

fn text<'a>(found: &Found<'a>, path: &[PathElement<'_>]) -> Result<Option<&'a str>, Mistaken> {
    found.decode_path(path).map_err(|_| Mistaken)
}

// SECURITY: where a database does not answer, a rule that asks it does not match. It answers, or it is not taken.
fn read(
    bytes: Vec<u8>,
    asked: &'static str,
    knows: impl Fn(&Found<'_>) -> Result<bool, Mistaken>,
) -> Result<Database, Unusable> {
    let database = Reader::from_source(bytes)?;
    database.verify()?;
    let (mut seen, mut known) = (HashSet::new(), false);
    for found in database.networks(WithinOptions::default())? {
        let found = found?;
        // Most networks share their records.
        if found.offset().is_some_and(|offset| seen.insert(offset)) {
            known |= knows(&found).map_err(|Mistaken| Unusable::Mistaken { asked })?;
        }
    }
    if !known {
        let kind = database.metadata().database_type.clone();
        return Err(Unusable::OfSomethingElse { asked, kind });
    }
    Ok(database)
}

#[cfg(test)]
mod tests;
