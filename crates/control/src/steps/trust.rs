//! Trust: operations that make the caller a role's session ask the role's trust policy too.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::sync::Arc;

use base::AccountId;
use identity::Caller;
use policy::{Attached, Keys, Layers, Principal};
use snapshot::{Name, Role, Snapshot};

/// The role that is asked for, if there is one.
#[derive(Debug)]
pub(super) struct Trust(Option<Arc<Role>>);

impl Trust {
    /// SECURITY: only the whole ARN names a role; one that does not exist trusts nobody.
    pub(super) fn of(resource: &str, snapshot: &Snapshot) -> Self {
        let found = || {
            let (account, rest) = resource.strip_prefix("arn:aws:iam::")?.split_once(':')?;
            let name = rest.strip_prefix("role/")?.rsplit('/').next()?;
            let role = snapshot.roles.get(&Name::new(AccountId::parse(account).ok()?, name))?;
            (*role.arn == *resource).then(|| Arc::clone(role))
        };
        Self(found())
    }

    /// Puts the trust policy into the layers. It must allow, whoever owns the role.
    pub(super) fn layers<'a>(&'a self, own: Layers<'a>) -> Layers<'a> {
        let resource = self.0.as_deref().map(|role| Attached { name: &role.trust.name, policy: &role.trust.policy });
        Layers { resource, resource_must_allow: true, ..own }
    }

    /// The caller as the trust policy knows it: a session that the policy names, but of a role that was made anew
    /// since, is a session that the policy does not name.
    pub(super) fn known(&self, caller: &Principal) -> Principal {
        let mut known = caller.clone();
        if let (Some(role), Principal::AssumedRole { session_arn, id, .. }) = (&self.0, &mut known) {
            let named = role.trusted_sessions.iter().find(|(arn, _)| arn == session_arn);
            if named.is_some_and(|(_, meant)| meant != id) {
                *session_arn = format!("{session_arn} of {id}");
            }
        }
        known
    }

    /// Adds what is known of the role, and what the caller's own session hands on.
    pub(super) fn keys(&self, mut keys: Keys, caller: Option<&Caller>) -> Keys {
        for (key, value) in self.0.iter().flat_map(|role| &role.tags) {
            keys = keys
                .text(&format!("aws:ResourceTag/{key}"), value.as_str())
                .text(&format!("iam:ResourceTag/{key}"), value.as_str());
        }
        let handed_on = caller.and_then(Caller::session).and_then(|session| session.source_identity.as_deref());
        match handed_on {
            Some(identity) => keys.text("sts:SourceIdentity", identity),
            None => keys,
        }
    }
}

/// What the caller's own session hands on must be allowed as if it were passed anew.
pub(super) fn handed_on(caller: Option<&Caller>) -> Vec<&'static str> {
    let Some(session) = caller.and_then(Caller::session) else { return Vec::new() };
    let tags = (!session.transitive.is_empty()).then_some("sts:TagSession");
    let identity = session.source_identity.is_some().then_some("sts:SetSourceIdentity");
    tags.into_iter().chain(identity).collect()
}
