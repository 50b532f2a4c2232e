//! AttachUserPolicy, AttachGroupPolicy, AttachRolePolicy: gives somebody a managed policy.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>

use base::Scope;
use model::iam::{Group, Purpose, Role, User};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::{ATTACHED_MAX, missing, record};
use crate::error::{Error, declared};
use crate::find;
use crate::holder::{self, Holder};
use crate::nothing::Nothing;
use crate::rules::arn;

/// The operation for users.
pub(crate) struct AttachUserPolicy;

/// What [`AttachUserPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AttachUserPolicyRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    policy_arn: String,
}

impl Operation for AttachUserPolicy {
    const SPEC: Spec = Spec::write("AttachUserPolicy", "iam:AttachUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
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
        keys.text("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        attach::<User>(call, &input.user_name, &input.policy_arn).await
    }
}

/// The operation for groups.
pub(crate) struct AttachGroupPolicy;

/// What [`AttachGroupPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AttachGroupPolicyRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    policy_arn: String,
}

impl Operation for AttachGroupPolicy {
    const SPEC: Spec = Spec::write("AttachGroupPolicy", "iam:AttachGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
    type Input = GroupInput;
    type Output = Nothing;

    fn resource(input: &GroupInput, scope: &Scope) -> String {
        holder::arn::<Group>(scope, &input.group_name)
    }

    fn keys(input: &GroupInput, keys: Keys) -> Keys {
        keys.text("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn audited(input: &GroupInput) -> Vec<(String, String)> {
        holder::audited::<Group>(&input.group_name)
    }

    async fn run(input: &GroupInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        attach::<Group>(call, &input.group_name, &input.policy_arn).await
    }
}

/// The operation for roles.
pub(crate) struct AttachRolePolicy;

/// What [`AttachRolePolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AttachRolePolicyRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    policy_arn: String,
}

impl Operation for AttachRolePolicy {
    const SPEC: Spec = Spec::write("AttachRolePolicy", "iam:AttachRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
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
        keys.text("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        attach::<Role>(call, &input.role_name, &input.policy_arn).await
    }
}

async fn attach<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    arn::check("policyArn", policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let found = find::managed(call, policy).await?.ok_or_else(|| missing(policy))?;
    if found.is_of_a_service() {
        let kind = H::TITLE;
        return Err(
            Error::PolicyNotAttachable(format!("Cannot attach a Service Role Policy to a Customer {kind}.")).into()
        );
    }
    if !holder.attached().insert(policy.to_owned()) {
        return Ok(Nothing);
    }
    if holder.attached().len() > ATTACHED_MAX {
        return Err(Error::LimitExceeded { quota: H::ATTACHED_QUOTA, max: ATTACHED_MAX }.into());
    }
    call.tx.put(&call.scope, &holder)?;
    call.tx.put(&call.scope, &record::<H>(policy, name, Purpose::Permissions))?;
    Ok(Nothing)
}
