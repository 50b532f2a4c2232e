//! ListAttachedUserPolicies, ListAttachedGroupPolicies, ListAttachedRolePolicies: the managed policies somebody has.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html>

use base::Scope;
use model::iam::{Group, Role, User};
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::holder::{self, Holder};
use crate::page::{Page, Paged};
use crate::rules::{arn, name};

/// An attached policy.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "AttachedPolicy", upper)]
pub(crate) struct AttachedPolicy {
    policy_name: Option<String>,
    policy_arn: Option<String>,
}

impl AttachedPolicy {
    /// The policy with this ARN.
    pub(crate) fn of(arn: &str) -> Self {
        Self { policy_name: Some(arn::policy_name(arn).to_owned()), policy_arn: Some(arn.to_owned()) }
    }
}

/// The operation for users.
pub(crate) struct ListAttachedUserPolicies;

/// What [`ListAttachedUserPolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedUserPoliciesRequest", upper)]
pub(crate) struct UserInput {
    user_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListAttachedUserPolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedUserPoliciesResponse", upper)]
pub(crate) struct UserOutput {
    attached_policies: Option<Vec<AttachedPolicy>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListAttachedUserPolicies {
    const SPEC: Spec = Spec::read("ListAttachedUserPolicies", "iam:ListAttachedUserPolicies").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = UserInput;
    type Output = UserOutput;

    fn resource(input: &UserInput, scope: &Scope) -> String {
        holder::arn::<User>(scope, &input.user_name)
    }

    fn audited(input: &UserInput) -> Vec<(String, String)> {
        holder::audited::<User>(&input.user_name)
    }

    async fn run(input: &UserInput, call: &mut Call<'_>) -> Result<UserOutput, Failure> {
        let asked = Asked {
            operation: "iam:ListAttachedUserPolicies",
            path_prefix: input.path_prefix.as_deref(),
            marker: input.marker.as_deref(),
            max_items: input.max_items,
        };
        let paged = list::<User>(call, &input.user_name, &asked).await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(UserOutput { attached_policies: Some(paged.items), is_truncated, marker: paged.marker })
    }
}

/// The operation for groups.
pub(crate) struct ListAttachedGroupPolicies;

/// What [`ListAttachedGroupPolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedGroupPoliciesRequest", upper)]
pub(crate) struct GroupInput {
    group_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListAttachedGroupPolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedGroupPoliciesResponse", upper)]
pub(crate) struct GroupOutput {
    attached_policies: Option<Vec<AttachedPolicy>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListAttachedGroupPolicies {
    const SPEC: Spec = Spec::read("ListAttachedGroupPolicies", "iam:ListAttachedGroupPolicies").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = GroupInput;
    type Output = GroupOutput;

    fn resource(input: &GroupInput, scope: &Scope) -> String {
        holder::arn::<Group>(scope, &input.group_name)
    }

    fn audited(input: &GroupInput) -> Vec<(String, String)> {
        holder::audited::<Group>(&input.group_name)
    }

    async fn run(input: &GroupInput, call: &mut Call<'_>) -> Result<GroupOutput, Failure> {
        let asked = Asked {
            operation: "iam:ListAttachedGroupPolicies",
            path_prefix: input.path_prefix.as_deref(),
            marker: input.marker.as_deref(),
            max_items: input.max_items,
        };
        let paged = list::<Group>(call, &input.group_name, &asked).await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(GroupOutput { attached_policies: Some(paged.items), is_truncated, marker: paged.marker })
    }
}

/// The operation for roles.
pub(crate) struct ListAttachedRolePolicies;

/// What [`ListAttachedRolePolicies`] takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedRolePoliciesRequest", upper)]
pub(crate) struct RoleInput {
    role_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What [`ListAttachedRolePolicies`] answers.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAttachedRolePoliciesResponse", upper)]
pub(crate) struct RoleOutput {
    attached_policies: Option<Vec<AttachedPolicy>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListAttachedRolePolicies {
    const SPEC: Spec = Spec::read("ListAttachedRolePolicies", "iam:ListAttachedRolePolicies").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = RoleInput;
    type Output = RoleOutput;

    fn resource(input: &RoleInput, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn audited(input: &RoleInput) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &RoleInput, call: &mut Call<'_>) -> Result<RoleOutput, Failure> {
        let asked = Asked {
            operation: "iam:ListAttachedRolePolicies",
            path_prefix: input.path_prefix.as_deref(),
            marker: input.marker.as_deref(),
            max_items: input.max_items,
        };
        let paged = list::<Role>(call, &input.role_name, &asked).await?;
        let is_truncated = Some(paged.marker.is_some());
        Ok(RoleOutput { attached_policies: Some(paged.items), is_truncated, marker: paged.marker })
    }
}

/// Which part of the list is asked for.
struct Asked<'a> {
    operation: &'static str,
    path_prefix: Option<&'a str>,
    marker: Option<&'a str>,
    max_items: Option<i32>,
}

async fn list<H: Holder>(call: &mut Call<'_>, name: &str, asked: &Asked<'_>) -> Result<Paged<AttachedPolicy>, Failure> {
    let prefix = name::path_prefix(asked.path_prefix)?;
    let query = format!("{name} {prefix}");
    let page = Page::read(call, asked.operation, &query, asked.marker, asked.max_items)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let arns = holder.attached().iter().filter(|arn| arn::policy_path(arn).starts_with(&prefix)).cloned().collect();
    let Paged { items, marker } = page.of(call, asked.operation, &query, arns, String::clone);
    Ok(Paged { items: items.iter().map(|arn| AttachedPolicy::of(arn)).collect(), marker })
}
