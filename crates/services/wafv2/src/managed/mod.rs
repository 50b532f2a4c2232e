//! Managed rule groups: what there is, in which versions, and of which rules it consists.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>

mod list;
mod list_versions;
mod describe;
#[cfg(test)]
mod tests;

use operation::Registered;
use waf::managed::{self, ManagedGroup};

use crate::error::Error;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<list::ListAvailableManagedRuleGroups>(),
        Registered::of::<list_versions::ListAvailableManagedRuleGroupVersions>(),
        Registered::of::<describe::DescribeManagedRuleGroup>(),
    ]
}

/// A group in a version, or in the one that is meant where none is named.
fn find(vendor: &str, name: &str, version: Option<&str>) -> Result<&'static ManagedGroup, Error> {
    managed::find(vendor, name, version).ok_or(Error::Nonexistent)
}
