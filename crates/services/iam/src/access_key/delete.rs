//! DeleteAccessKey: a key that signs nothing any more.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html>

use base::Scope;
use model::Record as _;
use model::iam::{AccessKey, AccessKeyUse, OwnedKey, Owner};
use operation::{Call, Failure, Operation, Spec};

use super::{audited, one_of, root};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::{caller, find, user};

/// The operation.
pub(crate) struct DeleteAccessKey;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteAccessKeyRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const SPEC: Spec = Spec::write("DeleteAccessKey", "iam:DeleteAccessKey").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
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
        let owner = caller::meant(call, input.user_name.as_deref())?;
        if let Owner::User(name) = &owner {
            find::user(call, name).await?;
        }
        let key = one_of(call, &owner, &input.access_key_id).await?;
        root::before_loss(call, &key).await?;
        call.tx.delete::<AccessKey>(&call.scope, key.id.as_str());
        call.tx.delete::<OwnedKey>(&call.scope, &key.owned().id());
        call.tx.delete::<AccessKeyUse>(&call.scope, key.id.as_str());
        Ok(Nothing)
    }
}
