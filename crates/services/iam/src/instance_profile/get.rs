//! GetInstanceProfile: a profile and its role.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::ProfileView;
use super::{arn, audited, existing};
use crate::error::declared;

/// The operation.
pub(crate) struct GetInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
}

/// The profile.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetInstanceProfileResponse", upper)]
pub(crate) struct Output {
    instance_profile: ProfileView,
}

impl Operation for GetInstanceProfile {
    const SPEC: Spec =
        Spec::read("GetInstanceProfile", "iam:GetInstanceProfile").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let profile = existing(call, &input.instance_profile_name).await?;
        Ok(Output { instance_profile: ProfileView::whole(call, &profile).await? })
    }
}
