//! DeleteRole: a role that nothing depends on any more; its sessions end with it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>

use base::Scope;
use model::Record as _;
use model::iam::{Attachment, InstanceProfile, Purpose, Role};
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited};
use crate::error::{Error, declared};
use crate::find;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
}

impl Operation for DeleteRole {
    const SPEC: Spec = Spec::write("DeleteRole", "iam:DeleteRole").errors(&[
        declared::NO_ENTITY,
        declared::DELETE_CONFLICT,
        declared::LIMIT,
        declared::UNMODIFIABLE,
        declared::CONCURRENT,
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
        let role = find::role(call, &input.role_name).await?;
        let profiles = call.tx.all::<InstanceProfile>(&call.scope, "").await?;
        if profiles.iter().any(|profile| profile.role.as_ref() == Some(&role.name)) {
            return Err(Error::delete_first("remove roles from instance profile").into());
        }
        if !role.attached.is_empty() {
            return Err(Error::delete_first("detach all policies").into());
        }
        if !role.inline.is_empty() {
            return Err(Error::delete_first("delete policies").into());
        }
        if let Some(policy) = role.boundary {
            let kind = "role".to_owned();
            let bound = Attachment { policy, kind, name: role.name.clone(), purpose: Purpose::Boundary };
            call.tx.delete::<Attachment>(&call.scope, &bound.id());
        }
        call.tx.delete::<Role>(&call.scope, &role.name);
        Ok(Nothing)
    }
}
