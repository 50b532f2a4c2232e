//! DeleteUserPermissionsBoundary, DeleteRolePermissionsBoundary: nothing bounds them any more.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html>

use model::iam::{Role, User};
use operation::{Call, Failure, Spec};

use crate::error::declared;
use crate::holder::{self, Bounded, on_holder};
use crate::nothing::Nothing;

on_holder! {
    /// The operation for users.
    DeleteUserPermissionsBoundary takes DeleteUserPermissionsBoundaryRequest { user_name },
    runs delete::<User>;
    const SPEC: Spec = Spec::write("DeleteUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
}

on_holder! {
    /// The operation for roles.
    DeleteRolePermissionsBoundary takes DeleteRolePermissionsBoundaryRequest { role_name },
    runs delete::<Role>;
    const SPEC: Spec = Spec::write("DeleteRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
}

async fn delete<H: Bounded>(call: &mut Call<'_>, name: &str) -> Result<Nothing, Failure> {
    let mut holder = holder::find::<H>(call, name).await?;
    super::unbind(call, &mut holder, name);
    call.tx.put(&call.scope, &holder)?;
    Ok(Nothing)
}
