//! AddRoleToInstanceProfile: puts a role behind a profile; there is room for one.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html>

use base::Scope;
use model::iam::Role;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, existing};
use crate::error::{Error, declared};
use crate::holder;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct AddRoleToInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AddRoleToInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    role_name: String,
}

impl Operation for AddRoleToInstanceProfile {
    const SPEC: Spec = Spec::write("AddRoleToInstanceProfile", "iam:AddRoleToInstanceProfile").errors(&[
        declared::NO_ENTITY,
        declared::EXISTS,
        declared::LIMIT,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn further(input: &Input, scope: &Scope) -> Vec<(&'static str, String)> {
        vec![("iam:PassRole", holder::arn::<Role>(scope, &input.role_name))]
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut profile = existing(call, &input.instance_profile_name).await?;
        let role = holder::find::<Role>(call, &input.role_name).await?;
        if profile.role.is_some() {
            return Err(Error::LimitExceeded { quota: "InstanceSessionsPerInstanceProfile", max: 1 }.into());
        }
        profile.role = Some(role.name);
        call.tx.put(&call.scope, &profile)?;
        Ok(Nothing)
    }
}
