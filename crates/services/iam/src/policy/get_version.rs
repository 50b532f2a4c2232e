//! GetPolicyVersion: one version with its document.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::VersionView;
use super::{audited, find, version};
use crate::error::declared;
use crate::find::Managed;

/// The operation.
pub(crate) struct GetPolicyVersion;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetPolicyVersionRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    version_id: String,
}

/// The version.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetPolicyVersionResponse", upper)]
pub(crate) struct Output {
    policy_version: Option<VersionView>,
}

impl Operation for GetPolicyVersion {
    const SPEC: Spec = Spec::read("GetPolicyVersion", "iam:GetPolicyVersion").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let number = version::number(&input.version_id)?;
        let view = match find(call, &input.policy_arn).await? {
            Some(Managed::Own(policy)) => {
                let (number, version) = version::of(&policy, &input.version_id)?;
                VersionView::whole(&policy, number, version)
            }
            // AWS's older versions are not kept here.
            Some(Managed::Aws(known)) if number == Some(known.version) => VersionView::aws_whole(known),
            Some(Managed::Aws(_)) | None => {
                return Err(version::missing(&input.policy_arn, &input.version_id).into());
            }
        };
        Ok(Output { policy_version: Some(view) })
    }
}
