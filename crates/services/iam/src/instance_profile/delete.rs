//! DeleteInstanceProfile: removes a profile that holds no role.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html>

use base::Scope;
use model::iam::InstanceProfile;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, existing};
use crate::error::{Error, declared};
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
}

impl Operation for DeleteInstanceProfile {
    const SPEC: Spec = Spec::write("DeleteInstanceProfile", "iam:DeleteInstanceProfile").errors(&[
        declared::NO_ENTITY,
        declared::DELETE_CONFLICT,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let profile = existing(call, &input.instance_profile_name).await?;
        if profile.role.is_some() {
            return Err(Error::delete_first("remove roles from instance profile").into());
        }
        call.tx.delete::<InstanceProfile>(&call.scope, &profile.name);
        Ok(Nothing)
    }
}
