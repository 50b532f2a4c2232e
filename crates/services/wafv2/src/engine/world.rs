//! What rules name, read from the store before the engine asks for it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use base::{Arn, Scope};
use model::wafv2::{self as stored, AddressVersion, Owned};
use operation::{Call, Failure};
use waf::References;
use waf::document::{self, IpVersion};

use super::Asked;
use crate::arn;
use crate::error::Error;

/// Sets and rule groups by their ARNs, and the operator's lists.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) ip_sets: HashMap<String, Arc<document::IpSet>>,
    pub(super) regex_patterns: HashMap<String, Arc<document::RegexPatterns>>,
    pub(super) rule_groups: HashMap<String, Arc<document::RuleGroup>>,
    /// The names of the operator's lists; what stands in them is no business of whoever writes rules.
    pub(super) lists: BTreeSet<String>,
}

impl World {
    /// Reads what `arns` name for the caller's account, and what that names.
    pub(super) async fn load(call: &mut Call<'_>, arns: &[String], asked: Asked) -> Result<Self, Failure> {
        let own = call.scope.clone();
        Self::of(call, &own, arns, asked).await
    }

    /// The same for whatever account.
    pub(super) async fn of(call: &mut Call<'_>, own: &Scope, arns: &[String], asked: Asked) -> Result<Self, Failure> {
        let mut world = Self { lists: call.ports.installation.firewall.lists.clone(), ..Self::default() };
        // What a shared rule group names belongs to its owner.
        let mut open: Vec<(Scope, String)> = arns.iter().map(|arn| (own.clone(), arn.clone())).collect();
        while let Some((place, arn)) = open.pop() {
            if !world.has(&arn) {
                let (owner, further) = world.read(call, &place, &arn, asked).await?;
                open.extend(further.into_iter().map(|arn| (owner.clone(), arn)));
            }
        }
        Ok(world)
    }

    fn has(&self, arn: &str) -> bool {
        self.ip_sets.contains_key(arn) || self.regex_patterns.contains_key(arn) || self.rule_groups.contains_key(arn)
    }

    /// Reads what an ARN names; answers what that names, and whose it is.
    async fn read(
        &mut self,
        call: &mut Call<'_>,
        place: &Scope,
        text: &str,
        asked: Asked,
    ) -> Result<(Scope, Vec<String>), Failure> {
        let unknown = || Error::NoReference(text.to_owned());
        let arn = Arn::parse(text).map_err(|_| unknown())?;
        match arn.resource.split('/').nth(1) {
            Some(stored::IpSet::KIND) => {
                let set: stored::IpSet = named(call, place, text).await?;
                let read = document::IpSet::parse(&set.addresses, version(set.version)).map_err(Error::from)?;
                self.ip_sets.insert(text.to_owned(), Arc::new(read));
                Ok((place.clone(), Vec::new()))
            }
            Some(stored::RegexPatternSet::KIND) => {
                let set: stored::RegexPatternSet = named(call, place, text).await?;
                let read = document::RegexPatterns::parse(&set.patterns).map_err(Error::from)?;
                self.regex_patterns.insert(text.to_owned(), Arc::new(read));
                Ok((place.clone(), Vec::new()))
            }
            Some(stored::RuleGroup::KIND) => {
                let owner = group_owner(place, text, asked)?;
                let group: stored::RuleGroup = named(call, &owner, text).await?;
                let read = document::RuleGroup::parse(&group.document).map_err(Error::from)?;
                self.rule_groups.insert(text.to_owned(), Arc::new(read));
                if owner != call.scope {
                    // Whoever removes it at this moment finds its record changed, and looks for its users again.
                    call.tx.put(&owner, &group)?;
                }
                Ok((owner, group.references))
            }
            Some(_) | None => Err(unknown().into()),
        }
    }
}

/// Whose rule group an ARN names.
// SECURITY: another account's may be named only where the caller was asked for it, and its policy with it.
fn group_owner(place: &Scope, text: &str, asked: Asked) -> Result<Scope, Error> {
    match asked {
        Asked::OnEach => arn::anywhere::<stored::RuleGroup>(place, text).map(|(owner, _, _)| owner),
        Asked::OnNone => Ok(place.clone()),
    }
}

/// What an ARN in a rule names in a place; the refusal says which ARN it was.
async fn named<R: Owned>(call: &mut Call<'_>, place: &Scope, text: &str) -> Result<R, Failure> {
    let missing = || Error::NoReference(text.to_owned());
    let (name, id) = match arn::parse::<R>(place, text) {
        Err(Error::Nonexistent) => return Err(missing().into()),
        Err(other) => return Err(other.into()),
        Ok(found) => found,
    };
    let found = call.tx.get::<R>(place, &name).await?;
    found.filter(|found| found.entity().id == id).ok_or_else(|| missing().into())
}

/// The engine's word for a version.
pub(super) fn version(version: AddressVersion) -> IpVersion {
    match version {
        AddressVersion::Ipv4 => IpVersion::V4,
        AddressVersion::Ipv6 => IpVersion::V6,
    }
}

impl References for World {
    fn ip_set(&self, arn: &str) -> Option<Arc<document::IpSet>> {
        self.ip_sets.get(arn).map(Arc::clone)
    }

    fn regex_patterns(&self, arn: &str) -> Option<Arc<document::RegexPatterns>> {
        self.regex_patterns.get(arn).map(Arc::clone)
    }

    fn rule_group(&self, arn: &str) -> Option<Arc<document::RuleGroup>> {
        self.rule_groups.get(arn).map(Arc::clone)
    }

    fn has_list(&self, list: &str) -> bool {
        self.lists.contains(list)
    }
}
