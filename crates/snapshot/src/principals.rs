//! Users, groups, roles and managed policies, compiled: what a caller's permissions are made of.
//!
//! A user names its groups and attached policies instead of holding them, so that changing a policy that ten thousand users
//! share costs one policy. Who asks looks them up; a name that leads nowhere means that nothing can be decided.

use std::sync::Arc;

use base::AccountId;
use policy::Policy;

/// The key of a user, group or role: names are unique in their account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The account.
    pub account: AccountId,
    /// The friendly name.
    pub name: Arc<str>,
}

impl Name {
    /// The name in its account.
    pub fn new(account: AccountId, name: &str) -> Self {
        Self { account, name: name.into() }
    }
}

/// A compiled policy and the name or ARN by which its owner knows it.
#[derive(Debug)]
pub struct NamedPolicy {
    /// Its name, or its ARN when it is managed.
    pub name: Arc<str>,
    /// What it says.
    pub policy: Policy,
}

/// Policies of one identity: its own, and the ARNs of those that it shares.
#[derive(Debug, Default)]
pub struct Policies {
    /// Inline policies.
    pub inline: Box<[NamedPolicy]>,
    /// ARNs of attached managed policies, to be found in [`crate::Snapshot::managed_policies`].
    pub attached: Box<[Arc<str>]>,
}

/// A user.
#[derive(Debug)]
pub struct User {
    /// Its account and name.
    pub name: Name,
    /// Its ARN.
    pub arn: Arc<str>,
    /// `AIDA…`.
    pub id: Arc<str>,
    /// `aws:PrincipalTag/*`.
    pub tags: Box<[(String, String)]>,
    /// Its policies.
    pub policies: Policies,
    /// Its groups, to be found in [`crate::Snapshot::groups`].
    pub groups: Box<[Name]>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<Arc<str>>,
}

/// A group.
#[derive(Debug)]
pub struct Group {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its policies.
    pub policies: Policies,
}

/// A role.
#[derive(Debug)]
pub struct Role {
    /// Its account and name.
    pub name: Name,
    /// Its ARN.
    pub arn: Arc<str>,
    /// `AROA…`.
    pub id: Arc<str>,
    /// `aws:PrincipalTag/*` of its sessions, and `aws:ResourceTag/*` of itself.
    pub tags: Box<[(String, String)]>,
    /// Who may take it on.
    pub trust: NamedPolicy,
    /// Sessions that the trust policy names by ARN, and the id that their role had then: those of a role made anew
    /// under its name are not meant.
    pub trusted_sessions: Box<[(String, String)]>,
    /// Its policies.
    pub policies: Policies,
    /// The ARN of its permissions boundary.
    pub boundary: Option<Arc<str>>,
    /// The longest session, in seconds.
    pub max_session_s: u32,
}
