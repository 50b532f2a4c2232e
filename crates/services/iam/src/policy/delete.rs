//! DeletePolicy: removes a policy that nobody uses, with its last version.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>

use base::Scope;
use model::Record;
use model::iam::{Attachment, ManagedPolicy};
use operation::{Call, Failure, Operation, Spec};

use super::{audited, find, missing, own};
use crate::error::{Error, declared};
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeletePolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeletePolicyRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
}

impl Operation for DeletePolicy {
    const SPEC: Spec = Spec::write("DeletePolicy", "iam:DeletePolicy").errors(&[
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
        let found = find(call, &input.policy_arn).await?;
        let policy = own(found, call, "iam:DeletePolicy", missing(&input.policy_arn))?;
        let attachments = call.tx.all::<Attachment>(&call.scope, &Attachment::prefix(&input.policy_arn)).await?;
        if !attachments.is_empty() {
            return Err(Error::DeleteConflict("Cannot delete a policy attached to entities.".to_owned()).into());
        }
        if policy.versions.len() > 1 {
            return Err(Error::DeleteConflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."
                    .to_owned(),
            )
            .into());
        }
        call.tx.delete::<ManagedPolicy>(&call.scope, &policy.id());
        Ok(Nothing)
    }
}
