//! UpdateAssumeRolePolicy: who may take the role on from now.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, trusted};
use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::document;

/// The operation.
pub(crate) struct UpdateAssumeRolePolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateAssumeRolePolicyRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    policy_document: String,
}

impl Operation for UpdateAssumeRolePolicy {
    const SPEC: Spec = Spec::write("UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::MALFORMED_POLICY,
        declared::LIMIT,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut role = find::role(call, &input.role_name).await?;
        document::trust(&input.policy_document)?;
        role.trusted_ids = trusted::ids(call, &input.policy_document).await?;
        role.trust.clone_from(&input.policy_document);
        call.tx.put(&call.scope, &role)?;
        Ok(Nothing)
    }
}
