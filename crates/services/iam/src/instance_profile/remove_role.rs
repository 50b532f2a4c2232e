//! RemoveRoleFromInstanceProfile: takes the role from behind a profile.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html>

use base::Scope;
use model::iam::Role;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, existing};
use crate::error::{Error, declared};
use crate::holder;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct RemoveRoleFromInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "RemoveRoleFromInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    role_name: String,
}

impl Operation for RemoveRoleFromInstanceProfile {
    const SPEC: Spec = Spec::write("RemoveRoleFromInstanceProfile", "iam:RemoveRoleFromInstanceProfile").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::UNMODIFIABLE,
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
        let mut profile = existing(call, &input.instance_profile_name).await?;
        let role = holder::find::<Role>(call, &input.role_name).await?;
        if profile.role.as_ref() != Some(&role.name) {
            let (role, profile) = (role.name, profile.name);
            return Err(
                Error::NoSuchEntity(format!("Role {role} in Instance Profile {profile} cannot be found.")).into()
            );
        }
        profile.role = None;
        call.tx.put(&call.scope, &profile)?;
        Ok(Nothing)
    }
}
