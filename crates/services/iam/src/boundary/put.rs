//! PutUserPermissionsBoundary, PutRolePermissionsBoundary: the policy that bounds what others may give.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html>

use base::Scope;
use model::iam::{Purpose, Role, User};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use crate::attachment;
use crate::error::declared;
use crate::find;
use crate::holder::{self, Bounded};
use crate::nothing::Nothing;

/// The operation for users.
pub(crate) struct PutUserPermissionsBoundary;

/// What [`PutUserPermissionsBoundary`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "PutUserPermissionsBoundaryRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    permissions_boundary: String,
}

impl Operation for PutUserPermissionsBoundary {
    const SPEC: Spec = Spec::write("PutUserPermissionsBoundary", "iam:PutUserPermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
    type Input = UserInput;
    type Output = Nothing;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn keys(input: &UserInput, keys: Keys) -> Keys {
        keys.text("iam:PermissionsBoundary", input.permissions_boundary.as_str())
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        put::<User>(call, &input.user_name, &input.permissions_boundary).await
    }
}

/// The operation for roles.
pub(crate) struct PutRolePermissionsBoundary;

/// What [`PutRolePermissionsBoundary`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "PutRolePermissionsBoundaryRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    permissions_boundary: String,
}

impl Operation for PutRolePermissionsBoundary {
    const SPEC: Spec = Spec::write("PutRolePermissionsBoundary", "iam:PutRolePermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::UNMODIFIABLE,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
    type Input = RoleInput;
    type Output = Nothing;

    fn resource(input: &RoleInput, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn keys(input: &RoleInput, keys: Keys) -> Keys {
        keys.text("iam:PermissionsBoundary", input.permissions_boundary.as_str())
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        put::<Role>(call, &input.role_name, &input.permissions_boundary).await
    }
}

async fn put<H: Bounded>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    let mut holder = holder::find::<H>(call, name).await?;
    find::boundary(call, policy).await?;
    super::unbind(call, &mut holder, name);
    *holder.boundary() = Some(policy.to_owned());
    call.tx.put(&call.scope, &holder)?;
    call.tx.put(&call.scope, &attachment::record::<H>(policy, name, Purpose::Boundary))?;
    Ok(Nothing)
}
