//! A file of the operator's: what it is for, which state it is in, and what stands in it.

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use base::limits::{ADDRESS_DATABASE_BYTES_MAX, ADDRESS_LIST_BYTES_MAX};
use gateway::firewall::Provided;
use gateway::firewall::places::{Countries, Networks, Unusable};
use waf::document::IpSet;

use super::list;

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Where addresses are.
    Countries,
    /// Whose networks they belong to.
    Networks,
    /// A list of addresses, by its name.
    List(String),
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Countries => formatter.write_str("the geo database"),
            Self::Networks => formatter.write_str("the ASN database"),
            Self::List(name) => write!(formatter, "the address list `{name}`"),
        }
    }
}

/// A file, and what it is for.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) purpose: Purpose,
    pub(super) path: PathBuf,
}

/// Tells one state of a file from another. A file that another one took the place of, or a link that points elsewhere now,
/// is in another state, whatever its size and time are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    place: (u64, u64),
    /// Its size.
    pub(super) bytes: u64,
    /// Since 1970, in seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What stands in a file.
#[derive(Debug)]
pub(super) enum Held {
    Countries(Arc<Countries>),
    Networks(Arc<Networks>),
    List(Arc<IpSet>),
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    #[error("it is no file")]
    NoFile,
    #[error("it has more than {max} bytes")]
    TooLarge { max: u64 },
    #[error("somebody is writing it")]
    Changing,
    #[error("it is no text")]
    NoText,
    #[error("line {line} is no address and no range: `{text}`")]
    Line { line: usize, text: String },
    #[error("it is empty, and was not")]
    Emptied,
    #[error(transparent)]
    Database(#[from] Unusable),
}

impl Purpose {
    /// Puts what stands in its file into its place.
    pub(super) fn fill(&self, provided: &mut Provided, held: Held) {
        match (held, self) {
            (Held::Countries(countries), _) => provided.places.countries = Some(countries),
            (Held::Networks(networks), _) => provided.places.networks = Some(networks),
            (Held::List(addresses), Self::List(name)) => drop(provided.lists.insert(name.clone(), addresses)),
            (Held::List(_), Self::Countries | Self::Networks) => unreachable!("a file is read for what it is for"),
        }
    }

    fn bytes_max(&self) -> u64 {
        match self {
            Self::Countries | Self::Networks => ADDRESS_DATABASE_BYTES_MAX,
            Self::List(_) => ADDRESS_LIST_BYTES_MAX,
        }
    }
}

impl File {
    /// Which state it is in.
    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        fs::metadata(&self.path).map(|found| Stamp::of(&found))
    }

    /// Reads it, in one state.
    pub(super) fn read(&self) -> Result<(Stamp, Held), Unreadable> {
        // Whoever opens a pipe waits for somebody who writes.
        if !fs::metadata(&self.path)?.is_file() {
            return Err(Unreadable::NoFile);
        }
        let file = fs::File::open(&self.path)?;
        let stamp = Stamp::of(&file.metadata()?);
        let max = self.purpose.bytes_max();
        let mut bytes = Vec::new();
        (&file).take(max + 1).read_to_end(&mut bytes)?;
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if read > max {
            return Err(Unreadable::TooLarge { max });
        }
        if read != stamp.bytes || Stamp::of(&file.metadata()?) != stamp {
            return Err(Unreadable::Changing);
        }
        Ok((stamp, self.purpose.hold(bytes)?))
    }
}

impl Purpose {
    fn hold(&self, bytes: Vec<u8>) -> Result<Held, Unreadable> {
        Ok(match self {
            Self::Countries => Held::Countries(Arc::new(Countries::read(bytes)?)),
            Self::Networks => Held::Networks(Arc::new(Networks::read(bytes)?)),
            Self::List(_) => {
                let text = String::from_utf8(bytes).map_err(|_| Unreadable::NoText)?;
                let ranges = list::parse(&text).map_err(|(line, text)| Unreadable::Line { line, text })?;
                Held::List(Arc::new(IpSet::of(ranges)))
            }
        })
    }
}

impl Stamp {
    fn of(found: &fs::Metadata) -> Self {
        Self {
            place: (found.dev(), found.ino()),
            bytes: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}
