//! DeleteUserPolicy, DeleteGroupPolicy, DeleteRolePolicy: removes an inline policy.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>

use base::Scope;
use model::iam::{Group, Role, User};
use operation::{Call, Failure, Operation, Spec};

use super::{check_name, missing};
use crate::error::declared;
use crate::holder::{self, Holder};
use crate::nothing::Nothing;

/// The operation for users.
pub(crate) struct DeleteUserPolicy;

/// What [`DeleteUserPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteUserPolicyRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    policy_name: String,
}

impl Operation for DeleteUserPolicy {
    const SPEC: Spec = Spec::write("DeleteUserPolicy", "iam:DeleteUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = UserInput;
    type Output = Nothing;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        delete::<User>(call, &input.user_name, &input.policy_name).await
    }
}

/// The operation for groups.
pub(crate) struct DeleteGroupPolicy;

/// What [`DeleteGroupPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteGroupPolicyRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    policy_name: String,
}

impl Operation for DeleteGroupPolicy {
    const SPEC: Spec = Spec::write("DeleteGroupPolicy", "iam:DeleteGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = GroupInput;
    type Output = Nothing;

    fn resource(input: &GroupInput, scope: &Scope) -> String {
        holder::arn::<Group>(scope, &input.group_name)
    }

    fn audited(input: &GroupInput) -> Vec<(String, String)> {
        holder::audited::<Group>(&input.group_name)
    }

    async fn run(input: &GroupInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        delete::<Group>(call, &input.group_name, &input.policy_name).await
    }
}

/// The operation for roles.
pub(crate) struct DeleteRolePolicy;

/// What [`DeleteRolePolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteRolePolicyRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    policy_name: String,
}

impl Operation for DeleteRolePolicy {
    const SPEC: Spec = Spec::write("DeleteRolePolicy", "iam:DeleteRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
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
        delete::<Role>(call, &input.role_name, &input.policy_name).await
    }
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
