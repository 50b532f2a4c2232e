//! ListUsers: the account's users by name. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>

use base::Scope;
use model::iam::User;
use operation::{Call, Failure, Operation, Spec};

use super::view::UserView;
use crate::error::declared;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListUsers;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUsersRequest", upper)]
pub(crate) struct Input {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of users.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUsersResponse", upper)]
pub(crate) struct Output {
    users: Vec<UserView>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListUsers {
    const SPEC: Spec = Spec::read("ListUsers", "iam:ListUsers").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:user{}", scope.account, input.path_prefix.as_deref().unwrap_or("/"))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let prefix = name::path_prefix(input.path_prefix.as_deref())?;
        let page = Page::read(call, "iam:ListUsers", &prefix, input.marker.as_deref(), input.max_items)?;
        let fits = |user: &User| user.path.starts_with(&prefix);
        let paged = page.stored::<User>(call, "iam:ListUsers", &prefix, "", fits).await?;
        let users = paged.items.iter().map(UserView::listed).collect();
        Ok(Output { users, is_truncated: paged.marker.is_some(), marker: paged.marker })
    }
}
