//! IP sets. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-ip-set-managing.html>

mod create;
mod get;
mod update;
mod delete;
mod list;
#[cfg(test)]
mod tests;

use base::Scope as Place;
use model::wafv2 as stored;
use model::wafv2::{AddressVersion, Owned};
use operation::Registered;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateIPSet>(),
        Registered::of::<get::GetIPSet>(),
        Registered::of::<update::UpdateIPSet>(),
        Registered::of::<delete::DeleteIPSet>(),
        Registered::of::<list::ListIPSets>(),
    ]
}

/// A version of the Internet Protocol on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Version {
    /// Version 4.
    #[shape("IPV4")]
    Ipv4,
    /// Version 6.
    #[shape("IPV6")]
    Ipv6,
}

impl From<Version> for AddressVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::Ipv4 => Self::Ipv4,
            Version::Ipv6 => Self::Ipv6,
        }
    }
}

impl From<AddressVersion> for Version {
    fn from(version: AddressVersion) -> Self {
        match version {
            AddressVersion::Ipv4 => Self::Ipv4,
            AddressVersion::Ipv6 => Self::Ipv6,
        }
    }
}

/// An IP set on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct IPSet {
    name: String,
    id: String,
    #[shape(rename = "ARN")]
    arn: String,
    description: Option<String>,
    #[shape(rename = "IPAddressVersion")]
    ip_address_version: Version,
    addresses: Vec<String>,
}

impl IPSet {
    fn of(set: &stored::IpSet, place: &Place) -> Self {
        Self {
            name: set.entity.name.clone(),
            id: set.entity.id.clone(),
            arn: set.arn(place),
            description: Some(set.entity.description.clone()),
            ip_address_version: set.version.into(),
            addresses: set.addresses.clone(),
        }
    }
}
