//! DeleteUserPolicy, DeleteGroupPolicy, DeleteRolePolicy: removes an inline policy.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>

use model::iam::{Group, Role, User};
use operation::{Call, Failure, Spec};

use super::{check_name, missing};
use crate::error::declared;
use crate::holder::{self, Holder, on_holder};
use crate::nothing::Nothing;

on_holder! {
    /// The operation for users.
    DeleteUserPolicy takes DeleteUserPolicyRequest { user_name, policy_name },
    runs delete::<User>;
    const SPEC: Spec = Spec::write("DeleteUserPolicy", "iam:DeleteUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for groups.
    DeleteGroupPolicy takes DeleteGroupPolicyRequest { group_name, policy_name },
    runs delete::<Group>;
    const SPEC: Spec = Spec::write("DeleteGroupPolicy", "iam:DeleteGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for roles.
    DeleteRolePolicy takes DeleteRolePolicyRequest { role_name, policy_name },
    runs delete::<Role>;
    const SPEC: Spec = Spec::write("DeleteRolePolicy", "iam:DeleteRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
}

async fn delete<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    check_name(policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    if holder.inline().remove(policy).is_none() {
        return Err(missing::<H>(policy).into());
    }
    call.tx.put(&call.scope, &holder)?;
    Ok(Nothing)
}
