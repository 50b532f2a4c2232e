//! PutUserPermissionsBoundary, PutRolePermissionsBoundary: the policy that bounds what others may give.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html>

use model::iam::{Purpose, Role, User};
use operation::{Call, Failure, Spec};

use crate::attachment;
use crate::error::declared;
use crate::find;
use crate::holder::{self, Bounded, on_holder};
use crate::nothing::Nothing;

on_holder! {
    /// The operation for users.
    PutUserPermissionsBoundary takes PutUserPermissionsBoundaryRequest { user_name, permissions_boundary },
    runs put::<User>, tells "iam:PermissionsBoundary" as permissions_boundary;
    const SPEC: Spec = Spec::write("PutUserPermissionsBoundary", "iam:PutUserPermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for roles.
    PutRolePermissionsBoundary takes PutRolePermissionsBoundaryRequest { role_name, permissions_boundary },
    runs put::<Role>, tells "iam:PermissionsBoundary" as permissions_boundary;
    const SPEC: Spec = Spec::write("PutRolePermissionsBoundary", "iam:PutRolePermissionsBoundary").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::UNMODIFIABLE,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
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
