//! UpdateAccessKey: lets a key sign, or keeps it from signing.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>

use base::Scope;
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::{KeyStatus, audited, one_of, root};
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{caller, find, user};

/// The operation.
pub(crate) struct UpdateAccessKey;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateAccessKeyRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    access_key_id: String,
    status: KeyStatus,
}

impl Operation for UpdateAccessKey {
    const SPEC: Spec = Spec::write("UpdateAccessKey", "iam:UpdateAccessKey").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
        declared::INVALID,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        user::audited(input.user_name.as_deref()).into_iter().chain(audited(&input.access_key_id)).collect()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let active = match input.status {
            KeyStatus::Active => true,
            KeyStatus::Inactive => false,
            KeyStatus::Expired => {
                return Err(Error::InvalidInput("The status of an access key is Active or Inactive.".to_owned()).into());
            }
        };
        let owner = caller::meant(call, input.user_name.as_deref())?;
        if let Owner::User(name) = &owner {
            find::user(call, name).await?;
        }
        let mut key = one_of(call, &owner, &input.access_key_id).await?;
        if !active {
            root::before_loss(call, &key).await?;
        }
        key.active = active;
        call.tx.put(&call.scope, &key)?;
        Ok(Nothing)
    }
}
