//! Users, groups, roles and managed policies: documents parsed once, here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::iam;
use policy::{Kind, Policy};
use snapshot::{Group, Name, NamedPolicy, Policies, Role, User};

/// The finding's sentence and remedy.
pub(crate) type Closed = (String, &'static str);

const REMEDY: &str = "Whoever depends on it is refused. Set the policy again, or delete what it belongs to.";

/// Compiles a user.
pub(crate) fn user(found: Result<Box<iam::User>, String>) -> Result<User, Closed> {
    let user = found.map_err(unreadable)?;
    Ok(User {
        arn: user.arn().into(),
        policies: policies(&user.inline, &user.attached)?,
        groups: user.groups.iter().map(|group| Name::new(user.account, group)).collect(),
        name: Name::new(user.account, &user.name),
        id: user.id.into(),
        tags: user.tags.into_iter().collect(),
        boundary: user.boundary.map(Into::into),
    })
}

/// Compiles a group.
pub(crate) fn group(found: Result<Box<iam::Group>, String>) -> Result<Group, Closed> {
    let group = found.map_err(unreadable)?;
    Ok(Group { arn: group.arn().into(), policies: policies(&group.inline, &group.attached)? })
}

/// Compiles a role.
pub(crate) fn role(found: Result<Box<iam::Role>, String>) -> Result<Role, Closed> {
    let role = found.map_err(unreadable)?;
    Ok(Role {
        arn: role.arn().into(),
        trust: named("trust policy", &role.trust_by_id(), Kind::Trust)?,
        trusted_sessions: role.trusted_sessions().map(|(arn, id)| (arn.to_owned(), id.to_owned())).collect(),
        policies: policies(&role.inline, &role.attached)?,
        name: Name::new(role.account, &role.name),
        id: role.id.into(),
        tags: role.tags.into_iter().collect(),
        boundary: role.boundary.map(Into::into),
        max_session_s: role.max_session_s,
    })
}

/// Compiles a customer's managed policy in its default version.
pub(crate) fn managed(found: Result<Box<iam::ManagedPolicy>, String>) -> Result<NamedPolicy, Closed> {
    let managed = found.map_err(unreadable)?;
    let version = managed.versions.get(&managed.default_version);
    let version = version.ok_or_else(|| unreadable("it has lost its default version".to_owned()))?;
    named(&managed.arn(), &version.document, Kind::Identity)
}

/// AWS's own managed policies, by ARN.
pub(crate) fn of_aws() -> imbl::HashMap<Arc<str>, Arc<NamedPolicy>> {
    let compiled = |known: &iam::aws_managed::AwsManaged| {
        let arn: Arc<str> = known.arn().into();
        // A test parses every one of them.
        let policy = Policy::parse(known.document, Kind::Identity).ok()?;
        Some((Arc::clone(&arn), Arc::new(NamedPolicy { name: arn, policy })))
    };
    iam::aws_managed::ALL.iter().filter_map(compiled).collect()
}

fn policies(inline: &BTreeMap<String, String>, attached: &BTreeSet<String>) -> Result<Policies, Closed> {
    let inline =
        inline.iter().map(|(name, document)| named(name, document, Kind::Identity)).collect::<Result<_, _>>()?;
    Ok(Policies { inline, attached: attached.iter().map(|arn| arn.as_str().into()).collect() })
}

/// SECURITY: one policy that cannot be read closes its owner: a denial in it must not be lost.
fn named(name: &str, document: &str, kind: Kind) -> Result<NamedPolicy, Closed> {
    let policy =
        Policy::parse(document, kind).map_err(|fault| (format!("`{name}` cannot be read: {fault}"), REMEDY))?;
    Ok(NamedPolicy { name: name.into(), policy })
}

fn unreadable(why: String) -> Closed {
    (why, REMEDY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_aws_is_there() {
        assert_eq!(of_aws().len(), iam::aws_managed::ALL.len());
    }
}
