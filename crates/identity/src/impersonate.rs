//! What-if questions: the caller that an ARN names, as if it had signed.

use std::sync::Arc;

use base::AccountId;
use snapshot::{Name, Snapshot};

use crate::Caller;
use crate::caller::Who;

/// Why an ARN names no caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchPrincipal {
    /// It is not the ARN of a root user, a user, a role or a role's session.
    #[error("`{0}` is not the ARN of an account's root user, a user, a role, or a session of a role")]
    Form(String),
    /// Nobody has this ARN.
    #[error("there is no `{0}` in this installation")]
    Unknown(String),
}

/// The session name a role is asked with when only the role was named.
const SESSION: &str = "what-if";

/// The caller that `arn` names. A session of it has the role's own permissions: no session policy, no session tags.
pub fn impersonate(arn: &str, snapshot: &Snapshot) -> Result<Caller, NoSuchPrincipal> {
    let form = || NoSuchPrincipal::Form(arn.chars().take(256).collect());
    let unknown = || NoSuchPrincipal::Unknown(arn.chars().take(256).collect());
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some("aws"), Some(service), Some(""), Some(account), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(form());
    };
    let account = AccountId::parse(account).map_err(|_| form())?;
    let who = match (service, rest.split_once('/')) {
        ("iam", None) if rest == "root" => Who::Root(account),
        ("iam", Some(("user", path))) => {
            let user = snapshot.users.get(&Name::new(account, last(path))).filter(|user| *user.arn == *arn);
            Who::User(Arc::clone(user.ok_or_else(unknown)?))
        }
        ("iam", Some(("role", path))) => {
            let role = snapshot.roles.get(&Name::new(account, last(path))).filter(|role| *role.arn == *arn);
            Who::Role { role: Arc::clone(role.ok_or_else(unknown)?), session: SESSION.into() }
        }
        ("sts", Some(("assumed-role", path))) => {
            let (name, session) = path.split_once('/').ok_or_else(form)?;
            let role = snapshot.roles.get(&Name::new(account, name));
            Who::Role { role: Arc::clone(role.ok_or_else(unknown)?), session: session.into() }
        }
        _ => return Err(form()),
    };
    Ok(Caller::new(who, None, None))
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
