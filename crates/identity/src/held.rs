//! All policies that have a say over one caller, gathered for one decision.
//!
//! SECURITY: a group or managed policy that cannot be found may hold a denial, so nothing can be decided without it.

use std::sync::Arc;

use policy::{Attached, Layers};
use snapshot::{Group, NamedPolicy, Policies, Snapshot};

use crate::Caller;
use crate::caller::Who;

/// A caller's policies, borrowed from the snapshot and the session.
#[derive(Debug, Default)]
pub struct Held<'a> {
    identity: Vec<Attached<'a>>,
    boundary: Option<Attached<'a>>,
    session: Option<Vec<Attached<'a>>>,
}

/// A policy or group is named that the snapshot does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{name}` cannot be read, so nothing can be decided")]
pub struct Unresolved {
    /// `group` or `policy`.
    pub what: &'static str,
    /// Its name or ARN.
    pub name: String,
}

impl Caller {
    /// Gathers the policies that are in force for the caller now.
    pub fn held<'a>(&'a self, snapshot: &'a Snapshot) -> Result<Held<'a>, Unresolved> {
        let mut held = Held::default();
        let boundary = match &self.who {
            // Root is limited by no policy of its account.
            Who::Root(_) => None,
            Who::User(user) => {
                gather(&user.policies, snapshot, &mut held.identity)?;
                for name in &user.groups {
                    let group: &Arc<Group> = snapshot
                        .groups
                        .get(name)
                        .ok_or_else(|| Unresolved { what: "group", name: name.name.to_string() })?;
                    gather(&group.policies, snapshot, &mut held.identity)?;
                }
                user.boundary.as_deref()
            }
            Who::Role { role, .. } => {
                gather(&role.policies, snapshot, &mut held.identity)?;
                role.boundary.as_deref()
            }
        };
        held.boundary = boundary.map(|arn| managed(arn, snapshot)).transpose()?;
        if let Some(open) = &self.session
            && open.session.is_limited()
        {
            let mut limits: Vec<_> = open.inline.iter().map(attached).collect();
            for arn in &open.session.policy_arns {
                limits.push(managed(arn, snapshot)?);
            }
            held.session = Some(limits);
        }
        Ok(held)
    }
}

impl<'a> Held<'a> {
    /// Tells whether any of the policies looks at a condition key that begins so.
    pub fn mentions(&self, prefix: &str) -> bool {
        let session = self.session.as_deref().unwrap_or_default();
        let all = self.identity.iter().chain(&self.boundary).chain(session);
        all.into_iter().any(|attached| attached.policy.mentions(prefix))
    }

    /// The layers that are the caller's own; whoever decides adds those of the resource.
    pub fn layers(&'a self) -> Layers<'a> {
        Layers {
            identity: &self.identity,
            boundary: self.boundary,
            session: self.session.as_deref(),
            ..Layers::default()
        }
    }
}

fn gather<'a>(policies: &'a Policies, snapshot: &'a Snapshot, into: &mut Vec<Attached<'a>>) -> Result<(), Unresolved> {
    into.extend(policies.inline.iter().map(attached));
    for arn in &policies.attached {
        into.push(managed(arn, snapshot)?);
    }
    Ok(())
}

fn managed<'a>(arn: &str, snapshot: &'a Snapshot) -> Result<Attached<'a>, Unresolved> {
    let found =
        snapshot.managed_policies.get(arn).ok_or_else(|| Unresolved { what: "policy", name: arn.to_owned() })?;
    Ok(attached(found))
}

fn attached(named: &NamedPolicy) -> Attached<'_> {
    Attached { name: &named.name, policy: &named.policy }
}
