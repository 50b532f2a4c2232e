//! CreateAccessKey: a key for a user, or for the account itself. Its secret is shown once.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html>

use base::{Scope, Secret, Timestamp};
use model::iam::{AccessKey, Owner};
use operation::{Call, Failure, Operation, Spec};
use wire::Value;

use super::{KEYS_MAX, KeyStatus, all_of, audited, name_of};
use crate::error::{Error, declared};
use crate::time::whole_second;
use crate::{caller, find, user};

/// The operation.
pub(crate) struct CreateAccessKey;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateAccessKeyRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
}

/// The key.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateAccessKeyResponse", upper)]
pub(crate) struct Output {
    access_key: Made,
}

/// A key with its secret.
#[derive(Debug, wire::Shape)]
#[shape(name = "AccessKey", upper)]
struct Made {
    user_name: Option<String>,
    access_key_id: String,
    status: KeyStatus,
    secret_access_key: Secret<String>,
    create_date: Timestamp,
}

impl Operation for CreateAccessKey {
    const SPEC: Spec = Spec::write("CreateAccessKey", "iam:CreateAccessKey").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        user::audited(input.user_name.as_deref())
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        let id = output.get("AccessKey").and_then(|key| key.get("AccessKeyId")).and_then(Value::as_text);
        id.map(audited).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let owner = caller::meant(call, input.user_name.as_deref())?;
        if let Owner::User(name) = &owner {
            find::user(call, name).await?;
        }
        let max = KEYS_MAX as usize;
        if all_of(call, &owner).await?.len() >= max {
            return Err(Error::LimitExceeded { quota: "AccessKeysPerUser", max }.into());
        }
        let (master_key, now) = (&call.ports.master_key, whole_second(call.now));
        let (key, secret) = AccessKey::fresh(master_key, call.scope.account, owner, now);
        call.tx.put(&call.scope, &key)?;
        call.tx.put(&call.scope, &key.owned())?;
        let access_key = Made {
            user_name: name_of(&key.owner),
            access_key_id: key.id.to_string(),
            status: KeyStatus::of(&key),
            secret_access_key: secret,
            create_date: key.created,
        };
        Ok(Output { access_key })
    }
}
