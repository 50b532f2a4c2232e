//! ListUserPolicies, ListGroupPolicies, ListRolePolicies: the names of inline policies.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html>

use base::Scope;
use model::iam::{Group, Role, User};
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::holder::{self, Holder};
use crate::page::{Page, Paged};

/// The operation for users.
pub(crate) struct ListUserPolicies;

/// What [`ListUserPolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUserPoliciesRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListUserPolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUserPoliciesResponse", upper)]
pub(crate) struct UserOutput {
    policy_names: Vec<String>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListUserPolicies {
    const SPEC: Spec =
        Spec::read("ListUserPolicies", "iam:ListUserPolicies").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = UserInput;
    type Output = UserOutput;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<UserOutput, Failure> {
        let paged =
            list::<User>(call, "iam:ListUserPolicies", &input.user_name, input.marker.as_deref(), input.max_items)
                .await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(UserOutput { policy_names: paged.items, is_truncated, marker: paged.marker })
    }
}

/// The operation for groups.
pub(crate) struct ListGroupPolicies;

/// What [`ListGroupPolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupPoliciesRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListGroupPolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupPoliciesResponse", upper)]
pub(crate) struct GroupOutput {
    policy_names: Vec<String>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListGroupPolicies {
    const SPEC: Spec =
        Spec::read("ListGroupPolicies", "iam:ListGroupPolicies").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = GroupInput;
    type Output = GroupOutput;

    fn resource(input: &GroupInput, scope: &Scope) -> String {
        holder::arn::<Group>(scope, &input.group_name)
    }

    fn audited(input: &GroupInput) -> Vec<(String, String)> {
        holder::audited::<Group>(&input.group_name)
    }

    async fn run(input: &GroupInput, call: &mut Call<'_>) -> Result<GroupOutput, Failure> {
        let paged =
            list::<Group>(call, "iam:ListGroupPolicies", &input.group_name, input.marker.as_deref(), input.max_items)
                .await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(GroupOutput { policy_names: paged.items, is_truncated, marker: paged.marker })
    }
}

/// The operation for roles.
pub(crate) struct ListRolePolicies;

/// What [`ListRolePolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRolePoliciesRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListRolePolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRolePoliciesResponse", upper)]
pub(crate) struct RoleOutput {
    policy_names: Vec<String>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListRolePolicies {
    const SPEC: Spec =
        Spec::read("ListRolePolicies", "iam:ListRolePolicies").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = RoleInput;
    type Output = RoleOutput;

    fn resource(input: &RoleInput, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<RoleOutput, Failure> {
        let paged =
            list::<Role>(call, "iam:ListRolePolicies", &input.role_name, input.marker.as_deref(), input.max_items)
                .await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(RoleOutput { policy_names: paged.items, is_truncated, marker: paged.marker })
    }
}

async fn list<H: Holder>(
    call: &mut Call<'_>,
    operation: &'static str,
    name: &str,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<Paged<String>, Failure> {
    let page = Page::read(call, operation, name, marker, max_items)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let names = holder.inline().keys().cloned().collect();
    Ok(page.of(call, operation, name, names, String::clone))
}
