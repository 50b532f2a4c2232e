//! The account's own keys: at least one of them must sign, for nothing else opens the account again.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html>
//!
//! AWS lets the last one go, because there its console remains. Here the root user has nothing but keys.

use model::iam::{AccessKey, Owner};
use model::installation::Account;
use operation::{Call, Failure};

use super::all_of;
use crate::error::Error;

/// Refuses to take away the last key that signs for the account; the account's record names one that stays.
pub(super) async fn before_loss(call: &mut Call<'_>, key: &AccessKey) -> Result<(), Failure> {
    if key.owner != Owner::Root {
        return Ok(());
    }
    let others = all_of(call, &Owner::Root).await?;
    let Some(other) = others.into_iter().find(|other| other.id != key.id && other.active) else {
        let last = "Cannot take away the last active access key of the root user: nothing else opens the account.";
        return Err(Error::ValidationError(last.to_owned()).into());
    };
    let account = call.tx.get::<Account>(&call.scope, call.scope.account.as_str()).await?;
    if let Some(account) = account.filter(|account| account.root_access_key == key.id) {
        call.tx.put(&call.scope, &Account { root_access_key: other.id, ..account })?;
    }
    Ok(())
}
