//! An IP set: addresses that rules refer to. <https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html>

use serde::{Deserialize, Serialize};

use super::{Entity, Owned};
use crate::Record;

/// An IP set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IpSet {
    /// Name, id, lock and tags.
    pub entity: Entity,
    /// Of which version all its addresses are; set once.
    pub version: AddressVersion,
    /// Ranges, in the owner's own writing, such as `192.0.2.0/24`.
    pub addresses: Vec<String>,
}

/// A version of the Internet Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AddressVersion {
    /// Version 4.
    Ipv4,
    /// Version 6.
    Ipv6,
}

impl AddressVersion {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            AddressVersion::Ipv4 => "IPV4",
            AddressVersion::Ipv6 => "IPV6",
        }
    }
}

impl Record for IpSet {
    const TABLE: &'static str = "wafv2.ip_set";

    fn id(&self) -> String {
        self.entity.name.clone()
    }
}

impl Owned for IpSet {
    const KIND: &'static str = "ipset";
    const TYPE: &'static str = "AWS::WAFv2::IPSet";

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }
}
