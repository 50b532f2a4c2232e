//! Where addresses are, and whose networks they belong to: read from the operator's MaxMind databases.
//! <https://maxmind.github.io/MaxMind-DB/>

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{Reader, path};
use waf::Country;

/// The databases; each may be absent, and then no rule that needs it can be set.
#[derive(Debug, Default)]
pub struct Places {
    countries: Option<Reader<Vec<u8>>>,
    networks: Option<Reader<Vec<u8>>>,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the address database {}", path.display())]
pub struct Unreadable {
    /// Which.
    path: PathBuf,
    source: maxminddb::MaxMindDbError,
}

impl Places {
    /// Reads the databases into memory.
    pub fn open(countries: Option<&Path>, networks: Option<&Path>) -> Result<Self, Unreadable> {
        let read =
            |path: &Path| Reader::open_readfile(path).map_err(|source| Unreadable { path: path.to_owned(), source });
        Ok(Self { countries: countries.map(read).transpose()?, networks: networks.map(read).transpose()? })
    }

    /// Whether countries are known.
    pub fn knows_countries(&self) -> bool {
        self.countries.is_some()
    }

    /// Whether networks are known.
    pub fn knows_networks(&self) -> bool {
        self.networks.is_some()
    }

    /// Where an address is.
    pub fn country(&self, address: IpAddr) -> Option<Country> {
        let found = self.countries.as_ref()?.lookup(address).ok()?;
        let code: &str = found.decode_path(&path!["country", "iso_code"]).ok()??;
        let region: Option<&str> = found.decode_path(&path!["subdivisions", 0, "iso_code"]).ok().flatten();
        let mut padded = [0; 3];
        let region = region.unwrap_or_default().as_bytes();
        if let Some(start) = padded.get_mut(..region.len()) {
            start.copy_from_slice(region);
        }
        Some(Country { code: code.as_bytes().try_into().ok()?, region: padded })
    }

    /// The number of the network that an address belongs to.
    pub fn network(&self, address: IpAddr) -> Option<u32> {
        let found = self.networks.as_ref()?.lookup(address).ok()?;
        found.decode_path(&path!["autonomous_system_number"]).ok()?
    }
}
