//! ListRoles: the account's roles by name. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>

use base::Scope;
use model::iam::Role;
use operation::{Call, Failure, Operation, Spec};

use super::view::RoleView;
use crate::error::declared;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListRoles;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRolesRequest", upper)]
pub(crate) struct Input {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of roles.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRolesResponse", upper)]
pub(crate) struct Output {
    roles: Vec<RoleView>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListRoles {
    const SPEC: Spec = Spec::read("ListRoles", "iam:ListRoles").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:role{}", scope.account, input.path_prefix.as_deref().unwrap_or("/"))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let prefix = name::path_prefix(input.path_prefix.as_deref())?;
        let page = Page::read(call, "iam:ListRoles", &prefix, input.marker.as_deref(), input.max_items)?;
        let all = call.tx.all::<Role>(&call.scope, "").await?;
        let all: Vec<_> = all.into_iter().filter(|role| role.path.starts_with(&prefix)).collect();
        let paged = page.of(call, "iam:ListRoles", &prefix, all, |role| role.name.clone());
        let mut roles = Vec::with_capacity(paged.items.len());
        for role in &paged.items {
            roles.push(RoleView::listed(call, role).await?);
        }
        Ok(Output { roles, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
