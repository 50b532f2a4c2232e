//! DeletePolicyVersion: removes a version that is not in force.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{audited, find, own, version};
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::time::whole_second;

/// The operation.
pub(crate) struct DeletePolicyVersion;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeletePolicyVersionRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    version_id: String,
}

impl Operation for DeletePolicyVersion {
    const SPEC: Spec = Spec::write("DeletePolicyVersion", "iam:DeletePolicyVersion").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::DELETE_CONFLICT,
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
        let mut policy = own(found, call, "iam:DeletePolicyVersion", absent)?;
        let (number, _) = version::of(&policy, &input.version_id)?;
        if number == policy.default_version {
            return Err(Error::DeleteConflict("Cannot delete the default version of a policy.".to_owned()).into());
        }
        policy.versions.remove(&number);
        policy.updated = whole_second(call.now);
        call.tx.put(&call.scope, &policy)?;
        Ok(Nothing)
    }
}
