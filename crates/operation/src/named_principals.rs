//! Whom a policy names in its `Principal` elements: they must exist when it is set, and it goes on to mean them and nobody
//! else. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeMap;

use base::{AccountId, Arn, Scope};
use model::iam::{Role, User, trust};
use model::installation::Account;

use crate::{Failure, Transaction};

/// A policy names somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid principal in policy: \"AWS\":\"{0}\"")]
pub struct NoSuchPrincipal(pub String);

/// The ids of the users and roles that a document names, by the ARN it names them by. `own` is the account that is
/// spared the look-up, because it calls.
pub async fn ids(
    tx: &mut Transaction,
    own: AccountId,
    document: &str,
) -> Result<Result<BTreeMap<String, String>, NoSuchPrincipal>, Failure> {
    let mut ids = BTreeMap::new();
    for named in trust::named(document) {
        match read(tx, own, &named).await? {
            Found::Holder(id) => {
                ids.insert(named, id);
            }
            Found::Exists => {}
            Found::Nobody => return Ok(Err(NoSuchPrincipal(named))),
        }
    }
    Ok(Ok(ids))
}

/// The document as it is shown: users and roles by the ARNs they have now, and those that are gone by their ids.
pub async fn shown(
    tx: &mut Transaction,
    own: AccountId,
    document: &str,
    ids: &BTreeMap<String, String>,
) -> Result<String, Failure> {
    let mut renamed = BTreeMap::new();
    for (named, id) in ids.iter().filter(|(named, _)| named.starts_with("arn:aws:iam:")) {
        if !matches!(read(tx, own, named).await?, Found::Holder(now) if now == *id) {
            renamed.insert(named.clone(), arn_of(tx, id).await?.unwrap_or_else(|| id.clone()));
        }
    }
    Ok(trust::renamed(document, |named| renamed.get(named).cloned()))
}

/// The ARN that the holder of an id has now.
async fn arn_of(tx: &mut Transaction, id: &str) -> Result<Option<String>, Failure> {
    if id.starts_with("AIDA") {
        return Ok(tx.find::<User>("iam.unique_id", id).await?.map(|(_, user)| user.arn()));
    }
    Ok(tx.find::<Role>("iam.unique_id", id).await?.map(|(_, role)| role.arn()))
}

enum Found {
    /// A user or role, with its id.
    Holder(String),
    /// Somebody who has no id.
    Exists,
    Nobody,
}

async fn read(tx: &mut Transaction, own: AccountId, named: &str) -> Result<Found, Failure> {
    if named == "*" {
        return Ok(Found::Exists);
    }
    if let Ok(account) = AccountId::parse(named) {
        return account_of(tx, own, account).await;
    }
    if named.starts_with("AIDA") {
        let found = tx.find::<User>("iam.unique_id", named).await?;
        return Ok(if found.is_some() { Found::Exists } else { Found::Nobody });
    }
    if named.starts_with("AROA") {
        let found = tx.find::<Role>("iam.unique_id", named).await?;
        return Ok(if found.is_some() { Found::Exists } else { Found::Nobody });
    }
    let Ok(arn) = Arn::parse(named) else { return Ok(Found::Nobody) };
    let Ok(account) = AccountId::parse(&arn.account) else { return Ok(Found::Nobody) };
    let scope = global(account);
    let last = arn.resource.rsplit('/').next().unwrap_or_default();
    let id = match (arn.service.as_str(), arn.resource.split('/').next()) {
        ("iam", Some("root")) | ("sts", Some("federated-user")) => return account_of(tx, own, account).await,
        ("iam", Some("user")) => {
            let user = tx.get::<User>(&scope, last).await?;
            user.filter(|user| user.arn() == named).map(|user| user.id)
        }
        ("iam", Some("role")) => {
            let role = tx.get::<Role>(&scope, last).await?;
            role.filter(|role| role.arn() == named).map(|role| role.id)
        }
        ("sts", Some("assumed-role")) => {
            let name = arn.resource.split('/').nth(1).unwrap_or_default();
            tx.get::<Role>(&scope, name).await?.map(|role| role.id)
        }
        _ => None,
    };
    Ok(id.map_or(Found::Nobody, Found::Holder))
}

async fn account_of(tx: &mut Transaction, own: AccountId, account: AccountId) -> Result<Found, Failure> {
    if account == own {
        return Ok(Found::Exists);
    }
    let found = tx.get::<Account>(&global(account), account.as_str()).await?;
    Ok(if found.is_some() { Found::Exists } else { Found::Nobody })
}

fn global(account: AccountId) -> Scope {
    Scope { account, region: base::Region::global() }
}
