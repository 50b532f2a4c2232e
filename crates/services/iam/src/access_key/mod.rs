//! Access keys: of users, and of the account itself, which only its root user handles, by naming nobody.

mod create;
mod list;
mod update;
mod delete;
mod get_last_used;
mod root;
#[cfg(test)]
mod tests;

use base::id::AccessKeyId;
use model::iam::{AccessKey, OwnedKey, Owner};
use operation::{Call, Failure, Registered};

use crate::error::Error;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateAccessKey>(),
        Registered::of::<list::ListAccessKeys>(),
        Registered::of::<update::UpdateAccessKey>(),
        Registered::of::<delete::DeleteAccessKey>(),
        Registered::of::<get_last_used::GetAccessKeyLastUsed>(),
    ]
}

/// AWS's quota. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) const KEYS_MAX: u32 = 2;

/// Whether a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum KeyStatus {
    /// It does.
    #[shape("Active")]
    Active,
    /// It does not.
    #[shape("Inactive")]
    Inactive,
    /// Only other credentials expire.
    #[shape("Expired")]
    Expired,
}

impl KeyStatus {
    fn of(key: &AccessKey) -> Self {
        if key.active { Self::Active } else { Self::Inactive }
    }
}

/// All keys of an owner, by id.
pub(crate) async fn all_of(call: &mut Call<'_>, owner: &Owner) -> Result<Vec<AccessKey>, Failure> {
    let mut keys = Vec::new();
    for owned in call.tx.all::<OwnedKey>(&call.scope, &OwnedKey::prefix(owner)).await? {
        let key = call.tx.get::<AccessKey>(&call.scope, owned.key.as_str()).await?;
        keys.push(key.ok_or_else(|| Failure::Broken { what: format!("access key `{}` is gone", owned.key) })?);
    }
    Ok(keys)
}

/// A key of this owner. SECURITY: whoever names another's key learns no more than that the owner has none such.
async fn one_of(call: &mut Call<'_>, owner: &Owner, id: &str) -> Result<AccessKey, Failure> {
    let known = match AccessKeyId::parse(id) {
        Ok(id) => call.tx.get::<AccessKey>(&call.scope, id.as_str()).await?,
        Err(_) => None,
    };
    known.filter(|key| key.owner == *owner).ok_or_else(|| missing(id).into())
}

fn missing(id: &str) -> Error {
    let id: String = id.chars().take(128).collect();
    Error::NoSuchEntity(format!("The Access Key with id {id} cannot be found."))
}

/// The owner's name, which the account itself has none of.
fn name_of(owner: &Owner) -> Option<String> {
    match owner {
        Owner::Root => None,
        Owner::User(name) => Some(name.clone()),
    }
}

/// CloudTrail's name of a key.
fn audited(id: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::AccessKey".to_owned(), id.to_owned())]
}
