//! The tags that `aws:ResourceTag/…` and `iam:ResourceTag/…` read. Groups have none.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html>

use std::collections::BTreeMap;

use base::Scope;
use model::iam::{InstanceProfile, ManagedPolicy, OidcProvider, Role, User};
use operation::{Failure, Transaction};

type Tags = BTreeMap<String, String>;

/// Reads the tags of what an ARN of this account names.
pub(crate) fn of<'a>(
    arn: &'a str,
    scope: &'a Scope,
    tx: &'a mut Transaction,
) -> futures_util::future::BoxFuture<'a, Result<Tags, Failure>> {
    Box::pin(read(arn, scope, tx))
}

async fn read(arn: &str, scope: &Scope, tx: &mut Transaction) -> Result<Tags, Failure> {
    let Some((kind, id)) = arn.splitn(6, ':').nth(5).and_then(|resource| resource.split_once('/')) else {
        return Ok(Tags::new());
    };
    let name = id.rsplit('/').next().unwrap_or(id);
    let found = match kind {
        "user" => tx.get::<User>(scope, name).await?.map(|user| user.tags),
        "role" => tx.get::<Role>(scope, name).await?.map(|role| role.tags),
        "policy" => tx.get::<ManagedPolicy>(scope, &format!("/{id}")).await?.map(|policy| policy.tags),
        "instance-profile" => tx.get::<InstanceProfile>(scope, name).await?.map(|profile| profile.tags),
        "oidc-provider" => tx.get::<OidcProvider>(scope, id).await?.map(|provider| provider.tags),
        _ => None,
    };
    Ok(found.unwrap_or_default())
}
