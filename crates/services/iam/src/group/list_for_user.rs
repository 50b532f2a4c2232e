//! ListGroupsForUser: the groups a user is in.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::GroupView;
use crate::error::declared;
use crate::page::Page;
use crate::{find, user};

/// The operation.
pub(crate) struct ListGroupsForUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupsForUserRequest", upper)]
pub(crate) struct Input {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of groups.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupsForUserResponse", upper)]
pub(crate) struct Output {
    groups: Vec<GroupView>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListGroupsForUser {
    const SPEC: Spec =
        Spec::read("ListGroupsForUser", "iam:ListGroupsForUser").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        user::arn(scope, &input.user_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        user::audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = &input.user_name;
        let page = Page::read(call, "iam:ListGroupsForUser", query, input.marker.as_deref(), input.max_items)?;
        let user = find::user(call, &input.user_name).await?;
        let names = user.groups.into_iter().collect();
        let paged = page.of(call, "iam:ListGroupsForUser", query, names, String::clone);
        let mut groups = Vec::with_capacity(paged.items.len());
        for name in &paged.items {
            groups.push(GroupView::of(&find::group(call, name).await?));
        }
        Ok(Output { groups, is_truncated: paged.marker.is_some(), marker: paged.marker })
    }
}
