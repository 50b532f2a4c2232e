//! GetRole: one role. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::RoleView;
use super::{arn, audited};
use crate::error::declared;
use crate::find;

/// The operation.
pub(crate) struct GetRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
}

/// The role.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetRoleResponse", upper)]
pub(crate) struct Output {
    role: RoleView,
}

impl Operation for GetRole {
    const SPEC: Spec = Spec::read("GetRole", "iam:GetRole").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let role = find::role(call, &input.role_name).await?;
        Ok(Output { role: RoleView::whole(call, &role).await? })
    }
}
