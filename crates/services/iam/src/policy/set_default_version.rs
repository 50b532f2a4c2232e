//! SetDefaultPolicyVersion: puts a version in force for everybody the policy is attached to.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{audited, find, own, version};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::time::whole_second;

/// The operation.
pub(crate) struct SetDefaultPolicyVersion;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "SetDefaultPolicyVersionRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    version_id: String,
}

impl Operation for SetDefaultPolicyVersion {
    const SPEC: Spec = Spec::write("SetDefaultPolicyVersion", "iam:SetDefaultPolicyVersion").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        version::number(&input.version_id)?;
        let found = find(call, &input.policy_arn).await?;
        let absent = version::missing(&input.policy_arn, &input.version_id);
        let mut policy = own(found, call, "iam:SetDefaultPolicyVersion", absent)?;
        policy.default_version = version::of(&policy, &input.version_id)?.0;
        policy.updated = whole_second(call.now);
        call.tx.put(&call.scope, &policy)?;
        Ok(Nothing)
    }
}
