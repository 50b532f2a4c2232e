//! What the name in a question stands for: an instance profile's true ARN, and the policy that bounds a user or role.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>

use base::{AccountId, Scope};
use model::iam::InstanceProfile;
use operation::{Kind, Ports, Transaction};
use policy::Keys;
use snapshot::{Name, Snapshot};

use crate::refusal::Refusal;

/// Calls name instance profiles without their path, policies name it too; snapshots have no instance profiles.
pub(super) async fn true_profile(resource: String, scope: &Scope, ports: &Ports) -> Result<String, Refusal> {
    let prefix = format!("arn:aws:iam::{}:instance-profile/", scope.account);
    let Some(name) = resource.strip_prefix(&prefix).filter(|name| !name.is_empty() && !name.contains('/')) else {
        return Ok(resource);
    };
    let mut tx = Transaction::begin(ports.resources.as_ref(), Kind::Read).await.map_err(Refusal::Failed)?;
    let found = tx.get::<InstanceProfile>(scope, name).await.map_err(Refusal::Failed)?;
    Ok(found.map_or(resource, |profile| profile.arn()))
}

/// Calls that change the permissions of somebody who may be bounded. Calls that set a boundary tell it themselves.
const OF_THE_BOUNDED: &[&str] = &[
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
];

/// Adds `iam:PermissionsBoundary` where the question is about somebody who has one.
pub(super) fn with_boundary(keys: Keys, action: &str, resource: &str, snapshot: &Snapshot) -> Keys {
    let boundary = || {
        let (account, rest) = resource.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let (kind, path) = rest.split_once('/')?;
        let name = Name::new(AccountId::parse(account).ok()?, path.rsplit('/').next()?);
        match kind {
            "user" => snapshot.users.get(&name)?.boundary.clone(),
            "role" => snapshot.roles.get(&name)?.boundary.clone(),
            _ => None,
        }
    };
    match boundary().filter(|_| OF_THE_BOUNDED.contains(&action)) {
        Some(arn) => keys.text("iam:PermissionsBoundary", arn.to_string()),
        None => keys,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::Region;
    use policy::{Action, Kind as Of, Layers, Policy, Principal, RequestContext};
    use snapshot::{Place, Policies, User};

    use super::*;

    const BOUNDARY: &str = "arn:aws:iam::111111111111:policy/bound";

    fn snapshot(boundary: Option<&str>) -> Snapshot {
        let account = AccountId::parse("111111111111").unwrap();
        let name = Name::new(account, "bob");
        let user = User {
            name: name.clone(),
            arn: "arn:aws:iam::111111111111:user/people/bob".into(),
            id: "AIDABOB".into(),
            tags: Box::default(),
            policies: Policies::default(),
            groups: Box::default(),
            boundary: boundary.map(Into::into),
        };
        let mut snapshot = Snapshot::empty(Place::new(Region::parse("eu-west-1").unwrap(), "localhost"));
        snapshot.users.insert(name, Arc::new(user));
        snapshot
    }

    /// Whether a caller is allowed that may do all to whoever is bounded by [`BOUNDARY`].
    fn allowed(action: &str, resource: &str, snapshot: &Snapshot) -> bool {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":"{BOUNDARY}"}}}}}}}}"#
        );
        let policy = Policy::parse(&text, Of::Identity).unwrap();
        let account = AccountId::parse("111111111111").unwrap();
        let caller = Principal::User {
            account,
            arn: "arn:aws:iam::111111111111:user/admin".to_owned(),
            id: "AIDAADMIN".to_owned(),
            name: "admin".to_owned(),
        };
        let keys = with_boundary(Keys::new(), action, resource, snapshot);
        let asked = Action::new(action);
        let request = RequestContext::new(&caller, &asked, resource, account, &keys);
        let identity = [policy::Attached { name: "p", policy: &policy }];
        let layers = Layers { identity: &identity, ..Layers::default() };
        policy::evaluate(&request, &layers).denial(&request).is_none()
    }

    #[test]
    fn only_whoever_is_bounded_so_may_be_given_more() {
        let bob = "arn:aws:iam::111111111111:user/people/bob";
        for (action, resource, boundary, expected) in [
            ("iam:AttachUserPolicy", bob, Some(BOUNDARY), true),
            ("iam:AttachUserPolicy", bob, Some("arn:aws:iam::111111111111:policy/other"), false),
            ("iam:AttachUserPolicy", bob, None, false),
            ("iam:AttachUserPolicy", "arn:aws:iam::111111111111:user/eve", Some(BOUNDARY), false),
            ("iam:AttachUserPolicy", "arn:aws:iam::222222222222:user/bob", Some(BOUNDARY), false),
            ("iam:AttachRolePolicy", "arn:aws:iam::111111111111:role/bob", Some(BOUNDARY), false),
            ("iam:PutUserPolicy", bob, Some(BOUNDARY), true),
            // The boundary that is to be set counts here, and the call itself tells it.
            ("iam:PutUserPermissionsBoundary", bob, Some(BOUNDARY), false),
            ("iam:DeleteUser", bob, Some(BOUNDARY), false),
        ] {
            assert_eq!(allowed(action, resource, &snapshot(boundary)), expected, "{action} {resource} {boundary:?}");
        }
    }
}
