//! What this node has for web ACLs: databases of addresses, and the operator's own lists of them.

mod file;
mod list;
mod follow;

use std::path::PathBuf;

use compiler::{AddressLists, Compiler, PlacesKnown};
use gateway::firewall::Provided;
use operation::FirewallFacts;

use crate::settings::Settings;
use file::{File, Purpose, Unreadable};

pub(super) use follow::{Follow, Followed, Stale};

/// Read at the start: a mistyped list stops the node instead of letting its addresses in.
pub(super) struct Found {
    /// What web ACLs may ask.
    pub(super) provided: Provided,
    /// The files that it came from.
    pub(super) files: Vec<Followed>,
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot use {purpose} {}: {}", path.display(), base::with_causes(source))]
pub(crate) struct ProvidedError {
    purpose: Purpose,
    path: PathBuf,
    source: Unreadable,
}

impl Found {
    /// Reads everything that the settings name.
    pub(super) fn read(settings: &Settings) -> Result<Self, ProvidedError> {
        let file = |purpose, path: &PathBuf| File { purpose, path: path.clone() };
        let countries = settings.geo_database.iter().map(|path| file(Purpose::Countries, path));
        let networks = settings.asn_database.iter().map(|path| file(Purpose::Networks, path));
        let lists = settings.address_lists.iter().map(|(name, path)| file(Purpose::List(name.clone()), path));
        let mut found = Self { provided: Provided::default(), files: Vec::new() };
        for file in countries.chain(networks).chain(lists) {
            match file.read() {
                Ok((stamp, held)) => {
                    file.purpose.fill(&mut found.provided, held);
                    found.files.push(Followed::new(file, stamp));
                }
                Err(source) => {
                    let File { purpose, path } = file;
                    return Err(ProvidedError { purpose, path, source });
                }
            }
        }
        Ok(found)
    }

    /// What may be asked of it. What is there at the start stays, however its files change.
    pub(super) fn facts(&self) -> FirewallFacts {
        FirewallFacts {
            countries: self.provided.places.countries.is_some(),
            networks: self.provided.places.networks.is_some(),
            lists: self.lists(),
        }
    }

    /// The compiler, which closes web ACLs that ask for anything else.
    pub(super) fn known_to(&self, compiler: Compiler) -> Compiler {
        let FirewallFacts { countries, networks, lists } = self.facts();
        compiler.with_lists(lists).with_places(PlacesKnown { countries, networks })
    }

    /// The names of its lists.
    fn lists(&self) -> AddressLists {
        self.provided.lists.keys().cloned().collect()
    }
}
