//! GetUserPolicy, GetGroupPolicy, GetRolePolicy: an inline policy with its document.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>

use base::Scope;
use model::iam::{Group, Role, User};
use operation::{Call, Failure, Operation, Spec};

use super::{check_name, missing};
use crate::error::declared;
use crate::holder::{self, Holder};
use crate::rules::document;

/// The operation for users.
pub(crate) struct GetUserPolicy;

/// What [`GetUserPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetUserPolicyRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    policy_name: String,
}

/// What [`GetUserPolicy`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetUserPolicyResponse", upper)]
pub(crate) struct UserOutput {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetUserPolicy {
    const SPEC: Spec =
        Spec::read("GetUserPolicy", "iam:GetUserPolicy").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = UserInput;
    type Output = UserOutput;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<UserOutput, Failure> {
        let policy_document = get::<User>(call, &input.user_name, &input.policy_name).await?;
        Ok(UserOutput { user_name: input.user_name.clone(), policy_name: input.policy_name.clone(), policy_document })
    }
}

/// The operation for groups.
pub(crate) struct GetGroupPolicy;

/// What [`GetGroupPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetGroupPolicyRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    policy_name: String,
}

/// What [`GetGroupPolicy`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetGroupPolicyResponse", upper)]
pub(crate) struct GroupOutput {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetGroupPolicy {
    const SPEC: Spec =
        Spec::read("GetGroupPolicy", "iam:GetGroupPolicy").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = GroupInput;
    type Output = GroupOutput;

    fn resource(input: &GroupInput, scope: &Scope) -> String {
        holder::arn::<Group>(scope, &input.group_name)
    }

    fn audited(input: &GroupInput) -> Vec<(String, String)> {
        holder::audited::<Group>(&input.group_name)
    }

    async fn run(input: &GroupInput, call: &mut Call<'_>) -> Result<GroupOutput, Failure> {
        let policy_document = get::<Group>(call, &input.group_name, &input.policy_name).await?;
        Ok(GroupOutput {
            group_name: input.group_name.clone(),
            policy_name: input.policy_name.clone(),
            policy_document,
        })
    }
}

/// The operation for roles.
pub(crate) struct GetRolePolicy;

/// What [`GetRolePolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetRolePolicyRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    policy_name: String,
}

/// What [`GetRolePolicy`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetRolePolicyResponse", upper)]
pub(crate) struct RoleOutput {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for GetRolePolicy {
    const SPEC: Spec =
        Spec::read("GetRolePolicy", "iam:GetRolePolicy").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = RoleInput;
    type Output = RoleOutput;

    fn resource(input: &RoleInput, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<RoleOutput, Failure> {
        let policy_document = get::<Role>(call, &input.role_name, &input.policy_name).await?;
        Ok(RoleOutput { role_name: input.role_name.clone(), policy_name: input.policy_name.clone(), policy_document })
    }
}

async fn get<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<String, Failure> {
    check_name(policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let document = holder.inline().get(policy).ok_or_else(|| missing::<H>(policy))?;
    Ok(document::encoded(document))
}
