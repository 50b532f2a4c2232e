//! DetachUserPolicy, DetachGroupPolicy, DetachRolePolicy: takes a managed policy from somebody.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>

use base::Scope;
use model::Record;
use model::iam::{Attachment, Group, Purpose, Role, User};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::record;
use crate::error::{Error, declared};
use crate::holder::{self, Holder};
use crate::nothing::Nothing;
use crate::rules::arn;

/// The operation for users.
pub(crate) struct DetachUserPolicy;

/// What [`DetachUserPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DetachUserPolicyRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    policy_arn: String,
}

impl Operation for DetachUserPolicy {
    const SPEC: Spec = Spec::write("DetachUserPolicy", "iam:DetachUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
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
        detach::<User>(call, &input.user_name, &input.policy_arn).await
    }
}

/// The operation for groups.
pub(crate) struct DetachGroupPolicy;

/// What [`DetachGroupPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DetachGroupPolicyRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    policy_arn: String,
}

impl Operation for DetachGroupPolicy {
    const SPEC: Spec = Spec::write("DetachGroupPolicy", "iam:DetachGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
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
        detach::<Group>(call, &input.group_name, &input.policy_arn).await
    }
}

/// The operation for roles.
pub(crate) struct DetachRolePolicy;

/// What [`DetachRolePolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DetachRolePolicyRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    policy_arn: String,
}

impl Operation for DetachRolePolicy {
    const SPEC: Spec = Spec::write("DetachRolePolicy", "iam:DetachRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::UNMODIFIABLE,
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
        detach::<Role>(call, &input.role_name, &input.policy_arn).await
    }
}

async fn detach<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    arn::check("policyArn", policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    if !holder.attached().remove(policy) {
        return Err(Error::NoSuchEntity(format!("Policy {policy} was not found.")).into());
    }
    call.tx.put(&call.scope, &holder)?;
    call.tx.delete::<Attachment>(&call.scope, &record::<H>(policy, name, Purpose::Permissions).id());
    Ok(Nothing)
}
