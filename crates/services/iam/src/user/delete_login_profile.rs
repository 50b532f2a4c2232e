//! DeleteLoginProfile: clients ask for it before they delete a user. There is no console, so nobody has a password.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html>

use base::Scope;
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{caller, find};

/// The operation.
pub(crate) struct DeleteLoginProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteLoginProfileRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
}

impl Operation for DeleteLoginProfile {
    const SPEC: Spec = Spec::write("DeleteLoginProfile", "iam:DeleteLoginProfile").errors(&[
        ("EntityTemporarilyUnmodifiable", 409),
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
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let name = match caller::meant(call, input.user_name.as_deref())? {
            Owner::User(name) => find::user(call, &name).await?.name,
            Owner::Root => call.scope.account.to_string(),
        };
        Err(Error::NoSuchEntity(format!("Login Profile for User {name} cannot be found.")).into())
    }
}
