//! GetGroup: a group and the users in it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html>

use base::Scope;
use model::iam::Membership;
use operation::{Call, Failure, Operation, Spec};

use super::view::GroupView;
use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::page::Page;
use crate::user::view::UserView;

/// The operation.
pub(crate) struct GetGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetGroupRequest", upper)]
pub(crate) struct Input {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// The group and a page of its users.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetGroupResponse", upper)]
pub(crate) struct Output {
    group: GroupView,
    users: Vec<UserView>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for GetGroup {
    const SPEC: Spec = Spec::read("GetGroup", "iam:GetGroup").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.group_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.group_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = &input.group_name;
        let page = Page::read(call, "iam:GetGroup", query, input.marker.as_deref(), input.max_items)?;
        let group = find::group(call, &input.group_name).await?;
        let prefix = Membership::prefix(&group.name);
        let members = page.stored::<Membership>(call, "iam:GetGroup", query, &prefix, |_| true).await?;
        let mut users = Vec::with_capacity(members.items.len());
        for member in &members.items {
            users.push(UserView::listed(&find::user(call, &member.user).await?));
        }
        let is_truncated = members.marker.is_some();
        Ok(Output { group: GroupView::of(&group), users, is_truncated, marker: members.marker })
    }
}
