//! The first start: an account with its root key, made once, whoever of several nodes comes first.

use base::id::AccessKeyId;
use base::seal::{MasterKey, SealError};
use base::{AccountId, Scope, Secret, Timestamp};
use model::iam::AccessKey;
use model::installation::{Account, NewAccount};
use operation::{Failure, Kind, Transaction};
use store_resources::{CommitError, Resources};

use crate::audit::{self, Record};

/// An account's root key, opened.
#[derive(Debug)]
pub struct RootKey {
    /// The account.
    pub account: AccountId,
    /// The public half.
    pub id: AccessKeyId,
    /// The secret half.
    pub secret: Secret<String>,
}

/// Why an installation could not be founded or opened.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The master key is not the one the installation was made with.
    #[error("the master key does not open this installation's secrets; start with the key it was made with")]
    WrongMasterKey(#[source] SealError),
    /// An account names a key that is not there.
    #[error("the account `{0}` has lost its root key")]
    NoRootKey(AccountId),
}

/// Finds the root key of `scope`'s account, or makes the account with one.
pub async fn found(
    resources: &dyn Resources,
    master_key: &MasterKey,
    scope: &Scope,
    now: Timestamp,
) -> Result<RootKey, FoundError> {
    let global = scope.global();
    loop {
        let mut tx = Transaction::begin(resources, Kind::Write).await?;
        if let Some(account) = tx.get::<Account>(&global, scope.account.as_str()).await? {
            let key = tx.get::<AccessKey>(&global, account.root_access_key.as_str()).await?;
            let key = key.ok_or(FoundError::NoRootKey(account.id))?;
            let place_id = AccessKey::place_id(&key.account, &key.id);
            let opened = master_key.open_text(AccessKey::place(&place_id, key.version), &key.secret);
            let secret = opened.map_err(FoundError::WrongMasterKey)?;
            return Ok(RootKey { account: key.account, id: key.id, secret });
        }
        let NewAccount { account, key, secret } = NewAccount::of(master_key, scope.account, now);
        tx.put(&global, &account)?;
        tx.put(&global, &key)?;
        tx.put(&global, &key.owned())?;
        let mut batch = tx.into_batch();
        batch.audit.push(audit::entry(&made(scope, now, &key)));
        match resources.commit(batch).await {
            Ok(_) => return Ok(RootKey { account: key.account, id: key.id, secret }),
            // Another node was first: take what it made.
            Err(CommitError::Conflict | CommitError::Fenced) => {}
            Err(CommitError::Fault(fault)) => return Err(Failure::from(fault).into()),
        }
    }
}

fn made<'a>(scope: &'a Scope, now: Timestamp, key: &AccessKey) -> Record<'a> {
    Record {
        scope,
        aws_region: scope.region.as_str(),
        request_id: base::id::RequestId::random(),
        now,
        principal: None,
        claimed_key: None,
        event_source: "portcullis.amazonaws.com",
        api_version: None,
        event_name: "CreateAccount",
        read_only: false,
        source_ip: None,
        user_agent: None,
        host: None,
        parameters: None,
        response: None,
        error: None,
        resources: vec![("AWS::IAM::AccessKey".to_owned(), key.id.to_string())],
    }
}
