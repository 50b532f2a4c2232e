//! Whom a trust policy names: they must exist when it is set, and it goes on to mean them and nobody else.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeMap;

use base::{AccountId, Arn, Scope};
use model::iam::{Role, User, trust};
use model::installation::Account;
use operation::{Call, Failure};

use crate::error::Error;

/// The ids of the users and roles that the document names, by the ARN it names them by. Whoever does not exist cannot
/// be named.
pub(super) async fn ids(call: &mut Call<'_>, document: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut ids = BTreeMap::new();
    for named in trust::named(document) {
        match read(call, &named).await? {
            Found::Holder(id) => {
                ids.insert(named, id);
            }
            Found::Exists => {}
            Found::Nobody => {
                let message = format!("Invalid principal in policy: \"AWS\":\"{named}\"");
                return Err(Error::MalformedPolicyDocument(message).into());
            }
        }
    }
    Ok(ids)
}

/// The trust policy as it is shown: users and roles by the ARNs they have now, and those that are gone by their ids.
pub(super) async fn shown(call: &mut Call<'_>, role: &Role) -> Result<String, Failure> {
    let mut renamed = BTreeMap::new();
    for (named, id) in role.trusted_ids.iter().filter(|(named, _)| named.starts_with("arn:aws:iam:")) {
        if !matches!(read(call, named).await?, Found::Holder(now) if now == *id) {
            renamed.insert(named.clone(), arn_of(call, id).await?.unwrap_or_else(|| id.clone()));
        }
    }
    Ok(trust::renamed(&role.trust, |named| renamed.get(named).cloned()))
}

/// The ARN that the holder of an id has now.
async fn arn_of(call: &mut Call<'_>, id: &str) -> Result<Option<String>, Failure> {
    if id.starts_with("AIDA") {
        let user = call.tx.find::<User>("iam.unique_id", id).await?;
        return Ok(user.map(|(_, user)| user.arn()));
    }
    let role = call.tx.find::<Role>("iam.unique_id", id).await?;
    Ok(role.map(|(_, role)| role.arn()))
}

enum Found {
    /// A user or role, with its id.
    Holder(String),
    /// Somebody who has no id.
    Exists,
    Nobody,
}

async fn read(call: &mut Call<'_>, named: &str) -> Result<Found, Failure> {
    if named == "*" {
        return Ok(Found::Exists);
    }
    if let Ok(account) = AccountId::parse(named) {
        return account_of(call, account).await;
    }
    if named.starts_with("AIDA") {
        let found = call.tx.find::<User>("iam.unique_id", named).await?;
        return Ok(if found.is_some() { Found::Exists } else { Found::Nobody });
    }
    if named.starts_with("AROA") {
        let found = call.tx.find::<Role>("iam.unique_id", named).await?;
        return Ok(if found.is_some() { Found::Exists } else { Found::Nobody });
    }
    let Ok(arn) = Arn::parse(named) else { return Ok(Found::Nobody) };
    let Ok(account) = AccountId::parse(&arn.account) else { return Ok(Found::Nobody) };
    let scope = Scope { account, ..call.scope.clone() };
    let last = arn.resource.rsplit('/').next().unwrap_or_default();
    let id = match (arn.service.as_str(), arn.resource.split('/').next()) {
        ("iam", Some("root")) | ("sts", Some("federated-user")) => return account_of(call, account).await,
        ("iam", Some("user")) => {
            let user = call.tx.get::<User>(&scope, last).await?;
            user.filter(|user| user.arn() == named).map(|user| user.id)
        }
        ("iam", Some("role")) => {
            let role = call.tx.get::<Role>(&scope, last).await?;
            role.filter(|role| role.arn() == named).map(|role| role.id)
        }
        ("sts", Some("assumed-role")) => {
            let name = arn.resource.split('/').nth(1).unwrap_or_default();
            call.tx.get::<Role>(&scope, name).await?.map(|role| role.id)
        }
        _ => None,
    };
    Ok(id.map_or(Found::Nobody, Found::Holder))
}

async fn account_of(call: &mut Call<'_>, account: AccountId) -> Result<Found, Failure> {
    if account == call.scope.account {
        return Ok(Found::Exists);
    }
    let scope = Scope { account, ..call.scope.clone() };
    let found = call.tx.get::<Account>(&scope, account.as_str()).await?;
    Ok(if found.is_some() { Found::Exists } else { Found::Nobody })
}
