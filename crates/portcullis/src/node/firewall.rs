//! What this node has for web ACLs: databases of addresses, and the operator's own lists of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compiler::AddressLists;
use gateway::firewall::places::{Places, Unreadable};
use ipnet::IpNet;
use operation::FirewallFacts;
use waf::document::IpSet;

use crate::settings::Settings;

/// Read at the start: a mistyped list stops the node instead of letting its addresses in.
pub(super) struct Provided {
    pub(super) places: Places,
    pub(super) lists: AddressLists,
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProvidedError {
    #[error("{}", base::with_causes(.0))]
    Database(#[from] Unreadable),
    #[error("cannot read the address list {}: {source}", path.display())]
    List { path: PathBuf, source: std::io::Error },
    #[error("line {line} of the address list {} is no address and no range: `{text}`", path.display())]
    Line { path: PathBuf, line: usize, text: String },
}

impl Provided {
    /// Reads everything that the settings name.
    pub(super) fn read(settings: &Settings) -> Result<Self, ProvidedError> {
        let places = Places::open(settings.geo_database.as_deref(), settings.asn_database.as_deref())?;
        let list = |(name, path): (&String, &PathBuf)| Ok((name.clone(), Arc::new(read_list(path)?)));
        let lists = settings.address_lists.iter().map(list).collect::<Result<BTreeMap<_, _>, ProvidedError>>()?;
        Ok(Self { places, lists })
    }

    /// What may be asked of it.
    pub(super) fn facts(&self) -> FirewallFacts {
        FirewallFacts {
            countries: self.places.knows_countries(),
            networks: self.places.knows_networks(),
            lists: self.lists.keys().cloned().collect(),
        }
    }
}

/// A list is a text: an address or a range a line, what follows a `#` is a remark.
fn read_list(path: &Path) -> Result<IpSet, ProvidedError> {
    let text = std::fs::read_to_string(path).map_err(|source| ProvidedError::List { path: path.into(), source })?;
    let ranges = parse(&text).map_err(|(line, text)| ProvidedError::Line { path: path.into(), line, text })?;
    Ok(IpSet::of(ranges))
}

fn parse(text: &str) -> Result<Vec<IpNet>, (usize, String)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().trim()));
    let ranges = lines.filter(|(_, line)| !line.is_empty()).map(|(at, line)| {
        let range = line.parse().or_else(|_| line.parse().map(|address: std::net::IpAddr| IpNet::from(address)));
        range.map_err(|_| (at, line.chars().take(64).collect()))
    });
    ranges.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_addresses_ranges_and_remarks() {
        let ranges = parse("# mine\n192.0.2.1\n\n198.51.100.0/24 # yours\n  2001:db8::/32\n").expect("a list");
        let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["192.0.2.1/32", "198.51.100.0/24", "2001:db8::/32"]);
        assert!(parse("").expect("an empty list").is_empty());
    }

    #[test]
    fn one_line_that_cannot_be_read_spoils_the_list() {
        for (text, line) in
            [("192.0.2.1\n192.0.2.300", 2), ("a.example", 1), ("192.0.2.0/33", 1), ("1.2.3.4 5.6.7.8", 1)]
        {
            assert_eq!(parse(text).expect_err("no list").0, line, "{text}");
        }
    }
}
