//! PutUserPolicy, PutGroupPolicy, PutRolePolicy: adds an inline policy, or replaces the one of that name.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>

use base::Scope;
use model::iam::{Group, Role, User};
use operation::{Call, Failure, Operation, Spec};

use super::check_name;
use crate::error::declared;
use crate::holder::{self, Holder};
use crate::nothing::Nothing;
use crate::rules::document;

/// The operation for users.
pub(crate) struct PutUserPolicy;

/// What [`PutUserPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "PutUserPolicyRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutUserPolicy {
    const SPEC: Spec = Spec::write("PutUserPolicy", "iam:PutUserPolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
        declared::NO_ENTITY,
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
        put::<User>(call, &input.user_name, &input.policy_name, &input.policy_document).await
    }
}

/// The operation for groups.
pub(crate) struct PutGroupPolicy;

/// What [`PutGroupPolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "PutGroupPolicyRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutGroupPolicy {
    const SPEC: Spec = Spec::write("PutGroupPolicy", "iam:PutGroupPolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
        declared::NO_ENTITY,
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
        put::<Group>(call, &input.group_name, &input.policy_name, &input.policy_document).await
    }
}

/// The operation for roles.
pub(crate) struct PutRolePolicy;

/// What [`PutRolePolicy`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "PutRolePolicyRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

impl Operation for PutRolePolicy {
    const SPEC: Spec = Spec::write("PutRolePolicy", "iam:PutRolePolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
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
        put::<Role>(call, &input.role_name, &input.policy_name, &input.policy_document).await
    }
}

async fn put<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str, document: &str) -> Result<Nothing, Failure> {
    check_name(policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let others = holder.inline().iter().filter(|(known, _)| *known != policy).map(|(_, document)| document);
    document::inline::<H>(name, document, others)?;
    holder.inline().insert(policy.to_owned(), document.to_owned());
    call.tx.put(&call.scope, &holder)?;
    Ok(Nothing)
}
