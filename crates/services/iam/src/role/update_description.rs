//! UpdateRoleDescription: the older way to describe a role.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::RoleView;
use super::{arn, audited, settings};
use crate::error::declared;
use crate::find;

/// The operation.
pub(crate) struct UpdateRoleDescription;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateRoleDescriptionRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    description: String,
}

/// The role.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateRoleDescriptionResponse", upper)]
pub(crate) struct Output {
    role: Option<RoleView>,
}

impl Operation for UpdateRoleDescription {
    const SPEC: Spec = Spec::write("UpdateRoleDescription", "iam:UpdateRoleDescription").errors(&[
        declared::NO_ENTITY,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let mut role = find::role(call, &input.role_name).await?;
        role.description = settings::description(&input.description)?;
        call.tx.put(&call.scope, &role)?;
        Ok(Output { role: Some(RoleView::whole(call, &role).await?) })
    }
}
