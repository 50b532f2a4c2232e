//! DeleteUserPermissionsBoundary, DeleteRolePermissionsBoundary: nothing bounds them any more.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html>

use base::Scope;
use model::iam::{Role, User};
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::holder::{self, Bounded};
use crate::nothing::Nothing;

/// The operation for users.
pub(crate) struct DeleteUserPermissionsBoundary;

/// What [`DeleteUserPermissionsBoundary`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteUserPermissionsBoundaryRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
}

impl Operation for DeleteUserPermissionsBoundary {
    const SPEC: Spec = Spec::write("DeleteUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = UserInput;
    type Output = Nothing;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        delete::<User>(call, &input.user_name).await
    }
}

/// The operation for roles.
pub(crate) struct DeleteRolePermissionsBoundary;

/// What [`DeleteRolePermissionsBoundary`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteRolePermissionsBoundaryRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
}

impl Operation for DeleteRolePermissionsBoundary {
    const SPEC: Spec = Spec::write("DeleteRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
    type Input = RoleInput;
    type Output = Nothing;

    fn resource(input: &RoleInput, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        delete::<Role>(call, &input.role_name).await
    }
}

async fn delete<H: Bounded>(call: &mut Call<'_>, name: &str) -> Result<Nothing, Failure> {
    let mut holder = holder::find::<H>(call, name).await?;
    super::unbind(call, &mut holder, name);
    call.tx.put(&call.scope, &holder)?;
    Ok(Nothing)
}
